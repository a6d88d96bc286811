"""Providers of OpenID Connect, Google and Telegram among them: the authorization code flow with PKCE, over the real wire.

What a provider says of itself (discovery) and its keys are fetched and kept for an hour. An ID token counts when it is signed
by one of those keys with an algorithm of ours, for us, by exactly this issuer, for this very request, and now. Nothing of a
token, a code or a secret is logged.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from httpx2 import AsyncClient, HTTPError, Timeout
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from core.kernel.clock import Clock
from core.kernel.settings import OpenIdSettings

log = logging.getLogger(__name__)

TIMEOUT = Timeout(5.0)
KEPT = timedelta(hours=1)
# A provider that changed its keys is asked again, but nobody makes us ask all the time.
LEAST_BETWEEN_KEYS = timedelta(minutes=1)
# Signatures with a public key only; Telegram offers the first three and ES256K, Google signs with RS256.
ALGORITHMS = ["RS256", "ES256", "EdDSA"]
LEEWAY_SECONDS = 30
LARGEST_ANSWER = 256 * 1024
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class ProviderRefused(Exception):
    """The provider doesn't vouch for anybody here: a wrong or used code, or an ID token that doesn't hold."""


class ProviderAway(Exception):
    """The provider can't be reached or doesn't speak sense at the moment."""


@dataclass(frozen=True)
class Vouched:
    """What the provider vouches for: checked claims, and tokens to keep sealed."""

    claims: Mapping[str, Any] = field(repr=False)
    access_token: str | None = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_at: datetime | None
    scope: str | None


@dataclass
class _Fetched:
    value: Any
    at: datetime


class OpenIdProvider:
    """One provider, by its settings."""

    def __init__(self, settings: OpenIdSettings, *, redirect_url: str, clock: Clock) -> None:
        self._settings, self._redirect_url, self._clock = settings, redirect_url, clock
        self._about: _Fetched | None = None
        self._keys: _Fetched | None = None
        self._fetching = asyncio.Lock()

    async def authorization_url(self, *, state: str, nonce: str, verifier: str) -> str:
        """Where the person goes. Raises ProviderAway."""
        about = await self._discovered()
        async with self._client() as client:
            url, _ = client.create_authorization_url(
                about["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier
            )
        return str(url)

    async def exchange(self, *, code: str, verifier: str, nonce: str) -> Vouched:
        """What the provider vouches for in return for a code. Raises ProviderRefused, ProviderAway."""
        about = await self._discovered()
        try:
            async with self._client() as client:
                answer = await client.fetch_token(about["token_endpoint"], code=code, code_verifier=verifier)
        except AuthlibBaseError as problem:
            raise ProviderRefused(type(problem).__name__) from None
        except (HTTPError, ValueError) as problem:
            raise ProviderAway(type(problem).__name__) from None
        claims = await self._checked(answer.get("id_token"), nonce=nonce)
        return Vouched(
            claims, _word(answer, "access_token"), _word(answer, "refresh_token"), self._expiry(answer), _word(answer, "scope")
        )

    def _client(self) -> AsyncOAuth2Client:
        return AsyncOAuth2Client(
            client_id=self._settings.client_id,
            client_secret=self._settings.client_secret,
            token_endpoint_auth_method="client_secret_basic",  # noqa: S106 - the name of a method
            scope=self._settings.scope,
            redirect_uri=self._redirect_url,
            code_challenge_method="S256",
            timeout=TIMEOUT,
            follow_redirects=False,
        )

    async def _checked(self, token: object, *, nonce: str) -> Mapping[str, Any]:
        if not isinstance(token, str):
            raise ProviderRefused("no ID token")
        for again in (False, True):
            keys = await self._key_set(anew=again)
            try:
                claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
            except (JoseError, ValueError):
                continue
            return self._valid(claims, nonce=nonce)
        raise ProviderRefused("the ID token's signature doesn't hold")

    def _valid(self, claims: dict[str, Any], *, nonce: str) -> Mapping[str, Any]:
        registry = jwt.JWTClaimsRegistry(
            now=int(self._clock.now().timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self._settings.issuer},
            aud={"essential": True, "value": self._settings.client_id},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            registry.validate(claims)
        except (JoseError, ValueError, TypeError) as problem:
            raise ProviderRefused(type(problem).__name__) from None
        audience = claims["aud"]
        if isinstance(audience, list) and len(audience) > 1 and claims.get("azp") != self._settings.client_id:
            raise ProviderRefused("the ID token is for somebody else too")
        return claims

    def _expiry(self, answer: Mapping[str, Any]) -> datetime | None:
        seconds = answer.get("expires_in")
        if type(seconds) is not int or not 0 < seconds < 10**9:
            return None
        return self._clock.now() + timedelta(seconds=seconds)

    async def _discovered(self) -> Mapping[str, str]:
        async with self._fetching:
            if self._about is None or self._clock.now() - self._about.at > KEPT:
                found = await self._fetch(self._settings.issuer.rstrip("/") + "/.well-known/openid-configuration")
                self._about = _Fetched(self._sensible(found), self._clock.now())
            about: Mapping[str, str] = self._about.value
            return about

    def _sensible(self, found: Any) -> Mapping[str, str]:
        """Discovery by this very issuer, with addresses as safe as its own. Raises ProviderAway."""
        scheme = urlsplit(self._settings.issuer).scheme
        good = isinstance(found, dict) and found.get("issuer") == self._settings.issuer
        if not good or any(urlsplit(str(found.get(name))).scheme != scheme for name in NEEDED):
            raise ProviderAway("its discovery document isn't its own")
        return {name: str(found[name]) for name in NEEDED}

    async def _key_set(self, *, anew: bool) -> KeySet:
        about = await self._discovered()
        async with self._fetching:
            age = self._clock.now() - self._keys.at if self._keys else KEPT * 2
            if self._keys is None or age > (LEAST_BETWEEN_KEYS if anew else KEPT):
                found = await self._fetch(about["jwks_uri"])
                try:
                    self._keys = _Fetched(KeySet.import_key_set(found), self._clock.now())
                except (JoseError, ValueError, KeyError, TypeError) as problem:
                    raise ProviderAway(type(problem).__name__) from None
            keys: KeySet = self._keys.value
            return keys

    async def _fetch(self, url: str) -> Any:
        try:
            async with AsyncClient(timeout=TIMEOUT, follow_redirects=False) as client:
                answer = await client.get(url, headers={"Accept": "application/json"})
            if answer.status_code != 200 or len(answer.content) > LARGEST_ANSWER:  # noqa: PLR2004 - OK
                raise ProviderAway(f"status {answer.status_code}")
            return answer.json()
        except (HTTPError, ValueError) as problem:
            log.warning("an OpenID provider can't be read: %s", type(problem).__name__)
            raise ProviderAway(type(problem).__name__) from None


def _word(answer: Mapping[str, Any], name: str) -> str | None:
    found = answer.get(name)
    return found if isinstance(found, str) and found else None
