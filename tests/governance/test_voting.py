"""A vote from its proposal to its result: who may vote, what counts, when it closes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import DBAPIError

from core.daos.groups import NotAMember
from core.daos.rules import BadRule
from core.governance.delegating import Scope, Wish, delegate
from core.governance.errors import (
    BadProposal,
    CannotCancel,
    CannotSecond,
    NotAChoice,
    NotAVoter,
    TooManyProposals,
    VoteNotOpen,
)
from core.governance.matters import Expulsion, Motion, Poll, RuleChange, Spend
from core.governance.proposing import cancel, propose, second
from core.governance.results import arithmetic, outcome
from core.kernel.db import Database, as_role
from core.kernel.ids import MemberId, TimeOrderedIds
from core.kernel.secrets import Vault
from core.kernel.texts import catalogue
from core.ledger.service import KeyReused
from tests.conftest import FakeClock
from tests.daos.people import new_id, new_intent, shillings, someone
from tests.governance.chama import Chama


async def test_a_motion_of_twenty_passes_with_its_arithmetic(db: Database, clock: FakeClock) -> None:
    chama = await Chama.of(db, 20)
    proposal = await chama.propose()
    await chama.votes(proposal, {"yes": 9, "no": 3, "abstain": 2})
    await chama.work()
    assert (await chama.now(proposal)).state == "open"

    clock.moment = proposal.closes_at
    await chama.work()

    found = await chama.now(proposal)
    assert (found.state, found.counts, found.quorum) == ("passed", {"yes": 9, "no": 3, "abstain": 2}, 10)
    assert catalogue().say("en", arithmetic(found)) == "14 of 20 voted: Yes 9, No 3, Abstain 2. Quorum 10 reached."
    assert (await chama.messages())[-1] == ("Umoja, vote 1: PASSED. 14 of 20 voted: Yes 9, No 3, Abstain 2. Quorum 10 reached.")
    assert found.takes_effect_at is None


@pytest.mark.parametrize(
    ("votes", "why"),
    [
        ({"yes": 9}, "FAILED (too few voted)"),
        ({"yes": 5, "no": 5}, "FAILED (a tie)"),
        ({"yes": 4, "no": 5, "abstain": 3}, "FAILED"),
        ({"abstain": 12}, "FAILED (a tie)"),
    ],
)
async def test_what_fails_says_why(db: Database, clock: FakeClock, votes: dict[str, int], why: str) -> None:
    chama = await Chama.of(db, 20)
    proposal = await chama.propose()
    await chama.votes(proposal, votes)
    clock.moment = proposal.closes_at
    await chama.work()

    found = await chama.now(proposal)

    assert found.state == "failed"
    assert catalogue().say("en", outcome(found)) == why


async def test_the_list_is_frozen_when_it_is_proposed(db: Database, clock: FakeClock) -> None:
    chama = await Chama.of(db, 6)
    observer, leaver = chama.members[4], chama.members[5]
    await chama.becomes(observer, role="observer")
    proposal = await chama.propose()
    late = await chama.enter()
    await chama.becomes(leaver, status="left")

    assert (proposal.eligible, proposal.quorum) == (5, 3)
    for who in (late, observer, leaver, await someone(db)):
        with pytest.raises(NotAVoter):
            await chama.vote(proposal, who, "yes")
    assert (await chama.now(proposal)).eligible == 5
    with pytest.raises(DBAPIError, match="frozen"):
        await chama.sql(
            "INSERT INTO proposal_voters (id, proposal_id, voter_id, weight) VALUES (:id, :p, :v, 1) RETURNING 1",
            id=new_id(),
            p=proposal.id,
            v=late,
        )
    # The database doesn't take her ballot either, whoever writes it.
    with pytest.raises(DBAPIError, match="fk_ballots"):
        await raw_ballot(chama, proposal.id, late, at=clock.now())


async def test_who_joined_lately_has_no_vote_where_the_rules_say_so(db: Database, clock: FakeClock) -> None:
    chama = await Chama.of(db, 4, voter_days=30)
    clock.advance(days=40)
    await chama.enter()

    assert (await chama.propose()).eligible == 4


async def test_a_ballot_is_changed_until_the_close_and_the_last_one_counts(db: Database, clock: FakeClock) -> None:
    chama = await Chama.of(db, 2)
    proposal = await chama.propose()
    intent = new_intent()
    for _ in range(2):
        async with db.unit() as uow:
            from core.governance.voting import cast

            await cast(uow, intent=intent, proposal=proposal.id, voter=chama.members[0], choice="no", channel="ussd")
    changed = await chama.vote(proposal, chama.members[0], "yes")
    with pytest.raises(NotAChoice):
        await chama.vote(proposal, chama.members[1], "1")
    with pytest.raises(KeyReused):
        async with db.unit() as uow:
            await cast(uow, intent=intent, proposal=proposal.id, voter=chama.members[1], choice="no", channel="ussd")

    assert changed.changed
    history = await chama.sql("SELECT number, choice, replaced_at IS NULL FROM ballots ORDER BY number")
    assert history == [(1, "no", False), (2, "yes", True)]
    with pytest.raises(DBAPIError, match="uq_ballots_counting"):
        await raw_ballot(chama, proposal.id, chama.members[0], at=clock.now(), number=3)
    with pytest.raises(DBAPIError, match="stays"):
        await chama.sql("UPDATE ballots SET choice = 'no' RETURNING 1")
    with pytest.raises(DBAPIError, match="stays"):
        await chama.sql("DELETE FROM ballots RETURNING 1")

    clock.moment = proposal.closes_at
    await chama.work()
    assert (await chama.now(proposal)).counts == {"yes": 1, "no": 0, "abstain": 0}


async def test_a_vote_after_the_close_is_refused_even_before_the_worker_comes(db: Database, clock: FakeClock) -> None:
    chama = await Chama.of(db, 3)
    proposal = await chama.propose()
    clock.moment = proposal.closes_at
    with pytest.raises(VoteNotOpen):
        await chama.vote(proposal, chama.members[0], "yes")
    with pytest.raises(DBAPIError, match="not open"):
        await raw_ballot(chama, proposal.id, chama.members[0], at=clock.now())
    clock.advance(days=2)
    await chama.work()

    found = await chama.now(proposal)
    assert (found.state, found.closed_at) == ("failed", proposal.closes_at)
    with pytest.raises(DBAPIError, match="stays"):
        await chama.sql("UPDATE proposals SET counts = '{\"yes\": 3}' RETURNING 1")
    with pytest.raises(DBAPIError, match="does not become"):
        await chama.sql("UPDATE proposals SET state = 'open' RETURNING 1")


async def test_it_ends_early_when_nothing_can_change_it(db: Database, clock: FakeClock) -> None:
    chama = await Chama.of(db, 20)
    proposal = await chama.propose()
    await chama.votes(proposal, {"yes": 11})
    await chama.work()
    assert (await chama.now(proposal)).state == "open", "those who were quick may think again for an hour"

    clock.advance(hours=1)
    await chama.vote(proposal, chama.members[0], "no")
    await chama.work()
    assert (await chama.now(proposal)).state == "open"
    await chama.vote(proposal, chama.members[0], "yes")
    await chama.work()

    found = await chama.now(proposal)
    assert (found.state, found.closed_at) == ("passed", clock.now())
    with pytest.raises(VoteNotOpen):
        await chama.vote(proposal, chama.members[15], "no")


async def test_it_ends_at_once_when_everybody_has_voted(db: Database) -> None:
    chama = await Chama.of(db, 3)
    proposal = await chama.propose()
    await chama.votes(proposal, ["yes", "abstain", "no"])
    await chama.work()

    assert (await chama.now(proposal)).state == "failed"


async def test_grave_matters_and_those_of_members_need_a_seconder(db: Database, clock: FakeClock) -> None:
    chama = await Chama.of(db, 4)
    async with db.unit() as uow:
        made = await propose(
            uow,
            intent=new_intent(),
            group=chama.group,
            proposer=chama.members[1],
            matter=Motion(),
            words="Meet on Sunday",
        )
        assert made.state == "waiting"
    with pytest.raises(VoteNotOpen):
        await chama.vote(made, chama.members[0], "yes")
    late = await chama.enter()
    for who, refusal in ((chama.members[1], CannotSecond), (late, NotAVoter)):
        with pytest.raises(refusal):
            async with db.unit() as uow:
                await second(uow, proposal=made.id, seconder=who)
    async with db.unit() as uow:
        opened = await second(uow, proposal=made.id, seconder=chama.members[2])
    assert (opened.state, opened.seconder, opened.eligible) == ("open", chama.members[2], 4)

    async with db.unit() as uow:
        rule = RuleChange("fine", None, 100_00)
        waits = await propose(uow, intent=new_intent(), group=chama.group, proposer=chama.members[0], matter=rule)
    assert (waits.state, waits.special, waits.matter.before) == ("waiting", True, 50_00)  # type: ignore[union-attr]
    clock.moment = waits.waits_until
    await chama.work()
    assert (await chama.now(waits)).state == "lapsed"


async def test_what_cannot_be_proposed(db: Database) -> None:
    chama = await Chama.of(db, 3)
    outsider = await someone(db)
    await chama.becomes(chama.members[2], role="observer")

    async def refused(by: MemberId, matter: object, words: str = "Buy chairs") -> BaseException:
        with pytest.raises((BadProposal, BadRule, NotAMember)) as caught:
            async with db.unit() as uow:
                await propose(
                    uow,
                    intent=new_intent(),
                    group=chama.group,
                    proposer=by,
                    matter=matter,
                    words=words,  # type: ignore[arg-type]
                )
        return caught.value

    chair = chama.members[0]
    assert await refused(chair, Motion(), "x") == BadProposal("words")
    assert await refused(chair, Motion(), "W" * 61) == BadProposal("words")
    assert await refused(chair, Motion(), "\u202egnihtemos") == BadProposal("words")
    assert await refused(chair, RuleChange("fine", None, 50_00)) == BadProposal("same")
    assert isinstance(await refused(chair, RuleChange("voting_days", None, 31)), BadRule)
    assert await refused(chair, Expulsion(chair, "A. CHAIR")) == BadProposal("self")
    assert isinstance(await refused(chair, Expulsion(outsider, "NOBODY")), NotAMember)
    assert await refused(chair, Spend(shillings(0), "J. MWANGI", phone="+254712000001")) == BadProposal("amount")
    assert await refused(chama.members[2], Motion()) == BadProposal("observer")
    assert isinstance(await refused(outsider, Motion()), NotAMember)


async def test_one_member_does_not_flood_the_group(db: Database) -> None:
    chama = await Chama.of(db, 3)
    for _ in range(3):
        await chama.propose()
    with pytest.raises(TooManyProposals):
        await chama.propose()
    assert (await chama.propose(by=1)).number == 4


async def test_a_proposal_is_written_once_per_intent(db: Database) -> None:
    chama = await Chama.of(db, 2)
    intent, made = new_intent(), []
    for words in ("Buy chairs", "Buy chairs"):
        async with db.unit() as uow:
            made.append(
                await propose(uow, intent=intent, group=chama.group, proposer=chama.members[0], matter=Motion(), words=words)
            )
    assert made[0].id == made[1].id
    assert await chama.sql("SELECT count(*) FROM proposals") == [(1,)]


async def test_it_is_taken_back_only_by_its_proposer_and_before_the_first_vote(db: Database) -> None:
    chama = await Chama.of(db, 3)
    first, other = await chama.propose(), await chama.propose()
    await chama.vote(other, chama.members[1], "no")
    for proposal, who in ((first, chama.members[1]), (other, chama.members[0])):
        with pytest.raises(CannotCancel):
            async with db.unit() as uow:
                await cancel(uow, proposal=proposal.id, proposer=who)
    with pytest.raises(DBAPIError, match="voted already"):
        await chama.sql("UPDATE proposals SET state = 'cancelled' WHERE id = :p RETURNING 1", p=other.id)
    async with db.unit() as uow:
        assert (await cancel(uow, proposal=first.id, proposer=chama.members[0])).state == "cancelled"
    with pytest.raises(VoteNotOpen):
        await chama.vote(first, chama.members[1], "yes")


async def test_a_poll_is_won_by_the_most_votes_and_by_nobody_in_a_tie(db: Database, clock: FakeClock) -> None:
    chama = await Chama.of(db, 5)
    won = await chama.propose(Poll(("Naivasha", "Mombasa", "Kisumu")), "Where do we go?")
    tied = await chama.propose(Poll(("Goat", "Chicken")), "What do we eat?")
    await chama.votes(won, ["2", "2", "1"])
    await chama.votes(tied, ["2", "1", "abstain"])
    clock.moment = won.closes_at
    await chama.work()

    assert catalogue().say("en", outcome(await chama.now(won))) == "Mombasa WINS"
    assert (await chama.now(won)).counts == {"1": 1, "2": 2, "3": 0, "abstain": 0}
    assert catalogue().say("sw", outcome(await chama.now(tied))) == "LIMESHINDWA (sare)"


async def test_everybody_is_told_and_the_silent_are_reminded_by_day(db: Database, clock: FakeClock) -> None:
    clock.moment = datetime(2026, 11, 23, 21, 30, tzinfo=UTC)  # half past midnight in Nairobi
    chama = await Chama.of(db, 4)
    proposal = await chama.propose()
    await chama.work()
    assert len(await chama.messages()) == 4
    await chama.vote(proposal, chama.members[0], "yes")
    for _ in range(24 * 4):
        await chama.work()
        clock.advance(hours=1)

    reminders = await chama.sql(
        "SELECT created_at AT TIME ZONE 'Africa/Nairobi' FROM sms_delivery_log WHERE message LIKE '%: vote on %'"
    )
    assert len(reminders) == 3
    assert {at.hour for (at,) in reminders} == {9}
    assert len(await chama.messages()) == 4 + 3 + 4


async def raw_ballot(chama: Chama, proposal: object, voter: object, *, at: datetime, number: int = 1) -> None:
    await chama.sql(
        "INSERT INTO ballots (id, proposal_id, voter_id, number, choice, channel, cast_at, intent)"
        " VALUES (:id, :p, :v, :n, 'yes', 'ussd', :at, :intent) RETURNING 1",
        id=new_id(),
        p=proposal,
        v=voter,
        n=number,
        at=at,
        intent=new_id(),
    )


async def test_the_applications_rights_are_enough(empty_database: str, clock: FakeClock, vault: Vault) -> None:
    db = Database(as_role(empty_database, "mtaa_app"), clock=clock, ids=TimeOrderedIds(), vault=vault)
    chama = await Chama.of(db, 4)
    async with db.unit() as uow:
        wish = Wish(chama.group, chama.members[2], chama.members[1], Scope(), 30)
        await delegate(uow, intent=new_intent(), wish=wish)
    secret, rule = (
        await chama.propose(Expulsion(chama.members[3], "M. THREE")),
        await chama.propose(RuleChange("fine", None, 0)),
    )
    for proposal in (secret, rule):
        await chama.votes(proposal, ["yes", "yes"])
    clock.moment = rule.closes_at
    await chama.work()
    clock.advance(hours=24)
    await chama.work()

    assert (await chama.now(secret)).state == "executed"
    assert (await chama.now(rule)).counts == {"yes": 3, "no": 0, "abstain": 0}
    await db.close()
