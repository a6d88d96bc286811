"""The PIN at the door. Counted first, committed, then checked: nobody buys more guesses by asking many times at once.

The count is one per member over all channels, in PostgreSQL. Five wrong in a row lock for half an hour, ten close the
account until it is recovered (NIST SP 800-63B-4 and PCI DSS 8.3.4 both allow ten at most). Every attempt is a row in
login_attempts, also those of nobody we know and those on a locked account.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from core.identity.events import record_security_event
from core.identity.models import LoginAttempt, MemberRow
from core.identity.spraying import mark_wrong_pin
from core.identity.strangers import NOBODY, Stranger, look_at_stranger
from core.kernel.db import Database, UnitOfWork
from core.kernel.ids import MemberId
from core.kernel.secrets import Busy, Hashing, PinHasher

LOCKS_AT, DISABLES_AT = 5, 10
LOCKED_FOR = timedelta(minutes=30)
DISABLED_BY_PINS = "wrong_pins"
# How long a repeated event waits for the first of its kind to be answered.
PATIENCE, GLANCE = 30, 0.05

Verdict = Literal["right", "wrong", "locked", "disabled"]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PinOutcome:
    """What came of a PIN. `tries_left` before the next lock; `locked_until` where it is locked."""

    verdict: Verdict
    tries_left: int = 0
    locked_until: datetime | None = None


@dataclass(frozen=True)
class Place:
    """Where a PIN was typed: the event on its channel, the address and the device it came from, and whose it claimed to be."""

    channel: str
    event_id: str
    address: str
    device: str | None
    claimed: str


@dataclass(frozen=True)
class _Counted:
    """An attempt that may be checked now. `failures` includes it; `sealed` is None for nobody we know."""

    attempt: UUID
    sealed: str | None
    failures: int
    locked_until: datetime | None


class PinGate:
    """Checks PINs. Opens its own units, so that what it counts stays counted whatever becomes of the caller's."""

    def __init__(self, database: Database, hasher: PinHasher) -> None:
        self._database, self._hasher = database, hasher

    async def check(
        self, *, member: MemberId, pin: str, channel: str, event_id: str, address: str = "", device: str = "", claimed: str = ""
    ) -> PinOutcome:
        """Count and check one PIN. The same event is counted once and gets the same answer.

        `device` is what it was typed on, where that is known. For an identifier that is no member's, `member` is NOBODY and
        `claimed` the identifier: it costs the same work and gets the same answers. Raises Busy with nothing counted when no
        worker is free in time.
        """
        place = Place(channel, event_id, address or channel, device or None, claimed or str(member))
        async with self._database.unit() as uow:
            seen = await _attempt_of(uow, channel=channel, event_id=event_id) is not None
        if not seen:
            async with self._hasher.place() as hashing:
                outcome = await self._check_once(hashing, member, pin, place)
            if outcome is not None:
                return outcome
        return await self._same_answer(member, channel=channel, event_id=event_id)

    async def _check_once(self, hashing: Hashing, member: MemberId, pin: str, place: Place) -> PinOutcome | None:
        """The outcome, or None when the same event is being answered elsewhere."""
        async with self._database.unit() as uow:
            counted = await _count(uow, member=member, place=place)
        if not isinstance(counted, _Counted):
            return counted
        try:
            is_right = await hashing.verify(pin, counted.sealed, owner=str(member))
        except Exception:
            # Our own trouble (a key that is missing, say) must not lock anybody out.
            async with self._database.unit() as uow:
                await _give_back(uow, member=member, counted=counted)
            raise
        async with self._database.unit() as uow:
            if not is_right:
                await mark_wrong_pin(uow, account=place.claimed, pin=pin)
            return await _conclude(uow, member=member, counted=counted, is_right=is_right)

    async def _same_answer(self, member: MemberId, *, channel: str, event_id: str) -> PinOutcome:
        """What the first of these events was answered. Raises Busy when that doesn't come."""
        for _ in range(PATIENCE):
            async with self._database.unit() as uow:
                attempt = await _attempt_of(uow, channel=channel, event_id=event_id)
                if attempt is not None and attempt.finished_at is not None:
                    return await _answer_again(uow, member=member, attempt=attempt)
            await asyncio.sleep(GLANCE)
        raise Busy


async def _attempt_of(uow: UnitOfWork, *, channel: str, event_id: str) -> LoginAttempt | None:
    same = select(LoginAttempt).where(LoginAttempt.channel == channel, LoginAttempt.event_id == event_id)
    return (await uow.session.scalars(same)).one_or_none()


