"""Spends above what officials may decide: they wait for the members' vote on exactly the same, and a vote pays once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import pytest

from core.daos.spending import Payee, spend_digest
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, IntentId
from core.kernel.money import Money
from core.treasury.asking import ask_passed
from core.treasury.jobs import look_at, take_up_votes
from core.treasury.votes import PassedSpend
from tests.payments.desk import new_id

from .chama import Chama, shillings


@dataclass
class VotesInMemory:
    """Passed proposals as governance would know them: about one exact spend of one group each."""

    passed_ones: list[PassedSpend] = field(default_factory=list)

    async def passed(self, uow: UnitOfWork, *, group: DaoId, spend: str) -> UUID | None:
        for one in self.passed_ones:
            about = spend_digest(group=one.group, amount=one.amount, payee=one.payee, reason=one.reason)
            if (one.group, about) == (group, spend):
                return one.proposal
        return None

    async def to_take_up(self, uow: UnitOfWork, *, at_most: int) -> Sequence[PassedSpend]:
        return self.passed_ones[:at_most]


async def vote_on(chama: Chama, amount: Money, *, reason: str = "hospital", payee: Payee | None = None) -> PassedSpend:
    passed = PassedSpend(new_id(), chama.group, chama.members[2].id, amount, payee or chama.payee(chama.members[0]), reason)
    chama.votes.passed_ones.append(passed)  # type: ignore[attr-defined]
    return passed


@pytest.fixture
async def voting(chama: Chama) -> Chama:
    chama.votes = VotesInMemory()
    return await chama.found()


async def test_spend_above_the_officials_limit_waits_until_exactly_it_has_passed(voting: Chama) -> None:
    request = await voting.approved(shillings(20_001))
    await vote_on(voting, shillings(20_002))
    await vote_on(voting, shillings(20_001), reason="another hospital")
    await vote_on(voting, shillings(20_001), payee=voting.payee(voting.members[1]))
    async with voting.database.unit() as uow:
        await look_at(uow, request=request.id, votes=voting.votes)
    before = await voting.find(request)
    passed = await vote_on(voting, shillings(20_001))
    async with voting.database.unit() as uow:
        await look_at(uow, request=request.id, votes=voting.votes)
    after = await voting.find(request)

    assert request.needs_vote
    assert (before.status, before.proposal) == ("open", None)
    assert (after.status, after.proposal) == ("waiting", passed.proposal)
    await voting.audit_is_clean()


async def test_the_real_default_lets_nothing_above_the_limit_through(chama: Chama) -> None:
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


async def test_a_passed_vote_pays_once(voting: Chama) -> None:
    await vote_on(voting, shillings(20_001))
    first, second = await voting.approved(shillings(20_001)), await voting.approved(shillings(20_001))

    assert (first.status, second.status) == ("waiting", "open")


async def test_passed_spend_becomes_a_request_that_needs_no_further_vote(voting: Chama) -> None:
    spend = await vote_on(voting, shillings(30_000), reason="chairs")
    for _ in range(2):
        await take_up_votes(voting, voting.votes)
    [row] = await voting.rows("SELECT id, proposer, needs_vote, proposal_id FROM treasury_requests")
    async with voting.database.unit() as uow:
        again = await ask_passed(uow, intent=IntentId(row.id), spend=spend)
    for person in voting.approvers(again):
        await voting.approve(again, person)
    await voting.wait(hours=25)
    await voting.minute()

    assert (row.proposer, row.needs_vote, row.proposal_id) == (voting.members[2].id, False, spend.proposal)
    assert voting.members[2].id not in again.padlocks
    assert (await voting.find(again)).status == "paid"
    await voting.audit_is_clean()


async def test_passed_spend_that_can_not_be_paid_waits(voting: Chama) -> None:
    await vote_on(voting, shillings(49_000), payee=Payee("X", member=(await voting.person()).id))
    await take_up_votes(voting, voting.votes)

    assert await voting.rows("SELECT 1 FROM treasury_requests") == []
