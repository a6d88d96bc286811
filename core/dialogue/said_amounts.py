"""Amounts as people write them into a sentence: 500, 1,500, 2,000/-, KES 2k, elfu mbili na mia tano, two thousand.

An amount is what can be read in exactly one way. Of anything else it is known that there was one, and it's asked for:
of two numbers, of 2.000, of -500, $500 and +2547..., of "elfu mbili na nusu", and of what begins with 0 like a phone's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.kernel.money import KES, LARGEST_WHOLE_UNITS, Money, NotAnAmount, TooPrecise

WORD = re.compile(r"[-+$€£]?[0-9](?:[0-9.,]*[0-9])?[^\W\d_]*|[^\W\d_]+")
# An apostrophe, typed or as a phone makes it, is left out: "don't" is "dont".
UNMARKED = str.maketrans(dict.fromkeys((0x27, 0x2019)))
# Nothing beside it that could make it another amount: "- 500".
ALONE = re.compile(r"[\w\s.,]+(?:/[-=])?\s*")
CURRENCY = frozenset({"ksh", "kes", "sh", "shs", "kshs", "shilingi", "shilling", "shillings", "bob"})
UNITS = ("moja", "mbili", "tatu", "nne", "tano", "sita", "saba", "nane", "tisa")
TENS = ("kumi", "ishirini", "thelathini", "arobaini", "hamsini", "sitini", "sabini", "themanini", "tisini")
SWAHILI_UNITS = {word: value for value, word in enumerate(UNITS, start=1)}
SWAHILI_TENS = {word: 10 * value for value, word in enumerate(TENS, start=1)}
SWAHILI_SCALES = {"mia": 100, "elfu": 1_000, "laki": 100_000, "milioni": 1_000_000}
TEENS = "eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
ONES = f"one two three four five six seven eight nine ten {TEENS}"
TIES = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
ENGLISH_ONES = {word: value for value, word in enumerate(ONES.split(), start=1)}
ENGLISH_TIES = {word: 10 * value for value, word in enumerate(TIES, start=2)}
ENGLISH_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000}
SCALES = SWAHILI_SCALES | ENGLISH_SCALES
COUNTED = SWAHILI_UNITS | SWAHILI_TENS | ENGLISH_ONES | ENGLISH_TIES
# Said beside a number, they make it another one.
FRACTIONS = frozenset({"nusu", "robo", "half", "quarter"})
WORDS = SCALES.keys() | COUNTED.keys() | FRACTIONS | CURRENCY
JOINS = frozenset({"na", "and"})
LONGEST_COUNT = 3


@dataclass(frozen=True)
class Said:
    """The amount, where exactly one was written; `unclear` where there was something like one.

    digits: every digit that was written, where nothing but digits was: a code. count: a small whole number, of shares perhaps.
    """

    amount: Money | None = None
    unclear: bool = False
    digits: str = ""
    count: str = ""


def words_of(typed: str) -> tuple[str, ...]:
    """The words and numbers of a sentence, in small letters; 2,000/- and 2,000/= are 2,000."""
    return tuple(WORD.findall(typed.lower().replace("/=", " ").replace("/-", " ").translate(UNMARKED)))


def amount_alone(typed: str) -> Money | None:
    """The amount, when nothing else was written: "elfu mbili", "KES 2k"."""
    words = words_of(typed)
    is_alone = ALONE.fullmatch(typed) is not None and all(word in WORDS or word in JOINS or _is_figure(word) for word in words)
    return read_amounts(words).amount if is_alone else None


def read_amounts(words: Sequence[str]) -> Said:
    """What the sentence has in numbers, in figures and in words."""
    found = list(_numbers(words))
    if not found:
        small = [str(COUNTED[word]) for word in words if word in COUNTED]
        return Said(unclear=any(word in FRACTIONS for word in words), count=small[0] if len(small) == 1 else "")
    figures = [word for word in words if _is_figure(word)]
    digits = "".join(figures) if all(word.isdigit() for word in figures) else ""
    cents = found[0] if len(found) == 1 and not FRACTIONS.intersection(words) else None
    if cents is None or not 0 < cents < LARGEST_WHOLE_UNITS * KES.units:
        return Said(unclear=True, digits=digits)
    count = digits if len(digits) <= LONGEST_COUNT and cents == int(digits or 0) * KES.units else ""
    return Said(Money(cents, KES), digits=digits, count=count)


def _numbers(words: Sequence[str]) -> Iterator[int | None]:
    """Cents of every number; None for one that can't be read."""
    place = 0
    while place < len(words):
        run = _run(words, place)
        if run:
            yield _value(run)
        place += len(run) or 1


