"""The PIN at the door. Counted first, committed, then checked: nobody buys more guesses by asking many times at once.

The count is one per member over all her channels, in PostgreSQL. Five wrong in a row lock for half an hour, ten close the
account until it is recovered; she is told of both. Every attempt is a row in login_attempts, also those of nobody we know
and those on a locked account.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core.identity.device_list import note_pin
from core.identity.doors import (
    DISABLED_BY_PINS,
    DISABLES_AT,
    LOCKED_FOR,
    LOCKS_AT,
    Door,
    OwnDoor,
    PinOutcome,
    Verdict,
    foreign_door,
    is_hers,
)
from core.identity.events import record_security_event
from core.identity.models import LoginAttempt, MemberRow
from core.identity.pin_news import queue_pin_news
from core.identity.spraying import mark_wrong_pin
from core.identity.strangers import hidden_identifier
from core.kernel.db import Database, UnitOfWork
from core.kernel.ids import MemberId
from core.kernel.secrets import Busy, Hashing, PinHasher

__all__ = ["DISABLED_BY_PINS", "DISABLES_AT", "LOCKED_FOR", "LOCKS_AT", "PinGate", "PinOutcome", "Verdict"]

# How long a repeated event waits for the first of its kind to be answered.
PATIENCE, GLANCE = 30, 0.05

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Knock:
    """One attempt: whose account it is for, where it comes from, and its name (`channel` and `event_id`).

    member: NOBODY when nobody has what was `claimed`, a phone number for instance. device: a fingerprint such as
    "phone:+254712000001" or "telegram:7001"; "" for a caller that is bound to the member already. agent: what a program
    calls itself.
    """

    member: MemberId
    channel: str
    event_id: str
    address: str
    device: str
    claimed: str
    agent: str


@dataclass(frozen=True)
class _Counted:
    """An attempt that may be checked now. `sealed` is None for nobody we know.

    subject: of the door that it was counted at, when that isn't her own.
    """

    attempt: UUID
    sealed: str | None
    outcome_if_wrong: PinOutcome
    subject: str | None


class PinGate:
    """Checks PINs. Opens its own units, so that what it counts stays counted whatever becomes of the caller's."""

    def __init__(self, database: Database, hasher: PinHasher) -> None:
        self._database, self._hasher = database, hasher

    async def check(
        self,
        *,
        member: MemberId,
        pin: str,
        channel: str,
        event_id: str,
        address: str = "",
        device: str = "",
        claimed: str = "",
        agent: str = "",
    ) -> PinOutcome:
        """Count and check one PIN. The same event is counted once and gets the same answer.

        `device` is what it was typed on: wrong PINs on a device that isn't hers count apart from her own. For an identifier
        that is no member's, `member` is NOBODY and `claimed` the identifier: it costs the same work and gets the same answers
        as an account tried from elsewhere. Raises Busy with nothing counted when no worker is free in time.
        """
        knock = Knock(member, channel, event_id, address or channel, device, claimed or str(member), agent)
        with self._hasher.on_the_way():
            async with self._database.unit() as uow:
                seen = await _attempt_of(uow, knock) is not None
        if not seen:
            async with self._hasher.place() as hashing:
                outcome = await self._check_once(hashing, knock, pin)
            if outcome is not None:
                return outcome
        return await self._same_answer(knock)

    async def is_behind(self, sealed: str, pin: str, *, member: MemberId) -> bool:
        """Whether this is the PIN behind the seal. It counts nothing, so nobody may be told what it said. Raises Busy."""
        return await self._hasher.verify(pin, sealed, owner=str(member))

    async def _check_once(self, hashing: Hashing, knock: Knock, pin: str) -> PinOutcome | None:
        """The outcome, or None when the same event is being answered elsewhere."""
        async with self._database.unit() as uow:
            counted = await _count(uow, knock)
        if not isinstance(counted, _Counted):
            return counted
        try:
            is_right = await hashing.verify(pin, counted.sealed, owner=str(knock.member))
        except Exception:
            # Our own trouble (a key that is missing, say) must not lock anybody out.
            async with self._database.unit() as uow:
                await _give_back(uow, knock, counted)
            raise
        async with self._database.unit() as uow:
            if not is_right:
                await mark_wrong_pin(uow, account=knock.claimed, pin=pin)
            return await _conclude(uow, knock, counted, is_right=is_right)

    async def _same_answer(self, knock: Knock) -> PinOutcome:
        """What the first of these events was answered. Raises Busy when that doesn't come."""
        for _ in range(PATIENCE):
            async with self._database.unit() as uow:
                attempt = await _attempt_of(uow, knock)
                if attempt is not None and attempt.finished_at is not None:
                    return await _answer_again(uow, knock, attempt)
            await asyncio.sleep(GLANCE)
        raise Busy


async def _attempt_of(uow: UnitOfWork, knock: Knock) -> LoginAttempt | None:
    same = select(LoginAttempt).where(LoginAttempt.channel == knock.channel, LoginAttempt.event_id == knock.event_id)
    return (await uow.session.scalars(same)).one_or_none()


