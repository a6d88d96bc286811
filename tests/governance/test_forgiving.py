"""A debt is forgiven by a secret vote in which the debtor has no voice."""

from __future__ import annotations

import pytest

from core.governance.errors import BadProposal
from core.governance.matters import WriteOff
from core.governance.voters import MISSED
from core.kernel.ids import MemberId
from tests.daos.people import new_id, shillings
from tests.daos.test_loans import Village, village
from tests.governance.chama import Chama

assert village  # the fixture of this name


async def test_a_debt_is_forgiven_by_the_others(village: Village) -> None:
    loan = await village.lend("amina", 1_000)
    people = list(village.people.values())
    chair = people.index(village.chair)
    chama = Chama(village.db, village.group, people)
    matter = WriteOff(shillings(1_000), village.amina, "B. DEBT", loan)
    with pytest.raises(BadProposal, match="bad-proposal"):
        await chama.propose(WriteOff(shillings(1_000), village.chair, "X", loan), by=chair)
    proposal = await chama.propose(matter, by=chair)
    assert proposal.secret
    assert proposal.eligible == len(people) - 1
    for voter in people:
        if voter != village.amina:
            await chama.vote(proposal, voter, "yes")
    await chama.work()
    assert await village.status(loan) == "running"
    village.clock.advance(hours=24)
    await chama.work()

    assert (await chama.now(proposal)).state == "executed"
    assert await village.status(loan) == "written_off"
    [(because,)] = await chama.sql("SELECT because FROM loans WHERE because IS NOT NULL")
    assert because == "vote 1"


async def test_who_has_missed_more_than_the_rules_allow_has_no_vote(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    chama = Chama(village.db, village.group, list(village.people.values()))

    async def missed(uow: object, *, group: object, members: object) -> dict[MemberId, int]:
        return {chama.members[1]: 3, chama.members[2]: 2, MemberId(new_id()): 9}

    monkeypatch.setattr("core.governance.voters.MISSED", (*MISSED, missed))

    assert (await chama.propose()).eligible == len(chama.members) - 1
