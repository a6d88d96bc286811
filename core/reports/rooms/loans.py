"""A group's loans."""

from __future__ import annotations

from collections.abc import Sequence

from core.daos.loans.models import LIVE
from core.daos.loans.reading import (
    AGREEING,
    ASKED_OF_HER,
    HER_BACK,
    HERS,
    LIVE_PLEDGES,
    LIVE_WORDS,
    LOANS,
    OF_GROUP,
    ONE,
    PLEDGES,
    RUNNING_BACK,
)
from core.daos.loans.savings import SAVINGS
from core.daos.people import PEOPLE
from core.kernel.ids import DaoId
from core.kernel.questions import Asked
from core.ledger.accounts import pot
from core.ledger.service import balance_of
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


def standing(here: Here, group: DaoId) -> Sequence[Asked]:
    """Her own, and what came back of it."""
    return [*hers(here, group), HER_BACK.about(group=group, member=here.member, source=LOANS)]


def asking(here: Here, group: DaoId) -> Sequence[Asked]:
    """What she may borrow."""
    return [
        *hers(here, group),
        SAVINGS.about(group=group, member=here.member),
        balance_of(pot(group, "loans")),
    ]


def vouchers(here: Here, group: DaoId) -> Sequence[Asked]:
    """The same, and who may vouch."""
    return [*asking(here, group), PEOPLE.about(group=group)]


def decide(here: Here, group: DaoId) -> Sequence[Asked]:
    """One that waits for her word: who vouches, who agrees."""
    loan = here.id("loan")
    if loan is None:
        return deciding(here, group)
    return [
        ONE.about(loan=loan),
        PLEDGES.about(loans=[loan]),
        AGREEING.about(loan=loan, question="payout"),
        PEOPLE.about(group=group),
    ]
