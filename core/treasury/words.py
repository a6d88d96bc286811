"""What has been said about a request: by its approvers about exactly its digest, and by members who object to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Select, literal, select, union_all

from core.kernel.db import UnitOfWork, foreseeable
from core.kernel.ids import MemberId
from core.treasury.models import TreasuryApproval, TreasuryObjection, TreasuryRequest

Verdict = Literal["approved", "rejected"]
Capacity = Literal["official", "padlock"]
OBJECTED = "objected"
# Who said what, as what, and when.
Word = tuple[MemberId, Any, Any, datetime]


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


async def lay_words(uow: UnitOfWork, rows: Sequence[TreasuryRequest]) -> None:
    """Lay at hand what was said about each of these requests, in a unit that only reads."""
    if uow.only_reads and rows:
        found = await _ask(uow, [row.id for row in rows])
        for row in rows:
            _words.foresee(uow, _of(row, found), row)


@foreseeable
async def _words(uow: UnitOfWork, row: TreasuryRequest) -> list[Word]:
    return _of(row, await _ask(uow, [row.id]))


def _of(row: TreasuryRequest, found: Sequence[Any]) -> list[Word]:
    """What is about this request; of approvals those of its digest."""
    return [
        (MemberId(member), word, capacity, at)
        for request, digest, member, word, capacity, at, _ in found
        if request == row.id and (word == OBJECTED or digest == row.digest)
    ]


async def _ask(uow: UnitOfWork, requests: Sequence[UUID]) -> Sequence[Any]:
    said, objected = TreasuryApproval, TreasuryObjection
    approvals = select(
        *(said.request_id, said.digest, said.user_id, said.verdict, said.capacity, said.created_at, said.id)
    ).where(said.request_id.in_(requests))
    objections = select(
        *(objected.request_id, literal(""), objected.user_id, literal(OBJECTED), literal("")),
        *(objected.created_at, objected.id),
    ).where(objected.request_id.in_(requests))
    both: Select[Any] = union_all(approvals, objections).order_by("created_at", "id")  # type: ignore[assignment]
    found: Sequence[Any] = (await uow.session.execute(both)).all()
    return found
