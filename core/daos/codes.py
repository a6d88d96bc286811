"""The number by which a group is joined: six digits that survive being read aloud and typed on a keypad.

The last digit is a Damm check digit, which catches every single wrong digit and every swap of two neighbours, so that a
slip of the thumb doesn't lead into strangers' group.
"""

from __future__ import annotations

import re

from core.kernel.secrets import random_below

RANDOM_DIGITS = 5
# A code never starts with 0: spoken and typed numbers lose it.
LOWEST = 10 ** (RANDOM_DIGITS - 1)
TYPED = re.compile(r"[1-9][0-9]{5}", re.ASCII)
LONGEST_TYPED = 20

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


def new_code() -> str:
    """A random code, perhaps taken already."""
    return with_check_digit(str(LOWEST + random_below(9 * LOWEST)))


def with_check_digit(digits: str) -> str:
    """The digits and the one that makes them a code."""
    return f"{digits}{_damm(digits)}"


def read_code(typed: str) -> str | None:
    """The code that was typed, spaces and dashes forgiven; None when it can't be one."""
    if len(typed) > LONGEST_TYPED:
        return None
    digits = typed.replace(" ", "").replace("-", "")
    return digits if TYPED.fullmatch(digits) and _damm(digits) == 0 else None


def _damm(digits: str) -> int:
    state = 0
    for digit in digits:
        state = QUASIGROUP[state][int(digit)]
    return state
