"""The number by which a group is joined: six digits that survive being read aloud and typed on a keypad.

The last digit is a Damm check digit, which catches every single wrong digit and every swap of two neighbours, so that a
slip of the thumb doesn't lead into strangers' group.
"""

from __future__ import annotations

import re

from core.kernel.check_digit import is_intact, with_check_digit
from core.kernel.secrets import random_below

RANDOM_DIGITS = 5
# A code never starts with 0: spoken and typed numbers lose it.
LOWEST = 10 ** (RANDOM_DIGITS - 1)
TYPED = re.compile(r"[1-9][0-9]{5}", re.ASCII)
LONGEST_TYPED = 20


def new_code() -> str:
    """A random code, perhaps taken already."""
    return with_check_digit(str(LOWEST + random_below(9 * LOWEST)))


def read_code(typed: str) -> str | None:
    """The code that was typed, spaces and dashes forgiven; None when it can't be one."""
    if len(typed) > LONGEST_TYPED:
        return None
    digits = typed.replace(" ", "").replace("-", "")
    return digits if TYPED.fullmatch(digits) and is_intact(digits) else None
