"""Choosing people, groups and what is called after them by their names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol
from uuid import UUID

from core.dialogue.screens import Choice, Screen
from core.kernel.texts import Text, text


class Named(Protocol):
    """Whoever has an id and a name."""

    @property
    def id(self) -> UUID: ...

    @property
    def name(self) -> str: ...


def by_name(found: Iterable[Named]) -> tuple[Choice, ...]:
    """An option for each."""
    return tuple(Choice(str(one.id), text("group-name", name=one.name)) for one in found)


def whom(question: Text, people: Iterable[Named]) -> Screen:
    """Who of them; where there is nobody, that is said."""
    choices = by_name(people)
    return Screen(question if choices else text("office-nobody"), choices=choices)
