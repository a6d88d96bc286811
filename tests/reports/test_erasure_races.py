"""A member is forgotten while money is on its way to her: one of the two is refused, and no account of nobody has money."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from core.identity.erasure import erase, request_erasure
from core.identity.members import locked
from core.identity.models import MemberRow
from core.kernel.db import Database, as_role
from core.kernel.ids import DaoId, MemberId, TimeOrderedIds
from core.kernel.money import Money
from core.kernel.phone import Phone
from core.ledger.accounts import MPESA_UTILITY, Account, member_account, treasury
from core.ledger.batcher import Batcher, connector
from core.ledger.postings import BrokenPosting, Posting
from core.ledger.service import Leg, balance, transfer
from core.reports.jobs import erase_due
from core.reports.obligations import what_keeps
from tests.identity.people import People, new_id

FIVE = Money(5_00)
TREASURY = treasury(DaoId(new_id()))


@dataclass
class Hands:
    database: Database


@pytest.fixture
async def her(people: People, db: Database, clock: Any) -> MemberId:
    """A member whose time to be forgotten has come, with nothing on the account that she had."""
    member = await people.register()
    await pay(db, TREASURY, MPESA_UTILITY, Money(10_000_00))
    await pay(db, member_account(member.id))
    await pay(db, TREASURY, member_account(member.id))
    async with db.unit() as uow:
        await request_erasure(uow, member=member.id)
    clock.moment += timedelta(days=8)
    return member.id


@pytest.fixture
def people(db: Database, hasher: Any) -> People:
    return People(db, hasher)


async def pay(db: Database, to: Account, giver: Account = TREASURY, amount: Money = FIVE) -> None:
    async with db.unit() as uow:
        await transfer(uow, key=new_id(), kind="test", legs=[Leg(giver, -amount), Leg(to, amount)])


async def look(db: Database, member: MemberId) -> tuple[bool, Money]:
    """Whether she was forgotten, and what is on all accounts of hers."""
    async with db.unit() as uow:
        erased = (await uow.session.get_one(MemberRow, member)).erased_at is not None
        total = await uow.session.scalar(
            text("SELECT coalesce(sum(total_balance), 0) FROM user_balances WHERE user_id = :member"), {"member": member}
        )
    return erased, Money.from_decimal(total)


async def forget(
    db: Database, member: MemberId, *, pause: asyncio.Event | None = None, go_on: asyncio.Event | None = None
) -> None:
    """What the job does, with time in between for others."""
    async with db.unit() as uow:
        await locked(uow, member)
        assert await what_keeps(uow, member=member) is None
        if pause and go_on:
            pause.set()
            await go_on.wait()
        await erase(uow, member=member)


ACCOUNTS = pytest.mark.parametrize("group", [None, DaoId(new_id())], ids=["the account that she had", "a new one"])


@ACCOUNTS
async def test_money_that_came_after_the_look_and_before_the_end_keeps_her(db: Database, her: MemberId, group: Any) -> None:
    looked, paid = asyncio.Event(), asyncio.Event()
    forgetting = asyncio.create_task(forget(db, her, pause=looked, go_on=paid))
    await looked.wait()
    await pay(db, member_account(her, group))
    paid.set()
    with pytest.raises(IntegrityError, match="holds nothing"):
        await forgetting
    assert await look(db, her) == (False, FIVE)
    await erase_due(Hands(db), {})
    assert await look(db, her) == (False, FIVE), "postponed, since she has money"


@ACCOUNTS
async def test_money_that_is_under_way_at_the_end_is_waited_for(db: Database, her: MemberId, group: Any) -> None:
    async with db.unit() as uow:
        await transfer(uow, key=new_id(), kind="test", legs=[Leg(TREASURY, -FIVE), Leg(member_account(her, group), FIVE)])
        forgetting = asyncio.create_task(erase_due(Hands(db), {}))
        await asyncio.sleep(0.5)
        assert not forgetting.done()
    await forgetting
    assert await look(db, her) == (False, FIVE)


@ACCOUNTS
async def test_money_that_comes_while_she_is_being_forgotten_stays_with_its_giver(
    db: Database, her: MemberId, group: Any
) -> None:
    async with db.unit() as uow:
        await locked(uow, her)
        await erase(uow, member=her)
        paying = asyncio.create_task(pay(db, member_account(her, group)))
        await asyncio.sleep(0.5)
        assert not paying.done()
    with pytest.raises(IntegrityError, match="forgotten"):
        await paying
    assert await look(db, her) == (True, Money(0))


@ACCOUNTS
async def test_whoever_was_forgotten_gets_nothing_also_of_many_posted_at_once(
    db: Database, her: MemberId, group: Any, empty_database: str, people: People, clock: Any
) -> None:
    await erase_due(Hands(db), {})
    assert await look(db, her) == (True, Money(0))
    other = await people.register(Phone("+254722000009"))
    legs = [[Leg(TREASURY, -FIVE), Leg(member_account(who, group), FIVE)] for who in (her, other.id) * 5]
    async with Batcher(connector(empty_database), clock=clock, ids=TimeOrderedIds()) as batcher:
        posting = (batcher.post(Posting(new_id(), "test", one)) for one in legs)
        ends = await asyncio.gather(*posting, return_exceptions=True)
    assert [isinstance(one, BrokenPosting) for one in ends] == [True, False] * 5
    assert await look(db, her) == (True, Money(0))


@pytest.mark.parametrize("round_number", range(5))
async def test_twenty_payments_and_an_erasure_at_once(db: Database, her: MemberId, round_number: int) -> None:
    groups = [None, *(DaoId(new_id()) for _ in range(19))]

    async def later() -> None:
        await asyncio.sleep(0.002 * round_number)
        await erase_due(Hands(db), {})

    paying = [pay(db, member_account(her, group)) for group in groups]
    *ends, _ = await asyncio.gather(*paying, later(), return_exceptions=True)
    erased, holds = await look(db, her)
    assert holds == FIVE * sum(one is None for one in ends)
    assert not erased or holds == Money(0)
    async with db.unit() as uow:
        books = await uow.session.scalar(text("SELECT sum(available + pending + locked) FROM ledger_balances"))
        assert books == 0
        assert (await balance(uow, TREASURY)).available == Money(10_000_00) - holds


async def test_the_role_of_the_application_closes_accounts_and_can_open_none_again(
    db: Database, her: MemberId, empty_database: str, clock: Any, vault: Any
) -> None:
    application = Database(as_role(empty_database, "mtaa_app"), clock=clock, ids=TimeOrderedIds(), vault=vault)
    await erase_due(Hands(application), {})
    assert await look(db, her) == (True, Money(0))
    for statement in ("DELETE FROM ledger_closed_owners", "INSERT INTO ledger_closed_owners VALUES (gen_random_uuid(), now())"):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with application.unit() as uow:
                await uow.session.execute(text(statement))
    with pytest.raises(IntegrityError, match="forgotten"):
        await pay(application, member_account(her))
    await application.close()
