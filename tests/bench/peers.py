"""Two servers to compare ours with: `python -m tests.bench.peers echo|redis PORT [REDIS_URL]`.

One echoes what was typed: all that aiohttp can do here. The other reads and writes a session in Redis on each hop: the least
that a server with sessions must do.
"""

from __future__ import annotations

import sys

import uvloop
from aiohttp import web
from redis.asyncio import Redis

SECONDS = 600


def echo() -> web.Application:
    async def hop(request: web.Request) -> web.Response:
        form = await request.post()
        return web.Response(text=f"CON {form['text']}", content_type="text/plain")

    app = web.Application()
    app.add_routes([web.post("/ussd/{token}", hop)])
    return app


def stored(redis_url: str) -> web.Application:
    redis = Redis.from_url(redis_url, decode_responses=True)

    async def hop(request: web.Request) -> web.Response:
        form = await request.post()
        key = f"peer:{form['phoneNumber']}"
        former = await redis.get(key)
        await redis.set(key, f"{form['sessionId']} {form['text']}", ex=SECONDS)
        return web.Response(text=f"CON {form['text']} {len(former or '')}", content_type="text/plain")

    app = web.Application()
    app.add_routes([web.post("/ussd/{token}", hop)])
    return app


if __name__ == "__main__":
    kind, port = sys.argv[1], int(sys.argv[2])
    app = echo() if kind == "echo" else stored(sys.argv[3])
    # The loop that ours runs on, too.
    web.run_app(app, host="127.0.0.1", port=port, access_log=None, print=None, loop=uvloop.new_event_loop())
