"""Holds whose time is up are given back by the worker: all of them, once, whatever happens meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import text

from core.jobs.handlers import WORK
from core.kernel.db import Database
from core.kernel.ids import MemberId, TransferId
from core.ledger import holds, jobs
from core.ledger.accounts import Account, Bucket, member_account
from core.ledger.deadlines import Overdue, overdue
from core.ledger.jobs import EXPIRE, expire_holds
from core.ledger.posting import post_all
from core.ledger.postings import BrokenPosting
from core.ledger.service import Leg, Posted, Posting, balance, expire_due, hold, settle

from .books import deposit, new_id, shillings


@dataclass
class Services:
    database: Database


@pytest.fixture
async def amina(db: Database) -> Account:
    account = member_account(MemberId(new_id()))
    await deposit(db, account, shillings(100))
    return account


async def set_aside(db: Database, account: Account, minutes: int, amount: int = 1) -> TransferId:
    async with db.unit() as uow:
        until = uow.clock.now() + timedelta(minutes=minutes)
        made = await hold(uow, intent=new_id(), kind="payout", account=account, amount=shillings(amount), expires_at=until)
    return made.transfer


async def locked(db: Database, account: Account) -> int:
    async with db.unit() as uow:
        return (await balance(uow, account)).locked.minor // 100


async def listed(db: Database) -> int:
    async with db.unit() as uow:
        return int(await uow.session.scalar(text("SELECT count(*) FROM hold_deadlines")) or 0)


async def expire(db: Database) -> list[TransferId]:
    async with db.unit() as uow:
        return await expire_due(uow)


async def test_holds_when_the_list_names_what_is_none_are_given_back_all_the_same(db: Database, amina: Account, clock) -> None:
    """The list is no part of the books: whatever somebody wrote into it, money that is due isn't kept from its owner."""
    due = await set_aside(db, amina, 5)
    async with db.unit() as uow:
        paid = await uow.session.scalar(text("SELECT id FROM ledger_transfers WHERE step = 'single' LIMIT 1"))
        for named in (new_id(), paid):
            listing = text("INSERT INTO hold_deadlines (transfer_id, due_at) VALUES (:named, :at)")
            await uow.session.execute(listing, {"named": named, "at": uow.clock.now()})
    clock.advance(minutes=5)

    assert await expire(db) == [due]
    assert await locked(db, amina) == 0


async def test_worker_when_holds_are_due_gives_all_of_them_back(
    db: Database, amina: Account, clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "MOST_AT_ONCE", 3)
    for minutes in (1, 2, 3, 4, 5, 6, 7, 60):
        await set_aside(db, amina, minutes)
    clock.advance(minutes=9)

    await WORK.handlers[EXPIRE](Services(db), {})

    assert WORK.regularly[EXPIRE] == "* * * * *"
    assert (await locked(db, amina), await listed(db)) == (1, 1)
    await expire_holds(Services(db), {})
    assert await locked(db, amina) == 1


async def test_worker_when_it_dies_before_its_commit_does_it_all_the_next_time(db: Database, amina: Account, clock) -> None:
    made = await set_aside(db, amina, 1)
    clock.advance(minutes=1)

    async with db.unit() as uow:
        assert await expire_due(uow) == [made]
        await uow.session.rollback()

    assert (await locked(db, amina), await listed(db)) == (1, 0)
    assert await expire(db) == [made]
    assert (await locked(db, amina), await listed(db)) == (0, 0)


async def test_hold_when_it_commits_after_younger_ones_were_listed_is_not_overlooked(
    db: Database, amina: Account, clock
) -> None:
    """What a list by time or by id would lose: this one's transaction is the older one and ends later."""
    juma = member_account(MemberId(new_id()))
    await deposit(db, juma, shillings(5))
    async with db.unit() as uow:
        until = uow.clock.now() + timedelta(minutes=1)
        late = await hold(uow, intent=new_id(), kind="payout", account=juma, amount=shillings(5), expires_at=until)
        for _ in range(3):
            early = await set_aside(db, amina, 1)
            clock.advance(minutes=2)
            assert await expire(db) == [early]

    assert await expire(db) == [late.transfer]


