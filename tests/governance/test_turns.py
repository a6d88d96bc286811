"""The order of turns by vote: proposed as a list of all hands, started by what passed, once, and never with hands that have gone."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.app import EXECUTIONS
from core.daos.leaving import expel
from core.daos.rotation.order import BadOrder, HandsChanged, close_hands, read_order
from core.daos.rotation.rounds import NoRound, cancel_round, open_round, take_hand
from core.governance.foresight import foresee
from core.governance.jobs import JOBS
from core.governance.matters import TurnOrder, describe, from_details, to_details
from core.governance.objecting import object_to
from core.governance.proposals import Proposal
from core.governance.results import in_full, what_follows
from core.kernel.db import Database
from core.kernel.texts import catalogue
from tests.conftest import FakeClock
from tests.daos.people import new_intent, shillings
from tests.governance.chama import Chama


async def round_of(chama: Chama, hands: int) -> object:
    """A round whose order is voted on, of so many members with a hand each: hand 1 is members[0]'s."""
    async with chama.database.unit() as uow:
        rotation = await open_round(
            uow, intent=new_intent(), official=chama.members[0], group=chama.group, amount=shillings(500)
        )
        for member in chama.members[:hands]:
            await take_hand(uow, member=member, rotation=rotation)
    async with chama.database.unit() as uow:
        await close_hands(uow, official=chama.members[0], rotation=rotation)
    return rotation


async def passed(chama: Chama, rotation: object, *order: int, by: int = 0) -> Proposal:
    proposal = await chama.propose(TurnOrder(rotation, order), "", by=by)  # type: ignore[arg-type]
    await chama.votes(proposal, ["yes"] * len(chama.members))
    await chama.work()
    return await chama.now(proposal)


async def positions(chama: Chama) -> list[tuple[int, int]]:
    return await chama.sql(  # type: ignore[no-any-return]
        "SELECT t.position, h.number FROM rotation_turns t JOIN rotation_hands h ON h.id = t.hand_id ORDER BY 1"
    )


async def test_what_passed_starts_the_round_after_its_hours(db: Database, clock: FakeClock) -> None:
    chama = await Chama.of(db, 4, rotation_order="vote")
    rotation = await round_of(chama, 3)
    proposal = await passed(chama, rotation, 3, 1, 2)
    assert proposal.state == "passed", "passed isn't executed"
    assert await positions(chama) == []
    said = catalogue().say("en", what_follows(proposal))  # type: ignore[arg-type]
    assert said.startswith("Takes effect")
    clock.advance(hours=24)
    await chama.work()

    assert (await chama.now(proposal)).state == "executed"
    assert await positions(chama) == [(1, 3), (2, 1), (3, 2)]
    assert await chama.sql("SELECT status, because FROM rotations") == [("running", "vote 1")]
    told = await chama.sql("SELECT count(*) FROM sms_delivery_log WHERE message LIKE '%starts%'")
    assert told == [(4,)], "all are told the plan"


@pytest.mark.parametrize("order", [(1, 2), (1, 2, 3, 4), (1, 1, 2), (3, 2, 0)])
async def test_an_order_names_each_hand_once(db: Database, clock: FakeClock, order: tuple[int, ...]) -> None:
    chama = await Chama.of(db, 4, rotation_order="vote")
    rotation = await round_of(chama, 3)

    with pytest.raises(BadOrder):
        await chama.propose(TurnOrder(rotation, order), "")  # type: ignore[arg-type]


async def test_only_a_round_that_waits_for_a_vote_is_put_into_order(db: Database, clock: FakeClock) -> None:
    chama = await Chama.of(db, 3, rotation_order="agreed")
    rotation = await round_of(chama, 3)

    with pytest.raises(NoRound):
        await chama.propose(TurnOrder(rotation, (1, 2, 3)), "")  # type: ignore[arg-type]


async def test_a_member_who_went_in_between_keeps_it_from_being_carried_out(db: Database, clock: FakeClock) -> None:
    chama = await Chama.of(db, 4, rotation_order="vote")
    rotation = await round_of(chama, 3)
    proposal = await passed(chama, rotation, 3, 1, 2)
    async with db.unit() as uow:
        await expel(uow, group=chama.group, member=chama.members[2], because="vote 9")
    clock.advance(hours=24)
    await chama.work()

    found = await chama.now(proposal)
    assert (found.state, found.refusal) == ("refused", "hands-changed")
    assert await positions(chama) == []
    told = [message for message in await chama.messages() if "not carried out" in message]
    assert len(told) == 3
    assert told[0] == ("Umoja: vote 1 is not carried out, somebody with a hand has left. Merry 1, order of hands: 3 1 2")
    with pytest.raises(HandsChanged):
        await chama.propose(TurnOrder(rotation, (1, 2, 3)), "")  # type: ignore[arg-type]


