"""Threats U9 and U10: a SIM that was swapped holds money and recoveries; what isn't known is no good news."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from core.identity.devices import link_telegram
from core.identity.members import Member
from core.identity.recovery_finish import OPEN_RECOVERY, RecoveryNotOpen, recovery_opens_at
from core.identity.sim_swap import (
    ASK_SIM_SWAP,
    UNKNOWN_UP_TO,
    PayoutHold,
    SimSwap,
    ask_sim_swap,
    payout_hold,
    record_answer,
    sim_swap_verdict,
)
from core.kernel.db import Database
from core.kernel.money import Money
from core.kernel.phone import Phone
from core.notifications.ports import Accepted, Outcome, Unknown

from .people import WANJIRU, People
from .village import Village

LARGE = Money(2_000_01)


class Network:
    """Takes every question, or refuses; answers when it is told to."""

    def __init__(self, people: People) -> None:
        self._people, self.asked, self.refuses = people, [], False
        people.sim_swap = self

    async def ask(self, phone: Phone) -> Outcome:
        if self.refuses:
            return Unknown("status 500")
        self.asked.append(phone)
        return Accepted(f"ATSwpid_{len(self.asked)}")

    async def answer(self, *, swapped_at: Any = None, number: int = 0) -> bool:
        async with self._people.database.unit() as uow:
            return await record_answer(
                uow,
                request_id=f"ATSwpid_{number or len(self.asked)}",
                swapped=swapped_at is not None,
                swapped_at=swapped_at,
            )


@pytest.fixture
def network(people: People) -> Network:
    return Network(people)


@pytest.fixture
async def member(people: People) -> Member:
    return await people.register()


async def ask(people: People) -> None:
    async with people.database.unit() as uow:
        await ask_sim_swap(uow, phone=WANJIRU, why="payout")
    await people.do_jobs(ASK_SIM_SWAP)


async def verdict(db: Database) -> SimSwap:
    async with db.unit() as uow:
        return await sim_swap_verdict(uow, phone=WANJIRU)


async def hold(db: Database, member: Member, amount: Money = LARGE) -> PayoutHold | None:
    async with db.unit() as uow:
        return await payout_hold(uow, member=member.id, amount=amount)


async def test_verdict_when_never_asked_unanswered_or_refused_then_unknown(
    db: Database, people: People, network: Network, clock: Any
) -> None:
    assert await verdict(db) == SimSwap("unknown")
    await ask(people)
    assert await verdict(db) == SimSwap("unknown")
    clock.advance(hours=1)
    network.refuses = True
    await ask(people)
    assert await verdict(db) == SimSwap("unknown")
    assert [row["status"] for row in await people.rows("sim_swap_checks")] == ["asked", "failed"]


async def test_verdict_when_not_swapped_then_good_for_an_hour(
    db: Database, people: People, network: Network, clock: Any
) -> None:
    await ask(people)
    await network.answer()
    assert await verdict(db) == SimSwap("not_swapped")
    clock.advance(hours=1, seconds=1)
    assert await verdict(db) == SimSwap("unknown")


async def test_verdict_when_swapped_then_bad_for_three_days_whatever_is_answered_later(
    db: Database, people: People, network: Network, clock: Any
) -> None:
    await ask(people)
    until = clock.now() + timedelta(hours=71)
    await network.answer(swapped_at=clock.now() - timedelta(hours=1))
    assert await verdict(db) == SimSwap("swapped", until)
    clock.advance(hours=2)
    await ask(people)
    await network.answer()
    assert await verdict(db) == SimSwap("swapped", until)
    clock.moment = until
    assert (await verdict(db)).verdict == "unknown"


async def test_answer_when_nobody_asked_or_it_comes_again_then_changes_nothing(
    db: Database, people: People, network: Network, clock: Any
) -> None:
    """The callback isn't signed: a forged "not swapped" needs the id of a question that waits, and comes too late after it."""
    assert await network.answer(number=7) is False
    await ask(people)
    assert await network.answer(swapped_at=clock.now())
    assert await network.answer()
    assert (await verdict(db)).verdict == "swapped"


async def test_ask_when_wanted_twenty_times_at_once_then_asked_once_an_hour(
    people: People, network: Network, clock: Any
) -> None:
    await asyncio.gather(*(ask(people) for _ in range(20)))
    assert len(network.asked) == 1
    clock.advance(hours=1)
    await ask(people)
    assert len(network.asked) == 2


