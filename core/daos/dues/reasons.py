"""Why an official decides something about a member's charge, in words that she and the others can read."""

from __future__ import annotations

from dataclasses import dataclass

from core.kernel.errors import CoreError, Kind

SHORTEST_REASON, LONGEST_REASON = 3, 40


@dataclass
class BadReason(CoreError):
    """A reason has `low` to `high` characters."""

    code = "bad-reason"
    kind = Kind.INVALID

    low: int
    high: int


def read_reason(typed: str, *, longest: int = LONGEST_REASON) -> str:
    """The reason with single spaces. Raises BadReason."""
    said = " ".join(typed.split())
    if not SHORTEST_REASON <= len(said) <= longest:
        raise BadReason(SHORTEST_REASON, longest)
    return said
