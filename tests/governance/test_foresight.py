"""Trying first: the sentences say what would really happen, and nothing is written."""

from __future__ import annotations

from core.daos.contributions import contribute
from core.governance.candidates import stand
from core.governance.foresight import foresee
from core.governance.matters import Election, Expulsion, Motion, RuleChange, Spend
from core.governance.proposals import Proposal, find_proposal
from core.kernel.db import Database, UnitOfWork
from core.kernel.texts import Text, catalogue, text
from tests.conftest import FakeClock
from tests.daos.people import new_intent, shillings, someone
from tests.governance.chama import Chama


async def says(db: Database, proposal: Proposal, language: str = "en", **others: object) -> list[str]:
    async with db.unit() as uow:
        found = await foresee(uow, await find_proposal(uow, proposal=proposal.id), **others)  # type: ignore[arg-type]
        assert not uow.session.new
        assert not uow.session.dirty
    return [catalogue().say(language, line) for line in found]


async def test_a_spend_shows_the_treasury_and_what_it_leaves_undone(db: Database, clock: FakeClock) -> None:
    chama = await Chama.of(db, 3, reserve=70_000_00)
    rich = await someone(db, "Rich", money=shillings(84_500))
    async with db.unit() as uow:
        from core.daos.groups import join

        await join(uow, member=rich, group=chama.group)
    async with db.unit() as uow:
        await contribute(uow, intent=new_intent(), member=rich, group=chama.group, amount=shillings(84_500))
    chairs = await chama.propose(Spend(shillings(15_000), "J. MWANGI", member=chama.members[1]), "chairs")
    await chama.propose(Spend(shillings(80_000), "A. OTIENO", member=chama.members[2]), "land")

    async def turns(uow: UnitOfWork, proposal: Proposal) -> list[Text]:
        return [text("try-record")]

    assert await says(db, chairs) == [
        "Treasury KES 84,500 -> KES 69,500",
        "That is below the reserve of KES 70,000.",
        "One other payment of KES 80,000 that is voted on could no longer be made.",
    ]
    assert (await says(db, chairs, others=(turns,)))[-1].startswith("The result is written down.")
    too_much = await chama.propose(Spend(shillings(90_000), "J. MWANGI", member=chama.members[1]), "lorry")
    assert await says(db, too_much, "sw") == ["Pesa ya hazina haitoshi: itapungua Ksh 5,500."]


async def test_a_rule_shows_both_sentences_and_the_votes_that_were_held(db: Database, clock: FakeClock) -> None:
    chama = await Chama.of(db, 10)
    for turnout in (5, 7):
        held = await chama.propose()
        await chama.votes(held, ["yes"] * turnout)
        clock.moment = held.closes_at
        await chama.work()
    quorum = await chama.propose(RuleChange("quorum", None, 6_000))

    assert await says(db, quorum) == [
        "Quorum: now 50%, then 60%, from 1/1/27 00:00",
        "Of the last 2 votes one would have ended differently.",
    ]
    days = await chama.propose(RuleChange("voter_days", None, 30))
    assert (await says(db, days))[-1] == "Today 0 members could vote instead of 10."


async def test_an_election_shows_who_would_hold_what(db: Database) -> None:
    chama = await Chama.of(db, 4)
    await chama.becomes(chama.members[1], role="treasurer")
    election = await chama.propose(Election("chair"))
    assert await says(db, election) == ["Nobody stands yet."]
    async with db.unit() as uow:
        await stand(uow, proposal=election.id, member=chama.members[1])
        await stand(uow, proposal=election.id, member=chama.members[0])

    assert await says(db, election) == [
        "Member 1 becomes chair instead of A. CHAIR",
        "The office of treasurer would be empty",
        "Amina Chair becomes chair",
    ]


async def test_an_expulsion_and_a_motion(db: Database) -> None:
    chama = await Chama.of(db, 4)
    await chama.becomes(chama.members[3], role="secretary")

    assert await says(db, await chama.propose(Expulsion(chama.members[3], "M. THREE"))) == [
        "M. THREE leaves; 3 members stay",
        "The office of secretary would be empty",
    ]
    assert (await says(db, await chama.propose(Motion())))[0].startswith("The result is written down")
