"""Reading an answer by what its screen asks. What can't be read gets a sentence that says what would do."""

from __future__ import annotations

from collections.abc import Mapping

from core.dialogue.said_amounts import amount_alone
from core.dialogue.screens import Asks
from core.dialogue.turn import Input, Kind
from core.kernel.money import Money
from core.kernel.texts import Text, text

MAX_CHARACTERS = 160
# A code by SMS or of an app, and a backup code.
CODE_LENGTHS = (6, 8)
# An option's number, and a code that may be typed for it.
LONGEST_NUMBER = 3
LONGEST_CODE = 12


class Unreadable(Exception):
    """The answer doesn't fit the question; `note` says why."""

    def __init__(self, note: Text) -> None:
        super().__init__(note.key)
        self.note = note


def read_answer(asks: Asks, one: Input, shown: Mapping[str, str]) -> str | Money:
    """What the screen's answer function receives. Raises Unreadable, TooPrecise and the like."""
    if asks is not Asks.CHOICE and len(one.value) > MAX_CHARACTERS:
        raise Unreadable(text("answer-too-long"))
    match asks:
        case Asks.CHOICE | Asks.NOTHING:
            return _choice(one, shown)
        case Asks.CONTACT:
            return _contact(one)
        case Asks.CODE if one.kind is Kind.CHOSE:
            return _choice(one, shown)
        case _ if one.kind is not Kind.TYPED:
            raise Unreadable(text("type-the-answer"))
        case Asks.CODE:
            return _code(one, shown)
        case _:
            return _written(asks, one)


def _written(asks: Asks, one: Input) -> str | Money:
    """What was typed, as the screen wants it."""
    match asks:
        case Asks.AMOUNT:
            return _amount(one.value)
        case Asks.PIN | Asks.NEW_PIN if one.dialled:
            raise Unreadable(text("pin-needed"))
        case Asks.DIGITS | Asks.PIN | Asks.NEW_PIN:
            return _digits(one.value)
        case _:
            return _typed(one.value)


def _choice(one: Input, shown: Mapping[str, str]) -> str:
    """The choice's id: a button carries it; a typed number is the option's as it was shown."""
    if one.kind is Kind.CHOSE:
        if one.value in shown.values():
            return one.value
    elif (typed := one.value.strip()).isascii() and typed.isdigit() and len(typed) <= LONGEST_CODE:
        found = shown.get(typed) or shown.get(typed.lstrip("0"))
        if found is not None:
            return found
    raise Unreadable(text("choose-one", numbers=_numbers(shown)) if shown else text("nothing-to-choose"))


def _numbers(shown: Mapping[str, str]) -> str:
    """The numbers that would do, runs of them as "1-4"."""
    numbers = sorted(int(typed) for typed in shown if len(typed) <= LONGEST_NUMBER)
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def _amount(typed: str) -> Money:
    amount = amount_alone(typed) or Money.parse(typed)
    if not amount:
        raise Unreadable(text("amount-above-zero"))
    return amount


def _digits(typed: str) -> str:
    digits = typed.strip().replace(" ", "")
    if not (digits.isascii() and digits.isdigit()):
        raise Unreadable(text("digits-only"))
    return digits


def _code(one: Input, shown: Mapping[str, str]) -> str:
    """A code; a number too short for one counts the options."""
    digits = _digits(one.value)
    if len(digits) in CODE_LENGTHS:
        return digits
    if shown and len(digits) <= LONGEST_NUMBER:
        return _choice(one, shown)
    raise Unreadable(text("code-digits"))


def _typed(typed: str) -> str:
    if not typed.strip():
        raise Unreadable(text("nothing-typed"))
    return typed


def _contact(one: Input) -> str:
    if one.kind is not Kind.CONTACT:
        raise Unreadable(text("share-your-contact"))
    return one.value
