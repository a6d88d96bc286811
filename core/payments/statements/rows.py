"""A statement of the provider's as its adapter has understood it: proven whole, its rows oldest first.

The rows of one file are believed together or not at all: a file whose running balance doesn't add up is refused as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.kernel.money import Money

# Accounts of ours at the provider that the books mirror, by our own names; others keep the provider's.
UTILITY, WORKING, CHARGES = "utility", "working", "charges"
# payment: a customer paid us. payout: we paid a customer. charge: what the provider took for one of these. reversal: an
# earlier transaction undone. own: our money between our accounts and the bank. other: for a person.
RowKind = Literal["payment", "payout", "charge", "reversal", "own", "other"]


@dataclass
class BadStatement(Exception):
    """The file can't be believed. `why` is a sentence for the operator; `line` of the file, 0 when it isn't about one."""

    why: str
    line: int = 0

    def __str__(self) -> str:
        return f"line {self.line}: {self.why}" if self.line else self.why


@dataclass(frozen=True)
class StatementRow:
    """One row that moved money. `amount` is signed: what it did to the account; `balance` is what it held afterwards.

    `at` is when the provider completed it. `party` is masked, `party_digest` the SHA-256 of the whole number in hex where the
    file shows it. `typed`: the account that the payer typed. `linked`: the receipt that it undoes. `details` has no number.
    """

    line: int
    receipt: str
    account: str
    kind: RowKind
    amount: Money
    balance: Money
    at: datetime
    details: str = ""
    party: str = ""
    party_digest: str = ""
    party_name: str = ""
    typed: str = ""
    linked: str = ""


@dataclass(frozen=True)
class Kept:
    """What an account held before the first and after the last row of a file."""

    opening: Money
    closing: Money


@dataclass(frozen=True)
class StatementFile:
    """A whole file. `digest` is the SHA-256 of its bytes in hex; `shortcode` is "" when it doesn't say whose it is.

    `skipped`: rows of attempts that came to nothing.
    """

    digest: str
    variant: str
    shortcode: str
    rows: tuple[StatementRow, ...]
    accounts: Mapping[str, Kept]
    skipped: int = 0
