"""One request to Daraja and what came of it, with the token that it needs.

A request is sent once. Whatever happens on the way is told as it is: never sent only when no connection came about, no
reply when nobody can say what came of it. The one thing repeated is a request whose token the gateway refused, with a new
token: that refusal comes before any processing.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp

from core.kernel.clock import Clock
from core.kernel.settings import DarajaSettings
from core.payments.tokens import ProcessTokens, Token, TokenStore, TokensUnavailable
from core.providers.daraja.answers import Reply, json_object, token_refused
from core.providers.daraja.turns import Turns

log = logging.getLogger(__name__)

OAUTH_PATH = "/oauth/v1/generate"
# Connecting takes milliseconds; M-Pesa itself has been seen to think for ten seconds.
TIMEOUT = aiohttp.ClientTimeout(total=15, connect=5)
LONGEST_ANSWER = 64 * 1024
# A token that is about to expire is not worth a refusal.
TOKEN_MARGIN = timedelta(seconds=60)
# Daraja says 3599 seconds, as a number or as text; an answer that says nothing readable is trusted for so long.
TOKEN_LIFE_UNSAID = timedelta(minutes=5)


class DarajaUnavailable(Exception):
    """No token can be had from Daraja; the message says why, without secrets."""


@dataclass(frozen=True)
class NeverSent:
    """No connection came about, or it wasn't even tried, so Daraja has seen nothing."""

    reason: str


@dataclass(frozen=True)
class NoReply:
    """Sent, or partly sent; nobody knows what came of it."""

    reason: str


Answer = Reply | NeverSent | NoReply


class Exchange:
    """Speaks to one Daraja account. Close it with `aclose`, unless the session was handed in."""

    def __init__(
        self,
        settings: DarajaSettings,
        *,
        clock: Clock,
        session: aiohttp.ClientSession | None = None,
        tokens: TokenStore | None = None,
        timeout: aiohttp.ClientTimeout = TIMEOUT,
    ) -> None:
        self._settings, self._clock = settings, clock
        self._session, self._owns_session = session, session is None
        self._tokens, self._timeout = tokens or ProcessTokens(), timeout
        self._turns = Turns(settings.requests_per_minute)

    async def aclose(self) -> None:
        """Close the connections that this object opened."""
        if self._owns_session and self._session is not None:
            await self._session.close()
            self._session = None

    async def ping(self) -> None:
        """Prove that Daraja answers and knows us. Raises DarajaUnavailable or TokensUnavailable."""
        await self._new_token(stale=await self._tokens.load())

    async def ask(self, path: str, content: dict[str, Any], *, about: str, longest: int = LONGEST_ANSWER) -> Answer:
        """One request with the token we have; once more with a new one if the gateway refuses the first.

        `about` says in the log what it was, and nothing secret.
        """
        try:
            token = await self._token()
            reply = await self._exchange("POST", path, about=about, token=token, content=content, longest=longest)
            if not (isinstance(reply, Reply) and token_refused(reply)):
                return reply
            token = await self._new_token(stale=token)
        except (DarajaUnavailable, TokensUnavailable) as problem:
            return NeverSent(f"Daraja gives no access ({problem})")
        return await self._exchange("POST", path, about=about, token=token, content=content, longest=longest)

    async def _token(self) -> Token:
        known = await self._tokens.load()
        if known is not None and known.until > self._clock.now():
            return known
        return await self._new_token(stale=known)

    async def _new_token(self, *, stale: Token | None) -> Token:
        """A token other than the stale one: somebody else's newer one, or a fresh one. Raises DarajaUnavailable."""
        async with self._tokens.held():
            known = await self._tokens.load()
            if known is not None and known != stale and known.until > self._clock.now():
                return known
            fresh = await self._fetch_token()
            await self._tokens.save(fresh)
            return fresh

    async def _fetch_token(self) -> Token:
        reply = await self._exchange("GET", OAUTH_PATH, about="oauth")
        if not isinstance(reply, Reply):
            raise DarajaUnavailable(reply.reason)
        value = reply.text("access_token")
        if reply.status != 200 or not value:  # noqa: PLR2004 - HTTP's own number
            raise DarajaUnavailable(f"HTTP {reply.status} {reply.code}".strip())
        said = reply.text("expires_in")
        life = timedelta(seconds=int(said)) if re.fullmatch(r"[0-9]{1,6}", said) else TOKEN_LIFE_UNSAID
        return Token(value, self._clock.now() + max(life - TOKEN_MARGIN, TOKEN_MARGIN / 2))

    async def _exchange(
        self,
        method: str,
        path: str,
        *,
        about: str,
        token: Token | None = None,
        content: dict[str, Any] | None = None,
        longest: int = LONGEST_ANSWER,
    ) -> Answer:
        """One request and what came of it, with one line in the log that says nothing secret. Never raises for the network."""
        if not await self._turns.take():
            log.warning("daraja %s %s %s: not sent, too many wait for a turn", method, path, about)
            return NeverSent("no turn")
        loop = asyncio.get_running_loop()
        began = loop.time()
        outcome: Answer
        try:
            outcome = await self._send(method, path, token, content, longest)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as problem:
            outcome = NeverSent(type(problem).__name__)
        except (aiohttp.ClientError, TimeoutError, OSError) as problem:
            outcome = NoReply(type(problem).__name__)
        took_ms = round((loop.time() - began) * 1000)
        said = (
            f"HTTP {outcome.status} {outcome.code} {outcome.message}".rstrip() if isinstance(outcome, Reply) else outcome.reason
        )
        log.info("daraja %s %s %s: %s in %d ms", method, path, about, said, took_ms)
        return outcome

    async def _send(self, method: str, path: str, token: Token | None, content: dict[str, Any] | None, longest: int) -> Reply:
        async with self._http().request(
            method,
            self._settings.base_url + path,
            json=content,
            headers={"Authorization": self._authorization(token), "Accept": "application/json"},
            params={"grant_type": "client_credentials"} if token is None else None,
            timeout=self._timeout,
            # A redirect would send the money request a second time, somewhere else.
            allow_redirects=False,
        ) as response:
            return Reply(response.status, json_object(await _read(response, longest)))

    def _authorization(self, token: Token | None) -> str:
        if token is not None:
            return f"Bearer {token.value}"
        pair = f"{self._settings.consumer_key}:{self._settings.consumer_secret}"
        return f"Basic {base64.b64encode(pair.encode()).decode()}"

    def _http(self) -> aiohttp.ClientSession:
        if self._session is None:
            # A connection of its own for each request: one kept open may just be closing at the other end, and then
            # nobody could say whether the request arrived.
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True))
        return self._session


async def _read(response: aiohttp.ClientResponse, longest: int) -> bytes:
    """The body, cut off where no answer of Daraja's can go."""
    body = b""
    async for chunk in response.content.iter_chunked(8192):
        body += chunk
        if len(body) > longest:
            break
    return body
