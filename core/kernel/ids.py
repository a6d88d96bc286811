"""Identifiers: time-ordered UUIDs inside, short Crockford references for people.

UUIDv7 (RFC 9562) keeps indexes compact because new keys land at the end. A reference leaves out I, L, O and U, so that it
survives being read aloud and typed on a keypad.
"""

from __future__ import annotations

import os
import time
from typing import NewType, Protocol
from uuid import UUID

MemberId = NewType("MemberId", UUID)
DaoId = NewType("DaoId", UUID)
IntentId = NewType("IntentId", UUID)
TransferId = NewType("TransferId", UUID)

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # pragma: allowlist secret - an alphabet
REFERENCE_LENGTH = 8
# Parts that an id counts of a millisecond, and nanoseconds in one.
TICKS, NANOSECONDS = 4096, 1_000_000
# As they are mistaken for each other when read aloud or copied by hand.
MISREAD = str.maketrans("OIL", "011")


class Ids(Protocol):
    """Makes identifiers. Tests make them predictable."""

    def new(self) -> UUID:
        """A fresh time-ordered id."""
        ...


class TimeOrderedIds:
    """UUIDv7 from the machine's clock and its source of randomness, each after the one before (RFC 9562, 6.2, method 3).

    Twelve bits count parts of a millisecond, so that what is made together lies together in every index: in random order within
    a millisecond, a batch of a hundred left pages half empty.
    """

    def __init__(self) -> None:
        self._last = 0

    def new(self) -> UUID:
        # Counted on from the last one when the clock stands still or is set back.
        ticks = self._last = max(time.time_ns() * TICKS // NANOSECONDS, self._last + 1)
        milliseconds, part = divmod(ticks, TICKS)
        return UUID(int=milliseconds << 80 | 0x7 << 76 | part << 64 | 0x2 << 62 | int.from_bytes(os.urandom(8)) >> 2)


def reference(identifier: UUID) -> str:
    """A short name for people: eight characters from the random end of the id (40 bits)."""
    return crockford(identifier.int, REFERENCE_LENGTH)


def read_reference(typed: str) -> str | None:
    """The reference that these capitals and digits stand for, misread letters forgiven; None when it can't be one."""
    code = typed.translate(MISREAD)
    return code if len(code) == REFERENCE_LENGTH and set(code) <= set(CROCKFORD) else None


def crockford(number: int, length: int) -> str:
    """The last `length` characters, of five bits each, of a number."""
    return "".join(CROCKFORD[(number >> 5 * place) & 31] for place in reversed(range(length)))
