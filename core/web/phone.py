"""Development only: passes /phone on to the sandbox, so that one address is enough to try the product."""

from __future__ import annotations

from collections.abc import AsyncIterator

from aiohttp import ClientError, ClientSession, ClientTimeout, web
from multidict import CIMultiDict

from core.kernel.settings import Settings

# The page's live events stay open for as long as somebody looks.
OPEN_ENDED = ClientTimeout(total=None, sock_connect=5)
# Headers about one connection, not about the message (RFC 9110, section 7.6.1).
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "upgrade", "host", "content-length", "content-encoding"}


def routes(settings: Settings) -> list[web.RouteDef]:
    """/phone and everything below it; nothing at all in production or without a sandbox."""
    if settings.environment == "production" or not settings.sandbox_url:
        return []

    async def forward(request: web.Request) -> web.StreamResponse:
        try:
            return await pass_on(request, settings.sandbox_url)
        except ClientError:
            return web.Response(status=502, text="The sandbox isn't running.")

    return [web.route("*", "/phone", forward), web.route("*", "/phone/{rest:.*}", forward)]


async def pass_on(request: web.Request, sandbox: str) -> web.StreamResponse:
    """Relay one request and stream its answer as it comes."""
    headers = CIMultiDict((k, v) for k, v in request.headers.items() if k.lower() not in HOP_BY_HOP)
    async with (
        ClientSession(timeout=OPEN_ENDED, auto_decompress=False) as session,
        session.request(
            request.method, sandbox + request.path_qs, headers=headers, data=await request.read(), allow_redirects=False
        ) as answer,
    ):
        kept = [(k, v) for k, v in answer.headers.items() if k.lower() not in HOP_BY_HOP - {"content-encoding"}]
        response = web.StreamResponse(status=answer.status, headers=CIMultiDict(kept))
        await response.prepare(request)
        async for chunk in chunks(answer.content.iter_any()):
            await response.write(chunk)
        await response.write_eof()
        return response


async def chunks(source: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The answer's pieces until either side goes away."""
    try:
        async for chunk in source:
            yield chunk
    except ClientError:
        return
