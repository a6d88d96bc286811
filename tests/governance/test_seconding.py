"""As many members as the rules ask for stand behind a proposal before it is voted on; none where the rules say so."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy.exc import DBAPIError

from core.governance.errors import CannotSecond, NotAVoter, VoteNotOpen
from core.governance.matters import Election, Expulsion, Motion, RuleChange
from core.governance.proposals import Proposal
from core.governance.proposing import propose, second, seconders_of
from core.kernel.db import Database
from core.kernel.ids import MemberId
from tests.conftest import FakeClock
from tests.daos.people import new_intent
from tests.governance.chama import Chama


async def put(chama: Chama, *, by: int = 1, matter: object = None) -> Proposal:
    async with chama.database.unit() as uow:
        return await propose(
            uow,
            intent=new_intent(),
            group=chama.group,
            proposer=chama.members[by],
            matter=matter or Motion(),  # type: ignore[arg-type]
            words="Buy chairs",
        )


async def stands_behind(chama: Chama, proposal: Proposal, member: MemberId) -> Proposal:
    async with chama.database.unit() as uow:
        return await second(uow, proposal=proposal.id, seconder=member)


async def test_as_many_as_the_rules_say_open_the_vote(db: Database, clock: FakeClock) -> None:
    chama = await Chama.of(db, 5, seconders=2)
    _, mover, first, other, _ = chama.members
    proposal = await put(chama)
    assert (proposal.state, proposal.seconds_needed) == ("waiting", 2)
    with pytest.raises(CannotSecond):
        await stands_behind(chama, proposal, mover)
    assert (await stands_behind(chama, proposal, first)).state == "waiting"
    with pytest.raises(CannotSecond):
        await stands_behind(chama, proposal, first)
    with pytest.raises(VoteNotOpen):
        await chama.vote(proposal, first, "yes")

    assert (await stands_behind(chama, proposal, other)).state == "open"
    async with db.unit() as uow:
        assert await seconders_of(uow, proposal=proposal.id) == [first, other]
    assert (await chama.now(proposal)).seconder == first
    with pytest.raises(CannotSecond):
        await stands_behind(chama, proposal, chama.members[4])


async def test_who_is_told_late_is_told_of_the_vote_and_not_of_the_wait(db: Database, clock: FakeClock) -> None:
    chama = await Chama.of(db, 4)
    await stands_behind(chama, await put(chama), chama.members[2])
    await chama.work()

    said = await chama.messages()
    assert not [message for message in said if "needs a seconder" in message]
    assert len([message for message in said if "vote 1, Buy chairs (by" in message]) == 4


async def test_where_none_is_needed_it_is_voted_on_at_once(db: Database, clock: FakeClock) -> None:
    chama = await Chama.of(db, 4, seconders=0)

    assert (await put(chama)).state == "open"
    assert (await put(chama, matter=RuleChange("fine", None, 100_00))).state == "open"


async def test_usually_one_for_grave_matters_and_for_those_of_no_official(db: Database, clock: FakeClock) -> None:
    chama = await Chama.of(db, 4)

    assert (await put(chama, by=0)).state == "open"
    assert (await put(chama, by=1)).seconds_needed == 1
    assert (await put(chama, by=0, matter=Expulsion(chama.members[3], "M. THREE"))).seconds_needed == 1
    assert (await put(chama, by=2, matter=Election("auditor"))).state == "gathering"


async def test_a_small_group_is_never_asked_for_more_than_it_has(db: Database, clock: FakeClock) -> None:
    chama = await Chama.of(db, 3, seconders=5)
    proposal = await put(chama)
    assert proposal.seconds_needed == 2
    alone = await Chama.of(db, 1, seconders=5)
    assert (await put(alone, by=0, matter=RuleChange("fine", None, 100_00))).state == "open"


async def test_only_who_was_on_the_list_stands_behind_it(db: Database, clock: FakeClock) -> None:
    chama = await Chama.of(db, 4)
    proposal = await put(chama)
    late = await chama.enter()

    with pytest.raises(NotAVoter):
        await stands_behind(chama, proposal, late)


async def test_many_at_once_open_it_once(db: Database, clock: FakeClock) -> None:
    chama = await Chama.of(db, 8, seconders=3)
    proposal = await put(chama)

    async def try_it(member: MemberId) -> str:
        try:
            return (await stands_behind(chama, proposal, member)).state
        except CannotSecond:
            return "late"

    said = await asyncio.gather(*(try_it(member) for member in chama.members if member != chama.members[1]))

    assert sorted(said) == ["late"] * 4 + ["open", "waiting", "waiting"]
    assert await chama.sql("SELECT count(*) FROM proposal_seconds") == [(3,)]


@pytest.mark.parametrize("damage", ["UPDATE proposals SET seconds_needed = 0", "DELETE FROM proposal_seconds"])
async def test_how_many_and_who_stays_as_written(db: Database, clock: FakeClock, damage: str) -> None:
    chama = await Chama.of(db, 4, seconders=2)
    await stands_behind(chama, await put(chama), chama.members[2])

    with pytest.raises(DBAPIError, match="stays"):
        await chama.sql(f"{damage} RETURNING 1")
