"""The merry-go-round's."""

from __future__ import annotations

from collections.abc import Sequence

from core.daos.rotation.plan import DUES, TURNS
from core.daos.rotation.reading import CURRENT, ROUND
from core.kernel.ids import DaoId
from core.kernel.questions import Asked
from core.reports.rooms.here import Here


def menu(here: Here, group: DaoId) -> Sequence[Asked]:
    """Where the round stands."""
    return [ROUND.about(group=group, viewer=here.member)]


def turns(here: Here, group: DaoId) -> Sequence[Asked]:
    """Every turn, and what is owed at each."""
    known, current = here.id("rotation"), CURRENT.about(group=group)
    rotation = known or current
    return [*(() if known else (current,)), TURNS.about(rotation=rotation), DUES.about(rotation=rotation)]


def paying(here: Here, group: DaoId) -> Sequence[Asked]:
    """The same, and where it stands."""
    return [*menu(here, group), *turns(here, group)]
