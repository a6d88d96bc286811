"""Signing in with Google or Telegram, and linking those accounts. What they vouch for opens no more than the PIN allows.

The program begins a way, sends the person to the provider, gets code and state back at its own page, and hands both in with
the secret that it was given at the beginning. The provider is asked between two transactions.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from core.identity.attempts import Origin, note_attempt
from core.identity.device_list import remember_program
from core.identity.members import find_by_telegram
from core.identity.mini_app import BadMiniApp, read_mini_app
from core.identity.oauth import (
    Account,
    Connection,
    begin_way,
    connections_of,
    end_way,
    link_account,
    member_of,
    unlink_account,
    use_once,
)
from core.identity.sessions import begin_session, use_step_up
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import MemberId
from core.kernel.secrets import Busy, random_token
from core.providers.openid import OpenIdProvider, ProviderAway, ProviderRefused, Vouched
from core.web.api.callers import counted
from core.web.api.limits import LOGIN_BY_ADDRESS
from core.web.api.me import written
from core.web.api.operations import NO_CONTENT, Access, Answer, Call, Operation
from core.web.api.schemas import NAME, TOKEN, many, ref, thing
from core.web.api.signing_in import DEVICE_BYTES, tokens

TELEGRAM = "telegram"
# What is kept of a profile, and nothing else of it.
KEPT_CLAIMS = ("sub", "name", "locale", "email_verified")
LONGEST_CLAIM = 200
CODE: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": 2_000}


@dataclass
class UnknownProvider(CoreError):
    """This provider isn't offered here."""

    code = "unknown-provider"
    kind = Kind.NOT_FOUND


@dataclass
class ProviderSaysNo(CoreError):
    """The provider vouches for nobody."""

    code = "provider-says-no"
    kind = Kind.UNKNOWN_CALLER


async def begin_login(call: Call) -> Answer:
    """A way to sign in."""
    await _count(call)
    return await _begin(call, linking=False)


async def finish_login(call: Call) -> Answer:
    """Sign in as whom the account speaks for; without the PIN the session sees nothing private."""
    await _count(call)
    claimed = call.path["provider"]
    async with _noted(call, claimed):
        account = await _account(call, linking=False)
    async with _noted(call, f"{account.provider} {account.subject}"), call.services.database.unit() as uow:
        member = await member_of(uow, account=account)
        return await _sign_in(call, uow, member, method=account.provider)


async def begin_link(call: Call) -> Answer:
    """A way to link an account; takes a step-up."""
    _provider(call)
    async with call.services.database.unit() as uow:
        await use_step_up(uow, session=call.signed_in.id)
    return await _begin(call, linking=True)


async def finish_link(call: Call) -> Answer:
    """Link the account to the member whose session began it."""
    account = await _account(call, linking=True)
    async with call.services.database.unit() as uow:
        return Answer(_shown(await link_account(uow, member=call.me, account=account)), 201)


async def listed(call: Call) -> Answer:
    """Her linked accounts."""
    async with call.services.database.unit() as uow:
        return Answer({"connections": [_shown(one) for one in await connections_of(uow, member=call.me)]})


async def unlink(call: Call) -> Answer:
    """It signs her in no more; takes a step-up."""
    async with call.services.database.unit() as uow:
        await use_step_up(uow, session=call.signed_in.id)
        await unlink_account(uow, member=call.me, provider=call.path["provider"])
    return NO_CONTENT


async def mini_app(call: Call) -> Answer:
    """Sign in a Telegram Mini App as the member who linked this Telegram account."""
    await _count(call)
    token = call.services.settings.telegram.token
    async with _noted(call, TELEGRAM):
        user = read_mini_app(call.body["init_data"], bot_token=token, now=call.services.clock.now())
    async with _noted(call, f"{TELEGRAM} {user.telegram_id}"), call.services.database.unit() as uow:
        await use_once(uow, provider=TELEGRAM, proof=user.proof)
        member = await find_by_telegram(uow, user.telegram_id)
        if member is None:
            raise BadMiniApp
        return await _sign_in(call, uow, member.id, method=TELEGRAM)


@asynccontextmanager
async def _noted(call: Call, claimed: str) -> AsyncIterator[None]:
    """Write down an attempt that is refused here, in a unit of its own; it is refused all the same."""
    try:
        yield
    except CoreError as refusal:
        async with call.services.database.unit() as uow:
            await _note(call, uow, None, claimed, refusal.code)
        raise


async def _note(call: Call, uow: UnitOfWork, member: MemberId | None, claimed: str, verdict: str) -> None:
    origin = Origin("api", call.address, call.agent)
    await note_attempt(
        uow, member=member, claimed=claimed, way="oauth", verdict=verdict, event_id=random_token(), origin=origin
    )


async def _count(call: Call) -> None:
    digest = call.services.vault.digest(call.address, context="address")
    await counted(call.services, [(f"login {digest}", LOGIN_BY_ADDRESS)])


def _provider(call: Call) -> OpenIdProvider:
    found = call.services.openid.get(call.path["provider"])
    if found is None:
        raise UnknownProvider
    return found


