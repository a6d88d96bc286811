"""Closing a vote: at its time, or as soon as those who haven't voted can't change the result.

The result is a function of the ballots and delegations as they stood at the close, so it is the same whenever and however often
the worker comes. Whoever closes has the proposal's row alone; a ballot on its way is either counted or refused.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import insert, select, update

from core.governance import matters
from core.governance.counting import Verdict, decide, is_settled, tally
from core.governance.delegating import represented
from core.governance.models import BallotRow, PaperRow, ProposalRow, VoterRow
from core.governance.proposals import Proposal, find_proposal, lock_to_close
from core.governance.scheduling import execute_at, tell_soon
from core.governance.undone import undone
from core.governance.voting import OPEN_AT_LEAST, choice_of
from core.kernel.db import UnitOfWork
from core.kernel.ids import MemberId


@dataclass(frozen=True)
class Stand:
    """The ballots as they are: what each voter chose herself, and whose ballot counts for whom besides."""

    own: dict[MemberId, str]
    by_proxy: dict[MemberId, MemberId]

    def votes(self) -> list[str]:
        """Every vote that counts."""
        return [*self.own.values(), *(self.own[holder] for holder in self.by_proxy.values())]

    def by_ballot(self) -> dict[MemberId | None, list[MemberId]]:
        """Who was counted by whose ballot; None: by her own."""
        found: dict[MemberId | None, list[MemberId]] = {None: list(self.own)} if self.own else {}
        for giver, holder in self.by_proxy.items():
            found.setdefault(holder, []).append(giver)
        return found


async def close_if_due(uow: UnitOfWork, *, proposal: UUID) -> Verdict | None:
    """Close the vote if it is time or nothing can change; None when it goes on or was closed before."""
    seen = await find_proposal(uow, proposal=proposal)
    if not await _may_close(uow, seen):
        return None
    # Nobody shares the row any more once it is time. Before that voters go first, and the sweep comes again.
    row = await lock_to_close(uow, proposal=proposal, waits=_is_time(uow, seen))
    if row is None:
        return None
    found = await find_proposal(uow, proposal=proposal)
    return await _close(uow, row, found, await _stand(uow, found)) if await _may_close(uow, found) else None


async def _may_close(uow: UnitOfWork, proposal: Proposal) -> bool:
    if proposal.state != "open" or proposal.opened_at is None:
        return False
    if _is_time(uow, proposal):
        return True
    stand = await _stand(uow, proposal)
    for_how_long = uow.clock.now() - proposal.opened_at
    return _is_settled(proposal, stand) and (for_how_long >= OPEN_AT_LEAST or len(stand.own) == proposal.eligible)


def _is_time(uow: UnitOfWork, proposal: Proposal) -> bool:
    return proposal.closes_at is not None and uow.clock.now() >= proposal.closes_at


async def _stand(uow: UnitOfWork, proposal: Proposal) -> Stand:
    counting = select(BallotRow).where(BallotRow.proposal_id == proposal.id, BallotRow.replaced_at.is_(None))
    own = {MemberId(row.voter_id): choice_of(uow, row) for row in await uow.session.scalars(counting)}
    listed = await uow.session.scalars(select(VoterRow.voter_id).where(VoterRow.proposal_id == proposal.id))
    silent = [MemberId(voter) for voter in listed if voter not in own]
    by_proxy = await represented(uow, proposal=proposal, silent=silent, voted=own.keys())
    return Stand(own, by_proxy)


def _is_settled(proposal: Proposal, stand: Stand) -> bool:
    """Whoever is represented may still vote herself, so she counts as open."""
    counts = tally(proposal.question, stand.own.values())
    open_votes = proposal.eligible - len(stand.own)
    return is_settled(proposal.question, counts, quorum=proposal.quorum, open_votes=open_votes)


async def _close(uow: UnitOfWork, row: ProposalRow, proposal: Proposal, stand: Stand) -> Verdict:
    counts = tally(proposal.question, stand.votes())
    verdict = decide(proposal.question, counts, quorum=proposal.quorum)
    row.state = "passed" if verdict.passed else "failed"
    row.counts, row.winner = counts, verdict.winner
    # Its own time, even when the worker came late.
    row.closed_at = min(uow.clock.now(), row.closes_at or uow.clock.now())
    if verdict.passed and row.kind not in matters.RECORDED_ONLY:
        row.takes_effect_at = row.closed_at + timedelta(hours=row.execution_hours)
    await uow.session.flush()
    await _write_down(uow, proposal, stand)
    if proposal.secret:
        await _forget_who_chose_what(uow, proposal, stand)
    if not verdict.passed:
        await undone(uow, row, why="vote")
    if row.takes_effect_at is not None:
        await execute_at(uow, proposal=row.id, moment=row.takes_effect_at)
    await tell_soon(uow, proposal=row.id, notice="result")
    return verdict


async def _write_down(uow: UnitOfWork, proposal: Proposal, stand: Stand) -> None:
    """Whose ballot each vote was, so that anybody can count again."""
    for holder, voters in stand.by_ballot().items():
        listed = VoterRow.proposal_id == proposal.id, VoterRow.voter_id.in_(voters)
        await uow.session.execute(update(VoterRow).where(*listed).values(counted=holder or VoterRow.voter_id))


async def _forget_who_chose_what(uow: UnitOfWork, proposal: Proposal, stand: Stand) -> None:
    """The papers in the order of what they say, then every box of this vote is emptied."""
    papers = sorted(Counter(stand.votes()).elements())
    if papers:
        rows = [
            {"id": uow.ids.new(), "proposal_id": proposal.id, "number": number, "choice": choice}
            for number, choice in enumerate(papers, start=1)
        ]
        await uow.session.execute(insert(PaperRow).values(rows))
    await uow.session.execute(update(BallotRow).where(BallotRow.proposal_id == proposal.id).values(sealed=None))
