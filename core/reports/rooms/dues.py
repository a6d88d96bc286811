"""What a member owes a group, and what she contributes."""

from __future__ import annotations

from collections.abc import Sequence

from core.daos.dues.charges import OPEN, OPEN_HERS
from core.daos.dues.kinds import KINDS
from core.daos.loans.reading import HER_BACK, HERS, LOANS
from core.daos.people import PEOPLE
from core.kernel.ids import DaoId
from core.kernel.questions import Asked
from core.ledger.accounts import Account
from core.ledger.service import balance_of
from core.payments.outages import OPEN_OUTAGE
from core.reports.rooms.here import Here


def mine(here: Here, group: DaoId) -> Sequence[Asked]:
    """What she owes of every sort, her credit, and whether M-Pesa is out."""
    return [
        OPEN_HERS.about(group=group, member=here.member),
        balance_of(Account("member", dao=group), member=here.member),
        HERS.about(group=group, member=here.member),
        HER_BACK.about(group=group, member=here.member, source=LOANS),
        OPEN_OUTAGE.about(),
    ]


def due(here: Here, group: DaoId) -> Sequence[Asked]:
    """The same, and what the group asks for."""
    return [*mine(here, group), KINDS.about(group=group, today=here.today)]


def preview(here: Here, group: DaoId) -> Sequence[Asked]:
    """What a payment of hers would be shared over."""
    return [OPEN_HERS.about(group=group, member=here.member), HERS.about(group=group, member=here.member)]


def everybody(_here: Here, group: DaoId) -> Sequence[Asked]:
    """What anybody owes, and who is in the group."""
    return [OPEN.about(group=group), PEOPLE.about(group=group)]


def anybody(_here: Here, group: DaoId) -> Sequence[Asked]:
    """What anybody owes."""
    return [OPEN.about(group=group)]
