"""A claim that no other official can decide: the members vote, and the fund pays what passed exactly once, or says why not."""

from __future__ import annotations

import asyncio

import pytest

from core.app import EXECUTIONS
from core.daos.welfare.claims import open_claims
from core.daos.welfare.deciding import decide
from core.daos.welfare.errors import NoClaim
from core.daos.welfare.kitty import pay_welfare
from core.governance.errors import NobodyMayVote
from core.governance.executing import execute_if_due
from core.governance.foresight import foresee
from core.governance.jobs import JOBS
from core.governance.objecting import object_to
from core.governance.proposals import Proposal, find_proposal
from core.governance.proposing import cancel
from core.governance.welfare import ask_for_help
from core.kernel.db import Database
from core.kernel.ids import IntentId
from core.kernel.texts import catalogue
from core.ledger.accounts import member_account, pot
from core.ledger.service import balances
from tests.conftest import FakeClock
from tests.daos.people import new_intent, shillings, someone
from tests.governance.chama import Chama


async def village(db: Database, size: int = 4, *, fund: int = 5_000) -> Chama:
    """Only the chair is an official, so a claim of hers goes to the members."""
    chama = await Chama.of(db, size, welfare_waiting_days=0, welfare_floor=0)
    if fund:
        await fill(chama, fund)
    return chama


async def fill(chama: Chama, amount: int) -> None:
    rich = await someone(chama.database, "Rich Mwangi", money=shillings(amount))
    async with chama.database.unit() as uow:
        from core.daos.groups import join

        await join(uow, member=rich, group=chama.group)
    chama.members.append(rich)
    async with chama.database.unit() as uow:
        await pay_welfare(uow, intent=new_intent(), member=rich, group=chama.group, amount=shillings(amount))


async def asked(chama: Chama, amount: int = 3_000, *, intent: IntentId | None = None) -> Proposal:
    async with chama.database.unit() as uow:
        made, vote = await ask_for_help(
            uow,
            intent=intent or new_intent(),
            member=chama.members[0],
            group=chama.group,
            benefit="hospital",
            amount=shillings(amount),
            reason="a broken leg",
        )
    assert made.needed == 0
    assert vote is not None
    return vote


async def passed(chama: Chama, clock: FakeClock, *, amount: int = 3_000) -> Proposal:
    vote = await asked(chama, amount)
    await chama.votes(vote, ["yes"] * (len(chama.members) - 1), first=1)
    await chama.work()
    assert (await chama.now(vote)).state == "passed"
    return vote


async def money(chama: Chama) -> tuple[int, int]:
    """The fund and the chair's own account, in shillings."""
    fund, own = pot(chama.group, "welfare"), member_account(chama.members[0])
    async with chama.database.unit() as uow:
        held = await balances(uow, [fund, own])
    return held[fund].total.minor // 100, held[own].total.minor // 100


async def claims(chama: Chama) -> list[tuple[str, str]]:
    return await chama.sql("SELECT status, because FROM welfare_claims ORDER BY number")  # type: ignore[no-any-return]


async def told(chama: Chama, like: str) -> list[str]:
    found = await chama.sql("SELECT message FROM sms_delivery_log WHERE message LIKE :like ORDER BY id", like=like)
    return [message for (message,) in found]


async def test_a_claim_that_passed_is_paid_after_its_hours_and_all_are_told(db: Database, clock: FakeClock) -> None:
    chama = await village(db)
    vote = await passed(chama, clock)
    assert (vote.secret, vote.eligible) == (True, 4), "she doesn't vote on her own claim"
    assert await chama.sql("SELECT count(*) FROM proposal_voters WHERE voter_id = :v", v=chama.members[0]) == [(0,)]
    assert await money(chama) == (5_000, 0), "passed isn't executed"
    clock.advance(hours=24)
    await chama.work()
    await chama.work()

    assert (await chama.now(vote)).state == "executed"
    assert await money(chama) == (2_000, 3_000)
    assert await claims(chama) == [("paid", "vote 1")]
    assert len(await told(chama, "%welfare: KES 3,000 to A. CHAIR (Hospital). By vote 1.%")) == 5


async def test_a_claim_that_failed_is_refused_and_she_is_told(db: Database, clock: FakeClock) -> None:
    chama = await village(db)
    vote = await asked(chama)
    await chama.votes(vote, ["no"] * 4, first=1)
    await chama.work()

    assert (await chama.now(vote)).state == "failed"
    assert await claims(chama) == [("refused", "vote 1")]
    assert await money(chama) == (5_000, 0)
    assert len(await told(chama, "%It did not pass the members' vote.%")) == 1
    assert (await asked(chama)).number == 2, "she may ask anew"


