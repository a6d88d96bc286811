"""Which spends the members' vote has passed: the treasury's one question to governance.

A spend above the group's `vote_above` waits until a passed proposal is about exactly the same: its digest
(`core.daos.spending.spend_digest`) decides, and a passed proposal pays once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from core.daos.rules import Rules
from core.daos.spending import Payee
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import Money


@dataclass(frozen=True)
class PassedSpend:
    """A spend that the members have passed and that may take effect: which proposal, by whom, and exactly what."""

    proposal: UUID
    group: DaoId
    proposer: MemberId
    amount: Money
    payee: Payee
    reason: str
    category: str = "other"


class Votes(Protocol):
    """What the treasury asks about votes."""

    async def passed(self, uow: UnitOfWork, *, group: DaoId, spend: str) -> UUID | None:
        """The proposal about exactly this spend that has passed, and whose time to take effect has come."""
        ...

    async def to_take_up(self, uow: UnitOfWork, *, at_most: int) -> Sequence[PassedSpend]:
        """Passed spends that no request of the treasury was made of yet."""
        ...


class NothingPassed:
    """Nobody has voted: what needs a vote waits."""

    async def passed(self, uow: UnitOfWork, *, group: DaoId, spend: str) -> UUID | None:  # noqa: ARG002 - the port's shape
        """No proposal."""
        return None

    async def to_take_up(self, uow: UnitOfWork, *, at_most: int) -> Sequence[PassedSpend]:  # noqa: ARG002 - the port's shape
        """No spends."""
        return ()


VOTES: Votes = NothingPassed()


def needs_vote(rules: Rules, amount: Money) -> bool:
    """Whether the members decide about a spend of this amount."""
    return amount > rules.vote_above
