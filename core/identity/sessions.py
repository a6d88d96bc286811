"""Sign-ins of programs: beginning one, keeping it alive with refresh tokens, and ending one or all of them.

A refresh token is good once. Presented again it means that two hold it, so the whole session ends, and that stays written
though the request is refused (RFC 9700, 4.14.2). Who lost the answer may ask again with the same idempotency key for a
minute: the successor is computed from the token and that key together, which a thief of the token alone doesn't have.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import select, update

from core.identity.addresses import tell_everywhere
from core.identity.events import record_security_event, record_session
from core.identity.models import MemberRow
from core.identity.session_models import MemberSession, RefreshToken
from core.kernel.db import Database, UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import MemberId
from core.kernel.secrets import random_token
from core.kernel.texts import text

# At the latest after a month she proves herself anew, and after a week in which the program didn't ask.
LONGEST = timedelta(days=30)
IDLE = timedelta(days=7)
MOST_SESSIONS = 10
RETRY = timedelta(minutes=1)
# What was proven is good for one change of how she proves herself, soon.
STEP_UP = timedelta(minutes=5)
TOKEN_BYTES = 32
TOKEN, SUCCESSOR = "refresh token", "refresh successor"

EndReason = Literal["logout", "security", "expired"]
log = logging.getLogger(__name__)


@dataclass
class NotSignedIn(CoreError):
    """Nobody is signed in with this: it is wrong, over, or was taken back."""

    code = "not-signed-in"
    kind = Kind.UNKNOWN_CALLER


@dataclass
class ProveAgain(CoreError):
    """This changes how she proves herself, so she has to prove herself just before."""

    code = "prove-again"
    kind = Kind.FORBIDDEN


@dataclass(frozen=True)
class Session:
    """A live sign-in. `methods` are "pin", "totp", "google"...; `authenticated_at` is when the last of them was proven."""

    id: UUID
    member: MemberId
    device: UUID
    methods: tuple[str, ...]
    authenticated_at: datetime
    expires_at: datetime

    @property
    def proven(self) -> bool:
        """Whether the PIN was given: without it nothing private is shown."""
        return "pin" in self.methods


@dataclass(frozen=True)
class SignIn:
    """A session with the one refresh token that is good now, until `refresh_expires_at`."""

    session: Session
    refresh_token: str = field(repr=False)
    refresh_expires_at: datetime


async def begin_session(
    uow: UnitOfWork, *, member: MemberId, device: UUID, methods: Sequence[str], address: str, agent: str
) -> SignIn:
    """Sign a program in. The caller has proven `methods`. More than ten at once end the oldest.

    Raises NotSignedIn for a closed account.
    """
    now = uow.clock.now()
    holder = await uow.session.get_one(MemberRow, member, with_for_update=True)
    if holder.disabled_at is not None:
        raise NotSignedIn
    row = MemberSession(
        id=uow.ids.new(),
        user_id=member,
        device_id=device,
        methods=list(methods),
        ip_address=address,
        user_agent=agent or None,
        authenticated_at=now,
        # A program that she trusts signs in by the PIN alone, and that is good for nothing else.
        stepped_up_at=now if "pin" in methods and len(set(methods)) > 1 else None,
        created_at=now,
        expires_at=now + LONGEST,
    )
    uow.session.add(row)
    await uow.session.flush()
    await _end_oldest(uow, member=member)
    token = random_token(TOKEN_BYTES)
    refresh = await _add_token(uow, row, uow.ids.new(), token, address=address, agent=agent)
    await _audit(uow, row, "session_created", address=address, agent=agent)
    return SignIn(as_session(row), token, refresh.expires_at)


async def find_session(uow: UnitOfWork, session: UUID) -> Session:
    """The live session of a member whose account is open. Raises NotSignedIn."""
    live = MemberSession.ended_at.is_(None), MemberSession.expires_at > uow.clock.now(), MemberRow.disabled_at.is_(None)
    wanted = select(MemberSession).join(MemberRow, MemberRow.id == MemberSession.user_id)
    row = await uow.session.scalar(wanted.where(MemberSession.id == session, *live))
    if row is None:
        raise NotSignedIn
    return as_session(row)


async def prove_again(uow: UnitOfWork, *, session: UUID, methods: Sequence[str]) -> Session:
    """Note that she has just proven these once more; two of them let one action happen that needs it. Raises NotSignedIn."""
    row = await uow.session.get(MemberSession, session, with_for_update=True)
    if row is None or row.ended_at is not None:
        raise NotSignedIn
    row.methods = sorted({*row.methods, *methods})
    row.authenticated_at = uow.clock.now()
    if len(set(methods)) > 1:
        row.stepped_up_at = row.authenticated_at
    await uow.session.flush()
    return as_session(row)


async def use_step_up(uow: UnitOfWork, *, session: UUID) -> None:
    """Use up what was proven within the last five minutes, for one action. Raises ProveAgain."""
    used = (
        update(MemberSession)
        .where(MemberSession.id == session, MemberSession.stepped_up_at > uow.clock.now() - STEP_UP)
        .values(stepped_up_at=None)
        .returning(MemberSession.id)
    )
    if await uow.session.scalar(used) is None:
        raise ProveAgain


async def end_session(uow: UnitOfWork, *, session: UUID, reason: EndReason = "logout", address: str = "") -> None:
    """Sign this program out. Ended before, it stays as it is."""
    row = await uow.session.get(MemberSession, session, with_for_update=True)
    if row is not None and row.ended_at is None:
        await _end(uow, row, reason=reason, address=address)


async def end_sessions(uow: UnitOfWork, *, member: MemberId, reason: EndReason, device: UUID | None = None) -> int:
    """Sign all her programs out, or those on one device; how many that were."""
    live = select(MemberSession).where(MemberSession.user_id == member, MemberSession.ended_at.is_(None))
    if device is not None:
        live = live.where(MemberSession.device_id == device)
    rows = (await uow.session.scalars(live.order_by(MemberSession.created_at).with_for_update())).all()
    for row in rows:
        await _end(uow, row, reason=reason, address="")
    return len(rows)


class RefreshDesk:
    """Changes refresh tokens. Opens its own unit, so that what it takes back stays taken back though it then refuses."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def refresh(self, token: str, *, address: str, agent: str = "", key: str = "") -> SignIn:
        """The session with its next token. `key`: the caller's idempotency key. Raises NotSignedIn."""
        async with self._database.unit() as uow:
            found = await _refresh(uow, token, address=address, agent=agent, key=key)
        if found is None:
            raise NotSignedIn
        return found