async def _count(uow: UnitOfWork, *, member: MemberId, place: Place) -> _Counted | PinOutcome | None:
    """Write the attempt down and count it as wrong for now; None when this event has been written down already."""
    row = None if member == NOBODY else await uow.session.get(MemberRow, member, with_for_update=True)
    now = uow.clock.now()
    known = row or await _stranger(uow, place.claimed)
    closed = _closed(known, now)
    fresh = insert(LoginAttempt).values(
        id=uow.ids.new(),
        identifier=known.phone,
        user_id=row and row.id,
        ip_address=place.address,
        attempt_result=_result(row, closed),
        failure_reason=closed.verdict if closed else "unfinished",
        device_fingerprint=place.device,
        channel=place.channel,
        event_id=place.event_id,
        created_at=now,
        tries_left=0,
        finished_at=now if closed else None,
    )
    attempt = await uow.session.scalar(fresh.on_conflict_do_nothing().returning(LoginAttempt.id))
    if attempt is None or closed:
        return closed if attempt else None
    if row is None:
        # The same work as counting on a member's row, or the time it takes would tell them apart.
        await uow.session.execute(update(LoginAttempt).where(LoginAttempt.id == attempt).values(finished_at=None))
        return _Counted(attempt, None, known.pin_failures + 1, now + LOCKED_FOR)
    row.pin_failures += 1
    if row.pin_failures >= DISABLES_AT:
        row.disabled_at, row.disabled_reason = now, DISABLED_BY_PINS
    elif row.pin_failures == LOCKS_AT:
        row.pin_locked_until = now + LOCKED_FOR
    return _Counted(attempt, row.sealed_pin, row.pin_failures, row.pin_locked_until)


async def _stranger(uow: UnitOfWork, claimed: str) -> Stranger:
    return await look_at_stranger(uow, claimed, locks_at=LOCKS_AT, disables_at=DISABLES_AT, locked_for=LOCKED_FOR)


def _closed(row: MemberRow | Stranger, now: datetime) -> PinOutcome | None:
    """Whether this door is closed before any PIN is looked at."""
    if row.disabled_at is not None:
        return PinOutcome("disabled")
    if row.pin_locked_until is not None and row.pin_locked_until > now:
        return PinOutcome("locked", locked_until=row.pin_locked_until)
    return None


def _result(row: MemberRow | None, closed: PinOutcome | None) -> str:
    if closed:
        return "account_locked"
    return "failed_password" if row else "failed_not_found"


async def _conclude(uow: UnitOfWork, *, member: MemberId, counted: _Counted, is_right: bool) -> PinOutcome:
    """Write down what the check said; a right PIN takes back what was counted."""
    row = await uow.session.get(MemberRow, member, with_for_update=True)
    attempt = await uow.session.get_one(LoginAttempt, counted.attempt)
    attempt.finished_at = uow.clock.now()
    if is_right and row is not None:
        attempt.attempt_result, attempt.failure_reason = "success", None
        attempt.tries_left = LOCKS_AT
        _open_again(row)
        return PinOutcome("right", tries_left=LOCKS_AT)
    outcome = _refusal(counted)
    attempt.failure_reason, attempt.tries_left = outcome.verdict, outcome.tries_left
    if outcome.verdict != "wrong":
        await _raise_alarm(uow, member=member if row else None, outcome=outcome, channel=attempt.channel)
    return outcome


def _open_again(row: MemberRow) -> None:
    row.pin_failures, row.pin_locked_until = 0, None
    if row.disabled_reason == DISABLED_BY_PINS:
        row.disabled_at = row.disabled_reason = None


def _refusal(counted: _Counted) -> PinOutcome:
    if counted.failures >= DISABLES_AT:
        return PinOutcome("disabled")
    if counted.failures == LOCKS_AT:
        return PinOutcome("locked", locked_until=counted.locked_until)
    return PinOutcome("wrong", tries_left=(LOCKS_AT if counted.failures < LOCKS_AT else DISABLES_AT) - max(counted.failures, 1))


async def _raise_alarm(uow: UnitOfWork, *, member: MemberId | None, outcome: PinOutcome, channel: str) -> None:
    disabled = outcome.verdict == "disabled"
    await record_security_event(
        uow,
        event_type="account_disabled" if disabled else "account_locked",
        severity="high" if disabled else "medium",
        member=member,
        address=channel,
        details={"channel": channel},
    )
    log.warning("member %s is %s after wrong PINs", member, outcome.verdict)


async def _give_back(uow: UnitOfWork, *, member: MemberId, counted: _Counted) -> None:
    """Forget an attempt that could not be checked."""
    row = await uow.session.get(MemberRow, member, with_for_update=True)
    await uow.session.delete(await uow.session.get_one(LoginAttempt, counted.attempt))
    if row is None:
        return
    row.pin_failures = max(row.pin_failures - 1, 0)
    if row.pin_failures < LOCKS_AT:
        row.pin_locked_until = None
    if row.pin_failures < DISABLES_AT and row.disabled_reason == DISABLED_BY_PINS:
        row.disabled_at = row.disabled_reason = None


async def _answer_again(uow: UnitOfWork, *, member: MemberId, attempt: LoginAttempt) -> PinOutcome:
    """The outcome as it was written down."""
    if attempt.user_id is not None and attempt.user_id != member:
        raise ValueError("an event id belongs to one member")
    if attempt.attempt_result == "success":
        return PinOutcome("right", tries_left=LOCKS_AT)
    row = await uow.session.get(MemberRow, member)
    match attempt.failure_reason:
        case "locked":
            return PinOutcome("locked", locked_until=row.pin_locked_until if row else None)
        case "disabled":
            return PinOutcome("disabled")
        case _:
            return PinOutcome("wrong", tries_left=attempt.tries_left or 0)
