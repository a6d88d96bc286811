"""Moving money between a group's own pots."""

from __future__ import annotations

from collections.abc import Sequence

from core.daos.loans.funding import AGREEING, MOVE, MOVING, WORDS
from core.daos.people import PEOPLE
from core.identity.signing import ACCOUNTS
from core.kernel.ids import DaoId
from core.kernel.questions import Asked
from core.reports.rooms.here import Here


def menu(_here: Here, group: DaoId) -> Sequence[Asked]:
    """The move that waits, what was said about it, and whose word counts."""
    moving = MOVING.about(group=group)
    agreeing = AGREEING.about(funding=moving)
    return [
        MOVE.about(group=group),
        moving,
        WORDS.about(funding=moving),
        agreeing,
        ACCOUNTS.about(members=agreeing),
        PEOPLE.about(group=group),
    ]
