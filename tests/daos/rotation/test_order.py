"""The order of turns: a draw that can be recomputed, a list that all agree to, and swaps by everybody's PIN."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy.exc import DBAPIError

from core.daos.rotation.calendar import turn_days
from core.daos.rotation.draw import commitment_of, draw
from core.daos.rotation.order import (
    BadOrder,
    NumberStands,
    OrderChanged,
    add_number,
    agree,
    close_hands,
    proof_of,
    propose_order,
    reveal_draw,
)
from core.daos.rotation.payout import pay_turn
from core.daos.rotation.rounds import TooFewHands, take_hand
from core.daos.rotation.swaps import NoSwap, answer_swap, ask_swap
from core.kernel.db import Database
from core.kernel.ids import MemberId
from tests.conftest import FakeClock
from tests.daos.people import new_intent, shillings
from tests.daos.rotation.chama import WEEKLY, Chama, draw_numbers

SEED = "000102030405060708090a0b0c0d0e0f"
DRAWN = replace(WEEKLY, rotation_order="draw")


def test_the_draw_is_what_its_description_says() -> None:
    """The same in other words: a second writing of the algorithm from docs/draw.md, over one block of words."""
    order = draw(round_name="482913-1", seed=SEED, numbers={"2": "77", "10b": "5"}, hands=[4, 1, 2, 3])

    said = f"mtaa-draw-1\n482913-1\n{SEED}\n10b=5\n2=77\n"
    block = hashlib.sha256(hashlib.sha256(said.encode()).digest() + bytes(8)).digest()
    words = [int.from_bytes(block[at : at + 8], "big") for at in (0, 8, 16, 24)]
    expected = [1, 2, 3, 4]
    for place, word in zip((3, 2, 1), words, strict=False):
        other = word % (place + 1)
        expected[place], expected[other] = expected[other], expected[place]
    assert order == expected
    assert draw(round_name="482913-1", seed=SEED, numbers={"2": "78", "10b": "5"}, hands=range(1, 21)) != draw(
        round_name="482913-1", seed=SEED, numbers={"2": "77", "10b": "5"}, hands=range(1, 21)
    )


def test_the_draw_gives_every_order_alike() -> None:
    rounds = 6_000
    seen = Counter(tuple(draw(round_name=str(n), seed=SEED, numbers={}, hands=[1, 2, 3])) for n in range(rounds))

    # Six orders, a thousand each; five standard deviations are about 145.
    assert len(seen) == 6
    assert max(abs(count - rounds / 6) for count in seen.values()) < 145


def test_days_never_drift_and_months_end_where_they_end() -> None:
    months = turn_days(frequency="monthly", due_day=31, begins=date(2027, 12, 31), count=4)
    assert months == [date(2027, 12, 31), date(2028, 1, 31), date(2028, 2, 29), date(2028, 3, 31)]
    assert turn_days(frequency="monthly", due_day=5, begins=date(2026, 11, 6), count=1) == [date(2026, 12, 5)]
    weeks = turn_days(frequency="biweekly", due_day=7, begins=date(2026, 11, 23), count=3)
    assert weeks == [date(2026, 11, 29), date(2026, 12, 13), date(2026, 12, 27)]


async def test_a_draw_shows_its_code_first_and_can_be_recomputed_from_what_it_showed(db: Database, clock: FakeClock) -> None:
    chama = await Chama.found(db, clock, members=4, rules=DRAWN)
    async with db.unit() as uow:
        for member in chama.members:
            await take_hand(uow, member=member, rotation=chama.rotation)
        await close_hands(uow, official=chama.members[0], rotation=chama.rotation)
    [(commitment, seed, sealed)] = await chama.sql("SELECT commitment, seed, sealed_seed FROM rotations")
    assert seed is None
    told = await chama.sql("SELECT message FROM sms_delivery_log WHERE message LIKE :code", code=f"%{commitment}%")
    assert len(told) == 4
    await draw_numbers(chama, "7", "0042")
    async with db.unit() as uow:
        with pytest.raises(NumberStands):
            await add_number(uow, member=chama.members[0], rotation=chama.rotation, number="8")
    async with db.unit() as uow:
        await reveal_draw(uow, rotation=chama.rotation)
    assert await chama.turns() == []
    clock.advance(hours=24)
    for _ in range(2):
        async with db.unit() as uow:
            await reveal_draw(uow, rotation=chama.rotation)

    async with db.unit() as uow:
        proof = await proof_of(uow, rotation=chama.rotation)
    assert proof is not None
    assert proof.seed is not None
    assert proof.commitment == commitment == commitment_of(proof.seed)
    assert proof.numbers == {"1": "7", "2": "0042"}
    assert draw(round_name=proof.round_name, seed=proof.seed, numbers=proof.numbers, hands=[1, 2, 3, 4]) == proof.order
    assert [turn.hand.number for turn in await chama.turns()] == proof.order
    assert proof.seed not in sealed


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE rotations SET commitment = repeat('0', 64)",
        "UPDATE rotations SET draw_at = draw_at + interval '1 day'",
        "UPDATE rotations SET drawn = '{1,2,3}', seed = repeat('0', 32)",
        "UPDATE rotation_numbers SET number = '8'",
        "DELETE FROM rotation_numbers",
    ],
)
async def test_a_draw_cannot_be_changed_once_it_was_shown(db: Database, clock: FakeClock, damage: str) -> None:
    chama = await Chama.found(db, clock, rules=DRAWN)
    async with db.unit() as uow:
        for member in chama.members:
            await take_hand(uow, member=member, rotation=chama.rotation)
        await close_hands(uow, official=chama.members[0], rotation=chama.rotation)
    await draw_numbers(chama, "7", "8")

    with pytest.raises(DBAPIError, match="stands"):
        await chama.sql(damage)


async def test_a_draw_when_everybody_has_added_a_number_is_made_at_once(db: Database, clock: FakeClock) -> None:
    chama = await Chama.found(db, clock, rules=DRAWN)
    async with db.unit() as uow:
        for member in chama.members:
            await take_hand(uow, member=member, rotation=chama.rotation)
        await close_hands(uow, official=chama.members[0], rotation=chama.rotation)

    await asyncio.gather(*(draw_numbers(replace(chama, members=[member]), str(n)) for n, member in enumerate(chama.members)))

    assert len(await chama.turns()) == 3


async def test_an_agreed_order_starts_when_the_last_one_agrees_and_a_new_one_asks_anew(db: Database, clock: FakeClock) -> None:
    chama = await Chama.found(db, clock, rules=replace(WEEKLY, rotation_order="agreed"))
    chair, *others = chama.members
    async with db.unit() as uow:
        await take_hand(uow, member=chair, rotation=chama.rotation)
        with pytest.raises(TooFewHands):
            await close_hands(uow, official=chair, rotation=chama.rotation)
        for member in others:
            await take_hand(uow, member=member, rotation=chama.rotation)
        await close_hands(uow, official=chair, rotation=chama.rotation)
        with pytest.raises(BadOrder):
            await propose_order(uow, official=chair, rotation=chama.rotation, order=[1, 2, 2])
        await propose_order(uow, official=chair, rotation=chama.rotation, order=[1, 2, 3])
        assert not await agree(uow, member=others[0], rotation=chama.rotation, order=[1, 2, 3])
        await propose_order(uow, official=chair, rotation=chama.rotation, order=[3, 2, 1])
        with pytest.raises(OrderChanged):
            await agree(uow, member=others[1], rotation=chama.rotation, order=[1, 2, 3])
    for member in chama.members:
        async with db.unit() as uow:
            last = await agree(uow, member=member, rotation=chama.rotation, order=[3, 2, 1])

    assert last
    assert [turn.hand.number for turn in await chama.turns()] == [3, 2, 1]
    plan = "SELECT message FROM sms_delivery_log WHERE template = 'merry_plan' AND user_id = :chair"
    assert await chama.sql(plan, chair=chair) == [
        ("Umoja: merry-go-round starts 29/11/26. Your turn: 13/12/26. Order: 1 M. C, 2 M. B, 3 M. A",)
    ]


async def test_a_swap_takes_both_pins_and_only_turns_to_come(db: Database, clock: FakeClock) -> None:
    chama = await Chama.found(db, clock)
    await chama.start(1, 2, 3)
    first, second, third = (turn.row.id for turn in await chama.turns())
    a, b, c = chama.members
    async with db.unit() as uow:
        asked = await ask_swap(uow, intent=new_intent(), member=b, rotation=chama.rotation, mine=second, other=third)
        rival = await ask_swap(uow, intent=new_intent(), member=b, rotation=chama.rotation, mine=second, other=first)
    assert [turn.hand.number for turn in await chama.turns()] == [1, 2, 3]
    async with db.unit() as uow:
        assert await answer_swap(uow, member=c, swap=asked.id, agrees=True) == "done"
    assert [turn.hand.number for turn in await chama.turns()] == [1, 3, 2]
    async with db.unit() as uow:
        with pytest.raises(NoSwap):
            await answer_swap(uow, member=a, swap=rival.id, agrees=True)
    await chama.until(1)
    async with db.unit() as uow:
        with pytest.raises(NoSwap):
            await ask_swap(uow, intent=new_intent(), member=a, rotation=chama.rotation, mine=first, other=third)
    swapped = await chama.sql("SELECT DISTINCT message FROM sms_delivery_log WHERE message LIKE '%swapped%'")
    assert swapped == [("Umoja: turns swapped. 2 is now M. C, 3 is M. B.",)]


async def test_swaps_while_a_turn_is_paid_leave_each_hand_one_turn(db: Database, clock: FakeClock) -> None:
    chama = await Chama.found(db, clock)
    await chama.start(1, 2, 3)
    for member in range(3):
        await chama.pay(member)
    first, second, third = (turn.row.id for turn in await chama.turns())
    a, b, c = chama.members
    wishes = []
    await chama.until(1, days=-1)
    async with db.unit() as uow:
        for member, mine, other in ((a, first, second), (b, second, third)):
            asked = await ask_swap(uow, intent=new_intent(), member=member, rotation=chama.rotation, mine=mine, other=other)
            wishes.append(asked.id)

    async def swap(member: MemberId, wish: UUID) -> str:
        async with db.unit() as uow:
            return await answer_swap(uow, member=member, swap=wish, agrees=True)

    async def payout() -> bool:
        async with db.unit() as uow:
            return await pay_turn(uow, turn=first)

    await chama.until(1)
    doing = [*(swap(b, wishes[0]) for _ in range(2)), *(swap(c, wishes[1]) for _ in range(2)), *(payout() for _ in range(3))]
    answers = await asyncio.gather(*doing, return_exceptions=True)

    # The first turn's day has come, so it can't be swapped any more; the others can, once.
    assert [type(answer) for answer in answers[:2]] == [NoSwap, NoSwap]
    assert sorted(str(answer) for answer in answers[2:4] if isinstance(answer, str)) == ["done"]
    assert answers[4:].count(True) == 1
    assert await chama.money(0) == shillings(21_000)
    assert [turn.hand.number for turn in await chama.turns()] == [1, 3, 2]