async def test_hold_when_it_was_settled_in_time_leaves_the_list(db: Database, amina: Account, clock) -> None:
    made = await set_aside(db, amina, 1)
    assert await expire(db) == []
    assert await listed(db) == 1
    async with db.unit() as uow:
        await settle(uow, key=new_id(), hold=made, to=[(amina, shillings(1))], kind="paid")
    clock.advance(minutes=1)

    assert await expire(db) == []

    assert await listed(db) == 0


@pytest.mark.parametrize("watch", ["DELETE FROM hold_watch", "UPDATE hold_watch SET upto = upto + 1000000"])
async def test_holds_when_the_list_is_lost_or_the_server_counts_from_lower_are_found_anew(
    db: Database, amina: Account, clock, watch: str
) -> None:
    """As after a dump was restored into another server."""
    made = await set_aside(db, amina, 1)
    assert await expire(db) == []
    async with db.unit() as uow:
        await uow.session.execute(text(watch))
        await uow.session.execute(text("DELETE FROM hold_deadlines"))
    clock.advance(minutes=1)

    assert await expire(db) == [made]
    assert await expire(db) == []


async def test_hold_when_it_took_from_two_gives_both_back(db: Database, amina: Account, clock) -> None:
    juma = member_account(MemberId(new_id()))
    await deposit(db, juma, shillings(5))
    legs = [Leg(each, shillings(sign * 2), bucket) for each in (amina, juma) for sign, bucket in
            ((-1, Bucket.AVAILABLE), (1, Bucket.LOCKED))]  # fmt: skip
    async with db.unit() as uow:
        (both,) = await post_all(uow, [Posting(new_id(), "both", legs, step="pending", expires_at=uow.clock.now())])
    assert isinstance(both, Posted)

    assert await expire(db) == [both.transfer]

    assert [await locked(db, each) for each in (amina, juma)] == [0, 0]


async def test_hold_when_it_can_not_be_given_back_does_not_stand_before_the_others(
    db: Database, amina: Account, clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The books have no such hold; but a mistake of ours there must not keep everybody's money."""
    wrong = await set_aside(db, amina, 1)
    fine = await set_aside(db, amina, 2)
    clock.advance(minutes=5)

    async def refuse_one(uow, postings):
        answers = await post_all(uow, [each for each in postings if each.ref != wrong])
        return [BrokenPosting("no") if each.ref == wrong else answers.pop(0) for each in postings]

    with monkeypatch.context() as patched:
        patched.setattr(holds, "post_all", refuse_one)
        for expected in ([], [fine]):
            async with db.unit() as uow:
                assert await expire_due(uow, at_most=1) == expected
    assert await listed(db) == 1
    clock.advance(hours=1)
    assert await expire(db) == [wrong]


async def test_overdue_when_nobody_expires_counts_from_the_books_themselves(db: Database, amina: Account, clock) -> None:
    await set_aside(db, amina, 1)
    await set_aside(db, amina, 9)
    oldest = clock.now() + timedelta(minutes=1)
    clock.advance(minutes=5)

    async with db.unit() as uow:
        assert await overdue(uow) == Overdue(1, oldest)
    await expire(db)
    async with db.unit() as uow:
        assert await overdue(uow) == Overdue(0, None)


async def test_list_when_many_holds_are_over_has_none_of_them(db: Database, amina: Account, clock) -> None:
    for _ in range(2):
        wanted = [
            Posting(
                new_id(), "payout", [Leg(amina, -shillings(1)), Leg(amina, shillings(1), Bucket.LOCKED)], step="pending",
                expires_at=clock.now(),
            )
            for _ in range(100)
        ]  # fmt: skip
        async with db.unit() as uow:
            await post_all(uow, wanted)
        assert len(await expire(db)) == 100
        assert await listed(db) == 0
