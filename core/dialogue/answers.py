"""Reading an answer by what its screen asks. What can't be read gets a sentence that says what would do."""

from __future__ import annotations

from collections.abc import Sequence

from core.dialogue.screens import Asks
from core.dialogue.turn import Input, Kind
from core.kernel.money import Money
from core.kernel.texts import Text, text

MAX_CHARACTERS = 160
# A code by SMS or of an app, and a backup code.
CODE_LENGTHS = (6, 8)


class Unreadable(Exception):
    """The answer doesn't fit the question; `note` says why."""

    def __init__(self, note: Text) -> None:
        super().__init__(note.key)
        self.note = note


def read_answer(asks: Asks, one: Input, shown: Sequence[str]) -> str | Money:
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


def _choice(one: Input, shown: Sequence[str]) -> str:
    """The choice's id: a button carries it; a typed number counts the options as they were shown."""
    if one.kind is Kind.CHOSE:
        if one.value in shown:
            return one.value
    elif one.value.strip().isascii() and one.value.strip().isdigit() and len(one.value.strip()) <= 2:  # noqa: PLR2004
        place = int(one.value)
        if 1 <= place <= len(shown):
            return shown[place - 1]
    raise Unreadable(text("choose-one", count=len(shown)))


def _amount(typed: str) -> Money:
    amount = Money.parse(typed)
    if not amount:
        raise Unreadable(text("amount-above-zero"))
    return amount


def _digits(typed: str) -> str:
    digits = typed.strip().replace(" ", "")
    if not (digits.isascii() and digits.isdigit()):
        raise Unreadable(text("digits-only"))
    return digits


def _code(one: Input, shown: Sequence[str]) -> str:
    """A code; a number too short for one counts the options."""
    digits = _digits(one.value)
    if len(digits) in CODE_LENGTHS:
        return digits
    if shown and len(digits) <= 2:  # noqa: PLR2004 - as many digits as a number of an option has
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
