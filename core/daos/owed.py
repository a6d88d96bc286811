"""What a member may owe her group, in the words that a payment is shared by, and the protocol for whoever keeps such debts.

A payment is shared over everything that she owes in the order that the group has chosen (`Rules.allocation`), within a word
the oldest first. Charges for contributions, and their fines, are kept by `core.daos.dues`; whoever keeps other debts (loans) is
a `Source` and is listed in `core.daos.dues.sources`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, IntentId, MemberId, TransferId
from core.kernel.money import Money
from core.kernel.texts import Text
from core.ledger.accounts import Account, PotName, pot, treasury

Category = Literal["fines", "loan_interest", "loan_principal", "contribution", "welfare"]
# Where the money goes: the treasury, or one of the pots.
Purpose = Literal["treasury", "welfare", "rotation", "shares", "project", "loans"]
PURPOSES: tuple[Purpose, ...] = ("treasury", "welfare", "rotation", "shares", "project", "loans")


@dataclass(frozen=True)
class Part:
    """What a posted payment paid of one debt: `amount`, over all lines of that debt.

    payment: its intent. completed_at: when it counts as paid. payer: whose money it was.
    """

    ref: UUID
    amount: Money
    payer: MemberId
    payment: IntentId
    transfer: TransferId
    completed_at: datetime


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
    """Keeps debts of one sort. Called with the member's dues locked (`core.daos.dues_locks`)."""

    @property
    def name(self) -> str:
        """Stands on every line that pays one of its debts; never changed."""
        ...

    async def owed(self, uow: UnitOfWork, *, group: DaoId, member: MemberId, at: datetime) -> Sequence[Owed]:
        """What she owes, for a payment that was completed `at` this moment; what is planned to be paid counts as paid."""
        ...

    async def everybody(self, uow: UnitOfWork, *, group: DaoId, at: datetime) -> Mapping[MemberId, Sequence[Owed]]:
        """The same of everybody in the group who may owe something of this sort."""
        ...

    async def owing(self, uow: UnitOfWork, *, group: DaoId) -> Collection[MemberId]:
        """Who in the group may owe something of this sort now."""
        ...

    async def posted(self, uow: UnitOfWork, part: Part) -> None:
        """The money for this debt has moved: book it, in the unit that marks the payment posted, which happens once."""
        ...


def account_of(group: DaoId, purpose: Purpose) -> Account:
    """The account of the books where money for this purpose is."""
    if purpose == "treasury":
        return treasury(group)
    name: PotName = purpose
    return pot(group, name)
