"""What has been said about a request: by its approvers about exactly its digest, and by members who object to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import literal, select, union_all

from core.kernel.db import UnitOfWork, foreseeable
from core.kernel.ids import MemberId
from core.treasury.models import TreasuryApproval, TreasuryObjection, TreasuryRequest

Verdict = Literal["approved", "rejected"]
Capacity = Literal["official", "padlock"]
OBJECTED = "objected"


@dataclass(frozen=True)
class Said:
    """What an approver said."""

    member: MemberId
    verdict: Verdict
    capacity: Capacity
    at: datetime


async def said_about(uow: UnitOfWork, row: TreasuryRequest) -> list[Said]:
    """What its approvers said about exactly this digest, in order."""
    return [Said(*word) for word in await _words(uow, row) if word[1] != OBJECTED]


async def objections(uow: UnitOfWork, row: TreasuryRequest) -> int:
    """How many members object."""
    return sum(word == OBJECTED for _, word, _, _ in await _words(uow, row))


async def has_objected(uow: UnitOfWork, row: TreasuryRequest, member: MemberId) -> bool:
    """Whether she is one of them."""
    return any(one == member and word == OBJECTED for one, word, _, _ in await _words(uow, row))


@foreseeable
async def _words(uow: UnitOfWork, row: TreasuryRequest) -> Sequence[tuple[MemberId, Any, Any, datetime]]:
    approvals, objecting = TreasuryApproval, TreasuryObjection
    said = select(approvals.user_id, approvals.verdict, approvals.capacity, approvals.created_at, approvals.id)
    said = said.where(approvals.request_id == row.id, approvals.digest == row.digest)
    objected = select(objecting.user_id, literal(OBJECTED), literal(""), objecting.created_at, objecting.id)
    both = union_all(said, objected.where(objecting.request_id == row.id)).order_by("created_at", "id")
    return [(MemberId(one[0]), one[1], one[2], one[3]) for one in await uow.session.execute(both)]
