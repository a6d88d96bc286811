"""What a member owes a group, and what she contributes."""

from __future__ import annotations

from collections.abc import Sequence

from core.daos.dues.attendance import FINED
from core.daos.dues.charges import OPEN, OPEN_HERS
from core.daos.dues.fining import OBJECTED_TO
from core.daos.dues.kinds import KINDS
from core.daos.dues.refunds import LOOKED_BACK, OPEN_FOR, PAID, TO_DECIDE
from core.daos.loans.reading import HER_BACK, HERS, LOANS
from core.daos.meetings import ATTENDANCE, LAST_HELD, MEETING
from core.daos.people import PEOPLE
from core.kernel.ids import DaoId
from core.kernel.questions import Asked
from core.ledger.accounts import Account
from core.ledger.service import balance_of
from core.payments.outages import OPEN_OUTAGE
from core.reports.rooms.here import Here


def owed(here: Here, group: DaoId) -> Sequence[Asked]:
    """What she owes of every sort, and her credit."""
    return [
        OPEN_HERS.about(group=group, member=here.member),
        balance_of(Account("member", dao=group), member=here.member),
        HERS.about(group=group, member=here.member),
        HER_BACK.about(group=group, member=here.member, source=LOANS),
    ]


def mine(here: Here, group: DaoId) -> Sequence[Asked]:
    """The same, and whether M-Pesa is out."""
    return [*owed(here, group), OPEN_OUTAGE.about()]


def why(here: Here, group: DaoId) -> Sequence[Asked]:
    """The same, and which fines she has objected to."""
    return [*owed(here, group), OBJECTED_TO.about(group=group, member=here.member)]


def due(here: Here, group: DaoId) -> Sequence[Asked]:
    """The same, and what the group asks for."""
    return [*mine(here, group), KINDS.about(group=group, today=here.today)]


def preview(here: Here, group: DaoId) -> Sequence[Asked]:
    """What a payment of hers would be shared over."""
    return [OPEN_HERS.about(group=group, member=here.member), HERS.about(group=group, member=here.member)]


def fining(_here: Here, group: DaoId) -> Sequence[Asked]:
    """Who may be fined: by the attendance of the last meeting, or for anything else."""
    meeting = LAST_HELD.about(group=group)
    about = {"meeting": meeting}
    return [PEOPLE.about(group=group), meeting, MEETING.about(**about), ATTENDANCE.about(**about), FINED.about(**about)]


def to_refund(here: Here, group: DaoId) -> Sequence[Asked]:
    """What waits for her word, and who asks."""
    waiting = TO_DECIDE.about(group=group, official=here.member, since=here.now - OPEN_FOR)
    return [waiting, PEOPLE.about(group=group)]


def paid(here: Here, group: DaoId) -> Sequence[Asked]:
    """What somebody has paid, and who is in the group."""
    whom = here.id("whom")
    hers = PAID.about(group=group, whom=whom, since=here.now - LOOKED_BACK)
    return [*([hers] if whom else []), PEOPLE.about(group=group)]


def paid_by_her(here: Here, group: DaoId) -> Sequence[Asked]:
    """What somebody has paid."""
    return paid(here, group)[:-1]


def everybody(_here: Here, group: DaoId) -> Sequence[Asked]:
    """What anybody owes, and who is in the group."""
    return [OPEN.about(group=group), PEOPLE.about(group=group)]


def anybody(_here: Here, group: DaoId) -> Sequence[Asked]:
    """What anybody owes."""
    return [OPEN.about(group=group)]
