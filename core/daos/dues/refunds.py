"""Giving back what was paid of a charge: group money, so one official asks and another one decides, where the rules want two.

What was paid becomes the member's credit in the group, by the waiver that it ends in; nobody decides about what she herself
paid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID, uuid5

from sqlalchemy import select

from core.daos.constitutions import rules_of
from core.daos.dues.charges import Charge, category_of, charge_of
from core.daos.dues.reasons import read_reason
from core.daos.dues.waivers import NothingToWaive, NotYourOwnCharge, hold_charge, waive
from core.daos.dues_models import ChargeRow, RefundRow
from core.daos.groups import find_group
from core.daos.loans.savings import savings
from core.daos.owed import Purpose
from core.daos.people import OFFICIALS, people_of, require_role
from core.daos.savings import SAVED
from core.daos.telling import SHORT_GROUP, tell_group
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import DaoId, IntentId, MemberId
from core.kernel.money import Money
from core.kernel.questions import Selected, given
from core.kernel.texts import text
from core.ledger.service import KeyReused

# As long as a request of the treasury waits for its approvals.
OPEN_FOR = timedelta(hours=72)
# What was paid longer ago than this is history, not a mistake.
LOOKED_BACK = timedelta(days=180)
MOST_SHOWN = 10
Outcome = Literal["asked", "done", "refused"]


@dataclass
class NoOtherOfficial(CoreError):
    """There is no other official who could decide about it."""

    code = "refund-needs-another"
    kind = Kind.CONFLICT


@dataclass
class RefundWaits(CoreError):
    """It was asked for already and waits for another official."""

    code = "refund-waits"
    kind = Kind.CONFLICT


@dataclass
class NoRefund(CoreError):
    """Nothing of this sort waits for her word (any more)."""

    code = "no-refund"
    kind = Kind.NOT_FOUND


@dataclass
class SavingsLocked(CoreError):
    """It is savings of hers that answer for a loan; `free` of them could be given back."""

    code = "savings-locked"
    kind = Kind.CONFLICT

    free: Money


@dataclass(frozen=True)
class Refund:
    """What one official asks to give back, and why."""

    id: UUID
    charge: Charge
    name: str
    amount: Money
    reason: str
    asked_by: str


async def paid_charges(uow: UnitOfWork, *, group: DaoId, member: MemberId) -> list[Charge]:
    """What she has paid anything of lately, the newest first."""
    rows = await uow.scalars(PAID, group=group, whom=member, since=uow.clock.now() - LOOKED_BACK)
    return [charge_of(row) for row in rows]


PAID = Selected(
    select(ChargeRow)
    .where(ChargeRow.dao_id == given("group"), ChargeRow.user_id == given("whom"), ChargeRow.paid > 0)
    .where(ChargeRow.due_at > given("since"))
    .order_by(ChargeRow.due_at.desc(), ChargeRow.id)
    .limit(MOST_SHOWN)
    .execution_options(populate_existing=True)
)


async def ask_refund(
    uow: UnitOfWork, *, intent: IntentId, official: MemberId, group: DaoId, charge: UUID, reason: str
) -> Outcome:
    """Ask to give back what was paid of a charge, once per intent; where one official's word is enough, it is done.

    Raises NotAMember, NotYourRole, BadReason, UnknownCharge, NotYourOwnCharge, NothingToWaive, RefundWaits, NoOtherOfficial,
    SavingsLocked, KeyReused; InsufficientFunds when the group doesn't have it any more.
    """
    await require_role(uow, member=official, group=group)
    said = read_reason(reason)
    found = await hold_charge(uow, group=group, charge=charge)
    if found.member == official:
        raise NotYourOwnCharge
    before = await uow.session.scalar(select(RefundRow).where(RefundRow.intent == intent))
    if before is not None:
        if before.charge_id != charge:
            raise KeyReused
        return before.status  # type: ignore[return-value]
    if not found.paid:
        raise NothingToWaive
    if await _waiting(uow, charge) is not None:
        raise RefundWaits
    await _check_free(uow, found)
    others = [one for one in await people_of(uow, group=group, roles=OFFICIALS) if one.id not in (official, found.member)]
    alone = (await rules_of(uow, group=group)).approvals < 2  # noqa: PLR2004 - two people
    if not alone and not others:
        raise NoOtherOfficial
    row = RefundRow(id=uow.ids.new(), dao_id=group, charge_id=charge, reason=said, asked_by=official, intent=intent)
    row.status, row.asked_at = "asked", uow.clock.now()
    uow.session.add(row)
    await uow.session.flush()
    if alone:
        await _give_back(uow, row, official)
        return "done"
    name = (await find_group(uow, group=group)).name[:SHORT_GROUP]
    about = {"in_group": name, "due_sum": found.paid, "item": found.label, "because": said}
    but = [official, found.member]
    await tell_group(uow, group=group, what=text("refund-asked", **about), template="refund_asked", roles=OFFICIALS, but=but)
    return "asked"


async def decide_refund(uow: UnitOfWork, *, refund: UUID, official: MemberId, agrees: bool) -> Outcome:
    """Another official's word, which ends it: given back at once, or refused. Her own repeat gets the same answer.

    Raises NoRefund, NotAMember, NotYourRole; NothingToWaive when it was given back otherwise; SavingsLocked, InsufficientFunds.
    """
    asked = await uow.session.get(RefundRow, refund)
    if asked is None:
        raise NoRefund
    charge = await hold_charge(uow, group=DaoId(asked.dao_id), charge=asked.charge_id)
    row = await uow.session.get_one(RefundRow, refund, with_for_update=True, populate_existing=True)
    await require_role(uow, member=official, group=DaoId(row.dao_id))
    if row.decided_by == official and row.status == ("done" if agrees else "refused"):
        return row.status  # type: ignore[return-value]
    over = row.status != "asked" or uow.clock.now() >= row.asked_at + OPEN_FOR
    if over or official in (row.asked_by, charge.member):
        raise NoRefund
    if agrees:
        await _check_free(uow, charge)
        await _give_back(uow, row, official)
        return "done"
    row.status, row.decided_by, row.decided_at = "refused", official, uow.clock.now()
    await uow.session.flush()
    return "refused"


async def refunds_waiting(uow: UnitOfWork, *, group: DaoId, official: MemberId) -> Sequence[Refund]:
    """What waits for this official's word, the oldest first."""
    people = {one.id: one.name for one in await people_of(uow, group=group)}
    found = []
    for row, charged in await uow.rows(TO_DECIDE, group=group, official=official, since=uow.clock.now() - OPEN_FOR):
        charge = charge_of(charged)
        asked_by = people.get(MemberId(row.asked_by), "")
        found.append(Refund(row.id, charge, people.get(charge.member, ""), charge.paid, row.reason, asked_by))
    return found