async def test_u10_payout_when_swapped_then_held_event_high_and_every_address_told_once(
    db: Database, people: People, network: Network, member: Member, clock: Any
) -> None:
    async with db.unit() as uow:
        await link_telegram(uow, member=member.id, telegram_id=7001, chat=7001, name="W")
    await ask(people)
    await network.answer(swapped_at=clock.now())
    for amount in (Money(1_00), LARGE):
        found = await hold(db, member, amount)
        assert found == PayoutHold("sim_swapped", clock.now() + timedelta(hours=72))
    events = await people.rows("security_events", where="event_type IN ('sim_swapped', 'payout_held_for_sim_swap')")
    assert [event["severity"] for event in events] == ["high", "high"]
    assert len(await people.rows("sms_delivery_log", where="message LIKE '%SIM of your number%'")) == 1
    assert len(await people.rows("chat_delivery_log")) == 1


async def test_payout_when_unknown_then_a_small_amount_goes_and_a_large_one_waits_for_the_answer(
    db: Database, people: People, network: Network, member: Member
) -> None:
    assert await hold(db, member, UNKNOWN_UP_TO) is None
    assert await hold(db, member) == PayoutHold("sim_unknown")
    assert await people.do_jobs(ASK_SIM_SWAP) == 1
    assert await hold(db, member) == PayoutHold("sim_unknown"), "asked is not answered"
    await network.answer()
    assert await hold(db, member) is None


@pytest.fixture
async def village(people: People, clock: Any) -> Village:
    village = Village(people, clock)
    await village.settle()
    return village


async def test_u9_recovery_when_sim_was_swapped_lately_then_refused_until_three_days_after(
    village: Village, people: People, network: Network, clock: Any
) -> None:
    recovery = await village.start()
    await people.do_jobs(ASK_SIM_SWAP)
    swapped_at = clock.now() - timedelta(hours=1)
    await network.answer(swapped_at=swapped_at)
    for contact in village.contacts[:2]:
        await village.say(recovery, contact)
    clock.moment = swapped_at + timedelta(hours=71, minutes=59)
    with pytest.raises(RecoveryNotOpen):
        await village.finish(recovery, calm=False)


async def test_recovery_when_the_network_says_nothing_then_three_days(
    village: Village, people: People, network: Network, clock: Any
) -> None:
    network.refuses = True
    recovery = await village.confirmed()
    await people.do_jobs(ASK_SIM_SWAP)
    clock.advance(hours=71, minutes=59)
    with pytest.raises(RecoveryNotOpen):
        await village.finish(recovery, calm=False)
    clock.advance(minutes=1)
    await village.finish(recovery, calm=False)


async def test_recovery_when_sim_is_swapped_while_it_waits_then_the_answer_before_opening_stops_it(
    village: Village, people: People, network: Network, clock: Any, db: Database
) -> None:
    recovery = await village.confirmed()
    await people.do_jobs(ASK_SIM_SWAP)
    await network.answer()
    clock.advance(hours=24)
    with pytest.raises(RecoveryNotOpen):
        await village.finish(recovery, calm=False)
    await people.do_jobs(OPEN_RECOVERY)
    await people.do_jobs(ASK_SIM_SWAP)
    swapped_at = clock.now() - timedelta(hours=5)
    await network.answer(swapped_at=swapped_at)
    await people.do_jobs(OPEN_RECOVERY)
    assert await village.told("you can choose your new PIN now") == 0
    async with db.unit() as uow:
        assert await recovery_opens_at(uow, recovery=recovery.id) == swapped_at + timedelta(hours=72)


async def test_recovery_when_not_swapped_then_told_open_once_the_answer_is_there(
    village: Village, people: People, network: Network, clock: Any
) -> None:
    recovery = await village.confirmed()
    clock.advance(hours=24)
    await people.do_jobs(OPEN_RECOVERY)
    assert await village.told("you can choose your new PIN now") == 0
    await people.do_jobs(ASK_SIM_SWAP)
    await network.answer()
    await people.do_jobs(OPEN_RECOVERY)
    assert await village.told("you can choose your new PIN now") == 1
    await village.finish(recovery, calm=False)
