"""A secret vote: nobody reads who chose what, not in the tables, not in a log, not from the size of a box."""

from __future__ import annotations

import logging

import pytest
from sqlalchemy import select

from core.cli.keys import BALLOTS
from core.governance.delegating import Scope, Wish, delegate
from core.governance.errors import CannotDelegate
from core.governance.matters import Election, Expulsion
from core.governance.models import BallotRow
from core.governance.sealing import open_choice
from core.governance.voting import own_ballot
from core.identity.rotation import rewrap_all
from core.kernel.db import Database
from core.kernel.ids import TimeOrderedIds
from core.kernel.secrets import CannotOpen, Vault
from tests.conftest import FakeClock
from tests.daos.people import new_intent
from tests.governance.chama import Chama


async def test_a_secret_ballot_is_sealed_then_counted_without_its_voter(
    db: Database, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    chama = await Chama.of(db, 7)
    expelled = chama.members[6]
    proposal = await chama.propose(Expulsion(expelled, "M. SIX"))
    assert (proposal.secret, proposal.special, proposal.eligible, proposal.quorum) == (True, True, 6, 4)
    for voter, choice in zip(chama.members, ["no", "yes", "yes", "abstain", "yes"], strict=False):
        ballot = await chama.vote(proposal, voter, choice)
        assert ballot.choice is None
    await chama.vote(proposal, chama.members[0], "yes")

    open_rows = await chama.sql("SELECT choice, length(sealed), sealed FROM ballots")
    assert {row[0] for row in open_rows} == {None}
    assert len({row[1] for row in open_rows}) == 1, "the size tells nothing"
    assert len({row[2] for row in open_rows}) == 6
    assert (await chama.now(proposal)).counts is None, "no tally while it is open"
    async with db.unit() as uow:
        mine = await own_ballot(uow, proposal=proposal, voter=chama.members[0])
        assert mine is not None
        assert mine.choice is None
        row = (await uow.session.scalars(select(BallotRow))).first()
        assert row is not None
        with pytest.raises(CannotOpen):
            open_choice(uow, row.sealed or "", ballot=proposal.id)

    clock.moment = proposal.closes_at
    await chama.work()

    found = await chama.now(proposal)
    assert (found.state, found.counts) == ("passed", {"yes": 4, "no": 0, "abstain": 1})
    assert await chama.sql("SELECT count(*) FROM ballots WHERE choice IS NOT NULL OR sealed IS NOT NULL") == [(0,)]
    assert await chama.sql("SELECT number, choice FROM ballot_papers ORDER BY number") == [
        (1, "abstain"),
        (2, "yes"),
        (3, "yes"),
        (4, "yes"),
        (5, "yes"),
    ]
    assert "abstain" not in caplog.text.replace("abstain_", "") or "member" not in caplog.text
    sealed_somewhere = await chama.sql("SELECT count(*) FROM ballots WHERE sealed ~ 'yes|no|abstain'")
    assert sealed_somewhere == [(0,)]


async def test_nobody_votes_for_another_where_it_is_secret(db: Database, clock: FakeClock) -> None:
    chama = await Chama.of(db, 5)
    giver, holder = chama.members[1], chama.members[2]
    async with db.unit() as uow:
        await delegate(uow, intent=new_intent(), wish=Wish(chama.group, giver, holder, Scope(), 30))
    proposal = await chama.propose(Expulsion(chama.members[4], "M. FOUR"))
    await chama.votes(proposal, ["yes", "yes"], first=2)
    wish = Wish(chama.group, chama.members[0], holder, Scope(proposal=proposal.id), 30)
    with pytest.raises(CannotDelegate):
        async with db.unit() as uow:
            await delegate(uow, intent=new_intent(), wish=wish)
    clock.moment = proposal.closes_at
    await chama.work()

    assert (await chama.now(proposal)).counts == {"yes": 2, "no": 0, "abstain": 0}


async def test_new_keys_are_put_around_open_ballots(db: Database, clock: FakeClock, database_url: str) -> None:
    chama = await Chama.of(db, 4)
    proposal = await chama.propose(Expulsion(chama.members[3], "M. THREE"))
    await chama.votes(proposal, ["yes", "yes", "no"])
    newer = Vault(["another-key-that-is-long-enough-987654", "test-key-that-is-long-enough-0123456789"])
    both = Database(database_url, clock=clock, ids=TimeOrderedIds(), vault=newer)
    assert (await rewrap_all(both, kinds=BALLOTS)).renewed == 3
    await both.close()

    only_new = Database(
        database_url, clock=clock, ids=TimeOrderedIds(), vault=Vault(["another-key-that-is-long-enough-987654"])
    )
    chama.database = only_new
    clock.moment = proposal.closes_at
    await chama.work()
    assert (await chama.now(proposal)).counts == {"yes": 2, "no": 1, "abstain": 0}
    await only_new.close()


async def test_an_election_where_the_rules_say_so_is_open(db: Database) -> None:
    chama = await Chama.of(db, 3, secret_elections=False)

    assert not (await chama.propose(Election("treasurer"))).secret
