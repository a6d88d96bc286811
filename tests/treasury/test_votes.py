"""Spends above what officials may decide: they wait for the members' vote on exactly the same, and a vote pays once."""

from __future__ import annotations

import pytest

from core.daos.spending import Payee
from core.dialogue.flows.votes import FORESIGHTS
from core.governance.errors import NotYet
from core.governance.executions import Decided
from core.governance.foresight import foresee
from core.governance.matters import Spend
from core.governance.proposing import cancel, propose
from core.kernel.ids import IntentId
from core.kernel.money import Money
from core.kernel.texts import catalogue
from core.treasury.asking import UnknownPayee
from core.treasury.limits import TreasuryLimit
from core.treasury.passing import carry_out_spend
from core.treasury.reading import see_request
from core.treasury.reasons import BadReason
from core.treasury.requests import UnknownRequest
from core.treasury.voting import VoteNotNeeded, to_vote_on
from tests.payments.desk import new_id

from .chama import Chama, shillings


async def vote_on(chama: Chama, amount: Money, *, words: str = "hospital", payee: Payee | None = None) -> Decided:
    """Members pass exactly this, and it is carried out; twice, as a worker may."""
    payee = payee or chama.payee(chama.members[0])
    matter = Spend(amount, payee.name, payee.member, payee.phone)
    passed = Decided(new_id(), 1, chama.group, chama.members[2].id, matter, words)
    for _ in range(2):
        async with chama.database.unit() as uow:
            await carry_out_spend(uow, passed)
    return passed


async def test_spend_above_the_officials_limit_waits_until_exactly_it_has_passed(chama: Chama) -> None:
    await chama.found()
    request = await chama.approved(shillings(20_001))
    await vote_on(chama, shillings(20_002))
    await vote_on(chama, shillings(20_001), words="another hospital")
    await vote_on(chama, shillings(20_001), payee=chama.payee(chama.members[1]))
    await chama.minute()
    before = await chama.find(request)
    passed = await vote_on(chama, shillings(20_001))
    after = await chama.find(request)

    assert request.needs_vote
    assert (before.status, before.proposal) == ("open", None)
    assert (after.status, after.proposal) == ("waiting", passed.proposal)
    numbers = await chama.rows("SELECT number FROM treasury_requests ORDER BY number")
    assert [row.number for row in numbers] == [1, 2, 3, 4], "the others became requests of their own"
    await chama.audit_is_clean()


async def test_vote_may_come_before_the_last_approval(chama: Chama) -> None:
    await chama.found()
    request = await chama.ask(shillings(20_001))
    await vote_on(chama, shillings(20_001))
    still = await chama.find(request)
    for person in chama.approvers(request):
        await chama.approve(request, person)

    assert still.status == "open"
    assert (await chama.find(request)).status == "waiting"


async def test_without_a_vote_nothing_above_the_limit_is_paid(chama: Chama) -> None:
    await chama.found()
    below, above = await chama.approved(shillings(20_000)), await chama.approved(shillings(20_001))
    await chama.minute()
    await chama.wait(days=6)
    await chama.minute()

    assert (below.status, above.status) == ("waiting", "open")
    assert ((await chama.find(below)).status, (await chama.find(above)).status) == ("paid", "open")
    await chama.wait(days=2)
    await chama.minute()
    assert (await chama.find(above)).status == "expired"


async def test_a_passed_vote_pays_once(chama: Chama) -> None:
    await chama.found()
    first, second = await chama.approved(shillings(20_001)), await chama.approved(shillings(20_001))
    await vote_on(chama, shillings(20_001))

    assert ((await chama.find(first)).status, (await chama.find(second)).status) == ("waiting", "open")


async def test_passed_spend_becomes_a_request_that_needs_no_further_vote(chama: Chama) -> None:
    await chama.found()
    passed = await vote_on(chama, shillings(30_000), words="chairs")
    [row] = await chama.rows("SELECT id, proposer, needs_vote, proposal_id, padlocks FROM treasury_requests")
    request = await chama.found_request(row.id)
    for person in chama.approvers(request):
        await chama.approve(request, person)
    await chama.wait(hours=25)
    await chama.minute()

    assert (row.proposer, row.needs_vote, row.proposal_id) == (chama.members[2].id, False, passed.proposal)
    assert chama.members[2].id not in row.padlocks
    assert (await chama.find(request)).status == "paid"
    await chama.audit_is_clean()


async def test_passed_spend_to_somebody_who_is_gone_is_refused(chama: Chama) -> None:
    await chama.found()
    gone = await chama.person()

    with pytest.raises(UnknownPayee):
        await vote_on(chama, shillings(30_000), payee=Payee("X", member=gone.id))
    assert await chama.rows("SELECT 1 FROM treasury_requests") == []


async def test_passed_spend_waits_for_the_days_limit_and_is_refused_when_no_day_is_enough(chama: Chama) -> None:
    await chama.found(money=shillings(200_000))
    await chama.approved(shillings(20_000))
    with pytest.raises(NotYet):
        await vote_on(chama, shillings(40_000))
    with pytest.raises(TreasuryLimit):
        await vote_on(chama, shillings(50_001))
    await chama.wait(hours=24)
    await vote_on(chama, shillings(30_000))

    assert len(await chama.rows("SELECT 1 FROM treasury_requests")) == 2


