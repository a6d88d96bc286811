"""What officials decide about the welfare kitty."""

from __future__ import annotations

from collections.abc import Sequence

from core.daos.people import PEOPLE
from core.daos.welfare.claims import OPEN_WORDS, TO_DECIDE
from core.kernel.ids import DaoId
from core.kernel.questions import Asked
from core.reports.rooms.here import Here


def deciding(here: Here, group: DaoId) -> Sequence[Asked]:
    """The claims that wait for her word, and what was said to them."""
    waiting = TO_DECIDE.about(group=group, official=here.member, now=here.now)
    return [waiting, OPEN_WORDS.about(group=group), PEOPLE.about(group=group)]
