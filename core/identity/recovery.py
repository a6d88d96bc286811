"""Getting back in without the PIN, or with a new number: never by an SMS alone, because whoever has the SIM would have all.

A code by SMS and the word of several contacts whom the member chose before, each with his own PIN; then a waiting time in
which anybody who holds one of her addresses can stop it; then a new PIN, chosen on the phone or chat that asked. Two methods
that don't fall together are what NIST SP 800-63B-4 (4.2.2) wants of a recovery.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from core.identity.events import record_security_event
from core.identity.members import locked
from core.identity.models import MemberRow
from core.identity.recovery_contacts import LEAST_CONTACTS, contacts_who_count, needed_of
from core.identity.recovery_models import AccountRecovery, RecoveryStatus, RecoveryType
from core.identity.recovery_news import tell_contacts, tell_of_recovery
from core.identity.registration import AlreadyRegistered
from core.identity.sim_swap import ask_sim_swap
from core.identity.two_factor import has_two_factor
from core.kernel.db import UnitOfWork, foreseeable
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import MemberId
from core.kernel.phone import Phone
from core.kernel.questions import Selected, given

METHOD = "sms_and_contacts"
# A day to notice and to stop it: as long as NIST lets a recovery contact's word be valid (4.2.2). A SIM that was swapped is
# looked for within three days (the security notes' rule for payouts), so a number that is new to us waits that long.
# What her authenticator guarded waits as long as a change that it hasn't proven (decision 0025).
WAIT, WAIT_FOR_MORE = timedelta(hours=24), timedelta(hours=72)
# Contacts may be out of reach for a weekend, and so may she when it is open at last.
CONFIRM_WITHIN, OPEN_FOR = timedelta(hours=72), timedelta(hours=72)
# Each one rings at every address; more than this only wears people out until they confirm.
MOST_STARTS, STARTS_WITHIN = 3, timedelta(days=7)


@dataclass
class NoContacts(CoreError):
    """She has fewer than two contacts who count, so nobody can vouch for her."""

    code = "no-recovery-contacts"
    kind = Kind.CONFLICT


@dataclass
class TooManyRecoveries(CoreError):
    """Recovery was asked for too often; `days` until it may be again, at least 1."""

    code = "too-many-recoveries"
    kind = Kind.LIMITED
    days: int


@dataclass
class RecoveryOver(CoreError):
    """This recovery was used, cancelled, or took too long."""

    code = "recovery-over"
    kind = Kind.CONFLICT


@dataclass
class RecoveryUnderway(CoreError):
    """Another recovery of this account waits already."""

    code = "recovery-underway"
    kind = Kind.CONFLICT


@dataclass(frozen=True)
class Recovery:
    """One recovery as its member sees it. `confirmed_at` is None while confirmations are missing."""

    id: UUID
    member: MemberId
    type: RecoveryType
    status: RecoveryStatus
    needed: int
    created_at: datetime
    confirmed_at: datetime | None
    expires_at: datetime
    new_phone: Phone | None
    app_lost: bool


async def start_recovery(
    uow: UnitOfWork, *, member: MemberId, device: str, channel: str, new_phone: Phone | None = None, app_lost: bool = False
) -> Recovery:
    """Ask for it; her contacts and all her addresses are told. Whoever calls has seen the code by SMS.

    `device` is what it is asked from, and what it has to be finished on. With `new_phone` the account gets that number: the
    caller has seen the code that was sent there, and her PIN. `app_lost`: her authenticator, where she has one, is to go off.
    Raises NoContacts, TooManyRecoveries, RecoveryUnderway, AlreadyRegistered.
    """
    row = await locked(uow, member)
    if await pending_recovery(uow, member=member) is not None:
        raise RecoveryUnderway
    accepted = await contacts_who_count(uow, member=member)
    if len(accepted) < LEAST_CONTACTS:
        raise NoContacts
    await _check_starts(uow, member)
    if new_phone is not None:
        await _check_number(uow, new_phone)
    recovery = _fresh(uow, row, device=device, channel=channel, new_phone=new_phone, needed=needed_of(len(accepted)))
    recovery.app_lost = app_lost and await has_two_factor(uow, member=member)
    uow.session.add(recovery)
    await uow.session.flush()
    await _note(uow, recovery, "recovery_started", channel)
    await tell_of_recovery(uow, recovery, "started")
    await ask_sim_swap(uow, phone=new_phone or Phone(row.phone), why="recovery")
    await tell_contacts(uow, recovery, [one.member for one in accepted], name=row.name)
    return as_recovery(recovery)


@foreseeable
async def pending_recovery(uow: UnitOfWork, *, member: MemberId) -> Recovery | None:
    """The recovery of this member that waits."""
    row = await _alive(uow, await uow.scalar(PENDING, member=member))
    return as_recovery(row) if row else None


@foreseeable
async def pending_for_number(uow: UnitOfWork, *, phone: Phone) -> Recovery | None:
    """The recovery that waits for this number to become a member's."""
    row = await _alive(uow, await uow.scalar(_PENDING_FOR, phone=phone))
    return as_recovery(row) if row else None