async def _refresh(uow: UnitOfWork, token: str, *, address: str, agent: str, key: str) -> SignIn | None:
    now = uow.clock.now()
    digests = uow.vault.digests(token, context=TOKEN)
    wanted = select(RefreshToken).where(RefreshToken.token_hash.in_(digests))
    named = (await uow.session.execute(wanted.with_only_columns(RefreshToken.user_id, RefreshToken.session_id))).one_or_none()
    if named is None:
        return None
    # Everybody locks the member first, then her sessions. Whoever brings a token of this session waits here; only then does
    # it show whether the token is still good.
    holder = {"read": True, "key_share": True}
    member = await uow.session.get_one(MemberRow, named.user_id, with_for_update=holder)
    session = await uow.session.get_one(MemberSession, named.session_id, with_for_update=True)
    old = (await uow.session.scalars(wanted)).one()
    if session.ended_at is not None or old.revoked_at is not None or member.disabled_at is not None:
        return None
    if old.replaced_by is not None:
        return await _used_before(uow, session, old, token, address=address, key=key)
    if old.expires_at <= now or session.expires_at <= now:
        await _end(uow, session, reason="expired", address=address)
        return None
    successor = uow.vault.digest(f"{token}\0{key}", context=SUCCESSOR) if key else random_token(TOKEN_BYTES)
    old.replaced_by, old.replaced_at = uow.ids.new(), now
    await uow.session.flush()
    fresh = await _add_token(uow, session, old.replaced_by, successor, address=address, agent=agent)
    await _audit(uow, session, "session_renewed", address=address, agent=agent)
    return SignIn(as_session(session), successor, fresh.expires_at)


async def _used_before(
    uow: UnitOfWork, session: MemberSession, old: RefreshToken, token: str, *, address: str, key: str
) -> SignIn | None:
    """The same answer for the one who asks again with the same key; for anybody else the session is over."""
    successor = await uow.session.get_one(RefreshToken, old.replaced_by)
    is_retry = key and old.replaced_at is not None and old.replaced_at > uow.clock.now() - RETRY
    if is_retry and successor.replaced_by is None:
        for candidate in uow.vault.digests(f"{token}\0{key}", context=SUCCESSOR):
            if uow.vault.matches(candidate, successor.token_hash, context=TOKEN):
                return SignIn(as_session(session), candidate, successor.expires_at)
    await _end(uow, session, reason="security", address=address)
    await record_security_event(
        uow,
        event_type="refresh_token_reused",
        severity="high",
        member=MemberId(session.user_id),
        address=address,
        details={"session": str(session.id)},
    )
    await tell_everywhere(uow, member=MemberId(session.user_id), what=text("sms-token-reused"))
    log.warning("a refresh token of session %s was used twice; the session is over", session.id)
    return None


async def _add_token(
    uow: UnitOfWork, session: MemberSession, identifier: UUID, token: str, *, address: str, agent: str
) -> RefreshToken:
    now = uow.clock.now()
    row = RefreshToken(
        id=identifier,
        user_id=session.user_id,
        token_hash=uow.vault.digest(token, context=TOKEN),
        device_id=session.device_id,
        ip_address=address,
        user_agent=agent or None,
        expires_at=min(now + IDLE, session.expires_at),
        session_id=session.id,
        created_at=now,
    )
    uow.session.add(row)
    await uow.session.flush()
    return row


async def _end(uow: UnitOfWork, row: MemberSession, *, reason: EndReason, address: str) -> None:
    now = uow.clock.now()
    row.ended_at, row.ended_reason = now, reason
    live = RefreshToken.session_id == row.id, RefreshToken.revoked_at.is_(None)
    await uow.session.execute(update(RefreshToken).where(*live).values(revoked_at=now, revoked_reason=reason))
    await _audit(uow, row, "session_terminated", address=address, why=reason)


async def _end_oldest(uow: UnitOfWork, *, member: MemberId) -> None:
    live = select(MemberSession).where(MemberSession.user_id == member, MemberSession.ended_at.is_(None))
    newest_first = live.order_by(MemberSession.created_at.desc(), MemberSession.id.desc())
    for row in (await uow.session.scalars(newest_first.offset(MOST_SESSIONS).with_for_update())).all():
        await _end(uow, row, reason="logout", address="")


async def _audit(uow: UnitOfWork, row: MemberSession, action: str, *, address: str, agent: str = "", why: str = "") -> None:
    await record_session(
        uow,
        member=MemberId(row.user_id),
        action=action,
        address=address,
        device=row.device_id,
        session=row.id,
        agent=agent,
        details={"reason": why} if why else {"methods": list(row.methods)},
    )


def as_session(row: MemberSession) -> Session:
    """What others may know of the row."""
    return Session(
        id=row.id,
        member=MemberId(row.user_id),
        device=row.device_id,
        methods=tuple(row.methods),
        authenticated_at=row.authenticated_at,
        expires_at=row.expires_at,
    )
