"""A check digit for numbers that people remember, say and type.

Damm's method catches every single wrong digit and every swap of two neighbours, so that a slip of the thumb leads nowhere
instead of to somebody else.
"""

from __future__ import annotations

# H. M. Damm, "Total anti-symmetrische Quasigruppen" (2004): the totally anti-symmetric quasigroup of order ten.
QUASIGROUP = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)


def with_check_digit(digits: str) -> str:
    """The digits and the one that completes them."""
    return f"{digits}{_damm(digits)}"


def is_intact(digits: str) -> bool:
    """Whether the last digit is the right one for those before it. ASCII digits only."""
    return _damm(digits) == 0


def _damm(digits: str) -> int:
    state = 0
    for digit in digits:
        state = QUASIGROUP[state][int(digit)]
    return state
