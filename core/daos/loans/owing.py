"""Loans among what a member owes: a payment to the group covers them in the place that the rules' order gives them.

What is late, and the instalment that falls due within a week: as early as charges are opened. What isn't due for longer is
repaid on purpose (`core.daos.loans.repaying`), so that nobody's savings go into a loan that has time.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import uuid5

from core.daos.calendar import day_of, due_moment
from core.daos.loans.reading import (
    LOANS,
    Loan,
    came_back,
    counts_on,
    day_that_counts,
    find_loan,
    lay_hers,
    lay_what_came_back,
    live_loan,
    loans_of_group,
    stands,
)
from core.daos.loans.repaying import book
from core.daos.loans.schedule import Standing
from core.daos.owed import Category, Owed, Part
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, IntentId, MemberId
from core.kernel.money import Money
from core.kernel.texts import text

DUE_WITHIN = timedelta(days=7)
LABELS: dict[Category, str] = {"loan_interest": "owed-loan-interest", "loan_principal": "owed-loan-principal"}


class LoansOwed:
    """Loans that were paid out, as a source of what members owe."""

    name = LOANS

    async def owed(self, uow: UnitOfWork, *, group: DaoId, member: MemberId, at: datetime) -> Sequence[Owed]:
        """What is late of her loan and what falls due within a week, interest and principal each for itself."""
        loan = await live_loan(uow, group=group, member=member)
        if loan is None or loan.status != "running":
            return ()
        await lay_hers(uow, loan)
        return (await _due_of(uow, [loan], at))[member]

    async def everybody(self, uow: UnitOfWork, *, group: DaoId, at: datetime) -> Mapping[MemberId, Sequence[Owed]]:
        """The same of everybody who has a loan."""
        loans = await loans_of_group(uow, group=group, statuses=("running",))
        await lay_what_came_back(uow, group=group, loans=loans)
        return await _due_of(uow, loans, at)

    async def owing(self, uow: UnitOfWork, *, group: DaoId) -> Collection[MemberId]:
        """Whoever has a loan of which something is due."""
        everybody = await self.everybody(uow, group=group, at=uow.clock.now())
        return {member for member, owed in everybody.items() if owed}

    async def posted(self, uow: UnitOfWork, part: Part) -> None:
        """The repayment, once for each payment."""
        loan = await find_loan(uow, loan=part.ref, lock=True)
        intent = IntentId(uuid5(loan.id, str(part.payment)))
        on = await counts_on(uow, loan, part.completed_at)
        await book(uow, loan, part.payer, amount=part.amount, on=on, posted=part.transfer, intent=intent)


async def _due_of(uow: UnitOfWork, loans: Sequence[Loan], at: datetime) -> dict[MemberId, list[Owed]]:
    back = await came_back(uow, loans=tuple(loan.id for loan in loans))
    days = {loan.id: day_that_counts(uow, loan, back[loan.id], at) for loan in loans}
    # Nobody has two loans of a group at a time.
    return {
        loan.borrower: due_parts(loan, stands(loan, back[loan.id], on=days[loan.id]), on=days[loan.id], at=at) for loan in loans
    }


def due_parts(loan: Loan, standing: Standing, *, on: date, at: datetime) -> list[Owed]:
    """The parts of what is owed on a day that a payment completed `at` this moment may cover, by the loan's own arithmetic."""
    late_due = due_moment(standing.late_since) if standing.late_since else at
    parts = [
        # Late is late, whatever the hour of the payment.
        _part(loan, "loan_interest", standing.late_interest, min(late_due, at)),
        _part(loan, "loan_principal", standing.late_principal, min(late_due, at)),
    ]
    if standing.due - DUE_WITHIN <= on:
        interest = standing.interest - standing.late_interest
        principal = standing.instalment - standing.arrears - interest
        # Not due yet, even in the last minute of its day.
        coming = max(due_moment(standing.due), at + timedelta.resolution)
        parts += [_part(loan, "loan_interest", interest, coming), _part(loan, "loan_principal", principal, coming)]
    return [part for part in parts if part.missing.minor > 0]


def _part(loan: Loan, category: Category, missing: Money, due_at: datetime) -> Owed:
    due = day_of(due_at)
    label = text(LABELS[category], day=f"{due.day}/{due.month}")
    return Owed(LOANS, loan.id, category, due_at, missing, "loans", label)
