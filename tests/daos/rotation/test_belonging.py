"""Coming late and leaving early: what it takes, what it brings, and who may not."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy.exc import DBAPIError

from core.cli.draws import verify_draw
from core.daos.rotation.belonging import (
    BuyInChanged,
    HasReceived,
    buy_in,
    buy_in_price,
    if_she_left_today,
    may_not_leave_because,
    withdraw_hands,
)
from core.daos.rotation.draw import commitment_of, draw
from core.kernel.db import Database
from core.kernel.money import Money
from core.kernel.settings import Settings
from core.kernel.texts import catalogue
from tests.conftest import FakeClock
from tests.daos.people import new_intent, shillings
from tests.daos.rotation.chama import HAND, Chama


async def first_turn_paid(db: Database, clock: FakeClock) -> Chama:
    """Three hands of four members; the first turn, B's, was paid in full."""
    chama = await Chama.found(db, clock, members=4)
    await chama.start(2, 3, 1, hands=[0, 1, 2])
    for member in range(3):
        await chama.pay(member)
    await chama.until(1)
    await chama.work()
    return chama


async def test_a_member_who_leaves_before_her_turn_is_paid_back_at_it_by_whom_she_paid(db: Database, clock: FakeClock) -> None:
    chama = await first_turn_paid(db, clock)
    await chama.pay(2)
    await chama.pay(0, shillings(1_000))
    async with db.unit() as uow:
        lines = await if_she_left_today(uow, member=chama.members[2], group=chama.group.id)
        assert await may_not_leave_because(uow, member=chama.members[2], group=chama.group.id) is None
    said = [(catalogue().say("en", what), amount) for what, amount in lines]
    assert said == [("Merry, paid ahead", HAND), ("Merry, at your turn", HAND)]

    async with db.unit() as uow:
        assert await withdraw_hands(uow, member=chama.members[2], group=chama.group.id) == HAND
    # A had paid both turns to come, C's among them, and gets that back; the plan's days stay.
    assert await chama.money(0) == shillings(20_000 - 500 - 500)
    assert [turn.hand.number for turn in await chama.turns()] == [2, 3, 1]
    await chama.pay(1, shillings(1_000))
    for turn in (2, 3):
        await chama.until(turn)
        assert await chama.work() == 1
    assert [await chama.money(member) for member in range(3)] == [shillings(20_000)] * 3
    told = await chama.sql("SELECT DISTINCT message FROM sms_delivery_log WHERE message LIKE '%left the merry%'")
    assert told == [("Umoja: M. C left the merry-go-round. Only those whom that hand had paid pay it back, at its turn.",)]


async def test_a_member_whose_turn_was_paid_stays_until_the_others_had_theirs(db: Database, clock: FakeClock) -> None:
    chama = await first_turn_paid(db, clock)
    b = chama.members[1]
    async with db.unit() as uow:
        with pytest.raises(HasReceived):
            await withdraw_hands(uow, member=b, group=chama.group.id)
        why = await may_not_leave_because(uow, member=b, group=chama.group.id)
        assert why is not None
        assert why.key == "leave-merry-received"
    await chama.until(2, days=2)
    await chama.work()
    async with db.unit() as uow:
        why = await may_not_leave_because(uow, member=b, group=chama.group.id)
    assert why is not None
    assert catalogue().say("sw", why) == "Unadaiwa Ksh 500 kwa zamu za merry."
    await chama.pay(1, shillings(1_000))
    async with db.unit() as uow:
        assert await may_not_leave_because(uow, member=b, group=chama.group.id) is None


async def test_a_member_who_joins_late_pays_what_she_missed_once_and_has_the_last_turn(db: Database, clock: FakeClock) -> None:
    chama = await first_turn_paid(db, clock)
    d, intent = chama.members[3], new_intent()
    async with db.unit() as uow:
        price = await buy_in_price(uow, rotation=chama.rotation)
    assert (price.missed, price.turns, price.day) == (HAND, 1, "20/12/26")

    async def joins() -> object:
        async with db.unit() as uow:
            return await buy_in(uow, intent=intent, member=d, rotation=chama.rotation, expects=price.missed)

    await asyncio.gather(*(joins() for _ in range(6)))

    assert await chama.money(3) == shillings(19_500)
    assert await chama.money(1) == shillings(21_000 + 500)
    assert [turn.hand.number for turn in await chama.turns()] == [2, 3, 1, 4]
    async with db.unit() as uow:
        with pytest.raises(BuyInChanged):
            await buy_in(uow, intent=new_intent(), member=d, rotation=chama.rotation, expects=Money(0))
    for member in range(4):
        await chama.pay(member, shillings(1_500))
    for turn in (2, 3, 4):
        await chama.until(turn)
        assert await chama.work() == 1
    assert [await chama.money(member) for member in range(4)] == [shillings(20_000)] * 4


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE rotation_turns SET hand_id = (SELECT id FROM rotation_hands WHERE number = 1) WHERE status = 'paid'",
        "DELETE FROM rotation_turns WHERE status = 'paid'",
        "UPDATE rotation_payments SET amount = 1",
    ],
)
async def test_what_was_paid_cannot_be_changed(db: Database, clock: FakeClock, damage: str) -> None:
    chama = await first_turn_paid(db, clock)

    with pytest.raises(DBAPIError, match="stays"):
        await chama.sql(damage)


async def test_verify_draw_recomputes_the_order_and_tells_a_seed_that_was_not_promised(
    capsys: pytest.CaptureFixture[str],
) -> None:
    seed, numbers = "0f" * 16, {"1": "7", "2b": "0042"}
    given = {"round": "482918-1", "commitment": commitment_of(seed), "hands": "1 2 3", "number": ["1=7", "2b=0042"]}

    assert await verify_draw(Settings(), seed=seed, **given) == 0  # type: ignore[arg-type]
    order = draw(round_name="482918-1", seed=seed, numbers=numbers, hands=[1, 2, 3])
    assert f"order of hands: {' '.join(map(str, order))}" in capsys.readouterr().out
    assert await verify_draw(Settings(), seed="ff" * 16, **given) == 1  # type: ignore[arg-type]
    assert await verify_draw(Settings(), seed="short", **given) == 2  # type: ignore[arg-type]
