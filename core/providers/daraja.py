"""M-Pesa by Safaricom's Daraja API: OAuth, STK push and STK query over plain HTTP.

A push is sent once. Whatever happens on the way is told as it is: rejected only when Daraja's own envelope, or a connection
that never came about, proves that nothing was processed; everything else is unknown. The one thing repeated is a request
whose token the gateway refused, with a new token: that refusal comes before any processing.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import re
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

import aiohttp

from core.kernel.clock import EAST_AFRICA, Clock
from core.kernel.money import KES
from core.kernel.phone import masked
from core.kernel.settings import DarajaSettings
from core.payments.ports import PushOutcome, PushRejected, PushRequest, PushUnknown, QueryOutcome, QueryUnknown
from core.providers.daraja_answers import Reply, json_object, push_outcome, query_outcome, token_refused

log = logging.getLogger(__name__)

OAUTH_PATH = "/oauth/v1/generate"
PUSH_PATH = "/mpesa/stkpush/v1/processrequest"
QUERY_PATH = "/mpesa/stkpushquery/v1/query"
# Connecting takes milliseconds; M-Pesa itself has been seen to think for ten seconds.
TIMEOUT = aiohttp.ClientTimeout(total=15, connect=5)
LONGEST_ANSWER = 64 * 1024
# A token that is about to expire is not worth a refusal.
TOKEN_MARGIN = timedelta(seconds=60)
# Daraja says 3599 seconds, as a number or as text; an answer that says nothing readable is trusted for so long.
TOKEN_LIFE_UNSAID = timedelta(minutes=5)
UNREACHABLE = "unreachable"


class DarajaUnavailable(Exception):
    """No token can be had from Daraja; the message says why, without secrets."""


@dataclass(frozen=True)
class Token:
    """An access token and when it stops being useful."""

    value: str = field(repr=False)
    until: datetime


class TokenStore(Protocol):
    """Keeps the one token. A new token makes the old one useless, so whoever shares an account shares the store."""

    async def load(self) -> Token | None: ...

    async def save(self, token: Token) -> None: ...

    def held(self) -> AbstractAsyncContextManager[Any]:
        """A lock around looking and renewing."""
        ...


class ProcessTokens:
    """The token of one process."""

    def __init__(self) -> None:
        self._token: Token | None = None
        self._lock = asyncio.Lock()

    async def load(self) -> Token | None:
        return self._token

    async def save(self, token: Token) -> None:
        self._token = token

    def held(self) -> AbstractAsyncContextManager[Any]:
        return self._lock


@dataclass(frozen=True)
class _NeverSent:
    """No connection came about, so Daraja has seen nothing."""

    reason: str


@dataclass(frozen=True)
class _NoReply:
    """Sent, or partly sent; nobody knows what came of it."""

    reason: str


class Daraja:
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
        self._settings, self._clock, self._shortcode = settings, clock, int(settings.shortcode)
        self._session, self._owns_session = session, session is None
        self._tokens, self._timeout = tokens or ProcessTokens(), timeout

    async def aclose(self) -> None:
        """Close the connections that this object opened."""
        if self._owns_session and self._session is not None:
            await self._session.close()
            self._session = None

    async def ping(self) -> None:
        """Prove that Daraja answers and knows us. Raises DarajaUnavailable."""
        await self._new_token(stale=await self._tokens.load())

    async def push(self, request: PushRequest) -> PushOutcome:
        """Show the prompt on the phone."""
        shillings, cents = divmod(request.amount.minor, KES.units)
        if request.amount.currency != KES or cents:
            raise ValueError("M-Pesa takes whole Kenyan shillings")
        payer = int(request.phone.removeprefix("+"))
        reply = await self._ask(
            PUSH_PATH,
            {
                **self._signature(),
                "TransactionType": "CustomerPayBillOnline",
                "Amount": shillings,
                "PartyA": payer,
                "PartyB": self._shortcode,
                "PhoneNumber": payer,
                "CallBackURL": request.callback_url,
                "AccountReference": request.reference,
                "TransactionDesc": request.description,
            },
            about=f"intent {request.intent} phone {masked(request.phone)}",
        )
        match reply:
            case _NeverSent(reason):
                return PushRejected(UNREACHABLE, reason)
            case _NoReply(reason):
                return PushUnknown(reason)
            case Reply():
                return push_outcome(reply)

    async def query(self, *, checkout_request_id: str) -> QueryOutcome:
        """Ask how a prompt ended."""
        reply = await self._ask(
            QUERY_PATH,
            {**self._signature(), "CheckoutRequestID": checkout_request_id},
            about=f"checkout {checkout_request_id[:6]}…{checkout_request_id[-3:]}",
        )
        if isinstance(reply, Reply):
            return query_outcome(reply, checkout_request_id)
        return QueryUnknown(reply.reason)

    def _signature(self) -> dict[str, Any]:
        """Shortcode, time and password. Daraja compares the time with its own clock, which is East Africa's."""
        stamp = self._clock.now().astimezone(EAST_AFRICA).strftime("%Y%m%d%H%M%S")
        secret = f"{self._shortcode}{self._settings.passkey}{stamp}".encode()
        return {
            "BusinessShortCode": self._shortcode,
            "Password": base64.b64encode(secret).decode(),
            "Timestamp": stamp,
        }

    async def _ask(self, path: str, content: dict[str, Any], *, about: str) -> Reply | _NeverSent | _NoReply:
        """One request with the token we have; once more with a new one if the gateway refuses the first."""
        try:
            token = await self._token()
            reply = await self._exchange("POST", path, about=about, token=token, content=content)
            if not (isinstance(reply, Reply) and token_refused(reply)):
                return reply
            token = await self._new_token(stale=token)
        except DarajaUnavailable as problem:
            return _NeverSent(f"Daraja gives no access ({problem})")
        return await self._exchange("POST", path, about=about, token=token, content=content)

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
        self, method: str, path: str, *, about: str, token: Token | None = None, content: dict[str, Any] | None = None
    ) -> Reply | _NeverSent | _NoReply:
        """One request and what came of it, with one line in the log that says nothing secret. Never raises for the network."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        outcome: Reply | _NeverSent | _NoReply
        try:
            outcome = await self._send(method, path, token, content)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as problem:
            outcome = _NeverSent(type(problem).__name__)
        except (aiohttp.ClientError, TimeoutError, OSError) as problem:
            outcome = _NoReply(type(problem).__name__)
        took_ms = round((loop.time() - began) * 1000)
        said = f"HTTP {outcome.status} {outcome.code}".rstrip() if isinstance(outcome, Reply) else outcome.reason
        log.info("daraja %s %s %s: %s in %d ms", method, path, about, said, took_ms)
        return outcome

    async def _send(self, method: str, path: str, token: Token | None, content: dict[str, Any] | None) -> Reply:
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
            return Reply(response.status, json_object(await _read(response)))

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


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """The body, cut off where no answer of Daraja's can go."""
    body = b""
    async for chunk in response.content.iter_chunked(8192):
        body += chunk
        if len(body) > LONGEST_ANSWER:
            break
    return body
