"""Resolutions as minutes need them: what was decided on a day, who moved and seconded it, and the counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from core.governance.models import ProposalRow
from core.governance.proposals import CLOSED, Proposal, load
from core.governance.results import arithmetic, outcome
from core.identity.models import MemberRow
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId
from core.kernel.texts import Text, text


@dataclass(frozen=True)
class Resolution:
    """A vote that closed, with the names of those who brought it. `seconder`: nobody had to stand behind it."""

    proposal: Proposal
    mover: str
    seconder: str | None


class Resolutions:
    """What minutes say about votes."""

    async def entries(self, uow: UnitOfWork, *, group: DaoId, since: datetime, until: datetime) -> Sequence[Text]:
        """Two sentences for each vote that ended in this span: what was decided, and by whom and how."""
        found = await resolutions(uow, group=group, since=since, until=until)
        return [sentence for one in found for sentence in _sentences(one)]


def _sentences(one: Resolution) -> tuple[Text, Text]:
    vote = one.proposal
    decided = text("minutes-vote", number=vote.number, what=vote.what, outcome=outcome(vote))
    if one.seconder is None:
        return decided, text("minutes-vote-by", sum=arithmetic(vote), mover=one.mover)
    return decided, text("minutes-vote-seconded", sum=arithmetic(vote), mover=one.mover, seconder=one.seconder)


async def resolutions(uow: UnitOfWork, *, group: DaoId, since: datetime, until: datetime) -> list[Resolution]:
    """What the group voted on that ended from `since` (included) to `until` (not), in the order of ending."""
    span = ProposalRow.closed_at >= since, ProposalRow.closed_at < until
    closed = select(ProposalRow).where(ProposalRow.dao_id == group, ProposalRow.state.in_(CLOSED), *span)
    found = await load(uow, closed.order_by(ProposalRow.closed_at, ProposalRow.number))
    people = {member for one in found for member in (one.proposer, one.seconder) if member}
    rows = await uow.session.execute(select(MemberRow.id, MemberRow.name).where(MemberRow.id.in_(people)))
    names = {identifier: str(name) for identifier, name in rows}
    return [Resolution(one, names[one.proposer], names[one.seconder] if one.seconder else None) for one in found]
