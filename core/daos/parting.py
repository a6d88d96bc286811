"""What stands between a member and her group when she goes, and the protocol for whoever keeps something of it.

Whoever holds savings, fines, loans, guarantees or shares is a `Parting` and is listed in core/daos/partings.py. It says, for a
member in any state, which lines her account has on a day, and why she can't go yet; nobody else knows its tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import Money
from core.kernel.texts import Text
from core.ledger.service import Leg


@dataclass(frozen=True)
class Line:
    """One line of "if I left today": above zero she gets it, below zero she owes it.

    legs: how the books move when she goes (they add up to zero by themselves); none for what is only said.
    """

    label: Text
    amount: Money
    legs: tuple[Leg, ...] = ()


class Parting(Protocol):
    """Keeps something that has to be settled when a member goes."""

    @property
    def name(self) -> str:
        """Names it in logs; never changed."""
        ...

    async def lines(self, uow: UnitOfWork, *, group: DaoId, member: MemberId) -> Sequence[Line]:
        """Her lines as they are now. Asked again, in the unit that moves the money, for somebody who has gone already."""
        ...

    async def obstacles(self, uow: UnitOfWork, *, group: DaoId, member: MemberId) -> Sequence[Text]:
        """Why she may not go yet: whole sentences for herself. An expulsion doesn't ask."""
        ...

    async def waits(self, uow: UnitOfWork, *, group: DaoId, member: MemberId) -> bool:
        """Whether somebody who has gone (was expelled) can't be paid yet, because something of this is still undecided."""
        ...

    async def settled(self, uow: UnitOfWork, *, group: DaoId, member: MemberId) -> None:
        """The lines are paid in this very unit: close what they stood for, so that it isn't paid again."""
        ...
