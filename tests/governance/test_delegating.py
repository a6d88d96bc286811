"""Voting for another: her own vote wins, nobody holds more than two, nothing is passed on, even when all happens at once."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest
from sqlalchemy.exc import DBAPIError

from core.governance.delegating import Scope, Wish, delegate, given_by, revoke
from core.governance.errors import CannotDelegate
from core.governance.matters import Election, Poll
from core.kernel.db import Database
from core.kernel.errors import CoreError
from core.kernel.ids import MemberId
from tests.conftest import FakeClock
from tests.daos.people import new_id, new_intent
from tests.governance.chama import Chama


async def give(chama: Chama, giver: int, holder: int, scope: Scope | None = None, days: int = 90) -> UUID:
    async with chama.database.unit() as uow:
        wish = Wish(chama.group, chama.members[giver], chama.members[holder], scope or Scope(), days)
        return (await delegate(uow, intent=new_intent(), wish=wish)).id


async def counts_of(chama: Chama, clock: FakeClock, proposal: object) -> dict[str, int] | None:
    clock.moment = proposal.closes_at  # type: ignore[attr-defined]
    await chama.work()
    return (await chama.now(proposal)).counts  # type: ignore[arg-type]


async def test_a_representative_votes_where_one_does_not_vote_oneself(db: Database, clock: FakeClock) -> None:
    chama = await Chama.of(db, 6)
    proposal = await chama.propose()
    for giver in (1, 2):
        await give(chama, giver, 3)
    await give(chama, 4, 5)
    await chama.vote(proposal, chama.members[3], "yes")
    await chama.vote(proposal, chama.members[2], "no")
    await chama.vote(proposal, chama.members[0], "no")

    # 3 for herself and for 1; 2 voted herself; 5 didn't vote, so nobody votes for 4.
    assert await counts_of(chama, clock, proposal) == {"yes": 2, "no": 2, "abstain": 0}
    counted = await chama.sql("SELECT voter_id, counted FROM proposal_voters WHERE counted <> voter_id")
    assert counted == [(chama.members[1], chama.members[3])]


async def test_the_narrowest_scope_counts_and_ends_when_it_ends(db: Database, clock: FakeClock) -> None:
    chama = await Chama.of(db, 6)
    proposal, poll = await chama.propose(), await chama.propose(Poll(("Goat", "Beef")), "What do we eat?")
    await give(chama, 1, 2)
    await give(chama, 1, 3, Scope(category="motion"))
    ended = await give(chama, 1, 4, Scope(proposal=proposal.id))
    await give(chama, 5, 4, days=1)
    async with db.unit() as uow:
        assert len(await given_by(uow, group=chama.group, giver=chama.members[1])) == 3
        await revoke(uow, giver=chama.members[2], delegation=ended)
        assert len(await given_by(uow, group=chama.group, giver=chama.members[1])) == 3, "only her own"
        await revoke(uow, giver=chama.members[1], delegation=ended)
        assert len(await given_by(uow, group=chama.group, giver=chama.members[1])) == 2
    await chama.votes(proposal, ["no", "no", "yes"], first=2)
    await chama.votes(poll, ["1", "2"], first=2)
    clock.moment = poll.closes_at
    await chama.work()

    assert (await chama.now(proposal)).counts == {"yes": 1, "no": 3, "abstain": 0}
    assert (await chama.now(poll)).counts == {"1": 2, "2": 1, "abstain": 0}


async def test_who_left_is_not_represented(db: Database, clock: FakeClock) -> None:
    chama = await Chama.of(db, 4)
    proposal = await chama.propose()
    await give(chama, 1, 2)
    await chama.vote(proposal, chama.members[2], "yes")
    await chama.becomes(chama.members[1], status="left")

    assert await counts_of(chama, clock, proposal) == {"yes": 1, "no": 0, "abstain": 0}


async def test_what_is_refused(db: Database) -> None:
    chama = await Chama.of(db, 7)
    election = await chama.propose(Election("auditor"))
    await chama.becomes(chama.members[6], role="observer")
    await give(chama, 1, 2)
    await give(chama, 3, 2)
    await give(chama, 3, 2, Scope(category="poll"))

    async def reason(*wanted: object) -> str:
        with pytest.raises(CannotDelegate) as caught:
            await give(chama, *wanted)  # type: ignore[arg-type]
        return caught.value.reason

    assert await reason(0, 0) == "self"
    assert await reason(2, 0) == "holds"
    assert await reason(0, 1) == "chain"
    assert await reason(4, 2) == "full"
    assert await reason(4, 6) == "member"
    assert await reason(4, 5, Scope(category="election")) == "kind"
    assert await reason(4, 5, Scope(proposal=election.id)) == "kind"
    assert await reason(4, 5, Scope(), 366) == "dates"


async def test_the_database_refuses_chains_and_a_third_whoever_writes(db: Database) -> None:
    chama = await Chama.of(db, 6)
    await give(chama, 1, 2)
    await give(chama, 3, 2)

    async def write(giver: MemberId, holder: MemberId) -> None:
        await chama.sql(
            "INSERT INTO vote_delegations (id, dao_id, giver_id, holder_id, scope, starts_at, ends_at, intent)"
            " VALUES (:id, :group, :giver, :holder, 'all', :at, CAST(:at AS timestamptz) + interval '9 days', :intent)"
            " RETURNING 1",
            id=new_id(),
            group=chama.group,
            giver=giver,
            holder=holder,
            at=db._clock.now(),
            intent=new_id(),
        )

    people = chama.members
    for giver, holder, why in (
        (people[2], people[4], "no chains"),
        (people[4], people[1], "no chains"),
        (people[4], people[2], "more than two"),
        (people[4], people[4], "ck_vote_delegations_another"),
        (people[1], people[5], "uq_vote_delegations_standing"),
    ):
        with pytest.raises(DBAPIError, match=why):
            await write(giver, holder)


@pytest.mark.parametrize("ring", [2, 3, 5])
async def test_no_ring_closes_when_all_delegate_at_once(db: Database, ring: int) -> None:
    chama = await Chama.of(db, ring)

    async def attempt(giver: int) -> bool:
        try:
            await give(chama, giver, (giver + 1) % ring)
        except CoreError:
            return False
        return True

    for _ in range(3):
        done = await asyncio.gather(*(attempt(giver) for giver in range(ring)))
        assert 1 <= sum(done) <= ring // 2 or ring == 3
        chains = await chama.sql(
            "SELECT 1 FROM vote_delegations a JOIN vote_delegations b ON b.giver_id = a.holder_id"
            " WHERE a.revoked_at IS NULL AND b.revoked_at IS NULL"
        )
        assert chains == []
        async with db.unit() as uow:
            for member in chama.members:
                for one in await given_by(uow, group=chama.group, giver=member):
                    await revoke(uow, giver=member, delegation=one.id)


async def test_nobody_gets_a_third_when_ten_ask_at_once(db: Database) -> None:
    chama = await Chama.of(db, 11)

    async def attempt(giver: int) -> bool:
        try:
            await give(chama, giver, 0)
        except CannotDelegate:
            return False
        return True

    done = await asyncio.gather(*(attempt(giver) for giver in range(1, 11)))

    assert sum(done) == 2
