"""Deposits that are a group's contributions are posted together, and whatever dies in between, each reaches the group once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from core.daos.groups import create_group, join
from core.daos.jobs import pass_on
from core.kernel.ids import DaoId, IntentId
from core.kernel.money import Money
from core.ledger.accounts import member_account, treasury
from core.ledger.batcher import OutcomeUnknown
from core.ledger.service import Leg, Posted, Posting, balance, transfer
from core.monitoring.audit import audit

from .desk import Desk, Person, new_id
from .fake_mobile_money import WorkerDied
from .test_paybill import process

CREDITED = Money(975_00)


class Dying:
    """The batcher of a worker that dies: before it has posted, or after that and before it hears of it."""

    def __init__(self, batcher: Any, *, after: bool) -> None:
        self.batcher, self.after = batcher, after

    async def post(self, posting: Posting) -> Posted:
        if self.after:
            await self.batcher.post(posting)
        raise WorkerDied


class Away:
    """The batcher while the database can't be reached."""

    async def post(self, posting: Posting) -> Posted:
        raise OutcomeUnknown


@pytest.fixture
async def wanjiru(desk: Desk) -> Person:
    return await desk.person()


@pytest.fixture
async def group(desk: Desk, wanjiru: Person) -> DaoId:
    async with desk.database.unit() as uow:
        return (await create_group(uow, intent=IntentId(new_id()), founder=wanjiru.id, name="Umoja")).id


async def paid(desk: Desk, person: Person, group: DaoId, receipt: str = "SGL0000001") -> UUID:
    """A thousand shillings for the group at the paybill, credited and not passed on yet; the deposit."""
    await desk.confirm(account=await desk.number(person, group), amount="1000", receipt=receipt)
    (stored,) = await desk.rows("SELECT id FROM payment_callbacks WHERE processed_at IS NULL")
    await process(desk, stored.id)
    (deposit,) = await desk.rows(f"SELECT id FROM mpesa_transactions WHERE mpesa_receipt_number = '{receipt}'")
    return UUID(str(deposit.id))


async def in_treasury(desk: Desk, group: DaoId) -> Money:
    async with desk.database.unit() as uow:
        return (await balance(uow, treasury(group))).available


async def wrong(desk: Desk) -> list[str]:
    return [finding.name for finding in await audit(desk.database) if not finding.ok]


@pytest.mark.parametrize("after", [False, True], ids=["before it posted", "after it posted"])
async def test_deposit_when_the_worker_dies_is_passed_on_once_by_the_sweep(
    desk: Desk, wanjiru: Person, group: DaoId, after: bool
) -> None:
    """She has left the group meanwhile: what was posted is hers no more, what wasn't stays hers."""
    deposit = await paid(desk, wanjiru, group)
    dying = replace(desk, batcher=Dying(desk.batcher, after=after))
    with pytest.raises(WorkerDied):
        await pass_on(dying, {"transaction": str(deposit)})
    assert await in_treasury(desk, group) == (CREDITED if after else Money(0))
    assert await desk.rows("SELECT id FROM contributions") == []
    assert await wrong(desk) == []

    await desk.rows("UPDATE dao_memberships SET status = 'left' RETURNING id")
    await desk.forget_jobs()
    desk.clock.advance(minutes=2)
    await desk.take_named("sweep-payments")
    await desk.work()

    assert await in_treasury(desk, group) == (CREDITED if after else Money(0))
    assert await desk.has(wanjiru) == (Money(0) if after else CREDITED)
    assert len(await desk.rows("SELECT id FROM contributions")) == int(after)
    (said,) = await desk.sms(wanjiru)
    assert ("Umoja" in said) is after
    assert await wrong(desk) == []


async def test_deposit_when_nobody_knows_whether_it_was_posted_is_asked_again(
    desk: Desk, wanjiru: Person, group: DaoId
) -> None:
    deposit = await paid(desk, wanjiru, group)

    with pytest.raises(OutcomeUnknown):
        await pass_on(replace(desk, batcher=Away()), {"transaction": str(deposit)})
    await desk.work()

    assert await in_treasury(desk, group) == CREDITED
    assert len(await desk.rows("SELECT id FROM contributions")) == 1
    assert await wrong(desk) == []


async def test_deposit_when_she_has_spent_it_stays_as_it_is_for_ever(desk: Desk, wanjiru: Person, group: DaoId) -> None:
    deposit = await paid(desk, wanjiru, group)
    juma = await desk.person()
    async with desk.database.unit() as uow:
        legs = [Leg(member_account(wanjiru.id), Money(-1_00)), Leg(member_account(juma.id), Money(1_00))]
        await transfer(uow, key=new_id(), kind="gift", legs=legs)
    for _ in range(2):
        await pass_on(desk, {"transaction": str(deposit)})

    assert await in_treasury(desk, group) == Money(0)
    assert await desk.has(wanjiru) == CREDITED - Money(1_00)
    (said,) = await desk.sms(wanjiru)
    assert "New balance KES 974" in said
    assert await wrong(desk) == []


async def test_deposit_when_two_workers_pass_it_on_at_once_reaches_the_group_once(
    desk: Desk, wanjiru: Person, group: DaoId
) -> None:
    deposit = await paid(desk, wanjiru, group)

    await asyncio.gather(*(pass_on(desk, {"transaction": str(deposit)}) for _ in range(6)))

    assert await in_treasury(desk, group) == CREDITED
    assert len(await desk.rows("SELECT id FROM contributions")) == 1
    assert len(await desk.sms(wanjiru)) == 1
    assert await wrong(desk) == []


async def test_deposits_when_many_arrive_for_one_group_share_calls(desk: Desk, wanjiru: Person, group: DaoId) -> None:
    neighbours = [await desk.person() for _ in range(20)]
    async with desk.database.unit() as uow:
        for neighbour in neighbours:
            await join(uow, member=neighbour.id, group=group)
    deposits = [await paid(desk, one, group, receipt=f"SGLMANY{n:03}") for n, one in enumerate(neighbours)]
    before = await posted_in(desk)

    await asyncio.gather(*(pass_on(desk, {"transaction": str(deposit)}) for deposit in deposits))

    assert await in_treasury(desk, group) == CREDITED * 20
    assert len(await desk.rows("SELECT id FROM contributions")) == 20
    assert len(await posted_in(desk) - before) < 20
    assert await wrong(desk) == []


async def posted_in(desk: Desk) -> set[int]:
    """The transactions of the database that posted contributions."""
    return {row.xact for row in await desk.rows("SELECT xact FROM ledger_transfers WHERE kind = 'contribution'")}


async def test_audit_when_a_deposit_passed_on_has_no_contribution_says_so(desk: Desk, wanjiru: Person, group: DaoId) -> None:
    """What is on its way is left alone by it; what was called done isn't."""
    await paid(desk, wanjiru, group)
    await desk.work()
    assert await wrong(desk) == []

    await desk.rows("DELETE FROM contributions RETURNING id")

    assert await wrong(desk) == ["contributions equal their transfers"]
