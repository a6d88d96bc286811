"""Her standing payments to a group."""

from __future__ import annotations

from collections.abc import Sequence

from core.daos.recurring.plans import HERS_HERE, ONE_OF_HERS
from core.kernel.ids import DaoId
from core.kernel.questions import Asked
from core.reports.rooms.here import Here


def menu(here: Here, group: DaoId) -> Sequence[Asked]:
    """All of them."""
    return [HERS_HERE.about(member=here.member, group=group)]


def one(here: Here) -> Sequence[Asked]:
    """The one at hand."""
    return [ONE_OF_HERS.about(member=here.member, recurring=here.id("recurring"))] if here.id("recurring") else []
