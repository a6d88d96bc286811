"""What a hop that only reads asks for before any of it is wanted: with who she is, what is asked where she goes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from core.dialogue.book import Book
from core.dialogue.heading import Heading, heading_of
from core.dialogue.reading import Lay
from core.dialogue.session import Session
from core.dialogue.turn import Incoming, Input
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId
from core.reports.at_hand import lay_at_hand
from core.reports.rooms import room_of


def ahead_of(book: Book, session: Session, incoming: Incoming, inputs: Sequence[Input]) -> tuple[Lay, Lay]:
    """What lays at hand where the first of these inputs leads; and what does where she stays, once that was refused."""
    heading = heading_of(book, session, inputs)
    return partial(_lay, incoming, heading), partial(_lay_again, incoming, heading, session)


async def _lay(incoming: Incoming, heading: Heading, uow: UnitOfWork) -> None:
    """What screens ask for comes with the question of who she is, where nothing will be written."""
    if incoming.telegram is None and incoming.phone is None:
        return
    found = heading.values.get("group")
    await lay_at_hand(
        uow,
        device=incoming.device,
        phone=incoming.phone,
        telegram=incoming.telegram,
        group=DaoId(found) if isinstance(found, UUID) else None,
        place=heading.place,
        values=heading.values,
        answer=heading.answer,
    )


async def _lay_again(incoming: Incoming, heading: Heading, session: Session, uow: UnitOfWork) -> None:
    """What is asked where she stays wasn't asked with where she wanted to go, unless it's the same."""
    if room_of(session.screen) not in ("", room_of(heading.place)):
        await _lay(incoming, Heading(session.screen, session.values), uow)
