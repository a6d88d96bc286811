"""A member's votes in what she may take along, and without her name once she is forgotten."""

from __future__ import annotations

from datetime import timedelta

from core.governance.candidates import stand
from core.governance.delegating import Scope, Wish, delegate, given_by
from core.governance.matters import Election, Expulsion, Spend
from core.identity.erasure import erase, request_erasure
from core.kernel.db import Database
from core.reports.member_data import as_document, collect
from tests.conftest import FakeClock
from tests.daos.people import new_intent, shillings
from tests.governance.chama import Chama


async def test_a_forgotten_member_is_named_in_no_proposal(db: Database, clock: FakeClock) -> None:
    chama = await Chama.of(db, 5)
    gone = chama.members[4]
    election = await chama.propose(Election("auditor"))
    await chama.propose(Expulsion(gone, "Z. UNIQUE"), by=1)
    open_vote = await chama.propose(Spend(shillings(100), "Z. UNIQUE", member=gone), "chairs")
    await chama.vote(open_vote, gone, "yes")
    async with db.unit() as uow:
        await stand(uow, proposal=election.id, member=gone)
        wish = Wish(chama.group, gone, chama.members[1], Scope(), 30)
        await delegate(uow, intent=new_intent(), wish=wish)
    async with db.unit() as uow:
        found = await collect(uow, member=gone)
        assert [(row["kind"], row["choice"]) for row in found["votes"]] == [("spend", "yes")]
        assert len(found["representatives"]) == 1
        assert "Umoja" in as_document(found)
        await request_erasure(uow, member=gone)
    clock.moment += timedelta(days=8)
    async with db.unit() as uow:
        await erase(uow, member=gone)
        assert await given_by(uow, group=chama.group, giver=gone) == []

    named = await chama.sql(
        "SELECT details ->> 'name', details ->> 'payee' FROM proposals WHERE details ->> 'member' IS NOT NULL ORDER BY number"
    )
    assert named == [("FORMER MEMBER", None), (None, "FORMER MEMBER")]
    assert await chama.sql("SELECT label FROM proposal_options") == [("FORMER MEMBER",)]
