"""Putting a request to the members' vote: as it stands, so that number, name and words needn't be typed a second time."""

from __future__ import annotations

from sqlalchemy import select

from core.daos.groups import NotAMember
from core.daos.people import require_participant, short_name
from core.governance.matters import Spend
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, IntentId, MemberId
from core.kernel.questions import Selected, given
from core.treasury.models import TreasuryRequest
from core.treasury.requests import UnknownRequest, as_request
from core.treasury.votes import VoteNotNeeded, may_be_put


async def to_vote_on(uow: UnitOfWork, *, viewer: MemberId, request: IntentId) -> tuple[Spend, str]:
    """What any member may propose about this request, and its words: a vote on exactly this amount, payee and reason.

    Raises UnknownRequest (to non-members too), OnlyWatches, VoteNotNeeded (also when they vote already, or it is over).
    """
    row = await uow.scalar(REQUEST, request=request)
    if row is None:
        raise UnknownRequest
    try:
        await require_participant(uow, member=viewer, group=DaoId(row.dao_id))
    except NotAMember:
        raise UnknownRequest from None
    if uow.clock.now() >= row.expires_at or not await may_be_put(uow, row):
        raise VoteNotNeeded(row.number)
    asked = as_request(row)
    payee = asked.payee
    name = short_name(payee.name) if payee.member else payee.name
    return Spend(asked.amount, name, payee.member, str(payee.phone) if payee.phone else None), asked.reason


REQUEST = Selected(
    select(TreasuryRequest).where(TreasuryRequest.id == given("request")).execution_options(populate_existing=True)
)