def _run(words: Sequence[str], start: int) -> list[str]:
    """The words from here on that make one number together."""
    end = start
    while end < len(words) and (_counts(words[end]) or (end > start and _joins(words, end))):
        if end > start and _is_figure(words[end]) and _is_figure(words[end - 1]):
            break
        end += 1
    run = list(words[start:end])
    # "Moja" and "two" alone say more often "one of them" than an amount.
    alone = all(word in SWAHILI_UNITS or word in ENGLISH_ONES or word in JOINS for word in run)
    return [] if alone else run


def _joins(words: Sequence[str], place: int) -> bool:
    """Whether this is the "na" of a number: "mia mbili na hamsini", but not "mbili na weka"."""
    if words[place] not in JOINS or place + 1 == len(words):
        return False
    return not _is_figure(words[place - 1]) and words[place + 1] in SCALES.keys() | COUNTED.keys()


def _counts(word: str) -> bool:
    return word in SCALES or word in COUNTED or _is_figure(word)


def _is_figure(word: str) -> bool:
    return word[0] in "-+$€£0123456789"


def _value(run: list[str]) -> int | None:
    """Cents of one number."""
    figures = [word for word in run if _is_figure(word)]
    if not figures:
        whole = _english(run) if any(word in ENGLISH_SCALES or word in ENGLISH_TIES for word in run) else _swahili(run)
        return None if whole is None else whole * KES.units
    cents, scales = _figure(figures[0]), [word for word in run if word in SCALES]
    if cents is None or len(figures) + len(scales) != len(run) or len(scales) > 1:
        return None
    # "elfu 3" and "3 thousand", but "3 elfu" isn't said.
    if scales and (scales[0] in SWAHILI_SCALES) != (run[0] == scales[0]):
        return None
    return cents * (SCALES[scales[0]] if scales else 1)


def _figure(word: str) -> int | None:
    """Cents of 500, 1,500, 99.50, 5k, 1.5k, 500bob; None of what has two readings."""
    parts = re.fullmatch(r"([0-9.,]+)([^\W\d_]*)", word)
    if parts is None or not (parts[2] in CURRENCY or parts[2] in {"", "k"}):
        return None
    if parts[1][0] == "0" and parts[1][:2] != "0." and parts[1] != "0":
        return None
    try:
        return Money.parse(parts[1]).minor * (1_000 if parts[2] == "k" else 1)
    except (NotAnAmount, TooPrecise):
        return None


def _swahili(run: list[str]) -> int | None:
    """So "elfu tano" is 5,000, "elfu moja mia tano" 1,500, "mia na hamsini na tano" 155; None where it has two readings.

    "Elfu kumi na mbili" is 12,000 to some and 10,002 to others.
    """
    total, smallest, rest = 0, LARGEST_WHOLE_UNITS, run
    while rest:
        if rest[0] in JOINS:
            rest = rest[1:]
        elif rest[0] in SWAHILI_SCALES:
            scale, counted = SWAHILI_SCALES[rest[0]], [word for word in rest[1:2] if word in COUNTED]
            if scale >= smallest or (counted and _tens_and_units(rest[1:]) == len(rest) - 1 > 1):
                return None
            total, smallest, rest = total + scale * (COUNTED[counted[0]] if counted else 1), scale, rest[1 + len(counted) :]
        elif _tens_and_units(rest) == len(rest):
            return total + sum(COUNTED[word] for word in rest if word not in JOINS)
        else:
            return None
    return total


def _tens_and_units(words: Sequence[str]) -> int:
    """How many of these words are a number below a hundred: "hamsini", "hamsini na tano"; 0 when they don't begin with one."""
    if words[0] in SWAHILI_TENS:
        return 3 if len(words) > 2 and words[1] in JOINS and words[2] in SWAHILI_UNITS else 1  # noqa: PLR2004 - a ten, na, a unit
    return int(words[0] in SWAHILI_UNITS)


def _english(run: list[str]) -> int | None:
    """As "two thousand five hundred" and "a hundred and fifty" are said."""
    total, part = 0, 0
    for word in run:
        if word in JOINS:
            continue
        if word in {"thousand", "million"}:
            total, part = total + (part or 1) * ENGLISH_SCALES[word], 0
        elif word == "hundred":
            part = (part or 1) * 100
        elif word in ENGLISH_ONES or word in ENGLISH_TIES:
            part += ENGLISH_ONES.get(word, 0) or ENGLISH_TIES[word]
        else:
            return None
    return total + part
