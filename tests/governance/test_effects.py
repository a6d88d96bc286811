"""What follows from a vote: after its hours, once, looked at again, and not when enough members object."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError

from core.app import EXECUTIONS
from core.daos.constitutions import rules_of
from core.daos.contributions import contribute
from core.daos.groups import join, members_of
from core.daos.models import ConstitutionRow, GroupRow
from core.governance import candidates
from core.governance.errors import CannotObject, CannotStand, NotAVoter, NotInEffect, NotYet
from core.governance.executing import execute_if_due
from core.governance.executions import Decided
from core.governance.jobs import JOBS
from core.governance.matters import Election, Expulsion, RuleChange, Spend
from core.governance.minutes import Resolutions, resolutions
from core.governance.objecting import object_to
from core.governance.results import option_lines, outcome
from core.kernel.clock import EAST_AFRICA
from core.kernel.db import Database, UnitOfWork
from core.kernel.texts import catalogue
from tests.conftest import FakeClock
from tests.daos.people import new_intent, shillings, someone
from tests.governance.chama import Chama


async def passed(chama: Chama, clock: FakeClock, matter: object) -> object:
    proposal = await chama.propose(matter, "chairs")  # type: ignore[arg-type]
    for (voter,) in await chama.sql("SELECT voter_id FROM proposal_voters WHERE proposal_id = :p", p=proposal.id):
        await chama.vote(proposal, voter, "yes")
    await chama.work()
    found = await chama.now(proposal)
    assert found.state == "passed"
    return found


async def test_a_rule_changes_after_its_hours_and_from_the_next_cycle(db: Database, clock: FakeClock) -> None:
    chama = await Chama.of(db, 4)
    first = await passed(chama, clock, RuleChange("fine", None, 100_00))
    second = await passed(chama, clock, RuleChange("grace_days", None, 5))
    clock.advance(hours=23, minutes=59)
    await chama.work()
    assert (await chama.now(first)).state == "passed"  # type: ignore[arg-type]
    clock.advance(minutes=1)
    await chama.work()
    await chama.work()

    assert [(await chama.now(one)).state for one in (first, second)] == ["executed", "executed"]  # type: ignore[arg-type]
    december = datetime(2026, 12, 1, tzinfo=EAST_AFRICA)
    async with db.unit() as uow:
        assert (await rules_of(uow, group=chama.group)).fine == shillings(50)
        before = await rules_of(uow, group=chama.group, at=december - timedelta(seconds=1))
        after = await rules_of(uow, group=chama.group, at=december)
        versions = await uow.session.scalar(select(func.count()).select_from(ConstitutionRow))
    assert before.fine == shillings(50)
    assert (after.fine, after.grace_days) == (shillings(100), 5)
    assert versions == 3, "the founding and both votes"


async def test_a_vote_is_decided_by_the_rules_of_its_beginning(db: Database, clock: FakeClock) -> None:
    chama = await Chama.of(db, 10)
    proposal = await chama.propose()
    from core.daos.constitutions import enact

    async with db.unit() as uow:
        lower = (await rules_of(uow, group=chama.group)).changed({"quorum": 1_000})
        await enact(uow, group=chama.group, rules=lower, in_force_from=clock.now(), because="test")
    await chama.votes(proposal, ["yes"] * 3)
    clock.moment = proposal.closes_at
    await chama.work()

    assert (await chama.now(proposal)).state == "failed"


async def test_twenty_workers_carry_it_out_once(db: Database, clock: FakeClock) -> None:
    chama = await Chama.of(db, 3)
    calls: list[Decided] = []

    async def pay(uow: UnitOfWork, decided: Decided) -> None:
        calls.append(decided)

    chama.executions = {"spend": pay}
    spend = Spend(shillings(30_000), "J. MWANGI", member=chama.members[1])
    proposal = await passed(chama, clock, spend)
    clock.advance(hours=24)

    async def work() -> None:
        await JOBS["carry-out-proposal"](chama, {"proposal": str(proposal.id)})  # type: ignore[arg-type,attr-defined]

    await asyncio.gather(*(work() for _ in range(20)))

    assert len(calls) == 1
    assert (calls[0].matter, calls[0].words) == (spend, "chairs")
    assert (await chama.now(proposal)).state == "executed"  # type: ignore[arg-type]
    with pytest.raises(DBAPIError, match="stays"):
        await chama.sql("UPDATE proposals SET state = 'passed', executed_at = NULL RETURNING 1")


async def test_a_worker_that_dies_in_the_middle_leaves_it_to_the_next(db: Database, clock: FakeClock) -> None:
    chama = await Chama.of(db, 3)

    async def dying(uow: UnitOfWork, decided: Decided) -> None:
        raise ConnectionResetError

    proposal = await passed(chama, clock, RuleChange("fine", None, 100_00))
    clock.advance(hours=24)
    with pytest.raises(ConnectionResetError):
        async with db.unit() as uow:
            await execute_if_due(uow, proposal=proposal.id, executions={"rule": dying})  # type: ignore[attr-defined]
    await chama.work()

    assert (await chama.now(proposal)).state == "executed"  # type: ignore[arg-type]


async def test_a_spend_waits_passed_until_somebody_can_pay_it(db: Database, clock: FakeClock) -> None:
    chama = await Chama.of(db, 3)
    proposal = await passed(chama, clock, Spend(shillings(500), "J. MWANGI", phone="+254712000001"))
    clock.advance(days=30)
    await chama.work()
    assert (await chama.now(proposal)).state == "passed"  # type: ignore[arg-type]
    tries = []

    async def not_yet(uow: UnitOfWork, decided: Decided) -> None:
        tries.append(decided.intent)
        if len(tries) < 2:
            raise NotYet(clock.now() + timedelta(hours=1))

    chama.executions = {"spend": not_yet}
    async with db.unit() as uow:
        assert not await execute_if_due(uow, proposal=proposal.id, executions=chama.executions)  # type: ignore[attr-defined]
    await chama.work()

    assert (await chama.now(proposal)).state == "executed"  # type: ignore[arg-type]
    assert len(set(tries)) == 1, "the same intent each time"


async def test_what_cannot_be_done_any_more_is_told_and_undone(db: Database, clock: FakeClock) -> None:
    chama = await Chama.of(db, 3)
    gone = chama.members[2]
    expulsion = await passed(chama, clock, Expulsion(gone, "M. TWO"))
    await chama.becomes(gone, status="left")
    clock.advance(hours=24)
    await chama.work()

    found = await chama.now(expulsion)  # type: ignore[arg-type]
    assert (found.state, found.refusal) == ("refused", "cannot-carry-out")
    assert "vote 1 is not carried out" in (await chama.messages())[-1]


async def test_what_a_failing_effect_wrote_is_undone(db: Database, clock: FakeClock) -> None:
    chama = await Chama.of(db, 3)

    async def halfway(uow: UnitOfWork, decided: Decided) -> None:
        await uow.session.execute(update(GroupRow).values(name="Half done"))
        raise NotInEffect("rule")

    chama.executions = {"spend": halfway}
    proposal = await passed(chama, clock, Spend(shillings(500), "J. MWANGI", phone="+254712000001"))
    clock.advance(hours=24)
    async with db.unit() as uow:
        assert not await execute_if_due(uow, proposal=proposal.id, executions=chama.executions)  # type: ignore[attr-defined]
    assert (await chama.now(proposal)).state == "passed", "a treasury that is short today is asked again"  # type: ignore[arg-type]
    clock.advance(hours=72)
    await chama.work()

    assert (await chama.now(proposal)).state == "refused"  # type: ignore[arg-type]
    assert await chama.sql("SELECT name FROM daos") == [("Umoja",)]


async def test_an_expelled_member_is_out_when_it_takes_effect(db: Database, clock: FakeClock) -> None:
    chama = await Chama.of(db, 4)
    proposal = await chama.propose(Expulsion(chama.members[3], "M. THREE"))
    with pytest.raises(NotAVoter):
        await chama.vote(proposal, chama.members[3], "no")
    await chama.votes(proposal, ["yes", "yes", "no"])
    await chama.work()
    async with db.unit() as uow:
        assert len(await members_of(uow, viewer=chama.members[0], group=chama.group)) == 4
    clock.advance(hours=24)
    await chama.work()

    async with db.unit() as uow:
        assert len(await members_of(uow, viewer=chama.members[0], group=chama.group)) == 3


async def test_an_election_from_its_candidates_to_the_office(db: Database, clock: FakeClock) -> None:
    chama = await Chama.of(db, 6)
    chair, anna, ben, carol, dora, _ = chama.members
    await chama.becomes(dora, role="treasurer")
    election = await chama.propose(Election("treasurer"), by=2)
    assert (election.state, election.secret) == ("gathering", True)

    async def do(verb: object, **who: object) -> None:
        async with db.unit() as uow:
            await verb(uow, proposal=election.id, **who)  # type: ignore[operator]

    await do(candidates.stand, member=anna)
    for member in (ben, carol, dora):
        await do(candidates.nominate, by=chair, member=member)
    with pytest.raises(CannotStand):
        await do(candidates.nominate, by=anna, member=ben)
    await do(candidates.stand, member=ben)
    await do(candidates.decline, member=carol)
    await chama.work()
    assert any("do you stand" in message for message in await chama.messages())
    clock.moment = election.waits_until
    await chama.work()

    opened = await chama.now(election)
    assert opened.state == "open"
    assert [option.member for option in opened.standing] == [anna, ben], "nobody is voted for who didn't accept"
    with pytest.raises(CannotStand):
        await do(candidates.stand, member=carol)
    for voter, choice in zip(chama.members, ["1", "2", "2", "2", "no", "abstain"], strict=True):
        await chama.vote(opened, voter, choice)
    await chama.work()
    found = await chama.now(election)
    assert catalogue().say("en", outcome(found)) == "Member 2 WINS"
    assert [catalogue().say("en", line) for line in option_lines(found)] == ["Member 1: 1", "Member 2: 3", "None of them: 1"]
    clock.advance(hours=24)
    await chama.work()

    roles = await chama.sql("SELECT user_id, role FROM dao_memberships WHERE role <> 'member'")
    assert sorted(roles) == sorted([(chair, "chair"), (ben, "treasurer")])


async def test_two_candidates_of_one_name_are_told_apart(db: Database) -> None:
    chama = await Chama.of(db, 2)
    election = await chama.propose(Election("auditor"))
    for _ in range(2):
        member = await chama.enter("Mary Wanjiku")
        async with db.unit() as uow:
            await candidates.stand(uow, proposal=election.id, member=member)

    assert [option.label for option in (await chama.now(election)).options] == ["Mary Wanjiku", "Mary Wanjiku (2)"]


async def test_an_election_without_candidates_lapses(db: Database, clock: FakeClock) -> None:
    chama = await Chama.of(db, 3)
    election = await chama.propose(Election("auditor"))
    clock.moment = election.waits_until
    await chama.work()

    assert (await chama.now(election)).state == "lapsed"


async def test_enough_objections_bring_a_new_vote_that_is_the_last_word(db: Database, clock: FakeClock) -> None:
    chama = await Chama.of(db, 5, objectors=2)
    proposal = await passed(chama, clock, RuleChange("fine", None, 100_00))
    late = await chama.enter()

    async def objects(what: object, who: int) -> int:
        async with db.unit() as uow:
            return await object_to(uow, proposal=what.id, voter=chama.members[who])  # type: ignore[attr-defined]

    with pytest.raises(NotAVoter):
        await objects(proposal, chama.members.index(late))
    assert await objects(proposal, 3) == 1
    with pytest.raises(CannotObject):
        await objects(proposal, 3)
    assert await objects(proposal, 4) == 0
    await chama.work()
    clock.advance(hours=30)
    await chama.work()

    assert (await chama.now(proposal)).state == "objected"  # type: ignore[arg-type]
    [(again, eligible)] = await chama.sql("SELECT id, eligible FROM proposals WHERE revote_of = :p", p=proposal.id)  # type: ignore[attr-defined]
    assert eligible == 6
    from core.governance.proposals import find_proposal

    async with db.unit() as uow:
        new = await find_proposal(uow, proposal=again)
    await chama.votes(new, ["yes"] * 4 + ["no", "no"])
    await chama.work()
    with pytest.raises(CannotObject):
        await objects(new, 4)
    clock.advance(hours=24)
    await chama.work()
    assert (await chama.now(new)).state == "executed"
    with pytest.raises(CannotObject):
        await objects(new, 4)


async def test_in_a_group_of_fewer_than_the_objectors_of_its_rules_all_of_them_are_enough(
    db: Database, clock: FakeClock
) -> None:
    chama = await Chama.of(db, 2, objectors=3)
    proposal = await passed(chama, clock, RuleChange("fine", None, 100_00))

    async with db.unit() as uow:
        assert await object_to(uow, proposal=proposal.id, voter=chama.members[0]) == 1
        assert await object_to(uow, proposal=proposal.id, voter=chama.members[1]) == 0

    assert (await chama.now(proposal)).state == "objected"


async def test_minutes_have_what_was_decided_on_a_day(db: Database, clock: FakeClock) -> None:
    chama = await Chama.of(db, 4)
    await passed(chama, clock, RuleChange("fine", None, 100_00))
    until = clock.now() + timedelta(seconds=1)

    async with db.unit() as uow:
        [one] = await resolutions(uow, group=chama.group, since=until - timedelta(days=1), until=until)
        assert await resolutions(uow, group=chama.group, since=until, until=until + timedelta(days=1)) == []
        entries = await Resolutions().entries(uow, group=chama.group, since=until - timedelta(days=1), until=until)
    assert [catalogue().say("en", line) for line in entries] == [
        "Vote 1, Fine for being late: KES 50 -> KES 100: PASSED.",
        "4 of 4 voted: Yes 4, No 0, Abstain 0. Quorum 3 reached. Moved by Amina Chair, seconded by Member 1.",
    ]
    assert (one.mover, one.seconder) == ("Amina Chair", "Member 1")
    assert one.proposal.counts == {"yes": 4, "no": 0, "abstain": 0}


async def test_a_passed_spend_becomes_a_request_of_the_treasury_or_waits_for_it(db: Database, clock: FakeClock) -> None:
    chama = await Chama.of(db, 5)
    for place, role in ((1, "secretary"), (2, "treasurer")):
        await chama.becomes(chama.members[place], role=role)
    rich = await someone(db, "Rich Mwangi", money=shillings(40_000))
    async with db.unit() as uow:
        await join(uow, member=rich, group=chama.group)
    async with db.unit() as uow:
        await contribute(uow, intent=new_intent(), member=rich, group=chama.group, amount=shillings(40_000))
    chama.executions = EXECUTIONS
    proposal = await passed(chama, clock, Spend(shillings(25_000), "R. MWANGI", member=rich))
    clock.advance(hours=24)
    await chama.work()

    assert (await chama.now(proposal)).state == "executed"  # type: ignore[arg-type]
    assert await chama.sql("SELECT count(*) FROM treasury_requests WHERE proposal_id = :p", p=proposal.id) == [(1,)]  # type: ignore[attr-defined]
