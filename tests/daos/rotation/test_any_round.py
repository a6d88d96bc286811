"""Whatever members do, in any order: each hand is paid once in a round, the pot never goes below zero, no shilling is lost."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from core.daos.rotation.belonging import buy_in, buy_in_price, may_not_leave_because, withdraw_hands
from core.daos.rotation.payout import debts_in
from core.daos.rotation.swaps import answer_swap, ask_swap
from core.kernel.db import Database
from core.kernel.errors import CoreError
from core.kernel.money import Money
from tests.conftest import FakeClock
from tests.daos.people import new_intent, shillings
from tests.daos.rotation.chama import WEEKLY, Chama

PEOPLE = 5
EACH = shillings(20_000)
member = st.integers(0, PEOPLE - 1)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("pay"), member, member, st.integers(1, 4)),
        st.tuples(st.just("pay"), member, member, st.integers(1, 4)),
        st.tuples(st.just("swap"), member, member, st.booleans()),
        st.tuples(st.just("leave"), member),
        st.tuples(st.just("join"), member),
        st.tuples(st.just("days"), st.integers(1, 9)),
        st.tuples(st.just("days"), st.integers(1, 9)),
    ),
    max_size=30,
)
RULES = (
    WEEKLY,
    replace(WEEKLY, rotation_netting=True),
    replace(WEEKLY, rotation_shortfall="wait"),
    replace(WEEKLY, rotation_shortfall="reserve", rotation_netting=True),
)
rules = st.integers(0, len(RULES) - 1)


async def step(chama: Chama, what: str, *about: Any) -> None:
    async with chama.db.unit() as uow:
        match what, about:
            case "leave", (who,):
                await withdraw_hands(uow, member=chama.members[who], group=chama.group.id)
            case "join", (who,):
                price = await buy_in_price(uow, rotation=chama.rotation)
                await buy_in(
                    uow,
                    intent=new_intent(),
                    member=chama.members[who],
                    rotation=chama.rotation,
                    expects=price.missed,
                )
            case "swap", (who, with_whom, agrees):
                last = {turn.hand.user_id: turn for turn in await chama.turns()}
                mine, other = last.get(chama.members[who]), last.get(chama.members[with_whom])
                if mine is None or other is None:
                    return
                asked = await ask_swap(
                    uow,
                    intent=new_intent(),
                    member=chama.members[who],
                    rotation=chama.rotation,
                    mine=mine.row.id,
                    other=other.row.id,
                )
                await answer_swap(uow, member=chama.members[with_whom], swap=asked.id, agrees=agrees)


async def live(chama: Chama, did: list[Any]) -> list[Money]:
    """Do it all; what each should have in the end, by what was paid for others."""
    fair = [EACH] * PEOPLE
    for what, *about in did:
        try:
            if what == "days":
                chama.clock.advance(days=about[0])
                await chama.work()
            elif what == "pay":
                who, payer, quarters = about
                amount = shillings(125) * quarters
                await chama.pay(who, amount, payer=payer)
                fair[payer] -= amount
                fair[who] += amount
            else:
                await step(chama, what, *about)
        except CoreError:
            pass
        assert await chama.pot() >= Money(0)
    return fair


async def finish(chama: Chama) -> None:
    """Everybody pays all that is owed, and all days pass."""
    while waiting := [turn for turn in await chama.turns() if turn.row.status == "waiting"]:
        await chama.until(waiting[-1].row.position, days=9)
        await chama.work()
    async with chama.db.unit() as uow:
        debts = await debts_in(uow, group=chama.group.id)
    assert all(debts.values())
    await chama.sql("UPDATE rotations SET status = 'running', ended_at = NULL WHERE status = 'finished'")
    for debtor, amount in debts.items():
        await chama.pay(chama.members.index(debtor), amount)


@settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(did=steps, rule=rules)
def test_any_round(did: list[Any], rule: int, empty_database: str, vault: Any) -> None:
    from core.kernel.ids import TimeOrderedIds

    async def played() -> None:
        clock = FakeClock()
        db = Database(empty_database, clock=clock, ids=TimeOrderedIds(), vault=vault)
        try:
            await lived(db, clock)
        finally:
            await db.close()

    async def lived(db: Database, clock: FakeClock) -> None:
        chama = await Chama.found(db, clock, members=PEOPLE, rules=RULES[rule], money=EACH)
        await chama.start(3, 1, 4, 2, hands=[0, 1, 2, 3])
        fair = await live(chama, did)
        await finish(chama)

        turns = await chama.turns()
        hands = [turn.hand.id for turn in turns]
        assert len(hands) == len(set(hands))
        assert all(turn.row.status == "paid" for turn in turns)
        assert await chama.pot() == Money(0)
        assert await chama.pot("reserve") == Money(0)
        money = [await chama.money(one) for one in range(PEOPLE)]
        assert sum(money, Money(0)) == EACH * PEOPLE
        # Everybody has paid and was paid the same: nobody gains or loses but by paying for somebody else.
        assert money == fair
        for who in chama.members:
            async with db.unit() as uow:
                assert await may_not_leave_because(uow, member=who, group=chama.group.id) is None

    asyncio.run(played())
