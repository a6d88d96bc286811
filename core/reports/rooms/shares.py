"""A group's shares."""

from __future__ import annotations

from collections.abc import Sequence

from core.daos.dues.charges import OPEN
from core.daos.dues.standing import FINES
from core.daos.loans.reading import EARNED, LOANS, OF_GROUP, RUNNING_BACK
from core.daos.savings import SAVED_FOR
from core.daos.shares.cycles import CYCLE
from core.daos.shares.reckoning import OWNERS
from core.daos.shares.share_out import WAITING
from core.daos.shares.sources import BEGAN, SHARED
from core.kernel.ids import DaoId
from core.kernel.money import KES
from core.kernel.questions import Asked
from core.ledger.accounts import pot, treasury
from core.ledger.service import HELD_IN, balance_of
from core.reports.rooms.here import Here


def menu(_here: Here, group: DaoId) -> Sequence[Asked]:
    """The cycle that runs."""
    return [CYCLE.about(group=group)]


def out(here: Here, group: DaoId) -> Sequence[Asked]:
    """The share-out that waits, and everything that sharing out now would come to."""
    began = BEGAN.about(group=group)
    return [
        WAITING.about(group=group, now=here.now),
        CYCLE.about(group=group),
        began,
        EARNED.about(group=group, since=began),
        FINES.about(group=group, since=began),
        SHARED.about(group=group),
        SAVED_FOR.about(group=group, purpose="shares"),
        OWNERS.about(group=group),
        OPEN.about(group=group),
        OF_GROUP.about(group=group, statuses=["running"]),
        RUNNING_BACK.about(group=group, source=LOANS),
        HELD_IN.about(group=group, currency=KES.code),
        *(balance_of(account) for account in (pot(group, "shares"), pot(group, "loans"), treasury(group))),
    ]
