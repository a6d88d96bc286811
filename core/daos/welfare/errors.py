"""Why a claim on the welfare kitty isn't taken, or isn't paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.kernel.errors import CoreError, Kind
from core.kernel.money import Money


@dataclass
class NotABenefit(CoreError):
    """The group's kitty doesn't pay for this, or not so much: at most `high`."""

    code = "not-a-benefit"
    kind = Kind.INVALID

    high: Money


@dataclass
class BadReason(CoreError):
    """A claim says why in two to `most` characters."""

    code = "bad-claim-reason"
    kind = Kind.INVALID

    most: int


@dataclass
class StillWaiting(CoreError):
    """She hasn't belonged long enough: the kitty pays her from `at` on."""

    code = "still-waiting"
    kind = Kind.FORBIDDEN

    at: datetime


@dataclass
class YearUsed(CoreError):
    """More than her rest of the year, `left`."""

    code = "year-used"
    kind = Kind.LIMITED

    left: Money


@dataclass
class ClaimIsOpen(CoreError):
    """She has a claim that isn't decided yet."""

    code = "claim-is-open"
    kind = Kind.CONFLICT


@dataclass
class NoClaim(CoreError):
    """There is no such claim, or it was decided already."""

    code = "no-claim"
    kind = Kind.CONFLICT


@dataclass
class OwnClaim(CoreError):
    """Nobody decides on her own claim."""

    code = "own-claim"
    kind = Kind.FORBIDDEN


@dataclass
class KittyShort(CoreError):
    """The kitty has only `available`."""

    code = "kitty-short"
    kind = Kind.CONFLICT

    available: Money
