"""Objecting to what was passed, before it takes effect: so many members as the rules say bring it to a new vote.

The new vote is the last word: nobody objects to what was confirmed by one.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from core.daos.groups import NotAMember, require_member
from core.governance.errors import CannotObject, NotAVoter
from core.governance.matters import OPEN_TO_OBJECTION
from core.governance.models import ObjectionRow, ProposalRow
from core.governance.proposals import lock_proposal
from core.governance.proposing import is_voter, vote_again
from core.governance.scheduling import tell_soon
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId


async def object_to(uow: UnitOfWork, *, proposal: UUID, voter: MemberId) -> int:
    """Object; returns how many more objections it takes. With the last one it is voted on again.

    Raises UnknownProposal, NotAVoter, CannotObject.
    """
    row = await lock_proposal(uow, proposal=proposal)
    await _require_voter(uow, row, voter)
    if not _is_open(uow, row) or await has_objected(uow, proposal=proposal, voter=voter):
        raise CannotObject
    new = ObjectionRow(id=uow.ids.new(), proposal_id=proposal, voter_id=voter, created_at=uow.clock.now())
    uow.session.add(new)
    await uow.session.flush()
    missing = max(row.objectors - await objections(uow, proposal=proposal), 0)
    if missing == 0:
        row.state = "objected"
        await uow.session.flush()
        await vote_again(uow, row=row)
        await tell_soon(uow, proposal=proposal, notice="objected")
    return missing


async def may_object(uow: UnitOfWork, *, proposal: UUID, voter: MemberId) -> bool:
    """Whether she could object now."""
    row = await uow.session.get_one(ProposalRow, proposal)
    open_to_her = _is_open(uow, row) and await is_voter(uow, proposal=proposal, member=voter)
    return open_to_her and not await has_objected(uow, proposal=proposal, voter=voter)


async def has_objected(uow: UnitOfWork, *, proposal: UUID, voter: MemberId) -> bool:
    """Whether she has objected."""
    hers = ObjectionRow.proposal_id == proposal, ObjectionRow.voter_id == voter
    return await uow.session.scalar(select(ObjectionRow.id).where(*hers)) is not None


async def objections(uow: UnitOfWork, *, proposal: UUID) -> int:
    """How many have objected."""
    count = select(func.count()).select_from(ObjectionRow).where(ObjectionRow.proposal_id == proposal)
    return await uow.session.scalar(count) or 0


def _is_open(uow: UnitOfWork, row: ProposalRow) -> bool:
    waits = row.state == "passed" and row.takes_effect_at is not None and uow.clock.now() < row.takes_effect_at
    return waits and row.kind in OPEN_TO_OBJECTION and row.revote_of is None


async def _require_voter(uow: UnitOfWork, row: ProposalRow, voter: MemberId) -> None:
    try:
        await require_member(uow, member=voter, group=DaoId(row.dao_id))
    except NotAMember:
        raise NotAVoter from None
    if not await is_voter(uow, proposal=row.id, member=voter):
        raise NotAVoter
