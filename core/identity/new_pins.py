"""Which PINs are too easily guessed, and why: the reason is told, because a refusal without one teaches nothing.

People choose dates, patterns of the keypad and their own number: where they may, a few guesses open one account in eleven
(Bonneau, Preibusch, Anderson: "A birthday present every eleven wallets?"). Six digits keep it apart from an M-PESA PIN's four.
"""

from __future__ import annotations

import calendar
import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files

from core.kernel.errors import CoreError, Kind
from core.kernel.phone import Phone, national

DIGITS = 6
PIN_SHAPE = re.compile(r"[0-9]{6}", re.ASCII)
NO_DIGIT = re.compile(r"[^0-9]", re.ASCII)
# Years that people were born in or married in.
YEARS = range(1940, 2030)
# Lines on the keypad, in both directions: columns, rows, diagonals.
LINES = ("147", "258", "369", "741", "852", "963", "123", "456", "789", "321", "654", "987", "159", "951", "357", "753")
COLUMN_TO_ZERO = ("2580", "0852")
TWO, ONE_UP_OR_DOWN = 2, ({1}, {9})
# Common choices that no rule above catches: what others chose, and some more of ours (squares, runs with gaps, a film's agent).
OURS = ("110110", "115115", "119119", "120120", "135791", "246802", "357911", "481216", "510152", "999000", "101112", "725725")
COMMON = frozenset(
    pin
    for line in files("core.identity").joinpath("common_pins.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
    for pin in line.split()
) | frozenset(OURS)


@dataclass
class WeakPin(CoreError):
    """Not a PIN to protect money with. `reason` is shape, repeat, sequence, keypad, date, phone, own, common or previous."""

    code = "weak-pin"
    kind = Kind.INVALID
    reason: str


def check_new_pin(pin: str, *, phone: Phone, own: Iterable[str] = ()) -> None:
    """Raises WeakPin with the first reason that applies. `own` is what else others may know of her, as it's written."""
    if not PIN_SHAPE.fullmatch(pin):
        raise WeakPin("shape")
    checks = {
        "sequence": _is_sequence(pin),
        "repeat": _repeats(pin),
        "keypad": _is_keypad_pattern(pin),
        "phone": pin in phone or pin in national(phone),
        "own": any(pin in NO_DIGIT.sub("", known) for known in own),
        "date": _is_date(pin),
        "common": pin in COMMON,
    }
    for reason, applies in checks.items():
        if applies:
            raise WeakPin(reason)


def _repeats(pin: str) -> bool:
    """No more than two digits in all, one digit five times, a block said again or backwards, or each digit doubled."""
    same = max(pin.count(digit) for digit in set(pin))
    blocks = any(pin == pin[:length] * (DIGITS // length) for length in (1, 2, 3))
    return same >= DIGITS - 1 or len(set(pin)) <= TWO or blocks or pin == pin[::-1] or pin[::2] == pin[1::2]


def _is_sequence(pin: str) -> bool:
    """Digits in equal steps, round the end too (468024); five of them one up or one down (234560); or doubled (112233)."""
    doubled = pin[::2] == pin[1::2] and _steps(pin[::2]) in ONE_UP_OR_DOWN
    equal = len(_steps(pin)) == 1 and len(set(pin)) > 1
    return equal or any(_steps(five) in ONE_UP_OR_DOWN for five in (pin[:-1], pin[1:])) or doubled


def _steps(digits: str) -> set[int]:
    return {(int(after) - int(before)) % 10 for before, after in itertools.pairwise(digits)}


def _is_keypad_pattern(pin: str) -> bool:
    return (pin[:3] in LINES and pin[3:] in LINES) or any(column in pin for column in COLUMN_TO_ZERO)


def _is_date(pin: str) -> bool:
    """DDMMYY, YYMMDD, MMDDYY, or a year with two digits before or after it."""
    first, second, third = int(pin[:2]), int(pin[2:4]), int(pin[4:])
    days = _is_day(first, second) or _is_day(third, second) or _is_day(second, first)
    return days or int(pin[:4]) in YEARS or int(pin[2:]) in YEARS


def _is_day(day: int, month: int) -> bool:
    # Any leap year: 29 February counts as a date.
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(2024, month)[1]  # noqa: PLR2004 - months of a year
