"""What a group asks its members to contribute."""

from __future__ import annotations

from collections.abc import Sequence

from core.daos.dues.kinds import ENDED_TOO, KINDS, LAST_DAYS
from core.daos.people import PEOPLE
from core.kernel.ids import DaoId
from core.kernel.questions import Asked
from core.reports.rooms.here import Here


def menu(here: Here, group: DaoId) -> Sequence[Asked]:
    """All of them that are asked for."""
    return [KINDS.about(group=group, today=here.today)]


def one(here: Here, group: DaoId) -> Sequence[Asked]:
    """The one at hand, which may have ended, and when it can change."""
    kind = here.id("kind")
    return [ENDED_TOO.about(group=group), LAST_DAYS.about(kind=kind)] if kind else []


def whom(here: Here, group: DaoId) -> Sequence[Asked]:
    """The same, and whom it may be changed for."""
    return [*one(here, group), PEOPLE.about(group=group)]
