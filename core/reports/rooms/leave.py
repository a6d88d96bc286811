"""Leaving a group."""

from __future__ import annotations

from collections.abc import Sequence

from core.daos.dues.charges import OPEN_HERS
from core.daos.dues.parting import PLANNED
from core.daos.groups import BELONGING
from core.daos.loans.models import LIVE
from core.daos.loans.parting import VOUCHES
from core.daos.loans.reading import HERS
from core.daos.loans.savings import SAVINGS
from core.daos.rotation.payout import DEBTS
from core.daos.rotation.rounds import LIVE_ROUND
from core.daos.shares.cycles import CYCLE
from core.kernel.ids import DaoId
from core.kernel.questions import Asked
from core.ledger.accounts import Account
from core.ledger.service import balance_of
from core.payments.underway import PAYING
from core.reports.rooms.here import Here


def belonging(here: Here, group: DaoId) -> Sequence[Asked]:
    """That she belongs to it, suspended or not."""
    return [BELONGING.about(group=group, member=here.member)]


def confirm(here: Here, group: DaoId) -> Sequence[Asked]:
    """What is hers there, and what keeps her."""
    hers = {"group": group, "member": here.member}
    return [
        *belonging(here, group),
        LIVE_ROUND.about(group=group),
        PAYING.about(**hers),
        SAVINGS.about(**hers),
        balance_of(Account("member", dao=group), member=here.member),
        OPEN_HERS.about(**hers),
        PLANNED.about(**hers),
        HERS.about(**hers),
        VOUCHES.about(**hers, live=list(LIVE)),
        DEBTS.about(group=group),
        CYCLE.about(group=group),
    ]
