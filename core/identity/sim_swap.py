"""Was her SIM swapped a short while ago? Asked before money leaves, an account is recovered or a chat is linked.

The network answers later and its answer isn't signed, so it is believed only for a question of ours, and only the first time.
What isn't known is not taken for good news: a small amount may go, a larger one waits.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute

from core.identity.addresses import tell_everywhere
from core.identity.devices import LINKED, unlink_telegram
from core.identity.events import record_security_event
from core.identity.members import locked
from core.identity.models import MemberRow, SecurityEvent
from core.identity.sim_swap_models import SimSwapCheck
from core.kernel.db import UnitOfWork
from core.kernel.ids import MemberId
from core.kernel.money import Money
from core.kernel.phone import Phone, masked
from core.kernel.texts import text
from core.notifications.ports import Accepted, Outcome

ASK_SIM_SWAP = "ask-sim-swap"
# A swap is fresh for three days, as most victims notice within one; CAMARA's own default window is ten days (240 h), which
# would hold up everybody who has just replaced a lost SIM. An answer "not swapped" says nothing about the hour after next.
RECENT, FRESH = timedelta(hours=72), timedelta(hours=1)
# While nothing is known this much may go out at once (security notes, 1.8).
UNKNOWN_UP_TO = Money(2_000_00)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SimSwap:
    """What is known of a number's SIM. "unknown" is no good news; `until` is when a fresh swap is no longer fresh."""

    verdict: Literal["swapped", "not_swapped", "unknown"]
    until: datetime | None = None


@dataclass(frozen=True)
class PayoutHold:
    """Why money must not leave now. "sim_swapped" holds until `until`; "sim_unknown" until the network has answered."""

    reason: Literal["sim_swapped", "sim_unknown"]
    until: datetime | None = None


async def ask_sim_swap(uow: UnitOfWork, *, phone: Phone, why: str) -> None:
    """Have the network asked, unless it was within the hour. `why` is a word for the record ("payout", "recovery", "link")."""
    await uow.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"sim swap {phone}", 0))))
    now = uow.clock.now()
    lately = SimSwapCheck.phone == phone, SimSwapCheck.created_at > now - FRESH
    if await uow.session.scalar(select(SimSwapCheck.id).where(*lately).limit(1)) is not None:
        return
    check = SimSwapCheck(id=uow.ids.new(), phone=phone, why=why, status="waiting", created_at=now)
    uow.session.add(check)
    await uow.session.flush()
    await uow.enqueue(ASK_SIM_SWAP, {"id": str(check.id)})


async def sim_swap_verdict(uow: UnitOfWork, *, phone: Phone, since: datetime | None = None) -> SimSwap:
    """What answers since then say: within the hour, or since `since`. A fresh swap counts whenever it was said."""
    now = uow.clock.now()
    known = select(SimSwapCheck.id).where(SimSwapCheck.phone == phone, SimSwapCheck.status == "answered")
    known = known.where(SimSwapCheck.answered_at >= (since or now - FRESH))
    latest, is_known = (await uow.session.execute(select(newest_swap(literal(phone)), known.exists()))).one()
    if latest is not None and latest + RECENT > now:
        return SimSwap("swapped", latest + RECENT)
    return SimSwap("not_swapped" if is_known else "unknown")


def newest_swap(phone: ColumnElement[str] | InstrumentedAttribute[str]) -> ScalarSelect[datetime | None]:
    """When the SIM of this number was swapped last, by what the network has answered; null when it told of no swap."""
    told = SimSwapCheck.phone == phone, SimSwapCheck.status == "answered", SimSwapCheck.verdict == "swapped"
    return select(func.max(SimSwapCheck.swapped_at)).where(*told).scalar_subquery()


async def swapped_since(uow: UnitOfWork, *, phone: Phone, moment: datetime) -> bool:
    """Whether any answer says that the SIM was swapped after this moment."""
    after = SimSwapCheck.phone == phone, SimSwapCheck.verdict == "swapped", SimSwapCheck.swapped_at > moment
    return await uow.session.scalar(select(SimSwapCheck.id).where(*after).limit(1)) is not None


