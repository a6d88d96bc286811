"""What a group decides on by votes."""

from __future__ import annotations

from collections.abc import Sequence

from core.governance.proposals import LIVE_HERE
from core.kernel.ids import DaoId
from core.kernel.questions import Asked
from core.reports.rooms.here import Here


def menu(here: Here, group: DaoId) -> Sequence[Asked]:
    """What is undecided, and whether she has voted."""
    return [LIVE_HERE.about(group=group, viewer=here.member)]
