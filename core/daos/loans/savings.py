"""What a member has saved in a group, and how much of it answers for loans: her own and those that she guarantees.

What answers for a loan becomes free again in proportion as its principal is repaid.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Numeric, ScalarSelect, cast, func, literal, null, or_, select, union_all

from core.daos.departed import FOREVER, Whose, settled_last
from core.daos.dues_locks import hold_dues
from core.daos.dues_models import PaymentRow
from core.daos.loans.models import LIVE, LoanRow, PledgeRow, RepaymentRow
from core.daos.savings import put_in
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import KES, Money
from core.kernel.questions import Selected, given

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
    found = {"saved": ZERO, "own": ZERO, "pledged": ZERO}
    for sort, amount, principal, back in await uow.rows(SAVINGS, group=group, member=member):
        found[sort] += _locked(amount, principal, back)
    return Savings(found["saved"], found["own"], found["pledged"])


def _locked(amount: Decimal, principal: Decimal | None, back: Decimal | None) -> Money:
    """What of it is locked; all of it counts where there is no loan."""
    if principal is None or back is None:
        return Money.from_decimal(amount)
    lent = Money.from_decimal(principal)
    return still_locked(Money.from_decimal(amount), out=lent - Money.from_decimal(back), principal=lent)


async def saved(uow: UnitOfWork, *, group: DaoId, member: MemberId, before: datetime = FOREVER) -> Money:
    """What she has saved and what wasn't taken for loans, as it is or as it was just before a moment."""
    return Money.from_decimal((await uow.session.execute(select(_saved(group, member, before)))).scalar_one() or Decimal(0))


def _saved(group: Whose, member: Whose, before: datetime) -> ColumnElement[Decimal | None]:
    """What she has put in, less what was taken of it for loans."""
    mine = put_in(group, before).where(PaymentRow.user_id == member).scalar_subquery()
    return func.coalesce(mine, 0) - func.coalesce(_taken(group, member, before), 0)


async def lock_savings(uow: UnitOfWork, *, group: DaoId, member: MemberId) -> Savings:
    """The same, with her membership locked until the unit ends, so that what is free is promised once."""
    await hold_dues(uow, group=group, members=[member])
    return await savings(uow, group=group, member=member)


def still_locked(amount: Money, *, out: Money, principal: Money) -> Money:
    """The part of a pledge that is locked while `out` of the principal is, rounded up to the cent."""
    return Money(-(-amount.minor * out.minor // principal.minor), amount.currency)


def _taken(group: Whose, member: Whose, before: datetime) -> ScalarSelect[Decimal]:
    """What was taken of it for loans since her account was settled last."""
    settled = settled_last(group, member, before)
    return (
        select(func.sum(RepaymentRow.amount))
        .join(LoanRow, LoanRow.id == RepaymentRow.loan_id)
        .where(LoanRow.dao_id == group, RepaymentRow.user_id == member, RepaymentRow.source == "savings")
        .where(RepaymentRow.created_at < before, or_(settled.is_(None), RepaymentRow.created_at > settled))
        .scalar_subquery()
    )


# How much of a loan's principal has come back.
_BACK = select(func.coalesce(func.sum(RepaymentRow.principal), 0)).where(RepaymentRow.loan_id == LoanRow.id).scalar_subquery()
_VOUCHED = (
    select(func.coalesce(func.sum(PledgeRow.amount), 0))
    .where(PledgeRow.loan_id == LoanRow.id, PledgeRow.status.in_(("asked", "accepted")))
    .scalar_subquery()
)
_RUNNING = LoanRow.dao_id == given("group"), LoanRow.status.in_(LIVE)
_OWN = select(literal("own").label("sort"), LoanRow.principal - _VOUCHED, LoanRow.principal, _BACK).where(
    *_RUNNING, LoanRow.user_id == given("member")
)
_PLEDGED = (
    select(literal("pledged"), PledgeRow.amount, LoanRow.principal, _BACK)
    .join(LoanRow, LoanRow.id == PledgeRow.loan_id)
    .where(*_RUNNING, PledgeRow.user_id == given("member"), PledgeRow.status == "accepted")
)
_TOTAL = select(
    literal("saved").label("sort"),
    _saved(given("group"), given("member"), FOREVER).label("amount"),
    cast(null(), Numeric).label("principal"),
    cast(null(), Numeric).label("back"),
)
# What she has saved, and each loan for which some of it is locked.
SAVINGS: Selected[*tuple[Any, ...]] = Selected(select(*union_all(_TOTAL, _OWN, _PLEDGED).subquery().c))
