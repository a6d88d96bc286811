"""A group's meetings."""

from __future__ import annotations

from collections.abc import Sequence

from core.daos.meetings import CALLED, LAST_START
from core.daos.minutes import CONFIRMED, UNCONFIRMED
from core.kernel.ids import DaoId
from core.kernel.questions import Asked
from core.reports.rooms.here import Here


def menu(here: Here, group: DaoId) -> Sequence[Asked]:
    """The one that is called, and minutes that wait."""
    return [CALLED.about(group=group, viewer=here.member), UNCONFIRMED.about(group=group)]


def called(here: Here, group: DaoId) -> Sequence[Asked]:
    """The one that is called."""
    return [CALLED.about(group=group, viewer=here.member)]


def next_one(_here: Here, group: DaoId) -> Sequence[Asked]:
    """When the last one began."""
    return [LAST_START.about(group=group)]


def minutes(_here: Here, group: DaoId) -> Sequence[Asked]:
    """The minutes that the chair has confirmed."""
    return [CONFIRMED.about(group=group)]


def unconfirmed(_here: Here, group: DaoId) -> Sequence[Asked]:
    """Minutes that wait for the chair."""
    return [UNCONFIRMED.about(group=group)]
