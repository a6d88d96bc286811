"""A group's loans."""

from __future__ import annotations

from collections.abc import Sequence

from core.daos.loans.models import LIVE
from core.daos.loans.reading import ASKED_OF_HER, HERS, LIVE_PLEDGES, LIVE_WORDS, LOANS, OF_GROUP, RUNNING_BACK
from core.kernel.ids import DaoId
from core.kernel.questions import Asked
from core.reports.rooms.here import Here


def menu(here: Here, group: DaoId) -> Sequence[Asked]:
    """What waits for her word, and her own."""
    return [
        *deciding(here, group),
        ASKED_OF_HER.about(group=group, member=here.member),
        HERS.about(group=group, member=here.member),
    ]


def deciding(_here: Here, group: DaoId) -> Sequence[Asked]:
    """Those that are asked for or running, and what was said about them."""
    return [
        OF_GROUP.about(group=group, statuses=sorted(LIVE)),
        LIVE_PLEDGES.about(group=group),
        LIVE_WORDS.about(group=group),
        RUNNING_BACK.about(group=group, source=LOANS),
    ]


def vouching(here: Here, group: DaoId) -> Sequence[Asked]:
    """Who asks her to vouch."""
    return [ASKED_OF_HER.about(group=group, member=here.member)]


def hers(here: Here, group: DaoId) -> Sequence[Asked]:
    """Her own."""
    return [HERS.about(group=group, member=here.member)]
