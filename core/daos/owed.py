"""What a member may owe her group, in the words that a payment is shared by, and the protocol for whoever keeps such debts.

A payment is shared over everything that she owes in the order that the group has chosen (`Rules.allocation`), within a word
the oldest first. Charges for contributions, and their fines, are kept by `core.daos.dues`; whoever keeps other debts (loans) is
a `Source` and is listed in `core.daos.dues.sources`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import Money
from core.kernel.texts import Text
from core.ledger.accounts import Account, PotName, pot, treasury

Category = Literal["fines", "loan_interest", "loan_principal", "contribution", "welfare"]
# Where the money goes: the treasury, or one of the pots.
Purpose = Literal["treasury", "welfare", "rotation", "shares", "project", "loans"]
PURPOSES: tuple[Purpose, ...] = ("treasury", "welfare", "rotation", "shares", "project", "loans")


@dataclass(frozen=True)
class Owed:
    """One thing that she owes: how much is missing, since when it was due, and where the money goes.

    source, ref: who keeps this debt, and under which id. whole: it is paid in full or not at all.
    """

    source: str
    ref: UUID
    category: Category
    due_at: datetime
    missing: Money
    purpose: Purpose
    label: Text
    whole: bool = False
    kind: UUID | None = None


class Source(Protocol):
    """Keeps debts of one sort. Called with the member's dues locked (`core.daos.dues.locks`)."""

    @property
    def name(self) -> str:
        """Stands on every line that pays one of its debts; never changed."""
        ...

    async def owed(self, uow: UnitOfWork, *, group: DaoId, member: MemberId, at: datetime) -> Sequence[Owed]:
        """What she owes, for a payment that was completed `at` this moment."""
        ...

    async def paid(self, uow: UnitOfWork, *, ref: UUID, amount: Money, at: datetime) -> None:
        """So much of this debt is paid now, or is given back where the amount is negative. In the unit of the payment."""
        ...


def account_of(group: DaoId, purpose: Purpose) -> Account:
    """The account of the books where money for this purpose is."""
    if purpose == "treasury":
        return treasury(group)
    name: PotName = purpose
    return pot(group, name)