async def payout_hold(uow: UnitOfWork, *, member: MemberId, amount: Money) -> PayoutHold | None:
    """Whether this amount must wait because of her SIM; None when it may go. Asks the network where nothing is known.

    The rule: a SIM swapped within 72 hours holds every amount, and she is told everywhere; unknown holds what is above
    KES 2,000, until an answer comes; not swapped holds nothing. Commit the unit also when the payout is refused.
    """
    phone = Phone((await uow.session.get_one(MemberRow, member)).phone)
    found = await sim_swap_verdict(uow, phone=phone)
    match found.verdict:
        case "not_swapped":
            return None
        case "swapped":
            await _tell_of_hold(uow, member)
            return PayoutHold("sim_swapped", found.until)
        case _ if amount <= UNKNOWN_UP_TO:
            return None
        case _:
            await ask_sim_swap(uow, phone=phone, why="payout")
            return PayoutHold("sim_unknown")


async def claim_check(uow: UnitOfWork, check: UUID) -> Phone | None:
    """The number to ask about; None when this question has been put already."""
    row = await uow.session.get(SimSwapCheck, check, with_for_update=True)
    return Phone(row.phone) if row is not None and row.status == "waiting" else None


async def record_asked(uow: UnitOfWork, *, check: UUID, outcome: Outcome) -> None:
    """Write down under which id the answer will come, or that none will."""
    row = await uow.session.get_one(SimSwapCheck, check, with_for_update=True)
    if row.status != "waiting":
        return
    row.asked_at = uow.clock.now()
    if isinstance(outcome, Accepted):
        row.status, row.request_id = "asked", outcome.message_id
        return
    row.status, row.problem = "failed", outcome.reason
    log.warning("whether the SIM of %s was swapped can't be asked: %s", masked(row.phone), outcome.reason)


async def record_answer(uow: UnitOfWork, *, request_id: str, swapped: bool, swapped_at: datetime | None) -> bool:
    """Take the network's answer; the first one counts. False when it answers no question of ours.

    A swap without a usable date counts as one that happened now: of two mistakes the one that only makes people wait.
    """
    found = select(SimSwapCheck).where(SimSwapCheck.request_id == request_id).with_for_update()
    row = (await uow.session.scalars(found)).one_or_none()
    if row is None:
        return False
    if row.status != "asked":
        return True
    now = uow.clock.now()
    row.status, row.answered_at = "answered", now
    row.verdict = "swapped" if swapped else "not_swapped"
    row.swapped_at = min(swapped_at or now, now) if swapped else None
    if row.swapped_at is not None and row.swapped_at + RECENT > now:
        await _note_swap(uow, row)
    return True


async def _note_swap(uow: UnitOfWork, row: SimSwapCheck) -> None:
    member = await uow.session.scalar(select(MemberRow.id).where(MemberRow.phone == row.phone))
    if member is not None:
        await _undo_link(uow, member=MemberId(member), since=min(row.swapped_at or row.created_at, row.created_at))
    await record_security_event(
        uow,
        event_type="sim_swapped",
        severity="high",
        member=MemberId(member) if member else None,
        details={"check": str(row.id), "why": row.why},
    )


async def _undo_link(uow: UnitOfWork, *, member: MemberId, since: datetime) -> None:
    """Let a chat go that was linked since then: its code came to whoever had the SIM, and that may not be her.

    An account that was opened since then has nothing that could have been taken.
    """
    row = await locked(uow, member)
    linked = SecurityEvent.user_id == member, SecurityEvent.event_type == LINKED
    last = await uow.session.scalar(select(func.max(SecurityEvent.created_at)).where(*linked))
    if row.telegram_id is None or last is None or last < since or row.created_at >= since:
        return
    await unlink_telegram(uow, member=member)
    await record_security_event(uow, event_type="telegram_link_undone", severity="high", member=member)
    await tell_everywhere(uow, member=member, what=text("sms-link-undone"))


async def _tell_of_hold(uow: UnitOfWork, member: MemberId) -> None:
    """Tell her once in three days, at every address: one of them may be in other hands."""
    row = await locked(uow, member)
    now = uow.clock.now()
    if row.told_of_swap_at is not None and row.told_of_swap_at + RECENT > now:
        return
    row.told_of_swap_at = now
    await record_security_event(uow, event_type="payout_held_for_sim_swap", severity="high", member=member)
    await tell_everywhere(uow, member=member, what=text("sms-sim-swapped"))