async def test_asking_twice_with_one_intent_is_one_claim_and_one_vote(db: Database, clock: FakeClock) -> None:
    chama, intent = await village(db), new_intent()

    first, again = [(await asked(chama, intent=intent)).id for _ in range(2)]
    assert first == again
    assert len(await claims(chama)) == 1


async def test_twenty_workers_pay_a_claim_once(db: Database, clock: FakeClock) -> None:
    chama = await village(db)
    chama.executions = EXECUTIONS
    vote = await passed(chama, clock)
    clock.advance(hours=24)

    async def work() -> None:
        await JOBS["carry-out-proposal"](chama, {"proposal": str(vote.id)})  # type: ignore[arg-type]

    await asyncio.gather(*(work() for _ in range(20)))

    assert await money(chama) == (2_000, 3_000)
    assert await chama.sql("SELECT count(*) FROM ledger_transfers WHERE kind = 'welfare_claim'") == [(1,)]


async def test_a_fund_that_is_short_is_asked_again_for_three_days(db: Database, clock: FakeClock) -> None:
    chama = await village(db, fund=1_000)
    vote = await passed(chama, clock)
    clock.advance(hours=24)
    async with db.unit() as uow:
        assert not await execute_if_due(uow, proposal=vote.id, executions=EXECUTIONS)
    assert (await chama.now(vote)).state == "passed"
    await fill(chama, 2_500)
    clock.advance(hours=1)
    await chama.work()

    assert (await chama.now(vote)).state == "executed"
    assert await money(chama) == (500, 3_000)


async def test_a_fund_that_stays_short_refuses_and_says_why(db: Database, clock: FakeClock) -> None:
    chama = await village(db, fund=1_000)
    vote = await passed(chama, clock)
    clock.advance(hours=24 + 72)
    await chama.work()

    found = await chama.now(vote)
    assert (found.state, found.refusal) == ("refused", "kitty-short")
    assert await claims(chama) == [("refused", "vote 1")]
    assert await money(chama) == (1_000, 0)
    assert len(await told(chama, "%the fund held too little.%")) == 1
    assert len(await told(chama, "%not carried out, the welfare fund holds too little.%")) == 5


async def test_what_she_takes_back_is_no_claim_any_more(db: Database, clock: FakeClock) -> None:
    chama = await village(db)
    vote = await asked(chama)
    async with db.unit() as uow:
        await cancel(uow, proposal=vote.id, proposer=chama.members[0])

    assert await claims(chama) == [("refused", "vote 1")]


async def test_a_new_vote_after_objections_is_on_the_same_claim(db: Database, clock: FakeClock) -> None:
    chama = await village(db)
    vote = await passed(chama, clock)
    for voter in chama.members[1:4]:
        async with db.unit() as uow:
            await object_to(uow, proposal=vote.id, voter=voter)
    [(again,)] = await chama.sql("SELECT id FROM proposals WHERE revote_of = :p", p=vote.id)
    assert await claims(chama) == [("open", None)]
    async with db.unit() as uow:
        new = await find_proposal(uow, proposal=again)
    await chama.votes(new, ["yes"] * 4, first=1)
    await chama.work()
    clock.advance(hours=24)
    await chama.work()

    assert await claims(chama) == [("paid", "vote 2")]


async def test_an_official_who_came_later_does_not_take_it_from_the_members(db: Database, clock: FakeClock) -> None:
    chama = await village(db)
    await asked(chama)
    official = chama.members[1]
    await chama.becomes(official, role="secretary")
    [(claim,)] = await chama.sql("SELECT id FROM welfare_claims")

    async with db.unit() as uow:
        assert await open_claims(uow, official=official, group=chama.group) == []
        with pytest.raises(NoClaim):
            await decide(uow, official=official, group=chama.group, claim=claim, approves=False)


async def test_whoever_is_alone_has_nobody_to_ask(db: Database, clock: FakeClock) -> None:
    chama = await village(db, 1, fund=0)

    with pytest.raises(NobodyMayVote):
        await asked(chama)
    assert await claims(chama) == []


async def test_trying_first_shows_the_fund(db: Database, clock: FakeClock) -> None:
    chama = await village(db)
    enough = await asked(chama)
    async with db.unit() as uow:
        assert [catalogue().say("en", line) for line in await foresee(uow, enough)] == ["Welfare fund KES 5,000 -> KES 2,000"]
