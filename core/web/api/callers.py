"""Who is calling: a program that is signed in, a key, or nobody. Every call is counted before it is served."""

from __future__ import annotations

import re
from dataclasses import dataclass

from aiohttp import web

from core.identity.api_keys import START, ApiKey, use_api_key
from core.identity.sessions import NotSignedIn, Session, find_session
from core.web.api.errors import NotPermitted, PinNeeded, TooManyRequests
from core.web.api.limits import BY_ADDRESS, BY_MEMBER, HOUR, KEYS_BY_OWNER, Limit, count_request
from core.web.api.operations import Access, ApiServices, Operation

BEARER = re.compile(r"Bearer ([A-Za-z0-9_.~+/=-]{1,2000})", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class Caller:
    """One of the two, or neither where nobody needs to be signed in."""

    session: Session | None = None
    api_key: ApiKey | None = None


async def recognise(services: ApiServices, request: web.Request, operation: Operation, *, address: str) -> Caller:
    """The caller, counted and allowed to use the operation.

    Raises TooManyRequests, NotSignedIn, PinNeeded, NotPermitted.
    """
    await counted(services, [(f"address {services.vault.digest(address, context='address')}", BY_ADDRESS)])
    if operation.access is Access.ANYONE:
        return Caller()
    token = _token(request)
    caller = await (_by_key if token.startswith(START) else _by_session)(services, token, address=address)
    _check(caller, operation)
    return caller


async def counted(services: ApiServices, subjects: list[tuple[str, Limit]]) -> None:
    """Count a request against all of these and keep the counts, also when one of them refuses. Raises TooManyRequests."""
    refusal: TooManyRequests | None = None
    async with services.database.unit() as uow:
        for subject, limit in subjects:
            try:
                await count_request(uow, subject=subject, limit=limit)
            except TooManyRequests as full:
                refusal = refusal or full
    if refusal is not None:
        raise refusal


def _token(request: web.Request) -> str:
    headers = request.headers.getall("Authorization", [])
    match = BEARER.fullmatch(headers[0]) if len(headers) == 1 else None
    if match is None:
        raise NotSignedIn
    return match[1]


async def _by_session(services: ApiServices, token: str, *, address: str) -> Caller:  # noqa: ARG001 - called like _by_key
    named = services.access_tokens.read(token)
    async with services.database.unit() as uow:
        session = await find_session(uow, named)
    await counted(services, [(f"member {session.member}", BY_MEMBER)])
    return Caller(session=session)


async def _by_key(services: ApiServices, token: str, *, address: str) -> Caller:
    async with services.database.unit() as uow:
        key = await use_api_key(uow, secret=token, address=address)
    await counted(services, [(f"key {key.id}", Limit(key.rate_limit, HOUR)), (f"owner {key.member}", KEYS_BY_OWNER)])
    return Caller(api_key=key)


def _check(caller: Caller, operation: Operation) -> None:
    if caller.api_key is not None:
        if operation.permission is None or operation.permission not in caller.api_key.permissions:
            raise NotPermitted
    elif operation.access is Access.PROVEN and not (caller.session and caller.session.proven):
        raise PinNeeded
