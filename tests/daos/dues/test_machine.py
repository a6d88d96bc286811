"""Charges, payments and fines against a model that is plain arithmetic, by hypothesis: whatever happens in whatever order, what
is owed, what each purpose holds and every fine are the model's, and the audit is clean."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.daos.calendar import Schedule, day_of, due_days, due_moment
from core.daos.contributions import record_contribution
from core.daos.dues.lateness import Fine, Terms, after, fines
from core.daos.dues.paying import Wanted, plan, posting_of
from core.daos.dues.sharing import share
from core.daos.owed import Owed
from core.kernel.db import Database
from core.kernel.money import Money
from core.kernel.texts import text as sentence
from core.ledger.service import transfer
from tests.conftest import FakeClock
from tests.daos.people import new_id, new_intent, shillings

from .village import Village

DAY = timedelta(days=1)
moments = st.datetimes(datetime(2026, 11, 1), datetime(2027, 3, 1)).map(lambda one: one.replace(tzinfo=day_zone()))


def day_zone() -> Any:
    from core.kernel.clock import EAST_AFRICA

    return EAST_AFRICA


# The pure parts first.


@given(
    st.integers(0, 5_000_00),
    st.lists(
        st.tuples(st.sampled_from(["fines", "contribution", "welfare"]), st.integers(1, 2_000_00), moments, st.booleans())
    ),
    st.permutations(["fines", "loan_interest", "loan_principal", "contribution", "welfare"]),
    moments,
)
def test_a_payment_is_shared_to_the_cent_and_nothing_is_paid_beyond_what_is_missing(
    amount: int, debts: list[Any], order: list[str], at: datetime
) -> None:
    owed = [
        Owed("charges", new_id(), category, due, Money(missing), "treasury", sentence("confirm"), whole)
        for category, missing, due, whole in debts
    ]
    paid, left = share(Money(amount), owed, order, at=at)

    assert sum(part.minor for _, part in paid) + left.minor == amount
    assert all(0 < part.minor <= debt.missing.minor for debt, part in paid)
    assert all(part == debt.missing for debt, part in paid if debt.whole)
    # Only the last one can be paid in part, and money is left over only when everything that takes parts is paid.
    assert all(part == debt.missing for debt, part in paid[:-1] if not debt.whole)
    if left:
        assert {debt.ref for debt, _ in paid} >= {debt.ref for debt in owed if not debt.whole}
    # What isn't due yet is never paid while something that takes parts and is due stays unpaid.
    unpaid = {debt.ref for debt in owed if not debt.whole} - {debt.ref for debt, part in paid if part == debt.missing}
    if any(debt.ref in unpaid and debt.due_at <= at for debt in owed):
        assert all(debt.due_at <= at for debt, _ in paid)


outages = st.lists(st.tuples(moments, st.integers(1, 200)), max_size=4).map(
    lambda found: [(began, began + timedelta(hours=hours)) for began, hours in found]
)


@given(moments, st.integers(0, 2_000), outages)
def test_no_time_passes_while_m_pesa_is_out(since: datetime, minutes: int, out: list[Any]) -> None:
    """Minute by minute would be too slow, so the covered time is summed from the merged intervals."""
    length = timedelta(minutes=minutes)
    end = after(since, length, out)
    assert end is not None
    covered, upto = timedelta(0), since
    for began, ended in sorted(out):
        start, stop = max(began, upto), min(ended, end)
        if stop > start:
            covered += stop - start
            upto = stop
    assert end - since - covered == length


@given(
    st.integers(1_00, 5_000_00),
    st.lists(st.tuples(moments, st.integers(1, 3_000_00)), max_size=5),
    st.integers(0, 5),
    st.integers(0, 200_00),
    st.sampled_from([0, 250, 1_000]),
    st.sampled_from(["once", "day", "week"]),
    st.integers(0, 500_00),
    moments,
)
def test_fines_are_for_what_was_missing_then_within_the_cap_and_end_when_it_is_paid(
    owed: int, payments: list[Any], grace: int, fixed: int, percent: int, every: str, cap: int, until: datetime
) -> None:
    terms, due = Terms(1, grace, Money(fixed), percent, every, Money(cap)), due_moment(date(2026, 12, 5))
    paid = [(at, Money(part)) for at, part in payments]

    found = fines(Money(owed), paid, terms=terms, due_at=due, outages=[], until=until)

    assert all(due + grace * DAY <= one.at <= until for one in found)
    assert all(one.missing.minor == owed - sum(part.minor for at, part in paid if at <= one.at) > 0 for one in found)
    if cap:
        assert sum(one.amount.minor for one in found) <= cap
    if every == "once":
        assert len(found) <= 1
    assert [one.step for one in found] == list(range(len(found)))
    # Hearing of an earlier payment never adds a fine and never makes one larger.
    more = fines(Money(owed), [*paid, (due, Money(1_00))], terms=terms, due_at=due, outages=[], until=until)
    assert sum(one.amount.minor for one in more) <= sum(one.amount.minor for one in found)


# And the whole of it on the database.


@dataclass
class Model:
    """One member's dues by plain arithmetic: a weekly kind of 100, a fine of 20 a day up to 60 after a day of grace."""

    joined: date
    payments: list[tuple[datetime, int]] = field(default_factory=list)

    def days(self, now: datetime) -> list[date]:
        return due_days(Schedule("weekly", 7), self.joined, day_of(now) + 7 * DAY)

    def fined(self, day: date, paid: list[tuple[datetime, Money]], now: datetime) -> list[Fine]:
        terms = Terms(1, 1, shillings(20), 0, "day", shillings(60))
        return fines(shillings(100), paid, terms=terms, due_at=due_moment(day), outages=[], until=now)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.integers(1, 60)),
        st.tuples(st.just("pay"), st.integers(5, 260)),
        st.tuples(st.just("heard late"), st.integers(5, 260)),
        st.tuples(st.just("twice at once"), st.integers(5, 120)),
    ),
    min_size=3,
    max_size=9,
)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps)
def test_whatever_happens_the_books_say_what_the_model_says(database_url: str, vault: Any, done: list[tuple[str, int]]) -> None:
    asyncio.run(live(database_url, vault, done))