async def _begin(call: Call, *, linking: bool) -> Answer:
    provider = _provider(call)
    session = call.signed_in.id if linking else None
    async with call.services.database.unit() as uow:
        way = await begin_way(uow, provider=call.path["provider"], session=session)
    try:
        url = await provider.authorization_url(state=way.state, nonce=way.nonce, verifier=way.verifier)
    except ProviderAway:
        raise Busy from None
    return Answer({"authorization_url": url, "flow": way.flow})


async def _account(call: Call, *, linking: bool) -> Account:
    """The account that came back. The way is used up before the provider is asked, so that no code is tried twice."""
    provider, name = _provider(call), call.path["provider"]
    session = call.signed_in.id if linking else None
    async with call.services.database.unit() as uow:
        back = await end_way(uow, provider=name, session=session, state=call.body["state"], flow=call.body["flow"])
    try:
        vouched = await provider.exchange(code=call.body["code"], verifier=back.verifier, nonce=back.nonce)
    except ProviderRefused:
        raise ProviderSaysNo from None
    except ProviderAway:
        raise Busy from None
    return _as_account(name, vouched)


def _as_account(provider: str, vouched: Vouched) -> Account:
    """Telegram's `sub` is another for every client; its own number of a person is the claim `id`. Raises ProviderSaysNo."""
    claims = vouched.claims
    subject = claims.get("id") if provider == TELEGRAM else claims["sub"]
    if not isinstance(subject, str | int) or isinstance(subject, bool) or not 0 < len(str(subject)) <= LONGEST_CLAIM:
        raise ProviderSaysNo
    return Account(
        provider=provider,
        subject=str(subject),
        email=_text(claims, "email"),
        username=_text(claims, "preferred_username") or _text(claims, "name"),
        access_token=vouched.access_token,
        refresh_token=vouched.refresh_token,
        expires_at=vouched.expires_at,
        scope=vouched.scope,
        profile={name: claims[name] for name in KEPT_CLAIMS if isinstance(claims.get(name), str | bool)},
    )


def _text(claims: Any, name: str) -> str | None:
    found = claims.get(name)
    return "".join(letter for letter in found if letter.isprintable())[:LONGEST_CLAIM] if isinstance(found, str) else None


async def _sign_in(call: Call, uow: UnitOfWork, member: MemberId, *, method: str) -> Answer:
    secret = random_token(DEVICE_BYTES)
    device, _ = await remember_program(
        uow,
        member=member,
        secret=secret,
        name=call.body.get("device_name", ""),
        address=call.address,
        agent=call.agent,
    )
    signed_in = await begin_session(uow, member=member, device=device, methods=[method], address=call.address, agent=call.agent)
    await _note(call, uow, member, method, "right")
    return tokens(call, signed_in, device_token=secret)


def _shown(connection: Connection) -> dict[str, Any]:
    return {
        "provider": connection.provider,
        "email": connection.email,
        "username": connection.username,
        "connected_at": written(connection.connected_at),
    }


BY_PROVIDER = {"provider": {"type": "string", "enum": ["google", "telegram"]}}
WAY = thing({"authorization_url": {"type": "string"}, "flow": TOKEN})
BACK = {"state": TOKEN, "code": CODE, "flow": TOKEN}
OPERATIONS = (
    Operation(
        "beginOAuthLogin", "POST", "/auth/oauth/{provider}", "Begin to sign in with an account elsewhere", begin_login,
        Access.ANYONE, {200: WAY}, in_path=BY_PROVIDER, refuses=(404,),
    ),
    Operation(
        "finishOAuthLogin", "POST", "/auth/oauth/{provider}/finish",
        "Sign in with what the provider sent back; private things still need the PIN (step-up)", finish_login, Access.ANYONE,
        {200: ref("Tokens")}, body=thing(BACK, {"device_name": NAME}), in_path=BY_PROVIDER, refuses=(401, 404, 409),
    ),
    Operation(
        "miniAppLogin", "POST", "/auth/telegram-mini-app", "Sign a Telegram Mini App in with its initData", mini_app,
        Access.ANYONE, {200: ref("Tokens")},
        body=thing({"init_data": {"type": "string", "minLength": 1, "maxLength": 8_000}}, {"device_name": NAME}),
        refuses=(401, 409),
    ),
    Operation(
        "connections", "GET", "/me/connections", "Her linked accounts", listed, Access.PROVEN,
        {200: thing({"connections": many("Connection")})},
    ),
    Operation(
        "beginLink", "POST", "/me/connections/{provider}", "Begin to link an account elsewhere; needs a step-up", begin_link,
        Access.PROVEN, {200: WAY}, in_path=BY_PROVIDER, refuses=(404,),
    ),
    Operation(
        "finishLink", "POST", "/me/connections/{provider}/finish", "Link it; from the same session", finish_link, Access.PROVEN,
        {201: ref("Connection")}, body=thing(BACK), in_path=BY_PROVIDER, refuses=(404, 409),
    ),
    Operation(
        "unlink", "DELETE", "/me/connections/{provider}", "Unlink it; needs a step-up", unlink, Access.PROVEN, {204: None},
        in_path=BY_PROVIDER, refuses=(404,),
    ),
)  # fmt: skip
