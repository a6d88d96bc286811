"""Whose money it is: members, groups with their pots, and the system accounts that mirror the outside world.

A positive balance is money that we hold for the owner. Every shilling held for somebody has its mirror on a system account,
so all balances of a currency together are always zero. Only system accounts may go below zero. The names below are those of
the table `ledger_chart`, which says what each means; the database opens no pot and no system account that isn't in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Literal

from core.kernel.ids import DaoId, MemberId

OwnerKind = Literal["member", "treasury", "pot", "system"]
PotName = Literal["welfare", "loans", "rotation", "shares", "project", "reserve"]


class Bucket(Enum):
    """Which part of a balance: free to use, on its way, or set aside. Only holds reach the last two."""

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

    @cached_property
    def written(self) -> str:
        """All of it in one line, for what is made of it. Stays as it is for ever: fingerprints that are kept are made of it."""
        return f"{self.kind}|{self.member}|{self.dao}|{self.name}"


def member_account(member: MemberId, dao: DaoId | None = None) -> Account:
    """A member's own money; with `dao`, what she holds inside that group."""
    return Account("member", member=member, dao=dao)


def treasury(dao: DaoId) -> Account:
    """What belongs to a group and is for no purpose yet."""
    return Account("treasury", dao=dao)


def pot(dao: DaoId, name: PotName) -> Account:
    """What a group keeps for one purpose, apart from its treasury."""
    return Account("pot", dao=dao, name=name)


def _system(name: str) -> Account:
    return Account("system", name=name)


# The mirror of our M-Pesa paybill: -500 here means that Safaricom holds 500 for us.
MPESA_UTILITY = _system("mpesa_utility")
# The paybill's second account at Safaricom, mirrored the same way.
MPESA_WORKING = _system("mpesa_working")
# What Safaricom charged us for paying out.
MPESA_CHARGES = _system("mpesa_charges")
# The mirror of the paybill's account for those: 13 here means that Safaricom's Charges Paid account stands at -13.
MPESA_CHARGES_PAID = _system("mpesa_charges_paid")
# What members paid towards that; the difference between the two is ours.
MPESA_RECOVERED = _system("mpesa_recovered")
# What the platform has earned in fees.
PLATFORM_FEES = _system("platform_fees")
# The protocol's share of the fees.
PROTOCOL_FEES = _system("protocol_fees")
# Between the paybill's accounts and the bank: -200 here means that 200 left M-Pesa for the bank or is on its way.
MPESA_TRANSIT = _system("mpesa_transit")
# Set aside for payments that are being sent back to their payers.
MPESA_REFUNDS = _system("mpesa_refunds")
# What the operator bears of mistakes.
WRITE_OFFS = _system("write_offs")
# Money that arrived and can't be given to anybody yet.
SUSPENSE = _system("suspense")
# Between the currencies of an exchange: one row for each.
FX = _system("fx")
# The mirror of our wallets on the chain.
CHAIN_CUSTODY = _system("chain_custody")
# What the chain charged for transactions.
NETWORK_FEES = _system("network_fees")
