"""An observer sees everything and has no money and no vote: whatever a member does with money is refused to her."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from core.daos.calendar import day_of
from core.daos.leaving import give_notice, if_left_today
from core.daos.people import NotYourRole, people_of
from core.daos.recurring.plans import WantedRecurring, begin_recurring, find_recurring
from core.daos.recurring.running import tend_recurring
from core.daos.rotation.belonging import buy_in
from core.daos.rotation.rounds import open_round, take_hand, take_other_half
from core.daos.rules import Rules
from core.daos.shares.cycles import buy_shares
from core.daos.welfare.claims import claim
from core.daos.welfare.kitty import pay_welfare
from core.kernel.db import Database
from core.kernel.ids import MemberId
from core.kernel.money import Money
from tests.conftest import FakeClock

from .people import new_intent, shillings
from .rotation.chama import Chama
from .shares.test_shares import Savers

RULES = replace(Rules(), welfare_waiting_days=0, meeting_frequency="weekly")


async def watches(db: Database, member: MemberId) -> None:
    """She only observes from now on."""
    async with db.unit() as uow:
        only = text("UPDATE dao_memberships SET role = 'observer' WHERE user_id = :member")
        await uow.session.execute(only, {"member": member})


async def refused(db: Database, verb: Callable[..., Awaitable[Any]], **given: Any) -> None:
    with pytest.raises(NotYourRole):
        async with db.unit() as uow:
            await verb(uow, **given)


async def test_an_observer_buys_no_shares_and_has_no_claim_on_welfare(db: Database, clock: FakeClock) -> None:
    savers = await Savers.found(db, clock, rules=RULES)
    mentor, group = savers.members[3], savers.group.id
    await watches(db, mentor)

    await refused(db, buy_shares, intent=new_intent(), member=mentor, group=group, shares=1)
    await refused(db, pay_welfare, intent=new_intent(), member=mentor, group=group, amount=shillings(50))
    about = {"benefit": "hospital", "amount": shillings(100), "reason": "a broken leg"}
    await refused(db, claim, intent=new_intent(), member=mentor, group=group, **about)


async def test_an_observer_has_no_hand_in_the_merry_go_round(db: Database, clock: FakeClock) -> None:
    chama = await Chama.found(db, clock, members=4)
    mentor = chama.members[3]
    await watches(db, mentor)
    async with db.unit() as uow:
        half = await take_hand(uow, member=chama.members[1], rotation=chama.rotation, half=True)
    await refused(db, take_hand, member=mentor, rotation=chama.rotation)
    await refused(db, take_other_half, member=mentor, hand=half.id)
    async with db.unit() as uow:
        await take_other_half(uow, member=chama.members[0], hand=half.id)

    await chama.start(1, 2, hands=[2])
    about = {"rotation": chama.rotation, "expects": Money(0)}
    await refused(db, buy_in, intent=new_intent(), member=mentor, **about)
    await refused(db, open_round, intent=new_intent(), official=mentor, group=chama.group.id, amount=shillings(100))


async def test_an_observer_begins_no_standing_payment_and_an_older_one_ends(db: Database, clock: FakeClock) -> None:
    savers = await Savers.found(db, clock, rules=RULES)
    mentor, tomorrow = savers.members[3], day_of(clock.now()) + timedelta(days=1)
    wanted = WantedRecurring(shillings(100), "daily", tomorrow, "wallet")
    given = {"member": mentor, "group": savers.group.id, "wanted": wanted}
    async with db.unit() as uow:
        older = await begin_recurring(uow, intent=new_intent(), **given)
    await watches(db, mentor)

    await refused(db, begin_recurring, intent=new_intent(), **given)
    clock.advance(days=2)
    for _ in range(5):
        async with db.unit() as uow:
            if not await tend_recurring(uow, recurring=older.id):
                break
    async with db.unit() as uow:
        ended = await find_recurring(uow, member=mentor, recurring=older.id)
    assert (ended.state, ended.reason) == ("ended", "left")


async def test_an_observer_leaves_at_once_whatever_notice_members_give(db: Database, clock: FakeClock) -> None:
    savers = await Savers.found(db, clock, rules=replace(RULES, exit_notice_days=30))
    mentor, group = savers.members[3], savers.group.id
    await watches(db, mentor)

    async with db.unit() as uow:
        assert (await if_left_today(uow, group=group, member=mentor)).notice_days == 0
        assert await give_notice(uow, group=group, member=mentor) is None
    async with db.unit() as uow:
        assert (await if_left_today(uow, group=group, member=savers.members[2])).notice_days == 30
        assert mentor not in [person.id for person in await people_of(uow, group=group)]