async def live(database_url: str, vault: Any, done: list[tuple[str, int]]) -> None:
    import asyncpg

    from core.kernel.ids import TimeOrderedIds
    from tests.conftest import RESET

    connection = await asyncpg.connect(database_url)
    await connection.execute(RESET)
    await connection.close()
    clock = FakeClock()
    database = Database(database_url, clock=clock, ids=TimeOrderedIds(), vault=vault, pool_size=6)
    try:
        await follow(Village(database, clock), done)
    finally:
        await database.close()


async def follow(village: Village, done: list[tuple[str, int]]) -> None:
    await village.settle(1, fine=20_00, fine_every="day", fine_cap=60_00, grace_days=1)
    await village.kind(Schedule("weekly", 7), 100)
    await village.tend()
    (member,), paid = village.members, 0
    for what, number in done:
        if what == "wait":
            await village.until(village.clock.now() + timedelta(hours=number), timedelta(hours=8))
            continue
        if what == "pay":
            await village.pay(member, number)
        elif what == "twice at once":
            intent = new_intent()
            await asyncio.gather(*(village.pay(member, number, intent=intent) for _ in range(2)))
        else:
            await heard_late(village, number)
        paid += number
        await village.work()
    # Everything that can be judged is, by a morning two days later.
    await village.until(village.at(village.today + 2 * DAY, 12), timedelta(hours=8))
    await agrees(village, paid)


async def heard_late(village: Village, amount: int) -> None:
    """A payment that M-Pesa completed six hours ago is known only now."""
    (member,) = village.members
    async with village.db.unit() as uow:
        completed = max(village.clock.now() - timedelta(hours=6), datetime(2026, 11, 23, 9, tzinfo=village.clock.moment.tzinfo))
        payment = await plan(uow, Wanted(new_intent(), village.group, member, member, shillings(amount), "mpesa", completed))
        posting = posting_of(payment)
        posted = await transfer(uow, key=posting.key, kind=posting.kind, legs=posting.legs)
        await record_contribution(uow, payment, posted.transfer)


async def agrees(village: Village, paid: int) -> None:
    """Money: all that came in is in the treasury or her credit. Fines: each charge's are those of its own payments."""
    (member,) = village.members
    rows = await village.rows(
        "SELECT id, sort, period, amount, paid, waived, fines_for, step, due_at FROM contribution_charges ORDER BY due_at, id"
    )
    lines = await village.rows(
        "SELECT l.charge_id, p.completed_at, l.amount FROM contribution_lines l JOIN contribution_payments p"
        " ON p.id = l.payment_id WHERE l.charge_id IS NOT NULL AND p.state = 'posted'"
    )
    model = Model(date(2026, 11, 23))
    charges = [row for row in rows if row.sort == "contribution"]
    assert [row.period for row in charges] == model.days(village.clock.now())
    stands: Counter[Any] = Counter()
    for row in rows:
        if row.sort == "fine":
            stands[row.fines_for, row.step] += int((row.amount - row.waived) * 100)
    for charge in charges:
        own = [(line.completed_at, Money.from_decimal(line.amount)) for line in lines if line.charge_id == charge.id]
        # Judged two hours late, in the day.
        expected = model.fined(charge.period, own, village.clock.now() - timedelta(hours=2))
        assert {step: amount for (of, step), amount in stands.items() if of == charge.id and amount} == {
            one.step: one.amount.minor for one in expected
        }
    held = await village.held()
    total = sum(amount.minor for amount in held.values())
    assert total == paid * 100
    assert held.get("treasury", Money(0)).minor == sum(int(row.paid * 100) for row in rows)
    dues = await village.dues(member)
    assert not (dues.credit and dues.charges)
    await village.audit_is_clean()
