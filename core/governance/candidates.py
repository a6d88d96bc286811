"""Who stands for an office: whoever puts herself forward, or was put forward by others and accepts by her own PIN."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from core.daos.groups import Membership, NotAMember, require_member
from core.governance.errors import CannotStand, UnknownProposal
from core.governance.models import OptionRow, ProposalRow
from core.governance.proposals import lock_proposal
from core.governance.proposing import open_vote
from core.governance.scheduling import tell_soon
from core.governance.undone import undone
from core.governance.wording import LONGEST_CANDIDATE, readable_name
from core.identity.models import MemberRow
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId

MOST_CANDIDATES = 6


async def stand(uow: UnitOfWork, *, proposal: UUID, member: MemberId) -> None:
    """Be a candidate: put oneself forward, or accept. Raises UnknownProposal, NotAMember, CannotStand."""
    row = await _gathering(uow, proposal)
    await _require_candidate(uow, row, member)
    option = await _option(uow, proposal, member)
    if option is not None and option.status == "accepted":
        raise CannotStand("already")
    if option is None:
        option = await _add(uow, row, member)
    option.status, option.answered_at = "accepted", uow.clock.now()
    await uow.session.flush()


async def nominate(uow: UnitOfWork, *, proposal: UUID, by: MemberId, member: MemberId) -> None:
    """Put another member forward; she is asked, and counts when she accepts.

    Raises UnknownProposal, NotAMember, CannotStand.
    """
    row = await _gathering(uow, proposal)
    await require_member(uow, member=by, group=DaoId(row.dao_id))
    await _require_candidate(uow, row, member)
    if await _option(uow, proposal, member) is not None:
        raise CannotStand("already")
    option = await _add(uow, row, member)
    await tell_soon(uow, proposal=proposal, notice=f"asked {option.number}")


async def decline(uow: UnitOfWork, *, proposal: UUID, member: MemberId) -> None:
    """Don't stand (any more). Nothing happens where she wasn't put forward. Raises UnknownProposal, CannotStand."""
    await _gathering(uow, proposal)
    option = await _option(uow, proposal, member)
    if option is not None:
        option.status, option.answered_at = "declined", uow.clock.now()
        await uow.session.flush()


async def wake(uow: UnitOfWork, *, proposal: UUID) -> None:
    """Open an election whose candidates are known, or let lapse what nobody stood for or behind, once it is time."""
    row = await lock_proposal(uow, proposal=proposal)
    if row.state not in ("waiting", "gathering") or row.waits_until is None or uow.clock.now() < row.waits_until:
        return
    opens = row.state == "gathering" and await _stands_anybody(uow, proposal)
    if opens:
        await open_vote(uow, row)
    else:
        row.state = "lapsed"
        await uow.session.flush()
        await undone(uow, row, why="lapsed")
    await tell_soon(uow, proposal=proposal, notice="opened" if opens else "lapsed")


async def _gathering(uow: UnitOfWork, proposal: UUID) -> ProposalRow:
    row = await lock_proposal(uow, proposal=proposal)
    if row.kind != "election":
        raise UnknownProposal
    if row.state != "gathering":
        raise CannotStand("over")
    return row


async def _require_candidate(uow: UnitOfWork, row: ProposalRow, member: MemberId) -> Membership:
    try:
        membership = await require_member(uow, member=member, group=DaoId(row.dao_id))
    except NotAMember:
        raise CannotStand("member") from None
    if membership.role == "observer":
        raise CannotStand("member")
    return membership


async def _option(uow: UnitOfWork, proposal: UUID, member: MemberId) -> OptionRow | None:
    hers = OptionRow.proposal_id == proposal, OptionRow.member_id == member
    return await uow.session.scalar(select(OptionRow).where(*hers))


async def _add(uow: UnitOfWork, row: ProposalRow, member: MemberId) -> OptionRow:
    """The proposal's row is locked, so numbers are given one after another."""
    taken = list(await uow.session.scalars(select(OptionRow.label).where(OptionRow.proposal_id == row.id)))
    if len(taken) >= MOST_CANDIDATES:
        raise CannotStand("many")
    name = await uow.session.scalar(select(MemberRow.name).where(MemberRow.id == member)) or ""
    label = readable_name(name, longest=LONGEST_CANDIDATE)
    option = OptionRow(
        id=uow.ids.new(),
        proposal_id=row.id,
        number=len(taken) + 1,
        # Two of one name are told apart by who stood first.
        label=f"{label} ({len(taken) + 1})" if label in taken else label,
        member_id=member,
        status="asked",
    )
    uow.session.add(option)
    await uow.session.flush()
    return option


async def _stands_anybody(uow: UnitOfWork, proposal: UUID) -> bool:
    accepted = OptionRow.proposal_id == proposal, OptionRow.status == "accepted"
    return await uow.session.scalar(select(OptionRow.id).where(*accepted).limit(1)) is not None
