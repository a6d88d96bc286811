"""The web process's frame: who may call, how much they may send, and what an error looks like from outside.

Every unsigned callback has an unguessable token in its path (a wrong one is a 404, as if nothing were there) and may be
limited to networks. Bodies over 64 KiB are refused, and no exception's text ever leaves.
"""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Iterable
from typing import Literal, Protocol

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from core.kernel.environment import Network
from core.kernel.secrets import same
from core.kernel.settings import Settings

log = logging.getLogger(__name__)

MAX_BODY = 64 * 1024
# Below this path the API's own middleware turns what went wrong into an answer.
EXPLAINED = "/api/"
# Which setting limits the callers of which paths.
LIMITED = {"/insights/": "at_allowed_ips", "/ussd/": "at_allowed_ips", "/sms/": "at_allowed_ips", "/pay/": "daraja_allowed_ips"}


def caller(request: web.Request, trusted: Iterable[Network]) -> str:
    """The caller's address: the nearest one in the forwarding chain that isn't a proxy of ours.

    A header that came more than once is one list in that order (RFC 9110, 5.3): some proxies add a line of their own.
    """
    address = request.remote or ""
    written = ",".join(request.headers.getall("X-Forwarded-For", []))
    chain = [part.strip() for part in written.split(",") if part.strip()]
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


def refusal(request: web.Request, settings: Settings) -> Literal["wrong-token", "wrong-network"] | None:
    """Why this caller is turned away as if nothing were there; None when it isn't, or when the path asks for no token."""
    token = request.match_info.get("token")
    if token is None:
        return None
    if not same(token, settings.callback_token):
        return "wrong-token"
    return None if is_allowed(request, settings) else "wrong-network"


class Watch(Protocol):
    """Whoever wants to know who was turned away from the addresses of payments."""

    async def note(self, *, address: str, why: Literal["wrong-token", "wrong-network"]) -> None:
        """Take it down; never raises."""
        ...


def guard(settings: Settings, watch: Watch | None = None) -> Middleware:
    """Middleware: token, network, size, and calm errors."""

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        why = refusal(request, settings)
        if why is not None:
            if watch is not None and request.path.startswith("/pay/"):
                await watch.note(address=caller(request, settings.trusted_proxies), why=why)
            raise web.HTTPNotFound
        if (request.content_length or 0) > MAX_BODY:
            raise web.HTTPRequestEntityTooLarge(MAX_BODY, request.content_length or 0)
        try:
            return await handler(request)
        except web.HTTPException:
            raise
        except web.RequestPayloadError as problem:
            # It isn't packed as its headers say: the caller's mistake, not ours.
            raise web.HTTPBadRequest from problem
        except Exception:
            if request.path.startswith(EXPLAINED):
                raise
            log.exception("a request failed")
            return web.json_response({"error": "something went wrong"}, status=500)

    return guarded


def build_server(
    settings: Settings,
    routes: Iterable[web.AbstractRouteDef],
    *,
    outermost: Iterable[Middleware] = (),
    watch: Watch | None = None,
) -> web.Application:
    """The web application with these routes behind the guard; `outermost` middleware sees what the guard refuses."""
    server = web.Application(middlewares=[*outermost, guard(settings, watch)], client_max_size=MAX_BODY)
    server.add_routes(routes)
    return server
