"""OAuth tokens: one at a time. A new token makes the one before it useless, as Safaricom's FAQ says."""

import base64
import binascii
import hmac

from aiohttp import web

from core.sandbox import identifiers
from core.sandbox.daraja.answers import Refused
from core.sandbox.world import World

# What a real token lives; delivered as text although the documentation shows a number.
LIFETIME_SECONDS = 3599


class Access:
    """The one valid token, kept in memory only: after a restart everybody has to ask again."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._token = ""
        self._valid_until = 0.0

    def grant(self, request: web.Request) -> web.Response:
        """Answer `GET /oauth/v1/generate`. Raises Refused."""
        credentials = _basic_credentials(request.headers.get("Authorization", ""))
        if request.query.get("grant_type") != "client_credentials":
            raise Refused(400, "400.008.02", "Invalid grant type passed")
        settings = self._world.settings
        expected = f"{settings.consumer_key}:{settings.consumer_secret}"
        if not hmac.compare_digest(credentials.encode(), expected.encode()):
            return web.Response(status=400)
        self._token = identifiers.access_token()
        self._valid_until = self._world.clock.elapsed() + LIFETIME_SECONDS
        return web.json_response({"access_token": self._token, "expires_in": str(LIFETIME_SECONDS)})

    def check(self, request: web.Request, *, code: str = "404.001.03") -> None:
        """Let a request with the valid token pass. Raises Refused, with the code that this API has for it."""
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        given = token.encode("utf-8", "surrogateescape")
        fits = kind == "Bearer" and bool(self._token) and hmac.compare_digest(given, self._token.encode())
        if not fits or self._world.clock.elapsed() >= self._valid_until:
            raise Refused(int(code[:3]), code, "Invalid Access Token")


def _basic_credentials(header: str) -> str:
    kind, _, encoded = header.partition(" ")
    if kind != "Basic":
        raise Refused(400, "400.008.01", "Invalid Authentication passed")
    try:
        return base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, ValueError) as problem:
        raise Refused(400, "400.008.01", "Invalid Authentication passed") from problem