TO_DECIDE = Selected(
    select(RefundRow, ChargeRow)
    .join(ChargeRow, ChargeRow.id == RefundRow.charge_id)
    .where(RefundRow.dao_id == given("group"), RefundRow.status == "asked", RefundRow.asked_by != given("official"))
    .where(RefundRow.asked_at > given("since"), ChargeRow.user_id != given("official"))
    .order_by(RefundRow.asked_at, RefundRow.id)
)


async def _check_free(uow: UnitOfWork, charge: Charge) -> None:
    """What answers for a loan, hers or another's, isn't given back. The caller holds her dues."""
    purpose: Purpose = (await uow.session.get_one(ChargeRow, charge.id)).purpose  # type: ignore[assignment]
    if category_of(charge.sort, purpose) != "contribution" or purpose not in SAVED:
        return
    free = (await savings(uow, group=charge.group, member=charge.member)).free
    if free < charge.paid:
        raise SavingsLocked(free)


async def _give_back(uow: UnitOfWork, row: RefundRow, official: MemberId) -> None:
    row.status, row.decided_by, row.decided_at = "done", official, uow.clock.now()
    await uow.session.flush()
    await waive(
        uow,
        intent=IntentId(uuid5(row.id, "given back")),
        official=official,
        group=DaoId(row.dao_id),
        charge=row.charge_id,
        reason=row.reason,
        paid_too=True,
    )


async def _waiting(uow: UnitOfWork, charge: UUID) -> RefundRow | None:
    """What waits about this charge; one whose time is over is closed."""
    row = await uow.session.scalar(select(RefundRow).where(RefundRow.charge_id == charge, RefundRow.status == "asked"))
    if row is not None and uow.clock.now() >= row.asked_at + OPEN_FOR:
        row.status = "expired"
        await uow.session.flush()
        return None
    return row
