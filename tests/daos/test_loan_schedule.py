"""The arithmetic of loans: by hand, and as properties over any loan and any way of paying."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.daos.loans.schedule import (
    Payment,
    Standing,
    Terms,
    after_months,
    instalments,
    interest_part,
    standing,
    total_to_repay,
)
from core.kernel.money import Money

START = date(2026, 1, 31)


def kes(shillings: float) -> Money:
    return Money(round(shillings * 100))


def test_reducing_interest_falls_with_the_principal() -> None:
    plan = instalments(Terms(kes(3_000), 100, "reducing", 3), start=START)

    assert [(one.due, one.principal, one.interest) for one in plan] == [
        (date(2026, 2, 28), kes(1_000), kes(30)),
        (date(2026, 3, 31), kes(1_000), kes(20)),
        (date(2026, 4, 30), kes(1_000), kes(10)),
    ]


def test_flat_interest_is_the_same_each_month_and_adds_up() -> None:
    terms = Terms(kes(1_000), 1_000, "flat", 3)

    assert [one.interest for one in instalments(terms, start=START)] == [kes(100)] * 3
    assert total_to_repay(terms, start=START) == kes(1_300)


def test_who_pays_early_pays_no_interest_for_months_that_have_not_begun() -> None:
    terms = Terms(kes(3_000), 100, "flat", 3)

    found = standing(terms, start=START, paid=[], today=date(2026, 2, 10))

    assert found.payoff == kes(3_030)


def test_an_instalment_that_is_missed_is_late_the_day_after() -> None:
    terms = Terms(kes(3_000), 100, "reducing", 3)

    on_the_day = standing(terms, start=START, paid=[], today=date(2026, 2, 28))
    the_day_after = standing(terms, start=START, paid=[], today=date(2026, 3, 1))

    assert not on_the_day.arrears
    assert on_the_day.instalment == kes(1_030)
    assert the_day_after.arrears == kes(1_030)
    assert the_day_after.days_late(date(2026, 3, 1)) == 1
    assert the_day_after.instalment == kes(2_060), "what is late, and the next one"


def test_interest_on_a_bad_loan_stops_at_the_principal() -> None:
    terms = Terms(kes(1_000), 1_000, "reducing", 1)

    found = standing(terms, start=START, paid=[], today=after_months(START, 60))

    assert found.interest == kes(1_000)
    assert found.principal == kes(1_000)


def test_the_ceiling_is_lifted_once_the_arrears_are_paid() -> None:
    terms = Terms(kes(1_000), 1_000, "reducing", 12)
    late = after_months(START, 5)
    owed = standing(terms, start=START, paid=[], today=late)

    healed = standing(terms, start=START, paid=[Payment(late, owed.arrears)], today=late)

    assert not healed.arrears
    assert healed.late_since is None


loans = st.builds(
    Terms,
    principal=st.integers(100_00, 500_000_00).map(Money),
    rate=st.integers(0, 2_000),
    method=st.sampled_from(["reducing", "flat"]),
    months=st.integers(1, 36),
)
starts = st.dates(date(2024, 1, 1), date(2030, 12, 31))


@given(loans, starts)
def test_the_plan_repays_exactly_and_paying_by_it_leaves_nothing(terms: Terms, start: date) -> None:
    plan = instalments(terms, start=start)
    assert sum((one.principal for one in plan), start=Money(0)) == terms.principal

    paid = [Payment(one.due, one.total) for one in plan]
    for number, one in enumerate(plan):
        found = standing(terms, start=start, paid=paid[:number], today=one.due)
        assert not found.arrears
        assert (found.due, found.instalment) == (one.due, one.total)

    assert standing(terms, start=start, paid=paid, today=plan[-1].due + timedelta(days=400)).payoff == Money(0)


@given(loans, starts, st.lists(st.tuples(st.integers(0, 90), st.integers(1, 60_000_00)), max_size=12), st.integers(0, 1_500))
def test_whatever_is_paid_when_the_money_adds_up(
    terms: Terms, start: date, payments: list[tuple[int, int]], later: int
) -> None:
    day, paid = start, []
    interest_paid = principal_paid = Money(0)
    for days, cents in payments:
        day += timedelta(days=days)
        before = standing(terms, start=start, paid=paid, today=day)
        amount = min(Money(cents), before.payoff)
        if not amount:
            continue
        interest, principal = interest_part(before, amount)
        interest_paid, principal_paid = interest_paid + interest, principal_paid + principal
        paid.append(Payment(day, amount))

    found = standing(terms, start=start, paid=paid, today=day + timedelta(days=later))

    assert found.principal == terms.principal - principal_paid
    assert found.interest == found.charged - interest_paid
    assert Money(0) <= found.arrears <= found.payoff
    assert bool(found.arrears) == (found.late_since is not None)
    assert found.arrears <= found.instalment <= found.payoff


@given(loans, starts, st.integers(1, 3_000))
def test_unpaid_interest_never_passes_the_principal_that_was_out_when_it_went_bad(terms: Terms, start: date, days: int) -> None:
    found: Standing = standing(terms, start=start, paid=[], today=start + timedelta(days=days))

    first_month = min(found.interest, terms.principal.percent(terms.rate))
    assert found.interest <= max(terms.principal, first_month)


@pytest.mark.parametrize(
    ("start", "months", "there"), [(date(2024, 1, 31), 1, date(2024, 2, 29)), (START, 12, date(2027, 1, 31))]
)
def test_months_end_right(start: date, months: int, there: date) -> None:
    assert after_months(start, months) == there
