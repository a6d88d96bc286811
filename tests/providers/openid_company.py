"""A provider of OpenID Connect on a real port: discovery, keys, codes with PKCE, signed ID tokens, and ways to misbehave.

Its PKCE is authlib's, its signatures are joserfc's; neither is code of ours. `person` is who is logged in there.
"""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from aiohttp import web
from aiohttp.test_utils import TestServer
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from core.kernel.clock import Clock

CLIENT, SECRET = "our-client", "our-client-secret"


@dataclass
class Company:
    """`claims` are put over the right ones, None takes one away; `alg` "none" or "HS256" forges the signature."""

    clock: Clock
    person: dict[str, Any] = field(default_factory=lambda: {"sub": "google-7", "email": "w@example.com", "name": "Wanjiru"})
    claims: dict[str, Any] = field(default_factory=dict)
    alg: str = "RS256"
    discovery: dict[str, Any] = field(default_factory=dict)
    down: bool = False
    issuer: str = ""
    asked: list[str] = field(default_factory=list)
    issued: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.key = RSAKey.generate_key(2048, parameters={"kid": "one"})
        self.signs_with = self.key
        self._codes: dict[str, dict[str, str]] = {}

    def application(self) -> web.Application:
        app = web.Application()
        app.add_routes(
            [
                web.get("/.well-known/openid-configuration", self._about),
                web.get("/keys", self._keys),
                web.get("/authorize", self._authorize),
                web.post("/token", self._token),
            ]
        )
        return app

    async def start(self) -> TestServer:
        server = TestServer(self.application())
        await server.start_server()
        self.issuer = str(server.make_url("")).rstrip("/")
        return server

    def consent(self, authorization_url: str) -> dict[str, str]:
        """The person says yes: the code and state that her browser brings back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(authorization_url).query).items()}
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe()
        self._codes[code] = asked
        return {"code": code, "state": asked["state"]}

    async def _about(self, _request: web.Request) -> web.Response:
        self.asked.append("about")
        if self.down:
            raise web.HTTPBadGateway
        about = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }
        return web.json_response(about | self.discovery)

    async def _keys(self, _request: web.Request) -> web.Response:
        self.asked.append("keys")
        return web.json_response({"keys": [self.key.as_dict(private=False) | {"use": "sig", "alg": "RS256"}]})

    async def _authorize(self, request: web.Request) -> web.Response:
        back = self.consent(str(request.url))
        raise web.HTTPFound(f"{request.query['redirect_uri']}?{urlencode(back)}")

    async def _token(self, request: web.Request) -> web.Response:
        form = await request.post()
        self.asked.append("token")
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        asked = self._codes.pop(str(form.get("code")), None)
        if request.headers.get("Authorization") != f"Basic {basic}":
            return web.json_response({"error": "invalid_client"}, status=401)
        verifier = str(form.get("code_verifier", ""))
        good = asked is not None and create_s256_code_challenge(verifier) == asked["code_challenge"]
        if not good or asked is None or form.get("redirect_uri") != asked["redirect_uri"]:
            return web.json_response({"error": "invalid_grant"}, status=400)
        answer = {
            "access_token": "at-" + secrets.token_hex(8),
            "token_type": "Bearer",
            "expires_in": 3600,
            "scope": asked["scope"],
        }
        answer |= {"refresh_token": "rt-secret", "id_token": self._id_token(asked["nonce"])}
        self.issued += [str(answer[name]) for name in ("access_token", "refresh_token", "id_token")]
        return web.json_response(answer)

    def _id_token(self, nonce: str) -> str:
        now = int(self.clock.now().timestamp())
        right = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 600, "nonce": nonce, **self.person}
        claims = {name: value for name, value in (right | self.claims).items() if value is not None}
        if self.alg == "none":
            head, body = (base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in (b'{"alg":"none"}', _json(claims)))
            return f"{head}.{body}."
        if self.alg == "HS256":
            return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET), algorithms=["HS256"])
        return jwt.encode({"alg": self.alg, "kid": self.signs_with.kid}, claims, self.signs_with, algorithms=[self.alg])


def _json(claims: dict[str, Any]) -> bytes:
    import json

    return json.dumps(claims).encode()
