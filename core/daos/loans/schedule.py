"""The arithmetic of a loan, in whole cents and without a clock: instalments, interest, arrears, what would settle it today.

Interest is charged at the beginning of each month of the loan, counted from the day on which it was paid out, the first one
that day. Reducing: on the principal that is still out then. Flat: the same share of principal times rate times months each
time. So whoever repays early pays no interest for months that haven't begun. After the last month it goes on monthly on what
is still out.

A payment covers what is late first (its interest, then its principal), then the interest of the running month, then principal.

In duplum: from the day after the first instalment that isn't covered, unpaid interest grows no further than the principal
that was out on that day; the count begins anew once the arrears are paid (the ceiling that Kenya's SACCO rules set on
what can be recovered).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from core.daos.calendar import months_later
from core.kernel.money import Money

Method = Literal["reducing", "flat"]
# Nobody waits longer for a loan than this; it keeps the walk over its months short.
LAST_MONTH = 600


@dataclass(frozen=True)
class Terms:
    """What was agreed: `rate` in basis points a month, repaid in `months` instalments from the day it was paid out."""

    principal: Money
    rate: int
    method: Method
    months: int


@dataclass(frozen=True)
class Instalment:
    """What falls due on a day: its part of the principal, and the interest when everything was paid in time."""

    due: date
    principal: Money
    interest: Money

    @property
    def total(self) -> Money:
        return self.principal + self.interest


@dataclass(frozen=True)
class Payment:
    """What came in for the loan on a day."""

    on: date
    amount: Money


@dataclass(frozen=True)
class Standing:
    """Where a loan stands on a day.

    `principal` still out, `interest` charged and unpaid; `late_principal` and `late_interest`: how much of each should have
    come in before that day, and `late_since` the due day of the oldest instalment that lacks something. `due` is when the
    next instalment is that isn't paid ahead, and `instalment` what has to be paid by then, without interest of months that
    haven't begun. `charged` is all interest so far, paid or not.
    """

    principal: Money
    interest: Money
    charged: Money
    late_principal: Money
    late_interest: Money
    late_since: date | None
    due: date
    instalment: Money

    @property
    def payoff(self) -> Money:
        """What settles the loan that day."""
        return self.principal + self.interest

    @property
    def arrears(self) -> Money:
        """What should have come in before that day."""
        return self.late_principal + self.late_interest

    def days_late(self, today: date) -> int:
        """Whole days since the oldest instalment that lacks something fell due."""
        return (today - self.late_since).days if self.late_since else 0


def after_months(start: date, months: int) -> date:
    """The same day so many months later; the last day of a month that is too short."""
    return months_later(start, months, day=start.day)


def instalments(terms: Terms, *, start: date) -> list[Instalment]:
    """The plan: what falls due when, if each is paid on its day."""
    out, plan = terms.principal, []
    for month, part in enumerate(_parts(terms), start=1):
        plan.append(Instalment(after_months(start, month), part, _interest(terms, month, out)))
        out -= part
    return plan


def total_to_repay(terms: Terms, *, start: date) -> Money:
    """Principal and interest together, if each instalment is paid on its day."""
    return sum((one.total for one in instalments(terms, start=start)), start=terms.principal - terms.principal)


def standing(terms: Terms, *, start: date, paid: Sequence[Payment], today: date) -> Standing:
    """Where the loan stands on `today`, after the payments in the order in which they came; they count on their own day."""
    walk = _Walk(terms, start)
    for payment in paid:
        walk.go_to(payment.on)
        walk.take(payment.amount)
    walk.go_to(today)
    return walk.stands()


def interest_part(found: Standing, amount: Money) -> tuple[Money, Money]:
    """How a payment of at most the payoff is used: its interest and its principal."""
    return _used(amount, found.late_interest, found.late_principal, found.interest)


def _used(amount: Money, late_interest: Money, late_principal: Money, unpaid: Money) -> tuple[Money, Money]:
    interest = min(amount, late_interest)
    principal = min(amount - interest, late_principal)
    interest += min(amount - interest - principal, unpaid - interest)
    return interest, amount - interest


class _Walk:
    """Goes through the months of one loan in their order."""

    def __init__(self, terms: Terms, start: date) -> None:
        self._terms, self._start = terms, start
        zero = terms.principal - terms.principal
        self.out, self.unpaid, self.charged, self.month = terms.principal, zero, zero, 0
        self._zero = zero
        self._due_parts = _parts(terms)
        # Interest charged up to the end of each month, to know what of it is late.
        self._charged_by: list[Money] = []
        self._bad_from: Money | None = None
        self._charge()

    def go_to(self, day: date) -> None:
        """Charge every month that has begun by this day: one begins on the day after the one before it fell due."""
        while self.month < LAST_MONTH and self._due(self.month) < day:
            self._notice_arrears()
            self._charge()

    def take(self, amount: Money) -> None:
        late_principal, late_interest = self._late(self.month - 1)
        interest, principal = _used(amount, late_interest, late_principal, self.unpaid)
        self.unpaid -= interest
        self.out -= principal
        if not self._arrears(self.month - 1):
            self._bad_from = None

    def stands(self) -> Standing:
        late_principal, late_interest = self._late(self.month - 1)
        # What is paid ahead covers the instalments to come.
        due = next((month for month in range(self.month, self._terms.months + 1) if self._arrears(month)), self.month)
        return Standing(
            principal=self.out,
            interest=self.unpaid,
            charged=self.charged,
            late_principal=late_principal,
            late_interest=late_interest,
            late_since=self._late_since(),
            due=self._due(due),
            instalment=self._arrears(due),
        )

    def _charge(self) -> None:
        self.month += 1
        new = _interest(self._terms, self.month, self.out)
        if self._bad_from is not None:
            new = min(new, max(self._zero, self._bad_from - self.unpaid))
        self.unpaid += new
        self.charged += new
        self._charged_by.append(self.charged)

    def _notice_arrears(self) -> None:
        late = self._arrears(self.month)
        if not late:
            self._bad_from = None
        elif self._bad_from is None:
            self._bad_from = self.out

    def _arrears(self, month: int) -> Money:
        principal, interest = self._late(month)
        return principal + interest

    def _late(self, month: int) -> tuple[Money, Money]:
        """How much principal and interest should have come in by the end of this month and hasn't."""
        if month < 1:
            return self._zero, self._zero
        due = sum(self._due_parts[:month], start=self._zero)
        principal = max(self._zero, due - (self._terms.principal - self.out))
        charged = self._charged_by[min(month, self.month) - 1]
        interest = max(self._zero, charged - (self.charged - self.unpaid))
        return principal, interest

    def _late_since(self) -> date | None:
        return next((self._due(month) for month in range(1, self.month) if self._arrears(month)), None)

    def _due(self, month: int) -> date:
        return after_months(self._start, month)


def _parts(terms: Terms) -> list[Money]:
    return terms.principal.split([1] * terms.months)


def _interest(terms: Terms, month: int, out: Money) -> Money:
    """What this month costs. Once nothing is out it costs nothing."""
    if not out:
        return out
    if terms.method == "flat" and month <= terms.months:
        return (terms.principal.percent(terms.rate) * terms.months).split([1] * terms.months)[month - 1]
    return out.percent(terms.rate)
