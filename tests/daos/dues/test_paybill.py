"""Paybill money for a group pays what is due like any other, by M-Pesa's time, through the batcher and every crash."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from core.daos.calendar import Schedule
from core.daos.contributions import contribute
from core.daos.dues.changing import create_kind
from core.daos.dues.jobs import TEND_JOB
from core.daos.dues.standing import dues_of
from core.daos.groups import create_group
from core.daos.jobs import pass_on
from core.kernel.clock import EAST_AFRICA
from core.kernel.ids import DaoId
from core.kernel.money import Money
from core.ledger.accounts import member_account, treasury
from core.ledger.service import Leg, balance, transfer
from tests.daos.people import new_id, new_intent, shillings
from tests.payments.conftest import desk
from tests.payments.desk import Desk, Person
from tests.payments.fake_mobile_money import WorkerDied
from tests.payments.test_passing_on import Dying, paid

__all__ = ["desk"]


@pytest.fixture
async def wanjiru(desk: Desk) -> Person:
    return await desk.person()


@pytest.fixture
async def group(desk: Desk, wanjiru: Person) -> DaoId:
    async with desk.database.unit() as uow:
        founded = await create_group(uow, intent=new_intent(), founder=wanjiru.id, name="Umoja")
        await create_kind(
            uow,
            intent=new_intent(),
            official=wanjiru.id,
            group=founded.id,
            name="Savings",
            purpose="treasury",
            schedule=Schedule("dates", dates=(date(2026, 11, 26),)),
            amount=shillings(975),
        )
    await desk.take_named(TEND_JOB, group=str(founded.id))
    return founded.id


async def owed(desk: Any, person: Person, group: DaoId) -> tuple[Money, Money]:
    """What is missing, and what is hers in the group."""
    async with desk.database.unit() as uow:
        dues = await dues_of(uow, group=group, member=person.id)
    return Money(sum(charge.missing.minor for charge in dues.charges)), dues.credit


@pytest.mark.parametrize("after", [True, False])
async def test_a_death_between_plan_and_post_leaves_the_charge_paid_once(
    desk: Desk,
    wanjiru: Person,
    group: DaoId,
    after: bool,
) -> None:
    """Somebody pays the same charge from her balance meanwhile: that money is credit, never a second payment of it."""
    deposit = await paid(desk, wanjiru, group)
    with pytest.raises(WorkerDied):
        await pass_on(replace(desk, batcher=Dying(desk.batcher, after=after)), {"transaction": str(deposit)})
    assert (await owed(desk, wanjiru, group))[0] == Money(0)
    second = await paid(desk, wanjiru, group, receipt="SGL0000002")
    await pass_on(desk, {"transaction": str(second)})
    await desk.forget_jobs()
    desk.clock.advance(minutes=2)
    await desk.take_named("sweep-payments")
    await desk.work()

    assert await owed(desk, wanjiru, group) == (Money(0), shillings(975))
    async with desk.database.unit() as uow:
        assert (await balance(uow, treasury(group))).total == shillings(975)
    await desk.audit_is_clean()


async def test_what_she_has_spent_meanwhile_is_owed_again(desk: Desk, wanjiru: Person, group: DaoId) -> None:
    deposit = await paid(desk, wanjiru, group)
    with pytest.raises(WorkerDied):
        await pass_on(replace(desk, batcher=Dying(desk.batcher, after=False)), {"transaction": str(deposit)})
    async with desk.database.unit() as uow:
        legs = [Leg(member_account(wanjiru.id), Money(-1_00)), Leg(member_account((await desk.person()).id), Money(1_00))]
        await transfer(uow, key=new_id(), kind="gift", legs=legs)
    await desk.work()

    assert await owed(desk, wanjiru, group) == (shillings(975), Money(0))
    async with desk.database.unit() as uow:
        await contribute(uow, intent=new_intent(), member=wanjiru.id, group=group, amount=shillings(900))
    assert (await owed(desk, wanjiru, group))[0] == shillings(75)
    await desk.audit_is_clean()


async def test_a_confirmation_that_comes_after_the_day_counts_by_m_pesas_time(
    desk: Desk,
    wanjiru: Person,
    group: DaoId,
) -> None:
    """She paid at noon of the day; Safaricom told us two days later, when the fine was there already."""
    number, noon = await desk.number(wanjiru, group), desk.clock.now() + timedelta(days=3)
    told = noon.astimezone(EAST_AFRICA).strftime("%Y%m%d%H%M%S")
    desk.clock.moment = noon + timedelta(days=4)
    await desk.take_named(TEND_JOB, group=str(group))
    assert (await owed(desk, wanjiru, group))[0] == shillings(975 + 50)
    await desk.confirm(account=number, amount="1000", receipt="SGL0000009", TransTime=told)
    await desk.work()

    assert await owed(desk, wanjiru, group) == (Money(0), Money(0))
    waived = await desk.rows("SELECT amount, reason FROM charge_waivers")
    assert [(int(row.amount), row.reason) for row in waived] == [(50, "paid in time after all")]
    await desk.audit_is_clean()