async def test_passed_spend_whose_fees_no_day_has_room_for_is_refused_and_not_tried_for_ever(chama: Chama) -> None:
    await chama.found(money=shillings(200_000))
    outside = await chama.outside()

    with pytest.raises(TreasuryLimit) as caught:
        await vote_on(chama, shillings(50_000), payee=outside)
    assert caught.value.limit == shillings(50_000) < caught.value.needed


async def test_a_request_to_an_outside_number_is_the_one_that_the_members_vote_on(chama: Chama) -> None:
    """As the vote is put from the request itself: nobody has to type number, name and words a second time."""
    await chama.found(money=shillings(200_000))
    request = await chama.approved(shillings(30_000), to=await chama.outside())
    async with chama.database.unit() as uow:
        matter, words = await to_vote_on(uow, viewer=chama.members[0].id, request=request.id)
        assert (await see_request(uow, viewer=chama.members[0].id, request=request.id)).may >= {"vote", "object"}
        made = await propose(
            uow, intent=IntentId(new_id()), group=chama.group, proposer=chama.chair.id, matter=matter, words=words
        )
    async with chama.database.unit() as uow:
        with pytest.raises(VoteNotNeeded):
            await to_vote_on(uow, viewer=chama.members[0].id, request=request.id)
        passed = Decided(made.id, made.number, made.group, made.proposer, made.matter, made.words)
        await carry_out_spend(uow, passed)

    assert ((await chama.find(request)).status, (await chama.find(request)).proposal) == ("waiting", made.id)
    assert len(await chama.rows("SELECT 1 FROM treasury_requests")) == 1


async def test_a_vote_isnt_used_up_by_a_request_that_a_new_official_has_made_void(chama: Chama) -> None:
    await chama.found(money=shillings(200_000))
    old = await chama.approved(shillings(30_000))
    await chama.role(chama.secretary, "member")
    await chama.role(chama.members[1], "secretary")
    passed = await vote_on(chama, shillings(30_000))
    await chama.minute()

    [row] = await chama.rows("SELECT id FROM treasury_requests WHERE proposal_id = :vote", vote=passed.proposal)
    assert (await chama.find(old)).status == "void"
    assert (await chama.found_request(row.id)).status == "open"
    assert row.id != old.id


async def test_a_vote_that_failed_may_be_put_again_and_what_needs_none_may_not(chama: Chama) -> None:
    await chama.found(money=shillings(200_000))
    request, small = await chama.ask(shillings(30_000)), await chama.ask(shillings(20_000))
    async with chama.database.unit() as uow:
        matter, words = await to_vote_on(uow, viewer=chama.chair.id, request=request.id)
        made = await propose(
            uow, intent=IntentId(new_id()), group=chama.group, proposer=chama.chair.id, matter=matter, words=words
        )
        await cancel(uow, proposal=made.id, proposer=chama.chair.id)
        assert "vote" in (await see_request(uow, viewer=chama.chair.id, request=request.id)).may
        assert "vote" not in (await see_request(uow, viewer=chama.chair.id, request=small.id)).may
        with pytest.raises(VoteNotNeeded):
            await to_vote_on(uow, viewer=chama.chair.id, request=small.id)
    stranger = await chama.person()
    async with chama.database.unit() as uow:
        with pytest.raises(UnknownRequest):
            await to_vote_on(uow, viewer=stranger.id, request=request.id)


@pytest.mark.parametrize("reason", ["ab", "x" * 31])
async def test_what_members_vote_on_is_for_words_that_fit_their_vote(chama: Chama, reason: str) -> None:
    await chama.found(money=shillings(200_000))
    with pytest.raises(BadReason):
        await chama.ask(shillings(30_000), reason=reason)
    await chama.ask(shillings(20_000), reason=reason)


async def test_trying_a_spend_first_says_its_fees_and_that_no_day_has_room_for_it(chama: Chama) -> None:
    await chama.found(money=shillings(200_000))
    outside = await chama.outside()

    async def says(amount: int, payee: Payee) -> list[str]:
        async with chama.database.unit() as uow:
            matter = Spend(shillings(amount), payee.name, payee.member, payee.phone)
            made = await propose(
                uow, intent=IntentId(new_id()), group=chama.group, proposer=chama.chair.id, matter=matter, words="chairs"
            )
            found = await foresee(uow, made, others=FORESIGHTS)
            await cancel(uow, proposal=made.id, proposer=chama.chair.id)
        return [catalogue().say("en", one) for one in found[1:]]

    assert await says(50_000, chama.payee(chama.members[0])) == []
    assert await says(50_001, chama.payee(chama.members[0])) == [
        "At most KES 50,000 is paid a day, fees included, so it could not be paid."
    ]
    [fees] = await says(20_000, outside)
    limit, more_fees = await says(50_000, outside)
    assert fees.startswith("Fees of KES ")
    assert limit.startswith("At most KES 50,000")
    assert more_fees.endswith("come on top.")
