"""The merry-go-round's."""

from __future__ import annotations

from collections.abc import Sequence

from core.daos.rotation.reading import ROUND
from core.kernel.ids import DaoId
from core.kernel.questions import Asked
from core.reports.rooms.here import Here


def menu(here: Here, group: DaoId) -> Sequence[Asked]:
    """Where the round stands."""
    return [ROUND.about(group=group, viewer=here.member)]
