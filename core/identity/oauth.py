"""Signing in with an account elsewhere: the way there and back, and which account speaks for whom.

The way is bound to the program that began it and good once, for ten minutes. An account is linked only from a session that
has just proven the PIN again; it is known by the provider's own id, never by an e-mail address. A sign-in by it alone shows
nothing private: the PIN is still asked for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from core.identity.addresses import tell_everywhere
from core.identity.events import record_security_event
from core.identity.members import locked
from core.identity.models import MemberRow
from core.identity.oauth_models import OAuthConnection, OAuthRequest
from core.identity.sessions import NotSignedIn
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import MemberId
from core.kernel.secrets import random_token
from core.kernel.texts import text

LASTS = timedelta(minutes=10)
SECRET_BYTES = 32
# RFC 7636 wants 43 to 128 characters.
VERIFIER_BYTES = 48
STATE, FLOW = "oauth state", "oauth flow"
LONGEST_CLAIM = 200


@dataclass
class OAuthStale(CoreError):
    """This way to the provider is over, was gone before, or was begun by another program."""

    code = "oauth-stale"
    kind = Kind.CONFLICT


@dataclass
class AccountTaken(CoreError):
    """This account elsewhere speaks for another member, or she has another one at this provider."""

    code = "account-taken"
    kind = Kind.CONFLICT


@dataclass
class UnknownConnection(CoreError):
    """She has no account linked at this provider."""

    code = "unknown-connection"
    kind = Kind.NOT_FOUND


@dataclass(frozen=True)
class Way:
    """What goes to the provider and what the program keeps. `verifier` and `nonce` stay with us, sealed, until it returns."""

    state: str = field(repr=False)
    flow: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True)
class Return:
    """A way that came back to the program that began it."""

    verifier: str = field(repr=False)
    nonce: str = field(repr=False)


@dataclass(frozen=True)
class Account:
    """An account as the provider vouches for it. `profile` holds what else may be kept of it."""

    provider: str
    subject: str
    email: str | None = None
    username: str | None = None
    access_token: str | None = field(default=None, repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None
    scope: str | None = None
    profile: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Connection:
    """A linked account as its owner sees it."""

    provider: str
    email: str | None
    username: str | None
    connected_at: datetime


async def begin_way(uow: UnitOfWork, *, provider: str, session: UUID | None) -> Way:
    """Begin: to link an account to the member of `session`, or to sign in without one."""
    way = Way(random_token(SECRET_BYTES), random_token(SECRET_BYTES), random_token(), random_token(VERIFIER_BYTES))
    now = uow.clock.now()
    row = OAuthRequest(
        id=uow.ids.new(),
        provider=provider,
        session_id=session,
        state_digest=uow.vault.digest(way.state, context=STATE),
        flow_digest=uow.vault.digest(way.flow, context=FLOW),
        created_at=now,
        expires_at=now + LASTS,
    )
    secrets = json.dumps({"verifier": way.verifier, "nonce": way.nonce}).encode()
    row.sealed_secrets = uow.vault.seal(secrets, context=f"oauth way {row.id}")
    uow.session.add(row)
    await uow.session.flush()
    return way


async def end_way(uow: UnitOfWork, *, provider: str, session: UUID | None, state: str, flow: str) -> Return:
    """Use up the way, and commit that before the provider is asked. Raises OAuthStale, whatever is wrong with it."""
    now = uow.clock.now()
    used = (
        update(OAuthRequest)
        .where(
            OAuthRequest.provider == provider,
            OAuthRequest.state_digest.in_(uow.vault.digests(state, context=STATE)),
            OAuthRequest.flow_digest.in_(uow.vault.digests(flow, context=FLOW)),
            OAuthRequest.session_id == session if session else OAuthRequest.session_id.is_(None),
            OAuthRequest.used_at.is_(None),
            OAuthRequest.expires_at > now,
        )
        .values(used_at=now)
        .returning(OAuthRequest.id, OAuthRequest.sealed_secrets)
    )
    row = (await uow.session.execute(used)).one_or_none()
    if row is None:
        raise OAuthStale
    return Return(**json.loads(uow.vault.open(row.sealed_secrets, context=f"oauth way {row.id}")))


async def use_once(uow: UnitOfWork, *, provider: str, proof: str) -> None:
    """Remember a proof that came without a way of ours. Raises OAuthStale when it was used before."""
    now = uow.clock.now()
    # Under older keys as well: rotating them must not make a proof good once more.
    seen = OAuthRequest.provider == provider, OAuthRequest.state_digest.in_(uow.vault.digests(proof, context=STATE))
    if await uow.session.scalar(select(OAuthRequest.id).where(*seen)) is not None:
        raise OAuthStale
    fresh = insert(OAuthRequest).values(
        id=uow.ids.new(),
        provider=provider,
        state_digest=uow.vault.digest(proof, context=STATE),
        flow_digest="",
        sealed_secrets="",
        created_at=now,
        expires_at=now,
        used_at=now,
    )
    if await uow.session.scalar(fresh.on_conflict_do_nothing().returning(OAuthRequest.id)) is None:
        raise OAuthStale


async def link_account(uow: UnitOfWork, *, member: MemberId, account: Account) -> Connection:
    """Let the account sign her in. Its caller has seen a step-up. She is told everywhere. Raises AccountTaken."""
    await locked(uow, member)
    now = uow.clock.now()
    row = OAuthConnection(
        id=uow.ids.new(),
        user_id=member,
        provider=account.provider,
        provider_user_id=account.subject,
        connected_at=now,
        created_at=now,
    )
    _refresh(uow, row, account)
    try:
        async with uow.session.begin_nested():
            uow.session.add(row)
    except IntegrityError:
        raise AccountTaken from None
    await _note(uow, member, "oauth_linked", account.provider)
    shown = account.username or account.email or account.subject
    await tell_everywhere(uow, member=member, what=text("sms-oauth-linked", provider=account.provider.title(), name=shown[:24]))
    return _connection(row)


async def member_of(uow: UnitOfWork, *, account: Account) -> MemberId:
    """Whom the account speaks for, while her own is open; what it says of itself is noted. Raises NotSignedIn."""
    linked = OAuthConnection.provider == account.provider, OAuthConnection.provider_user_id == account.subject
    wanted = select(OAuthConnection).join(MemberRow, MemberRow.id == OAuthConnection.user_id)
    live = OAuthConnection.disconnected_at.is_(None), MemberRow.disabled_at.is_(None)
    row = await uow.session.scalar(wanted.where(*linked, *live).with_for_update(of=OAuthConnection))
    if row is None:
        raise NotSignedIn
    _refresh(uow, row, account)
    await uow.session.flush()
    return MemberId(row.user_id)


async def connections_of(uow: UnitOfWork, *, member: MemberId) -> list[Connection]:
    """Her linked accounts."""
    hers = OAuthConnection.user_id == member, OAuthConnection.disconnected_at.is_(None)
    rows = await uow.session.scalars(select(OAuthConnection).where(*hers).order_by(OAuthConnection.provider))
    return [_connection(row) for row in rows]


async def unlink_account(uow: UnitOfWork, *, member: MemberId, provider: str) -> None:
    """It signs her in no more; its tokens are wiped. Raises UnknownConnection."""
    if not await _disconnect(uow, member, provider):
        raise UnknownConnection


async def unlink_accounts(uow: UnitOfWork, *, member: MemberId) -> None:
    """None of them signs her in any more."""
    for connection in await connections_of(uow, member=member):
        await _disconnect(uow, member, connection.provider)


async def _disconnect(uow: UnitOfWork, member: MemberId, provider: str) -> bool:
    now = uow.clock.now()
    hers = OAuthConnection.user_id == member, OAuthConnection.provider == provider, OAuthConnection.disconnected_at.is_(None)
    gone = update(OAuthConnection).where(*hers).values(
        disconnected_at=now, updated_at=now, access_token=None, refresh_token=None, token_expires_at=None
    )  # fmt: skip
    if await uow.session.scalar(gone.returning(OAuthConnection.id)) is None:
        return False
    await _note(uow, member, "oauth_unlinked", provider)
    return True


def _refresh(uow: UnitOfWork, row: OAuthConnection, account: Account) -> None:
    """What the provider says today, tokens sealed."""
    now = uow.clock.now()
    row.provider_email, row.provider_username = _short(account.email), _short(account.username)
    row.access_token = _sealed(uow, row, "access", account.access_token)
    row.refresh_token = _sealed(uow, row, "refresh", account.refresh_token)
    row.token_expires_at, row.scope = account.expires_at, _short(account.scope)
    row.profile_data = dict(account.profile)
    row.last_synced_at = row.updated_at = now


def _sealed(uow: UnitOfWork, row: OAuthConnection, kind: str, token: str | None) -> str | None:
    return uow.vault.seal(token.encode(), context=token_context(row.id, kind)) if token else None


def token_context(connection: UUID, kind: str) -> str:
    """What a provider's token is sealed for; `kind` is access or refresh."""
    return f"oauth {connection} {kind}"


def _short(claim: str | None) -> str | None:
    return claim[:LONGEST_CLAIM] if claim else None


def _connection(row: OAuthConnection) -> Connection:
    return Connection(row.provider, row.provider_email, row.provider_username, row.connected_at)


async def _note(uow: UnitOfWork, member: MemberId, event: str, provider: str) -> None:
    await record_security_event(
        uow, event_type=event, severity="medium", member=member, address="oauth", details={"provider": provider}
    )
