"""Outages of M-Pesa on record: by an operator, and by our own prompts that nobody answers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.cli.outage import outage
from core.kernel.ids import DaoId
from core.kernel.money import Money
from core.kernel.settings import Settings, read_settings
from core.payments.deposits import quote_deposit
from core.payments.grossing import deposit_that_credits
from core.payments.outages import NoOutage, OutageOpen, begin_outage, end_outage, open_outage, outages_since, watch_outages
from core.payments.underway import members_paying

from .desk import Desk, new_id


async def watch(desk: Desk) -> bool:
    async with desk.database.unit() as uow:
        await watch_outages(uow)
        return await open_outage(uow) is not None


async def test_prompt_after_prompt_without_an_answer_opens_an_outage_and_the_next_good_one_ends_it(desk: Desk) -> None:
    desk.mobile_money.trouble = "answer-lost"
    began = desk.clock.now()
    for number in range(5):
        assert not await watch(desk), number
        await desk.prompted(await desk.person())
        desk.clock.advance(minutes=1)
    assert await watch(desk)
    assert await watch(desk)

    desk.mobile_money.trouble = None
    desk.clock.advance(minutes=10)
    good = desk.clock.now()
    await desk.prompted(await desk.person())
    desk.clock.advance(minutes=1)
    assert not await watch(desk)
    async with desk.database.unit() as uow:
        (one,) = await outages_since(uow, began)
    assert (one.began_at, one.ended_at, one.source) == (began, good, "automatic")
    assert not await watch(desk)


async def test_one_silent_phone_among_answers_is_no_outage(desk: Desk) -> None:
    for number in range(6):
        desk.mobile_money.trouble = "answer-lost" if number % 3 else None
        await desk.prompted(await desk.person())
        desk.clock.advance(minutes=1)

    assert not await watch(desk)


async def test_an_operator_opens_and_ends_one_and_never_two_at_once(desk: Desk) -> None:
    now = desk.clock.now()
    async with desk.database.unit() as uow:
        await begin_outage(uow, began_at=now - timedelta(hours=3), reason="down", by="operator")
        with pytest.raises(OutageOpen):
            await begin_outage(uow, began_at=now, reason="again", by="operator")
        with pytest.raises(NoOutage):
            await end_outage(uow, ended_at=now - timedelta(hours=4), by="operator")
        await end_outage(uow, ended_at=now - timedelta(hours=1), by="operator")
        with pytest.raises(NoOutage):
            await end_outage(uow, ended_at=now, by="operator")
        with pytest.raises(OutageOpen):
            await begin_outage(uow, began_at=now + timedelta(hours=1), reason="later", by="operator")
    # What an operator opened isn't ended by the watch.
    async with desk.database.unit() as uow:
        await begin_outage(uow, began_at=now, reason="down", by="operator")
    await desk.prompted(await desk.person())
    assert await watch(desk)


async def test_the_command_lists_begins_and_ends(
    desk: Desk, empty_database: str, redis_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    settings: Settings = read_settings({"DATABASE_URL": empty_database, "REDIS_URL": redis_url})
    person = await desk.person()
    given = {"at": "", "reason": "", "by": str(person.phone)}

    assert await outage(settings, action="begin", **given) == 2
    assert await outage(settings, action="begin", **{**given, "at": "yesterday", "reason": "down"}) == 2
    assert await outage(settings, action="begin", **{**given, "reason": "down", "at": "2026-01-05T08:30"}) == 0
    assert await outage(settings, action="begin", **{**given, "reason": "down"}) == 1
    assert await outage(settings, action="end", **given) == 0
    assert await outage(settings, action="list", **given) == 0
    assert "operator: down" in capsys.readouterr().out


async def test_whose_payment_is_under_way(desk: Desk) -> None:
    waiting, idle = await desk.person(), await desk.person()
    await desk.prompted(waiting)
    async with desk.database.unit() as uow:
        assert await members_paying(uow, members=[waiting.id, idle.id], group=DaoId(new_id())) == {waiting.id}


@pytest.mark.parametrize("cents", [100, 12345, 500_00, 975_00, 975_01, 150_000_00])
async def test_the_smallest_deposit_that_leaves_so_much(desk: Desk, cents: int) -> None:
    async with desk.database.unit() as uow:
        amount = await deposit_that_credits(uow, credited=Money(cents))
        assert (await quote_deposit(uow, amount=amount)).credited >= Money(cents)
        if amount > Money(1_00):
            assert (await quote_deposit(uow, amount=amount - Money(1_00))).credited < Money(cents)
