"""Waiving: an official decides, with a reason that stays, that a charge or a fine needn't be paid.

What was paid of it already goes back to the member's credit in the group. Nobody waives what she owes herself.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid5

from sqlalchemy import select

from core.daos.dues.charges import Charge, category_of, charge_of
from core.daos.dues.fines import PAID_IN_TIME, unjust_part
from core.daos.dues.paying import CHARGES, Line, Payment, Wanted, mark_posted, posting_of, write_plan
from core.daos.dues.reasons import read_reason
from core.daos.dues_locks import hold_dues
from core.daos.dues_models import ChargeRow, WaiverRow
from core.daos.groups import find_group
from core.daos.owed import Purpose
from core.daos.people import people_of, require_role
from core.daos.telling import tell
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import DaoId, IntentId, MemberId
from core.kernel.money import Money
from core.kernel.texts import text
from core.ledger.service import KeyReused, transfer


@dataclass
class UnknownCharge(CoreError):
    """The group has no such charge."""

    code = "unknown-charge"
    kind = Kind.NOT_FOUND


@dataclass
class NotYourOwnCharge(CoreError):
    """Another official has to decide about what she owes herself."""

    code = "not-your-own-charge"
    kind = Kind.FORBIDDEN


@dataclass
class NothingToWaive(CoreError):
    """It was paid or waived already."""

    code = "nothing-to-waive"
    kind = Kind.CONFLICT


async def waive(
    uow: UnitOfWork,
    *,
    intent: IntentId,
    official: MemberId,
    group: DaoId,
    charge: UUID,
    reason: str,
    paid_too: bool = False,
) -> Money:
    """Waive what is missing of a charge, once per intent, and tell the member; returns how much.

    paid_too: also what was paid of it; that goes back to her credit. Raises NotAMember, NotYourRole, UnknownCharge,
    NotYourOwnCharge, NothingToWaive, BadReason, KeyReused; InsufficientFunds when what was paid can't be given back.
    """
    await require_role(uow, member=official, group=group)
    said = read_reason(reason)
    found = await hold_charge(uow, group=group, charge=charge)
    if found.member == official:
        raise NotYourOwnCharge
    before = await uow.session.scalar(select(WaiverRow).where(WaiverRow.intent == intent))
    if before is not None:
        if before.charge_id != charge:
            raise KeyReused
        return Money.from_decimal(before.amount)
    amount = found.amount - found.waived if paid_too else found.missing
    if not amount:
        raise NothingToWaive
    await _waive(uow, found, amount, reason=said, by=official, intent=intent)
    await _tell(uow, found, amount, said)
    return amount


async def return_unjust(uow: UnitOfWork, *, fine: UUID) -> None:
    """Give back what was paid of a fine that doesn't stand. Does nothing when nothing of it is unjust (any more)."""
    found, unjust = await unjust_part(uow, fine=fine)
    if unjust.minor > 0:
        intent = IntentId(uuid5(fine, f"returned after {found.waived.minor}"))
        await _waive(uow, found, unjust, reason=PAID_IN_TIME, by=None, intent=intent)


async def hold_charge(uow: UnitOfWork, *, group: DaoId, charge: UUID) -> Charge:
    """A charge of the group, with its member's dues held until the unit ends. Raises UnknownCharge."""
    row = await uow.session.get(ChargeRow, charge)
    if row is None or row.dao_id != group:
        raise UnknownCharge
    await hold_dues(uow, group=group, members=[MemberId(row.user_id)])
    return charge_of(await uow.session.get_one(ChargeRow, charge, populate_existing=True))


async def _waive(uow: UnitOfWork, charge: Charge, amount: Money, *, reason: str, by: MemberId | None, intent: IntentId) -> None:
    """Write the waiver; what is paid beyond the rest becomes her credit, by a movement of its own."""
    paid_beyond = amount - charge.missing
    back = await _give_back(uow, charge, paid_beyond) if paid_beyond.minor > 0 else None
    row = WaiverRow(id=uow.ids.new(), charge_id=charge.id, amount=amount.as_decimal(), reason=reason, waived_by=by)
    row.intent, row.created_at = intent, uow.clock.now()
    uow.session.add(row)
    await uow.session.flush()
    if back is not None:
        posting = posting_of(back)
        posted = await transfer(uow, key=posting.key, kind=posting.kind, legs=posting.legs)
        await mark_posted(uow, back, posted.transfer)


async def _give_back(uow: UnitOfWork, charge: Charge, amount: Money) -> Payment:
    row = await uow.session.get_one(ChargeRow, charge.id)
    purpose: Purpose = row.purpose  # type: ignore[assignment]
    category = category_of(charge.sort, purpose)
    lines = [
        Line("charge", purpose, category, -amount, charge.id, CHARGES, charge.kind),
        Line("credit", None, "credit", amount),
    ]
    intent = IntentId(uow.ids.new())
    wanted = Wanted(intent, charge.group, charge.member, charge.member, Money(0), "return", uow.clock.now())
    return await write_plan(uow, wanted, lines)


async def _tell(uow: UnitOfWork, charge: Charge, amount: Money, reason: str) -> None:
    group = await find_group(uow, group=charge.group)
    what = text("charge-waived", group=group.name, due_sum=amount, item=charge.label, because=reason)
    for person in await people_of(uow, group=charge.group):
        if person.id == charge.member:
            await tell(uow, person, what, template="waiver")
