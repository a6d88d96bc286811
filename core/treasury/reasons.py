"""For what a payment is: the few words that every phone in the group can show, and the kinds of expense."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Literal

from core.daos.names import GSM_BASIC, LONGEST_TYPED, REFUSED_CATEGORIES, REWRITTEN
from core.governance import wording
from core.identity.names import folded
from core.kernel.errors import CoreError, Kind

SHORTEST, LONGEST = 2, 40
# What members vote on is for the words of their vote, which say exactly the same.
SHORTEST_VOTED, LONGEST_VOTED = wording.SHORTEST, wording.LONGEST_REASON
Category = Literal["supplies", "services", "welfare", "project", "refund", "fees", "other"]
CATEGORIES: tuple[Category, ...] = ("supplies", "services", "welfare", "project", "refund", "fees", "other")


@dataclass
class BadReason(CoreError):
    """These words can't be used: `low` to `high` characters, letters among them, that every phone can show."""

    code = "bad-treasury-reason"
    kind = Kind.INVALID

    low: int
    high: int


def clean_reason(typed: str, *, low: int = SHORTEST, high: int = LONGEST) -> str:
    """The words as they are kept: trimmed, single spaces, GSM characters only. Raises BadReason."""
    refused = BadReason(low, high)
    if len(typed) > LONGEST_TYPED or any(unicodedata.category(one) in REFUSED_CATEGORIES for one in typed.strip()):
        raise refused
    words = " ".join(folded(typed.strip().translate(REWRITTEN)).split())
    if not GSM_BASIC.issuperset(words) or not any(one.isalpha() for one in words):
        raise refused
    if not low <= len(words) <= high:
        raise refused
    return words
