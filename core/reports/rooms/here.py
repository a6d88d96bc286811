"""What is known of somebody's place in the conversation before anything is asked about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from core.daos.calendar import day_of
from core.kernel.ids import DaoId
from core.kernel.questions import Asked


@dataclass(frozen=True)
class Here:
    """Where she is. `member`: the question of who she is, which goes where her id would; `values`: what her session knows.

    `answer`: what she typed there; `digests`: under which an invitation of her number is kept, where that is known.
    """

    member: Asked
    group: DaoId | None
    now: datetime
    values: Mapping[str, Any] = field(repr=False)
    answer: object = field(default=None, repr=False)
    digests: Sequence[str] = field(default=(), repr=False)

    @property
    def today(self) -> date:
        """The day it is in East Africa."""
        return day_of(self.now)

    def id(self, name: str) -> UUID | None:
        """An id that her session knows, if it does."""
        found = self.values.get(name)
        return found if isinstance(found, UUID) else None


# What is asked in a room, each with the very parameters that the verbs ask it with.
Room = Callable[[Here], Sequence[Asked]]
RoomOfGroup = Callable[[Here, DaoId], Sequence[Asked]]
