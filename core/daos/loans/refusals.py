"""Why a loan is refused, or something about it can't be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.kernel.errors import CoreError, Kind
from core.kernel.money import Money


@dataclass
class NoLoansHere(CoreError):
    """The group's rules give no loans."""

    code = "no-loans-here"
    kind = Kind.FORBIDDEN


@dataclass
class TooNewForLoan(CoreError):
    """A member may borrow from `until` on."""

    code = "too-new-for-loan"
    kind = Kind.FORBIDDEN

    until: datetime


@dataclass
class HasLoan(CoreError):
    """She has a loan of this group already, asked for or running."""

    code = "has-loan"
    kind = Kind.CONFLICT


@dataclass
class LoanTooLarge(CoreError):
    """At most `most` now: by her savings, by what the pot may lend, or by what is free to answer for it."""

    code = "loan-too-large"
    kind = Kind.INVALID

    most: Money


@dataclass
class LoanTooSmall(CoreError):
    """At least `low`."""

    code = "loan-too-small"
    kind = Kind.INVALID

    low: Money


@dataclass
class WrongTerm(CoreError):
    """From one month to `high`."""

    code = "loan-term"
    kind = Kind.INVALID

    high: int


@dataclass
class GuarantorsNeeded(CoreError):
    """So many different members other than herself have to vouch."""

    code = "guarantors-needed"
    kind = Kind.INVALID

    count: int


@dataclass
class SavingsTooSmall(CoreError):
    """The guarantor's free savings don't reach for what she is asked to answer for."""

    code = "savings-too-small"
    kind = Kind.CONFLICT

    available: Money


@dataclass
class UnknownLoan(CoreError):
    """There's no such loan, or nothing of it is for her to see or to do now."""

    code = "unknown-loan"
    kind = Kind.NOT_FOUND


@dataclass
class NotDecidable(CoreError):
    """This loan can't be decided now: guarantors haven't answered, it's decided, or it isn't late enough."""

    code = "loan-not-decidable"
    kind = Kind.CONFLICT


@dataclass
class NoOneElse(CoreError):
    """There's no official other than the borrower who could decide."""

    code = "no-other-official"
    kind = Kind.CONFLICT


@dataclass
class MoreThanOwed(CoreError):
    """Only `total` is owed."""

    code = "more-than-owed"
    kind = Kind.INVALID

    total: Money


@dataclass
class PotTooSmall(CoreError):
    """The loan pot may lend only `available` now."""

    code = "loan-pot-too-small"
    kind = Kind.CONFLICT

    available: Money