async def test_an_order_of_a_round_that_was_called_off_is_refused(db: Database, clock: FakeClock) -> None:
    chama = await Chama.of(db, 3, rotation_order="vote")
    rotation = await round_of(chama, 3)
    proposal = await passed(chama, rotation, 3, 1, 2)
    async with db.unit() as uow:
        await cancel_round(uow, official=chama.members[0], rotation=rotation)  # type: ignore[arg-type]
    clock.advance(hours=24)
    await chama.work()

    found = await chama.now(proposal)
    assert (found.state, found.refusal) == ("refused", "no-round")
    assert "called off" in catalogue().say("en", what_follows(found))  # type: ignore[arg-type]


async def test_of_two_orders_that_passed_one_starts_the_round_however_many_workers_come(db: Database, clock: FakeClock) -> None:
    chama = await Chama.of(db, 4, rotation_order="vote")
    chama.executions = EXECUTIONS
    rotation = await round_of(chama, 4)
    both = [await passed(chama, rotation, 4, 3, 2, 1), await passed(chama, rotation, 1, 2, 3, 4)]
    clock.advance(hours=24)

    async def work(proposal: Proposal) -> None:
        await JOBS["carry-out-proposal"](chama, {"proposal": str(proposal.id)})  # type: ignore[arg-type]

    await asyncio.gather(*(work(proposal) for proposal in both for _ in range(10)))

    states = sorted([(await chama.now(one)).state for one in both])
    assert states == ["executed", "refused"]
    assert len(await positions(chama)) == 4
    assert await chama.sql("SELECT count(*) FROM rotation_dues") == [(16,)]


async def test_members_can_object_to_an_order_like_to_any_decision(db: Database, clock: FakeClock) -> None:
    chama = await Chama.of(db, 3, rotation_order="vote", objectors=1)
    rotation = await round_of(chama, 3)
    proposal = await passed(chama, rotation, 3, 1, 2)
    async with db.unit() as uow:
        assert await object_to(uow, proposal=proposal.id, voter=chama.members[2]) == 0

    [(details,)] = await chama.sql("SELECT details FROM proposals WHERE revote_of = :p", p=proposal.id)
    assert details["order"] == [3, 1, 2]


async def test_trying_first_says_whose_turn_would_be_when(db: Database, clock: FakeClock) -> None:
    chama = await Chama.of(db, 8, rotation_order="vote", frequency="weekly", due_day=7)
    rotation = await round_of(chama, 7)
    proposal = await chama.propose(TurnOrder(rotation, (7, 6, 5, 4, 3, 2, 1)), "")  # type: ignore[arg-type]

    async with db.unit() as uow:
        lines = [catalogue().say("en", line) for line in await foresee(uow, proposal)]
    begins, first, rest = lines
    assert begins.startswith("The first turn would be on ")
    assert first == "1 M. 6, 2 M. 5, 3 M. 4, 4 M. 3, 5 M. 2, 6 M. 1"
    assert rest == "7 A. CHAIR"


def test_a_long_order_is_shown_whole_below_its_beginning(db: Database) -> None:
    from uuid import uuid4

    hands = tuple(range(60, 0, -1))
    matter = TurnOrder(uuid4(), hands, 7, ())
    line = catalogue().say("en", describe(matter, ""))
    assert len(line) <= 72
    assert line.endswith("52 51 50 49 ...")
    said = " ".join(catalogue().say("en", part).split(": ")[1] for part in in_full(matter))
    assert said == " ".join(map(str, hands))
    assert from_details("turns", to_details(matter)) == matter
    assert in_full(replace(matter, order=(3, 1, 2))) == ()


@settings(max_examples=200)
@given(st.permutations(range(1, 10)), st.sampled_from([" ", ",", ", ", "*", "", "-"]))
def test_an_order_is_read_however_it_is_typed(order: list[int], between: str) -> None:
    assert read_order(between.join(map(str, order)), tuple(sorted(order))) == order


@given(st.text(max_size=30))
def test_what_is_no_order_of_these_hands_is_refused(typed: str) -> None:
    try:
        found = read_order(typed, (1, 2, 10))
    except BadOrder:
        return
    assert sorted(found) == [1, 2, 10]
