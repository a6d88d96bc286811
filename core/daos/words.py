"""What a member writes for others to read: a reason, a reply, an item of an agenda. Every phone can show it, in one SMS."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from core.daos.names import GSM_BASIC, REFUSED_CATEGORIES, REWRITTEN
from core.identity.names import folded
from core.kernel.errors import CoreError, Kind

SHORTEST, LONGEST = 3, 60
# Far beyond any reason; keeps the cleaning of hostile input cheap.
LONGEST_TYPED = 400


@dataclass
class BadWords(CoreError):
    """Not words that can be kept. `reason` is short, long or characters (a phone can't show them)."""

    code = "bad-words"
    kind = Kind.INVALID
    reason: str


def clean_words(typed: str, *, longest: int = LONGEST) -> str:
    """The words as they are kept: trimmed, single spaces, GSM characters only, 3 to 60 of them. Raises BadWords."""
    if len(typed) > LONGEST_TYPED:
        raise BadWords("long")
    words = " ".join(folded(typed.strip().translate(REWRITTEN)).split())
    if any(unicodedata.category(character) in REFUSED_CATEGORIES for character in words) or not GSM_BASIC.issuperset(words):
        raise BadWords("characters")
    if not SHORTEST <= len(words) <= longest:
        raise BadWords("short" if len(words) < SHORTEST else "long")
    return words
