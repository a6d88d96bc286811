"""The words that flows and channels share: what a screen shows, what it asks, and where an answer leads.

A screen is two small functions in one place: one asks, one takes the answer. An action is one function behind a gate:
it moves money or shows something private, so it may want the PIN first. Neither knows which channel shows it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from core.kernel.texts import Text

if TYPE_CHECKING:
    from core.dialogue.turn import Turn


class Asks(Enum):
    """What kind of answer a screen waits for."""

    CHOICE = "choice"
    AMOUNT = "amount"
    TEXT = "text"
    DIGITS = "digits"
    PIN = "pin"
    NEW_PIN = "new_pin"
    CONTACT = "contact"
    NOTHING = "nothing"


SECRET = frozenset({Asks.PIN, Asks.NEW_PIN})


class Assurance(IntEnum):
    """How sure we must be of who is speaking."""

    ANYONE = 0
    MEMBER = 1
    RECENT_PIN = 2  # reading: a PIN within the last minutes of a lasting chat will do
    PIN = 3  # money: asked each time


@dataclass(frozen=True)
class Choice:
    """An option: `id` is what the answer function receives, `label` what the person reads."""

    id: str
    label: Text


@dataclass(frozen=True)
class Screen:
    """What a person sees. `rows` follow the text line by line; a small screen may cut them and say how many more.

    `live` names something whose news will be shown in this very message where a channel can do that.
    """

    text: Text
    choices: tuple[Choice, ...] = ()
    asks: Asks = Asks.CHOICE
    rows: tuple[Text, ...] = ()
    ends: bool = False
    live: UUID | None = None


@dataclass(frozen=True)
class Go:
    """Go on to this screen or action; the values are remembered for the rest of the flow."""

    to: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Again:
    """Show the same screen again with this sentence above it."""

    note: Text


@dataclass(frozen=True)
class End:
    """The flow is over; the person sees this last."""

    text: Text
    rows: tuple[Text, ...] = ()
    live: UUID | None = None


Step = Go | Again | End
Ask = Callable[["Turn"], Awaitable[Screen]]
Answer = Callable[["Turn", Any], Awaitable[Step]]
Act = Callable[["Turn"], Awaitable[Step]]


def go(to: str, **values: Any) -> Go:
    """Go on to `to`, remembering these values."""
    return Go(to, values)


@dataclass
class ScreenDefinition:
    """A named screen: who may see it, how it asks and how it takes the answer."""

    name: str
    needs: Assurance
    ask: Ask
    take: Answer | None = None

    def answered(self, take: Answer) -> Answer:
        """Decorator: this function takes the screen's answer."""
        self.take = take
        return take


@dataclass
class ActionDefinition:
    """A named action and what the person is told when her PIN is asked for it."""

    name: str
    needs: Assurance
    why: str
    act: Act


def option(identifier: str, label: Text) -> Choice:
    """An option with its label."""
    return Choice(identifier, label)


def screen(name: str, *, needs: Assurance = Assurance.MEMBER) -> Callable[[Ask], ScreenDefinition]:
    """Decorator: define a screen by the function that asks."""
    return lambda ask: ScreenDefinition(name, needs, ask)


def action(name: str, *, needs: Assurance, why: str) -> Callable[[Act], ActionDefinition]:
    """Decorator: define an action. `why` is the text shown above the PIN question; it gets the flow's values."""
    return lambda act: ActionDefinition(name, needs, why, act)
