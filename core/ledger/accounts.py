"""Whose money it is: members, groups' treasuries, and the system accounts that mirror the outside world.

A positive balance is money that we hold for the owner. Every shilling held for somebody has its mirror on a system account,
so all balances of a currency together are always zero. Only system accounts may go below zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Literal

from core.kernel.ids import DaoId, MemberId

OwnerKind = Literal["member", "treasury", "system"]


class Bucket(Enum):
    """Which part of a balance: free to use, on its way, or set aside."""

    AVAILABLE = "available"
    PENDING = "pending"
    LOCKED = "locked"


@dataclass(frozen=True)
class Account:
    """An owner of money; with a currency it names one row of the books. Make it with the functions below."""

    kind: OwnerKind
    member: MemberId | None = None
    dao: DaoId | None = None
    name: str | None = None


def member_account(member: MemberId, dao: DaoId | None = None) -> Account:
    """A member's own money; with `dao`, what she holds inside that group."""
    return Account("member", member=member, dao=dao)


def treasury(dao: DaoId) -> Account:
    """What belongs to a group."""
    return Account("treasury", dao=dao)


def _system(name: str) -> Account:
    return Account("system", name=name)


# The mirror of our M-Pesa paybill: -500 here means that Safaricom holds 500 for us.
MPESA_UTILITY = _system("mpesa_utility")
# What the platform has earned in fees.
PLATFORM_FEES = _system("platform_fees")
# Money that arrived and can't be given to anybody yet.
SUSPENSE = _system("suspense")
