"""The report after an emergency: what the money was used for, in a sentence that every member gets."""

from __future__ import annotations

from dataclasses import dataclass

from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import IntentId, MemberId
from core.treasury.objecting import NotYourRequest
from core.treasury.reasons import clean_reason
from core.treasury.requests import Request, as_request, have_told, lock_request


@dataclass
class NoReportDue(CoreError):
    """Only a paid emergency is reported, and once."""

    code = "no-treasury-report-due"
    kind = Kind.CONFLICT


async def report_use(uow: UnitOfWork, *, request: IntentId, member: MemberId, words: str) -> Request:
    """Tell the group what an emergency payment was used for; until then there is no other emergency.

    Raises UnknownRequest, NotYourRequest, NoReportDue, BadReason.
    """
    row = await lock_request(uow, request)
    if row.proposer != member:
        raise NotYourRequest
    if row.path != "emergency" or row.status != "paid" or row.report is not None:
        raise NoReportDue
    row.report, row.reported_at, row.updated_at = clean_reason(words), uow.clock.now(), uow.clock.now()
    await uow.session.flush()
    await have_told(uow, row.id, "report")
    return as_request(row)
