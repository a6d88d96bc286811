"""How a flow says what its screens and actions are.

A screen is two small functions in one place: one asks, one takes the answer. An action is one function behind a gate:
it moves money or shows something private, so it may want the PIN first. Neither knows which channel shows it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.dialogue.screens import Assurance, Go, Screen, Step
from core.dialogue.turn import Turn
from core.identity.approvals import Approval

Ask = Callable[[Turn], Awaitable[Screen]]
Answer = Callable[[Turn, Any], Awaitable[Step]]
Act = Callable[[Turn], Awaitable[Step]]
# What exactly is approved here; asked again at each step, so it has to say the same each time.
Approves = Callable[[Turn], Approval]
NOWHERE: Mapping[str, Go] = {}


@dataclass
class ScreenDefinition:
    """A named screen: who may see it, how it asks and takes the answer; and what stands above the PIN that it may need.

    `leads`, `each`: what is behind its options.
    """

    name: str
    needs: Assurance
    ask: Ask
    take: Answer | None = None
    approves: Approves | None = None
    leads: Mapping[str, str] = field(default_factory=dict)
    each: tuple[str, str] | None = None
    why: str = "pin-why-private"

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
    approves: Approves | None = None
    final: bool = False


def screen(
    name: str,
    *,
    needs: Assurance = Assurance.MEMBER,
    approves: Approves | None = None,
    leads: Mapping[str, Go] = NOWHERE,
    each: tuple[Go, str] | None = None,
    why: str = "pin-why-private",
) -> Callable[[Ask], ScreenDefinition]:
    """Decorator: define a screen by the function that asks.

    `leads`: where options of it lead whatever is found, by the option's id, so that what is asked there is asked at once.
    `each`: where all the others lead, and as which value the option's id is known there.
    `why` stands above the PIN question, where it needs one.
    """
    places = {one: to.to for one, to in leads.items()}
    others = (each[0].to, each[1]) if each else None
    return lambda ask: ScreenDefinition(name, needs, ask, None, approves, places, others, why)


def action(
    name: str, *, needs: Assurance, why: str, approves: Approves | None = None, final: bool = False
) -> Callable[[Act], ActionDefinition]:
    """Decorator: define an action. `why` is the text shown above the PIN question; it gets the flow's values.

    `final`: it can't be taken back, which a chat says beside the PIN question.
    `approves` says what she approves by it: where that takes more than her PIN, the code is asked for on the way here, and the
    action is carried out in the very unit that finds it proven.
    """
    return lambda act: ActionDefinition(name, needs, why, act, approves, final)
