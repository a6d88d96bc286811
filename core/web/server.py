"""The web process's frame: who may call, how much they may send, and what an error looks like from outside.

Every unsigned callback has an unguessable token in its path (a wrong one is a 404, as if nothing were there) and may be
limited to networks. Bodies over 64 KiB are refused, and no exception's text ever leaves.
"""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Iterable

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from core.kernel.secrets import same
from core.kernel.settings import Network, Settings

log = logging.getLogger(__name__)

MAX_BODY = 64 * 1024
# Below this path the API's own middleware turns what went wrong into an answer.
EXPLAINED = "/api/"
# Which setting limits the callers of which paths.
LIMITED = {"/ussd/": "at_allowed_ips", "/sms/": "at_allowed_ips", "/pay/": "daraja_allowed_ips"}


def caller(request: web.Request, trusted: Iterable[Network]) -> str:
    """The caller's address: the nearest one in the forwarding chain that isn't a proxy of ours."""
    address = request.remote or ""
    chain = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    while chain and belongs(address, trusted):
        address = chain.pop()
    return address


def belongs(address: str, networks: Iterable[Network]) -> bool:
    """Whether the address lies in one of the networks; an IPv4 address written as IPv6 counts as IPv4."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    plain = getattr(found, "ipv4_mapped", None) or found
    return any(plain in network for network in networks)


def is_allowed(request: web.Request, settings: Settings) -> bool:
    """Whether this caller may use this path at all. No networks configured means any."""
    for path, setting in LIMITED.items():
        networks: tuple[Network, ...] = getattr(settings, setting)
        if request.path.startswith(path) and networks:
            return belongs(caller(request, settings.trusted_proxies), networks)
    return True


def guard(settings: Settings) -> Middleware:
    """Middleware: token, network, size, and calm errors."""

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        token = request.match_info.get("token")
        if token is not None and not (same(token, settings.callback_token) and is_allowed(request, settings)):
            raise web.HTTPNotFound
        if (request.content_length or 0) > MAX_BODY:
            raise web.HTTPRequestEntityTooLarge(MAX_BODY, request.content_length or 0)
        try:
            return await handler(request)
        except web.HTTPException:
            raise
        except Exception:
            if request.path.startswith(EXPLAINED):
                raise
            log.exception("a request failed")
            return web.json_response({"error": "something went wrong"}, status=500)

    return guarded


def build_server(
    settings: Settings, routes: Iterable[web.AbstractRouteDef], *, outermost: Iterable[Middleware] = ()
) -> web.Application:
    """The web application with these routes behind the guard; `outermost` middleware sees what the guard refuses."""
    server = web.Application(middlewares=[*outermost, guard(settings)], client_max_size=MAX_BODY)
    server.add_routes(routes)
    return server