async def _count(uow: UnitOfWork, knock: Knock) -> _Counted | PinOutcome | None:
    """Write the attempt down and count it as wrong for now; None when this event has been written down already."""
    row = await uow.session.get(MemberRow, knock.member)
    door, subject = await _door(uow, knock, row)
    now = uow.clock.now()
    closed = door.closed(now)
    fresh = insert(LoginAttempt).values(
        id=uow.ids.new(),
        identifier=row.phone if row else hidden_identifier(uow.vault, knock.claimed),
        user_id=row and row.id,
        ip_address=knock.address,
        user_agent=knock.agent or None,
        attempt_result=_result(row, closed),
        failure_reason=closed.verdict if closed else "unfinished",
        device_fingerprint=knock.device or None,
        channel=knock.channel,
        event_id=knock.event_id,
        created_at=now,
        tries_left=0,
        finished_at=now if closed else None,
    )
    attempt = await uow.session.scalar(fresh.on_conflict_do_nothing().returning(LoginAttempt.id))
    if attempt is None or closed:
        return closed if attempt else None
    door.count(now)
    return _Counted(attempt, row.sealed_pin if row else None, _refusal(door), subject)


async def _door(uow: UnitOfWork, knock: Knock, row: MemberRow | None) -> tuple[Door, str | None]:
    """The door that this device knocks at, ours until the unit ends, and its subject when it isn't her own."""
    if await is_hers(uow, row, knock.device) and row is not None:
        await uow.session.refresh(row, with_for_update=True)
        return OwnDoor(row), None
    subject = str(row.id) if row else hidden_identifier(uow.vault, knock.claimed)
    return await foreign_door(uow, subject), subject


def _result(row: MemberRow | None, closed: PinOutcome | None) -> str:
    if closed:
        return "account_locked"
    return "failed_password" if row else "failed_not_found"


async def _conclude(uow: UnitOfWork, knock: Knock, counted: _Counted, *, is_right: bool) -> PinOutcome:
    """Write down what the check said; a right PIN takes back what was counted."""
    row, door = await _same_door(uow, knock, counted)
    attempt = await uow.session.get_one(LoginAttempt, counted.attempt)
    attempt.finished_at = uow.clock.now()
    if is_right and row is not None and door is not None:
        door.open_again()
        attempt.tries_left = LOCKS_AT
        if row.disabled_at is not None:
            attempt.attempt_result, attempt.failure_reason = "account_locked", "right_but_disabled"
            return PinOutcome("disabled", knows_pin=True)
        attempt.attempt_result, attempt.failure_reason = "success", None
        await note_pin(uow, row=row, channel=attempt.channel)
        return PinOutcome("right", tries_left=LOCKS_AT)
    outcome = counted.outcome_if_wrong
    attempt.failure_reason, attempt.tries_left = outcome.verdict, outcome.tries_left
    if outcome.verdict != "wrong":
        await _raise_alarm(uow, row, outcome, knock, hers=counted.subject is None)
    return outcome


async def _same_door(uow: UnitOfWork, knock: Knock, counted: _Counted) -> tuple[MemberRow | None, Door | None]:
    """The member's row and the door that the attempt was counted at, whatever was linked or let go since."""
    row = await uow.session.get(MemberRow, knock.member, with_for_update=counted.subject is None)
    if counted.subject is not None:
        return row, await foreign_door(uow, counted.subject)
    return row, OwnDoor(row) if row else None


def _refusal(door: Door) -> PinOutcome:
    """What is answered if the PIN that was just counted turns out to be wrong."""
    if door.failures >= DISABLES_AT:
        return PinOutcome("disabled")
    if door.failures == LOCKS_AT:
        return PinOutcome("locked", locked_until=door.locked_until)
    return PinOutcome("wrong", tries_left=(LOCKS_AT if door.failures < LOCKS_AT else DISABLES_AT) - door.failures)


async def _raise_alarm(uow: UnitOfWork, row: MemberRow | None, outcome: PinOutcome, knock: Knock, *, hers: bool) -> None:
    """Tell safety, and have her told, because it may not have been her."""
    disabled = outcome.verdict == "disabled"
    what = "disabled" if disabled else "locked"
    member = MemberId(row.id) if row else None
    await record_security_event(
        uow,
        event_type=f"account_{what}" if hers else f"foreign_devices_{what}",
        severity="high" if disabled else "medium",
        member=member,
        address=knock.channel,
        details={"channel": knock.channel},
    )
    await queue_pin_news(uow, member=member, outcome=outcome, hers=hers)
    log.warning("member %s is %s after wrong PINs%s", member, what, "" if hers else " on devices that are not hers")


async def _give_back(uow: UnitOfWork, knock: Knock, counted: _Counted) -> None:
    """Forget an attempt that could not be checked."""
    _, door = await _same_door(uow, knock, counted)
    await uow.session.delete(await uow.session.get_one(LoginAttempt, counted.attempt))
    if door is not None:
        door.give_back()


async def _answer_again(uow: UnitOfWork, knock: Knock, attempt: LoginAttempt) -> PinOutcome:
    """The outcome as it was written down."""
    if attempt.user_id is not None and attempt.user_id != knock.member:
        raise ValueError("an event id belongs to one member")
    row = await uow.session.get(MemberRow, knock.member)
    match attempt.failure_reason:
        case None:
            return PinOutcome("right", tries_left=LOCKS_AT)
        case "locked":
            door, _ = await _door(uow, knock, row)
            return PinOutcome("locked", locked_until=door.locked_until)
        case "disabled":
            return PinOutcome("disabled")
        case "right_but_disabled":
            return PinOutcome("disabled", knows_pin=True)
        case _:
            return PinOutcome("wrong", tries_left=attempt.tries_left or 0)
