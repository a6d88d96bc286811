"""The words that flows and channels share: what a screen shows, what it asks, and where an answer leads.

Plain values; nothing here knows which channel shows them or what a turn is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from itertools import count
from typing import Any, Protocol, TypeVar
from uuid import UUID

from core.kernel.texts import Text


class HasId(Protocol):
    """What is listed as choices under its id."""

    @property
    def id(self) -> UUID: ...


Listed = TypeVar("Listed", bound=HasId)


class Asks(Enum):
    """What kind of answer a screen waits for."""

    CHOICE = "choice"
    AMOUNT = "amount"
    TEXT = "text"
    DIGITS = "digits"
    CODE = "code"  # six or eight digits, or one of the choices
    PIN = "pin"
    NEW_PIN = "new_pin"
    CONTACT = "contact"
    NOTHING = "nothing"


# Where options are numbers, "98" asks for the next page; "0" and "00" lead back and home.
KEYS = frozenset({98})
SECRET = frozenset({Asks.PIN, Asks.NEW_PIN})


class Assurance(IntEnum):
    """How sure we must be of who is speaking."""

    ANYONE = 0
    MEMBER = 1
    RECENT_PIN = 2  # reading: a PIN within the last minutes of a lasting chat will do
    PIN = 3  # money: asked each time


@dataclass(frozen=True)
class Choice:
    """An option: `id` is what the answer function receives, `label` what the person reads.

    number: the number that it always has, whatever else is offered, so that a dialled code keeps its meaning. code: what may be
    typed or dialled for it as well, such as a group's code.
    """

    id: str
    label: Text
    number: int | None = None
    code: str = ""


@dataclass(frozen=True)
class Screen:
    """What a person sees. `rows` follow the text line by line; a small screen shows them in pages.

    `live` names something whose news will be shown in this very message where a channel can do that. `picture` is what a
    picture of squares (a QR code) says, for channels that can show one. `secret`: it's shown once, kept sealed until she goes
    on, and taken away then where a channel can do that. `sent`: all rows are on their way as a message too, so a small screen
    may cut them.
    """

    text: Text
    choices: tuple[Choice, ...] = ()
    asks: Asks = Asks.CHOICE
    rows: tuple[Text, ...] = ()
    ends: bool = False
    live: UUID | None = None
    picture: str = field(default="", repr=False)
    secret: bool = False
    sent: bool = False


@dataclass(frozen=True)
class Go:
    """Go on to this screen or action; the values are remembered for the rest of the flow.

    `settled`: the screen that leads here is over, so the way back doesn't lead to it.
    """

    to: str
    values: Mapping[str, Any] = field(default_factory=dict)
    settled: bool = False


@dataclass(frozen=True)
class Again:
    """Show the same screen again with this sentence above it."""

    note: Text


@dataclass(frozen=True)
class End:
    """The flow is over; the person sees this last.

    undo: what takes it back, as long as it has had no consequences; a lasting chat offers that for half a minute.
    sent: the rows are on their way as a message too; a small screen then shows the first of them, and otherwise pages.
    """

    text: Text
    rows: tuple[Text, ...] = ()
    live: UUID | None = None
    secret: bool = False
    undo: Go | None = None
    sent: bool = False


Step = Go | Again | End


def go(to: str, **values: Any) -> Go:
    """Go on to `to`, remembering these values."""
    return Go(to, values)


def option(identifier: str, label: Text, number: int | None = None) -> Choice:
    """An option with its label, and its number where that is fixed."""
    return Choice(identifier, label, number)


def numbered(choices: Sequence[Choice]) -> list[tuple[int, Choice]]:
    """The options as they are shown, each with its number: a fixed one, else the lowest that is free and no key."""
    fixed = {choice.number for choice in choices}
    free = (number for number in count(1) if number not in fixed and number not in KEYS)
    return [(next(free) if choice.number is None else choice.number, choice) for choice in choices]


def chosen_of(found: Iterable[Listed], chosen: str) -> Listed | None:
    """The one whose id she chose; None when it isn't there any more."""
    return next((one for one in found if str(one.id) == chosen), None)


def answers(choices: Sequence[Choice]) -> dict[str, str]:
    """The ids of the options by what is typed for them."""
    codes = {choice.code: choice.id for choice in choices if choice.code}
    return codes | {str(number): choice.id for number, choice in numbered(choices)}
