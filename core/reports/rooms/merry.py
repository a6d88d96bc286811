"""The merry-go-round's."""

from __future__ import annotations

from collections.abc import Sequence

from core.daos.rotation.plan import DUES, TURNS
from core.daos.rotation.reading import ROUND
from core.kernel.ids import DaoId
from core.kernel.questions import Asked
from core.reports.rooms.here import Here


def menu(here: Here, group: DaoId) -> Sequence[Asked]:
    """Where the round stands."""
    return [ROUND.about(group=group, viewer=here.member)]


def turns(here: Here, group: DaoId) -> Sequence[Asked]:
    """Where it stands, every turn, and what is owed at each."""
    rotation = here.id("rotation")
    if rotation is None:
        return menu(here, group)
    return [*menu(here, group), TURNS.about(rotation=rotation), DUES.about(rotation=rotation)]
