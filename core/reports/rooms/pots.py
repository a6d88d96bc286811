"""Moving money between a group's own pots."""

from __future__ import annotations

from collections.abc import Sequence

from core.daos.loans.funding import MOVE
from core.daos.people import PEOPLE
from core.kernel.ids import DaoId
from core.kernel.questions import Asked
from core.reports.rooms.here import Here


def menu(_here: Here, group: DaoId) -> Sequence[Asked]:
    """The move that waits, and whose word counts."""
    return [MOVE.about(group=group), PEOPLE.about(group=group)]
