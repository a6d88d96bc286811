"""What a member has saved in a group, and how much of it answers for loans: her own and those that she guarantees.

What answers for a loan becomes free again in proportion as its principal is repaid.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from core.daos.departed import FOREVER, settled_until
from core.daos.dues_locks import hold_dues
from core.daos.loans.models import LIVE, LoanRow, PledgeRow, RepaymentRow
from core.daos.savings import savings_in
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import KES, Money

ZERO = Money(0, KES)


@dataclass(frozen=True)
class Savings:
    """All that she has saved and that wasn't taken for loans; how much of it is locked for her own and for others' loans."""

    total: Money
    own_loan: Money
    pledged: Money

    @property
    def free(self) -> Money:
        """What can still answer for a loan."""
        return max(ZERO, self.total - self.own_loan - self.pledged)


async def savings(uow: UnitOfWork, *, group: DaoId, member: MemberId) -> Savings:
    """Her savings in this group, in shillings; what she got back when she left counts no more."""
    return Savings(
        total=await saved(uow, group=group, member=member),
        own_loan=await _locked_for_own(uow, group, member),
        pledged=await _pledged(uow, group, member),
    )


async def saved(uow: UnitOfWork, *, group: DaoId, member: MemberId, before: datetime = FOREVER) -> Money:
    """What she has saved and what wasn't taken for loans, as it is or as it was just before a moment."""
    put_in = (await savings_in(uow, group=group, members=[member], until=before))[member]
    return put_in - await _taken(uow, group, member, before)


async def lock_savings(uow: UnitOfWork, *, group: DaoId, member: MemberId) -> Savings:
    """The same, with her membership locked until the unit ends, so that what is free is promised once."""
    await hold_dues(uow, group=group, members=[member])
    return await savings(uow, group=group, member=member)


def still_locked(amount: Money, *, out: Money, principal: Money) -> Money:
    """The part of a pledge that is locked while `out` of the principal is, rounded up to the cent."""
    return Money(-(-amount.minor * out.minor // principal.minor), amount.currency)


async def _taken(uow: UnitOfWork, group: DaoId, member: MemberId, before: datetime) -> Money:
    taken = (
        select(func.sum(RepaymentRow.amount))
        .join(LoanRow, LoanRow.id == RepaymentRow.loan_id)
        .where(LoanRow.dao_id == group, RepaymentRow.user_id == member, RepaymentRow.source == "savings")
        .where(RepaymentRow.created_at < before)
    )
    settled = await settled_until(uow, group=group, member=member, before=before)
    total = await uow.session.scalar(taken.where(RepaymentRow.created_at > settled) if settled else taken)
    return Money.from_decimal(total) if total else ZERO


# How much of a loan's principal has come back.
_BACK = select(func.coalesce(func.sum(RepaymentRow.principal), 0)).where(RepaymentRow.loan_id == LoanRow.id).scalar_subquery()
_VOUCHED = (
    select(func.coalesce(func.sum(PledgeRow.amount), 0))
    .where(PledgeRow.loan_id == LoanRow.id, PledgeRow.status.in_(("asked", "accepted")))
    .scalar_subquery()
)


async def _locked_for_own(uow: UnitOfWork, group: DaoId, member: MemberId) -> Money:
    own = (LoanRow.dao_id == group, LoanRow.user_id == member, LoanRow.status.in_(LIVE))
    locked = ZERO
    for principal, back, vouched in await uow.session.execute(select(LoanRow.principal, _BACK, _VOUCHED).where(*own)):
        lent = Money.from_decimal(principal)
        mine = lent - Money.from_decimal(vouched)
        locked += still_locked(mine, out=lent - Money.from_decimal(back), principal=lent)
    return locked


async def _pledged(uow: UnitOfWork, group: DaoId, member: MemberId) -> Money:
    hers = (
        select(PledgeRow.amount, LoanRow.principal, _BACK)
        .join(LoanRow, LoanRow.id == PledgeRow.loan_id)
        .where(
            LoanRow.dao_id == group,
            LoanRow.status.in_(LIVE),
            PledgeRow.user_id == member,
            PledgeRow.status == "accepted",
        )
    )
    locked = ZERO
    for amount, principal, back in await uow.session.execute(hers):
        lent = Money.from_decimal(principal)
        locked += still_locked(Money.from_decimal(amount), out=lent - Money.from_decimal(back), principal=lent)
    return locked
