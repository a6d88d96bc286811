"""Putting a request to the members' vote: as it stands, so that number, name and words needn't be typed a second time."""

from __future__ import annotations

from core.daos.people import require_participant, short_name
from core.governance.matters import Spend
from core.kernel.db import UnitOfWork
from core.kernel.ids import IntentId, MemberId
from core.treasury.reading import see_request
from core.treasury.votes import VoteNotNeeded


async def to_vote_on(uow: UnitOfWork, *, viewer: MemberId, request: IntentId) -> tuple[Spend, str]:
    """What any member may propose about this request, and its words: a vote on exactly this amount, payee and reason.

    Raises UnknownRequest (to non-members too), OnlyWatches, VoteNotNeeded (also when they vote already, or it is over).
    """
    standing = await see_request(uow, viewer=viewer, request=request)
    asked = standing.request
    await require_participant(uow, member=viewer, group=asked.group)
    if "vote" not in standing.may:
        raise VoteNotNeeded(asked.number)
    payee = asked.payee
    name = short_name(payee.name) if payee.member else payee.name
    return Spend(asked.amount, name, payee.member, str(payee.phone) if payee.phone else None), asked.reason
