"""What belongs to a share-out beside the pot of the shares itself: returns, liabilities and members' own debts.

Whoever keeps such money or such debts adds a function to one of these lists, in one line; nothing is netted that isn't here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import Money
from core.ledger.accounts import Account


@dataclass(frozen=True)
class Return:
    """Money of the group that is shared out too: so much from this account."""

    name: str
    account: Account
    amount: Money


@dataclass(frozen=True)
class Liability:
    """What the group still has to pay out of the pot of the shares; it stays there."""

    name: str
    amount: Money


@dataclass(frozen=True)
class Debt:
    """What a member owes her group and where it goes; it's taken from her own part, as far as that goes."""

    name: str
    member: MemberId
    account: Account
    amount: Money


RETURNS: list[Callable[[UnitOfWork, DaoId], Awaitable[list[Return]]]] = []
LIABILITIES: list[Callable[[UnitOfWork, DaoId], Awaitable[list[Liability]]]] = []
DEBTS: list[Callable[[UnitOfWork, DaoId], Awaitable[list[Debt]]]] = []
