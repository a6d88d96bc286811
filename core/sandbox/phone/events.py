"""Live news for the phone page: server-sent events with the whole state first, then each person who changed."""

import asyncio
import json
from contextlib import suppress
from typing import Any

from aiohttp import web

from core.sandbox.phone.portrait import Portrait
from core.sandbox.world import Watcher, World

PING_SECONDS = 15


async def stream(request: web.Request, world: World, portrait: Portrait) -> web.StreamResponse:
    """Answer `GET /phone/api/events` until the browser leaves."""
    headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    response = web.StreamResponse(headers=headers)
    with world.watching() as watcher, suppress(ConnectionError):
        await response.prepare(request)
        await response.write(_event("state", portrait.everything()))
        while True:
            await response.write(await _next(watcher, world, portrait))
    return response


async def _next(watcher: Watcher, world: World, portrait: Portrait) -> bytes:
    try:
        async with asyncio.timeout(PING_SECONDS):
            phones = await watcher.news()
    except TimeoutError:
        return b": ping\n\n"
    if phones is None:
        return _event("state", portrait.everything())
    people = [person for phone in phones if (person := world.people.by_phone(phone)) is not None]
    return b"".join(_event("person", portrait.person(person)) for person in people)


def _event(name: str, content: dict[str, Any]) -> bytes:
    return f"event: {name}\ndata: {json.dumps(content, ensure_ascii=False)}\n\n".encode()
