"""Identifiers: time-ordered UUIDs inside, short Crockford references for people.

UUIDv7 (RFC 9562) keeps indexes compact because new keys land at the end. A reference leaves out I, L, O and U, so that it
survives being read aloud and typed on a keypad.
"""

from __future__ import annotations

import secrets
import time
from typing import NewType, Protocol
from uuid import UUID

MemberId = NewType("MemberId", UUID)
DaoId = NewType("DaoId", UUID)
IntentId = NewType("IntentId", UUID)
TransferId = NewType("TransferId", UUID)

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # pragma: allowlist secret - an alphabet
REFERENCE_LENGTH = 8
# As they are mistaken for each other when read aloud or copied by hand.
MISREAD = str.maketrans("OIL", "011")


class Ids(Protocol):
    """Makes identifiers. Tests make them predictable."""

    def new(self) -> UUID:
        """A fresh time-ordered id."""
        ...


class TimeOrderedIds:
    """UUIDv7 from the machine's clock and its source of randomness."""

    def new(self) -> UUID:
        milliseconds = time.time_ns() // 1_000_000
        bits = (milliseconds << 80) | secrets.randbits(80)
        bits = bits & ~(0xF << 76) | (0x7 << 76)
        bits = bits & ~(0x3 << 62) | (0x2 << 62)
        return UUID(int=bits)


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
