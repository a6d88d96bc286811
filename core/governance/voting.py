"""Casting a ballot: by one's own PIN, as often as one changes one's mind; the last one before the close counts.

Voters share the proposal's row while they write and whoever closes the vote has it alone, so a ballot is either in the result
or refused. What one voter sends twice at once takes turns at her own row of the list.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update

from core.daos.groups import NotAMember, require_member
from core.governance.counting import ABSTAIN
from core.governance.errors import NotAChoice, NotAVoter, VoteNotOpen
from core.governance.models import BallotRow, ProposalRow, VoterRow
from core.governance.proposals import Proposal, find_proposal, lock_proposal
from core.governance.scheduling import count_soon
from core.governance.sealing import open_choice, seal_choice
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, IntentId, MemberId
from core.kernel.questions import Selected, given
from core.ledger.service import KeyReused

# Even a vote that nobody can change any more stays open this long, so that those who were quick can think again.
OPEN_AT_LEAST = timedelta(hours=1)


@dataclass(frozen=True)
class Ballot:
    """A ballot as its voter sees it. `changed`: it took the place of an earlier one. A secret `choice` isn't told again."""

    proposal: Proposal
    choice: str | None
    changed: bool
    cast_at: datetime


async def cast(uow: UnitOfWork, *, intent: IntentId, proposal: UUID, voter: MemberId, choice: str, channel: str) -> Ballot:
    """Vote, or change one's vote; once per intent. `choice` is yes, no, abstain or an option's number.

    Raises UnknownProposal, NotAVoter, VoteNotOpen, NotAChoice, KeyReused.
    """
    before = await _first_answer(uow, intent=intent, proposal=proposal, voter=voter)
    if before is not None:
        return before
    await _refuse_when_over(uow, proposal)
    row = await lock_proposal(uow, proposal=proposal, shared=True)
    await _require_voter(uow, row, voter)
    # Her own row is ours now: whatever the same keystrokes did at this very moment is done.
    before = await _first_answer(uow, intent=intent, proposal=proposal, voter=voter)
    if before is not None:
        return before
    # One moment for the question whether it is in time and for the ballot itself.
    now = uow.clock.now()
    if not _is_open(row.state, row.closes_at, now):
        raise VoteNotOpen(row.number)
    found = await find_proposal(uow, proposal=proposal)
    if choice not in (*found.question.choices, ABSTAIN):
        raise NotAChoice
    written = await _write(uow, found, intent=intent, voter=voter, choice=choice, channel=channel, now=now)
    await _count_soon(uow, row)
    return await _as_ballot(uow, written)


async def _refuse_when_over(uow: UnitOfWork, proposal: UUID) -> None:
    """Before the row is shared: those who come too late would keep whoever counts from having it."""
    columns = select(ProposalRow.number, ProposalRow.state, ProposalRow.closes_at).where(ProposalRow.id == proposal)
    for number, state, closes_at in await uow.session.execute(columns):
        if state == "open" and not _is_open(state, closes_at, uow.clock.now()):
            raise VoteNotOpen(number)


def _is_open(state: str, closes_at: datetime | None, now: datetime) -> bool:
    return state == "open" and closes_at is not None and now < closes_at


async def _first_answer(uow: UnitOfWork, *, intent: IntentId, proposal: UUID, voter: MemberId) -> Ballot | None:
    row = await uow.session.scalar(select(BallotRow).where(BallotRow.intent == intent))
    if row is None:
        return None
    if (row.proposal_id, row.voter_id) != (proposal, voter):
        raise KeyReused
    return await _as_ballot(uow, row)


COUNTING = Selected(
    select(BallotRow).where(
        BallotRow.proposal_id == given("proposal"), BallotRow.voter_id == given("voter"), BallotRow.replaced_at.is_(None)
    )
)


async def own_ballot(uow: UnitOfWork, *, proposal: Proposal, voter: MemberId) -> Ballot | None:
    """Her ballot that counts, without what it says where the vote is secret."""
    row = await uow.scalar(COUNTING, proposal=proposal.id, voter=voter)
    return Ballot(proposal, row.choice, row.number > 1, row.cast_at) if row else None


def choice_of(uow: UnitOfWork, row: BallotRow) -> str:
    """What a ballot says, for whoever counts."""
    if row.choice is not None:
        return row.choice
    if row.sealed is None:
        raise LookupError("this ballot has been counted and is gone")
    return open_choice(uow, row.sealed, ballot=row.id)


async def _require_voter(uow: UnitOfWork, row: ProposalRow, voter: MemberId) -> None:
    """On the list and still a member. Whoever left, was suspended or joined later doesn't vote."""
    own = select(VoterRow).where(VoterRow.proposal_id == row.id, VoterRow.voter_id == voter)
    listed = await uow.session.scalar(own.with_for_update(key_share=True))
    try:
        await require_member(uow, member=voter, group=DaoId(row.dao_id))
    except NotAMember:
        listed = None
    if listed is None:
        raise NotAVoter


async def _write(
    uow: UnitOfWork, proposal: Proposal, *, intent: IntentId, voter: MemberId, choice: str, channel: str, now: datetime
) -> BallotRow:
    identifier = uow.ids.new()
    hers = BallotRow.proposal_id == proposal.id, BallotRow.voter_id == voter
    cast_before = await uow.session.scalar(select(func.count()).select_from(BallotRow).where(*hers)) or 0
    await uow.session.execute(update(BallotRow).where(*hers, BallotRow.replaced_at.is_(None)).values(replaced_at=now))
    row = BallotRow(
        id=identifier,
        proposal_id=proposal.id,
        voter_id=voter,
        number=cast_before + 1,
        choice=None if proposal.secret else choice,
        sealed=seal_choice(uow, choice, ballot=identifier) if proposal.secret else None,
        channel=channel,
        cast_at=now,
        intent=intent,
    )
    uow.session.add(row)
    await uow.session.flush()
    return row


async def _count_soon(uow: UnitOfWork, row: ProposalRow) -> None:
    """Have the worker see whether this was the ballot that decides."""
    earliest = (row.opened_at or uow.clock.now()) + OPEN_AT_LEAST
    await count_soon(uow, proposal=row.id, moment=max(earliest, uow.clock.now()))


async def _as_ballot(uow: UnitOfWork, row: BallotRow) -> Ballot:
    return Ballot(await find_proposal(uow, proposal=row.proposal_id), row.choice, row.number > 1, row.cast_at)
