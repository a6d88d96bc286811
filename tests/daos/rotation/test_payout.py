"""Collecting and paying out turns: in full, short, late, from the reserve, once however many workers there are."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from core.daos.rotation.paying import MoreThanOwed, NothingOwed
from core.daos.rotation.payout import debts_in, due_turns, pay_turn
from core.daos.rotation.rounds import NoRound, RoundRuns, open_round, take_hand, take_other_half
from core.kernel.db import Database
from core.kernel.money import Money
from core.ledger.accounts import MPESA_UTILITY, pot
from core.ledger.service import InsufficientFunds, KeyReused, Leg, transfer
from tests.conftest import FakeClock
from tests.daos.people import new_id, new_intent, shillings
from tests.daos.rotation.chama import HAND, WEEKLY, Chama


async def test_a_round_when_all_pay_gives_each_hand_the_whole_pot_once(db: Database, clock: FakeClock) -> None:
    chama = await Chama.found(db, clock)
    await chama.start(2, 3, 1)
    for turn in (1, 2, 3):
        for member in range(3):
            await chama.pay(member)
        assert await chama.work() == 0
        await chama.until(turn)
        assert await chama.work() == 1
        assert await chama.work() == 0

    assert [await chama.money(member) for member in range(3)] == [shillings(20_000)] * 3
    assert await chama.pot() == shillings(0)
    told = await chama.sql("SELECT message FROM sms_delivery_log WHERE template = 'merry_paid' ORDER BY id")
    assert len(told) == 9
    assert told[0] == ("Umoja: turn 1 of 3: KES 1,500 paid to M. B. Everybody had paid.",)
    assert await chama.sql("SELECT status, because FROM rotations") == [("finished", "vote 1")]
    async with db.unit() as uow:
        await open_round(uow, intent=new_intent(), official=chama.members[0], group=chama.group.id, amount=HAND)
    with pytest.raises(RoundRuns):
        async with db.unit() as uow:
            await open_round(uow, intent=new_intent(), official=chama.members[0], group=chama.group.id, amount=HAND)


async def test_a_turn_when_somebody_is_late_pays_what_came_after_grace_and_the_rest_goes_to_her(
    db: Database, clock: FakeClock
) -> None:
    chama = await Chama.found(db, clock)
    await chama.start(2, 3, 1)
    await chama.pay(0)
    await chama.pay(1)
    await chama.until(1)
    assert await chama.work() == 0
    await chama.until(1, days=1, hours=11)
    assert await chama.work() == 0
    await chama.until(1, days=2)
    assert await chama.work() == 1

    assert await chama.money(1) == shillings(20_500)
    message = await chama.sql("SELECT DISTINCT message FROM sms_delivery_log WHERE template = 'merry_paid'")
    assert message == [("Umoja: turn 1 of 3: KES 1,000 paid to M. B. Missing: M. C. They owe it still.",)]
    async with db.unit() as uow:
        assert await debts_in(uow, group=chama.group.id) == {chama.members[2]: HAND}
    await chama.pay(2, shillings(200), payer=0)
    await chama.pay(2, shillings(300))
    assert await chama.money(1) == shillings(21_000)
    assert await chama.pot() == shillings(0)
    async with db.unit() as uow:
        assert await debts_in(uow, group=chama.group.id) == {}
    late = "SELECT message FROM sms_delivery_log WHERE user_id = :her AND template = 'merry_money' ORDER BY created_at, id"
    assert await chama.sql(late, her=chama.members[1]) == [
        ("Umoja: M. A paid KES 200 late for your turn. It is in your account here.",),
        ("Umoja: M. C paid KES 300 late for your turn. It is in your account here.",),
    ]


async def test_a_turn_when_the_rule_is_to_wait_waits_so_many_days(db: Database, clock: FakeClock) -> None:
    chama = await Chama.found(db, clock, rules=replace(WEEKLY, rotation_shortfall="wait", rotation_wait_days=3))
    await chama.start(2, 3, 1)
    await chama.pay(0)
    await chama.until(1, days=4, hours=11)
    assert await chama.work() == 0
    await chama.until(1, days=4, hours=12.1)
    assert await chama.work() == 1
    assert await chama.money(1) == shillings(20_500)


async def test_a_turn_when_the_reserve_tops_up_books_the_debt_to_who_was_missing(db: Database, clock: FakeClock) -> None:
    chama = await Chama.found(db, clock, rules=replace(WEEKLY, rotation_shortfall="reserve"))
    reserve = pot(chama.group.id, "reserve")
    async with db.unit() as uow:
        legs = [Leg(MPESA_UTILITY, -shillings(700)), Leg(reserve, shillings(700))]
        await transfer(uow, key=new_id(), kind="deposit", legs=legs)
    await chama.start(2, 3, 1)
    await chama.until(1, days=2)
    assert await chama.work() == 1

    # Two were missing 1,000; the reserve had 700. She herself had not paid in, so she gets nothing for that.
    assert await chama.money(1) == shillings(20_700)
    assert await chama.pot("reserve") == shillings(0)
    await chama.pay(0, shillings(500))
    await chama.pay(2, shillings(500))
    assert await chama.pot("reserve") == shillings(700)
    assert await chama.money(1) == shillings(21_000)


async def test_a_payout_when_the_rules_net_arrears_takes_her_own_only(db: Database, clock: FakeClock) -> None:
    chama = await Chama.found(db, clock, rules=replace(WEEKLY, rotation_netting=True))
    await chama.start(1, 2, 3)
    await chama.pay(1)
    await chama.until(1, days=2)
    await chama.work()
    assert await chama.money(0) == shillings(20_500)
    await chama.pay(0)
    await chama.pay(2, shillings(1_000))
    await chama.until(2)
    await chama.pay(1)
    assert await chama.work() == 1
    # Member C had been missing at turn 1 and paid it late; B was not.
    assert await chama.money(1) == shillings(20_500)

    again = await Chama.found(db, clock, rules=replace(WEEKLY, rotation_netting=True))
    await again.start(1, 2, 3)
    await again.pay(2)
    await again.until(1, days=2)
    await again.work()
    await again.pay(0)
    await again.pay(2)
    await again.until(2, days=2)
    await again.work()
    # B owed turn 1: 500 of her 1,000 went to A.
    assert [await again.money(member) for member in range(3)] == [shillings(20_500), shillings(20_500), shillings(19_000)]
    async with db.unit() as uow:
        assert await debts_in(uow, group=again.group.id) == {}


async def test_a_shared_hand_pays_and_gets_in_exact_halves(db: Database, clock: FakeClock) -> None:
    chama = await Chama.found(db, clock)
    async with db.unit() as uow:
        half = await take_hand(uow, member=chama.members[1], rotation=chama.rotation, half=True)
        await take_other_half(uow, member=chama.members[2], hand=half.id)
    await chama.start(1, 2, hands=[0])
    for member in range(3):
        await chama.pay(member, HAND if member == 0 else shillings(250))
    await chama.until(1)
    assert await chama.work() == 1

    assert [await chama.money(member) for member in range(3)] == [shillings(19_500), shillings(20_250), shillings(20_250)]


async def test_a_turn_when_twenty_workers_pay_it_at_once_is_paid_once(db: Database, clock: FakeClock) -> None:
    chama = await Chama.found(db, clock)
    await chama.start(2, 3, 1)
    for member in range(3):
        await chama.pay(member)
    await chama.until(1)
    turn = (await chama.turns())[0].row.id

    async def worker() -> bool:
        async with db.unit() as uow:
            return await pay_turn(uow, turn=turn)

    paid = await asyncio.gather(*(worker() for _ in range(20)))

    assert sum(paid) == 1
    assert await chama.money(1) == shillings(21_000)
    assert await chama.sql("SELECT count(*) FROM ledger_transfers WHERE kind = 'merry_payout'") == [(1,)]


async def test_a_payout_when_the_worker_dies_before_its_commit_is_done_by_the_next(db: Database, clock: FakeClock) -> None:
    chama = await Chama.found(db, clock)
    await chama.start(2, 3, 1)
    for member in range(3):
        await chama.pay(member)
    await chama.until(1)
    turn = (await chama.turns())[0].row.id

    async def dies() -> None:
        async with db.unit() as uow:
            await pay_turn(uow, turn=turn)
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        await dies()

    assert await chama.money(1) == shillings(19_500)
    assert await chama.work() == 1
    assert await chama.money(1) == shillings(21_000)


async def test_a_payment_when_sent_twenty_times_at_once_is_paid_once(db: Database, clock: FakeClock) -> None:
    chama = await Chama.found(db, clock)
    await chama.start(2, 3, 1)
    intent = new_intent()

    answers = await asyncio.gather(*(chama.pay(0, intent=intent) for _ in range(20)))

    assert {answer.amount for answer in answers} == {HAND}
    assert await chama.money(0) == shillings(19_500)
    with pytest.raises(KeyReused):
        await chama.pay(0, shillings(400), intent=intent)


async def test_what_cannot_be_paid_is_refused(db: Database, clock: FakeClock) -> None:
    chama = await Chama.found(db, clock, money=shillings(100))
    await chama.start(1, 2, hands=[0, 1])

    with pytest.raises(InsufficientFunds):
        await chama.pay(0)
    with pytest.raises(MoreThanOwed):
        await chama.pay(0, shillings(1_001))
    with pytest.raises(NothingOwed):
        await chama.pay(2)
    async with db.unit() as uow:
        with pytest.raises(NoRound):
            await take_hand(uow, member=chama.members[2], rotation=chama.rotation)
    assert await chama.money(0) == Money(100_00)


async def test_turns_that_wait_for_somebody_keep_no_other_from_being_looked_at(db: Database, clock: FakeClock) -> None:
    """As if a hundred rounds waited for who is late: one place is all that there is here."""
    slow = await Chama.found(db, clock)
    await slow.start(2, 3, 1)
    whole = await Chama.found(db, clock)
    await whole.start(2, 3, 1)
    for member in range(3):
        await whole.pay(member)
    await whole.until(1)

    async with db.unit() as uow:
        assert await due_turns(uow, limit=1) == [(await whole.turns())[0].row.id]
    # A day of grace, which ends at midnight in East Africa.
    await whole.until(1, days=1, hours=11, minutes=59)
    async with db.unit() as uow:
        assert (await slow.turns())[0].row.id not in await due_turns(uow)
    await whole.until(1, days=1, hours=12)
    async with db.unit() as uow:
        assert (await slow.turns())[0].row.id in await due_turns(uow)
