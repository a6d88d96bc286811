"""What can be done in a group beyond its first screen, under three headings. A flow adds its door to DOORS, in one line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.daos.groups import find_group
from core.dialogue.definitions import ScreenDefinition, screen
from core.dialogue.screens import Choice, Go, Screen, Step, go
from core.dialogue.turn import Turn
from core.kernel.texts import Text, text

Heading = Literal["savings", "decisions", "more"]


@dataclass(frozen=True)
class Door:
    """An option of a group's menu: under which heading, its id, its label, and what is behind it, where `group` is known."""

    heading: Heading
    id: str
    label: Text
    to: Go


DOORS: tuple[Door, ...] = (
    # One line each. A new one goes to the end of its heading: the numbers that are dialled for the others stay.
    Door("decisions", "treasury", text("treasury-door"), go("treasury.menu")),
    Door("decisions", "to_approve", text("treasury-to-approve"), go("treasury.mine")),
    Door("decisions", "meetings", text("meet-door"), go("meet.menu")),
    Door("more", "rules", text("rules-door"), go("rules.menu")),
    Door("more", "people", text("people-door"), go("people.menu")),
    Door("savings", "board", text("dues-door-board"), go("dues.board")),
    Door("savings", "mine", text("dues-door-mine"), go("dues.mine")),
    Door("savings", "recurring", text("recurring-door"), go("recurring.menu")),
    Door("savings", "kinds", text("dues-door-kinds"), go("kinds.menu")),
    Door("savings", "merry", text("door-merry"), go("merry.menu")),
    Door("savings", "shares", text("door-shares"), go("shares.menu")),
    Door("savings", "welfare", text("door-welfare"), go("welfare.menu")),
    Door("savings", "loans", text("door-loans"), go("loans.menu")),
    Door("decisions", "votes", text("votes-door"), go("votes.menu")),
    Door("more", "statement", text("door-group-statement"), go("group_statement.span")),
    Door("more", "muhuri", text("door-muhuri"), go("muhuri.group")),
    Door("more", "receipt", text("door-receipt"), go("receipt.code")),
    Door("more", "leave", text("leave-door"), go("leave.menu")),
    Door("more", "chat", text("door-chat"), go("group_chat.menu")),
)


def behind(heading: Heading) -> tuple[Door, ...]:
    """The doors under this heading, in their order."""
    return tuple(door for door in DOORS if door.heading == heading)


def _menu(heading: Heading) -> ScreenDefinition:
    @screen(f"groups.{heading}", leads={door.id: door.to for door in behind(heading)})
    async def ask(turn: Turn) -> Screen:
        group = await find_group(turn.uow, group=turn.group)
        choices = tuple(Choice(door.id, door.label) for door in behind(heading))
        return Screen(text("group-doors", name=group.name), choices=choices)

    @ask.answered
    async def take(_turn: Turn, chosen: str) -> Step:
        return next(door.to for door in behind(heading) if door.id == chosen)

    return ask


savings_menu = _menu("savings")
decisions_menu = _menu("decisions")
more_menu = _menu("more")
