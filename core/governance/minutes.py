"""Resolutions as minutes need them: what was decided on a day, who moved and seconded it, and the counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from core.governance.models import ProposalRow
from core.governance.proposals import CLOSED, Proposal, load
from core.identity.models import MemberRow
from core.kernel.clock import EAST_AFRICA
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId


@dataclass(frozen=True)
class Resolution:
    """A vote that closed, with the names of those who brought it. `seconder`: nobody had to stand behind it."""

    proposal: Proposal
    mover: str
    seconder: str | None


async def resolutions(uow: UnitOfWork, *, group: DaoId, day: date) -> list[Resolution]:
    """What the group voted on that ended on this day in East Africa, in the order of ending."""
    begins = datetime.combine(day, time(), EAST_AFRICA)
    that_day = ProposalRow.closed_at >= begins, ProposalRow.closed_at < begins + timedelta(days=1)
    closed = select(ProposalRow).where(ProposalRow.dao_id == group, ProposalRow.state.in_(CLOSED), *that_day)
    found = await load(uow, closed.order_by(ProposalRow.closed_at, ProposalRow.number))
    people = {member for one in found for member in (one.proposer, one.seconder) if member}
    rows = await uow.session.execute(select(MemberRow.id, MemberRow.name).where(MemberRow.id.in_(people)))
    names = {identifier: str(name) for identifier, name in rows}
    return [Resolution(one, names[one.proposer], names[one.seconder] if one.seconder else None) for one in found]
