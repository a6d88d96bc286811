"""What has been said about a request: by its approvers about exactly its digest, and by members who object to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId
from core.kernel.questions import Question, Row
from core.treasury.models import TreasuryRequest

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


async def lay_words(uow: UnitOfWork, group: DaoId, rows: Sequence[TreasuryRequest]) -> None:
    """Lay at hand what was said about each of these open requests of the group, in a unit that only reads."""
    if not uow.only_reads or not rows:
        return
    said: dict[int, list[Row]] = {row.number: [] for row in rows}
    for one in await uow.ask(OPEN_WORDS, group=group):
        said.setdefault(one["number"], []).append(one)
    for number, words in said.items():
        uow.lay(WORDS, words, group=group, number=number)


async def _words(uow: UnitOfWork, row: TreasuryRequest) -> list[Word]:
    """What was said about it; of approvals those of its digest."""
    return [
        (MemberId(one["member"]), one["word"], one["capacity"], one["at"])
        for one in await uow.ask(WORDS, group=row.dao_id, number=row.number)
        if one["word"] == OBJECTED or one["digest"] == row.digest
    ]


_WORDS = """
    SELECT r.number, said.* FROM treasury_requests r CROSS JOIN LATERAL (
      SELECT a.digest, a.user_id AS member, a.verdict AS word, a.capacity, a.created_at AS at, a.id
      FROM treasury_approvals a WHERE a.request_id = r.id
      UNION ALL
      SELECT NULL, o.user_id, 'objected', '', o.created_at, o.id FROM treasury_objections o WHERE o.request_id = r.id
    ) said
    WHERE r.dao_id = :group AND {which} ORDER BY said.at, said.id
"""
WORDS = Question(_WORDS.format(which="r.number = :number"))
OPEN_WORDS = Question(_WORDS.format(which="r.status = 'open'"))
# Of those that may wait for her word, in the order in which they are asked for.
PROPOSERS_TO_HER = Question("""
    SELECT ARRAY(SELECT DISTINCT proposer FROM treasury_requests WHERE dao_id = :group AND status = 'open'
      AND :member = ANY(signers || padlocks) ORDER BY proposer) AS members
""")
# Of one request, as a list.
PROPOSERS = Question("SELECT ARRAY[proposer] AS members FROM treasury_requests WHERE dao_id = :group AND number = :number")
