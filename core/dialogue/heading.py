"""Where an answer leads, as far as that is known before anything is asked: what screens ask there is asked with who she is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from core.dialogue.answers import Unreadable, read_answer
from core.dialogue.book import Book
from core.dialogue.screens import Asks
from core.dialogue.session import Session
from core.dialogue.turn import Input, Kind
from core.kernel.errors import CoreError

ASKABLE = frozenset({Asks.AMOUNT, Asks.DIGITS, Asks.TEXT})


@dataclass(frozen=True)
class Heading:
    """The screen that she comes to, or answers; and what is known there. `answer`: what she typed, as that screen reads it."""

    place: str = ""
    values: Mapping[str, Any] = field(default_factory=dict, repr=False)
    answer: object = field(default=None, repr=False)


def heading_of(book: Book, session: Session, inputs: Sequence[Input]) -> Heading:
    """Where the first of these inputs leads. A guess that is wrong costs questions, and nothing else."""
    if not inputs:
        return Heading()
    one = inputs[0]
    match one.kind:
        case Kind.BACK if session.pending and session.screen:
            return Heading(session.screen, session.values)
        case Kind.BACK if session.back:
            return Heading(*session.back[-1])
        case Kind.COMMAND:
            return Heading(one.value)
        case Kind.TYPED | Kind.CHOSE | Kind.MORE:
            return _led_to(book, session, one) or Heading(session.screen, session.values, _answered(session, one))
    return Heading()


def _led_to(book: Book, session: Session, one: Input) -> Heading | None:
    """What is behind the option that she chose, where its screen says so."""
    definition = book.screens.get(session.screen)
    if definition is None or session.pending or not (definition.leads or definition.each):
        return None
    try:
        chosen = str(read_answer(Asks(session.asks), one, session.shown))
    except (Unreadable, CoreError):
        return None
    if chosen in definition.leads:
        return Heading(definition.leads[chosen], session.values)
    if definition.each is None:
        return None
    place, name = definition.each
    return Heading(place, {**session.values, name: _meant(chosen)})


def _answered(session: Session, one: Input) -> object:
    """What she typed, where that may stand in a question; no choice, and nothing that is secret."""
    if session.pending or Asks(session.asks) not in ASKABLE:
        return None
    try:
        return read_answer(Asks(session.asks), one, session.shown)
    except (Unreadable, CoreError):
        return None


def _meant(chosen: str) -> object:
    """An option's id as the value that it stands for: an id, a number, or a word."""
    with suppress(ValueError):
        return UUID(chosen)
    return int(chosen) if chosen.isascii() and chosen.isdigit() else chosen