async def cancel_recovery(uow: UnitOfWork, *, recovery: UUID, by: str) -> None:
    """Stop it; all her addresses are told. No PIN is asked: she may not know it, and stopping gives nobody anything.

    `by` names who did: "ussd", "telegram", "contacts". Raises RecoveryOver.
    """
    row = await pending_row(uow, recovery)
    row.status, row.cancelled_at, row.cancelled_by = "cancelled", uow.clock.now(), by
    await _note(uow, row, "recovery_cancelled", by)
    await tell_of_recovery(uow, row, "cancelled")


async def pending_row(uow: UnitOfWork, recovery: UUID) -> AccountRecovery:
    """The recovery's row, ours until the unit ends. Raises RecoveryOver when it doesn't wait any more."""
    # The member first, as whoever asks anew does: else each of the two might wait for the other.
    whose = select(AccountRecovery.user_id).where(AccountRecovery.id == recovery).scalar_subquery()
    await uow.session.execute(select(MemberRow.id).where(MemberRow.id == whose).with_for_update(key_share=True))
    row = await uow.session.get(AccountRecovery, recovery, with_for_update=True, populate_existing=True)
    if row is None or row.status != "pending" or row.expires_at <= uow.clock.now():
        raise RecoveryOver
    return row


def is_from(uow: UnitOfWork, row: AccountRecovery, device: str) -> bool:
    """Whether this phone or chat account is the one that asked."""
    return uow.vault.matches(device, row.token, context=f"recovery {row.id}")


def as_recovery(row: AccountRecovery) -> Recovery:
    """The row as others see it."""
    return Recovery(
        id=row.id,
        member=MemberId(row.user_id),
        type=row.recovery_type,
        status=row.status,
        needed=row.needed,
        created_at=row.created_at,
        confirmed_at=row.confirmed_at,
        expires_at=row.expires_at,
        new_phone=Phone(row.new_phone) if row.new_phone else None,
        app_lost=row.app_lost,
    )


_WAITING = select(AccountRecovery).where(AccountRecovery.status == "pending")
PENDING = Selected(_WAITING.where(AccountRecovery.user_id == given("member")))
_PENDING_FOR = Selected(_WAITING.where(AccountRecovery.new_phone == given("phone")))


async def _alive(uow: UnitOfWork, row: AccountRecovery | None) -> AccountRecovery | None:
    """The pending one; one whose time is up is closed on the way. It isn't locked: see pending_row."""
    if row is not None and row.expires_at <= uow.clock.now():
        row.status = "expired"
        await uow.session.flush()
        return None
    return row


async def _check_starts(uow: UnitOfWork, member: MemberId) -> None:
    since = uow.clock.now() - STARTS_WITHIN
    mine = AccountRecovery.user_id == member, AccountRecovery.created_at > since
    starts, oldest = (await uow.session.execute(select(func.count(), func.min(AccountRecovery.created_at)).where(*mine))).one()
    if starts >= MOST_STARTS:
        raise TooManyRecoveries(max(1, (oldest - since).days))


async def _check_number(uow: UnitOfWork, phone: Phone) -> None:
    taken = await uow.session.scalar(select(MemberRow.id).where(MemberRow.phone == phone))
    if taken is not None or await pending_for_number(uow, phone=phone) is not None:
        raise AlreadyRegistered


def _fresh(
    uow: UnitOfWork, row: MemberRow, *, device: str, channel: str, new_phone: Phone | None, needed: int
) -> AccountRecovery:
    identifier, now = uow.ids.new(), uow.clock.now()
    kind: RecoveryType = "account_unlock" if row.disabled_at else "password_reset"
    return AccountRecovery(
        id=identifier,
        user_id=row.id,
        recovery_type="number_change" if new_phone else kind,
        token=uow.vault.digest(device, context=f"recovery {identifier}"),
        method=METHOD,
        ip_address=channel,
        status="pending",
        expires_at=now + CONFIRM_WITHIN,
        created_at=now,
        needed=needed,
        new_phone=new_phone,
    )


async def _note(uow: UnitOfWork, row: AccountRecovery, event: str, channel: str) -> None:
    await record_security_event(
        uow,
        event_type=event,
        severity="high",
        member=MemberId(row.user_id),
        address=channel,
        details={"recovery": str(row.id), "type": row.recovery_type, "app_lost": row.app_lost},
    )
