"""Spends above what officials may decide: they wait for the members' vote on exactly the same, and a vote pays once."""

from __future__ import annotations

import pytest

from core.daos.spending import Payee
from core.governance.errors import NotYet
from core.governance.executions import Decided
from core.governance.matters import Spend
from core.kernel.money import Money
from core.treasury.asking import UnknownPayee
from core.treasury.limits import TreasuryLimit
from core.treasury.passing import carry_out_spend
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
