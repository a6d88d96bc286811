"""Stopping a payment before it is made: enough members object, or who asked for it takes it back."""

from __future__ import annotations

from dataclasses import dataclass

from core.daos.groups import NotAMember, require_member
from core.daos.people import require_participant
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import DaoId, IntentId, MemberId
from core.treasury.models import TreasuryObjection, TreasuryRequest
from core.treasury.requests import Request, RequestClosed, UnknownRequest, as_request, close, lock_request
from core.treasury.words import has_objected, objections

STOPPABLE = ("open", "waiting")


@dataclass
class NotYourRequest(CoreError):
    """Only who asked for it can take it back."""

    code = "not-your-treasury-request"
    kind = Kind.FORBIDDEN


async def object_to(uow: UnitOfWork, *, request: IntentId, member: MemberId) -> Request:
    """Object to it before it is paid; a repeat changes nothing. With enough objections it is stopped for good.

    Raises UnknownRequest (to non-members too), OnlyWatches, RequestClosed.
    """
    row = await _of_hers(uow, request, member)
    await require_participant(uow, member=member, group=DaoId(row.dao_id))
    if await has_objected(uow, row, member):
        return as_request(row)
    if row.status not in STOPPABLE:
        raise RequestClosed(row.number, row.status)
    uow.session.add(TreasuryObjection(id=uow.ids.new(), request_id=row.id, user_id=member, created_at=uow.clock.now()))
    await uow.session.flush()
    if await objections(uow, row) >= row.objectors:
        await close(uow, row, "stopped")
    return as_request(row)


async def withdraw_request(uow: UnitOfWork, *, request: IntentId, member: MemberId) -> Request:
    """Take back her own request before it is paid; a repeat changes nothing.

    Raises UnknownRequest (to non-members too), NotYourRequest, RequestClosed.
    """
    row = await _of_hers(uow, request, member)
    if row.proposer != member:
        raise NotYourRequest
    if row.status == "withdrawn":
        return as_request(row)
    if row.status not in (*STOPPABLE, "failed"):
        raise RequestClosed(row.number, row.status)
    await close(uow, row, "withdrawn")
    return as_request(row)


async def _of_hers(uow: UnitOfWork, request: IntentId, member: MemberId) -> TreasuryRequest:
    row = await lock_request(uow, request)
    try:
        await require_member(uow, member=member, group=DaoId(row.dao_id))
    except NotAMember:
        raise UnknownRequest from None
    return row
