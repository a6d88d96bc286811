"""A group's loans."""

from __future__ import annotations

from collections.abc import Sequence

from core.daos.loans.models import LIVE
from core.daos.loans.reading import (
    AGREEING,
    ASKED_OF_HER,
    CAME_BACK,
    HER_BACK,
    HERS,
    ITS_QUESTION,
    LIVE_PLEDGES,
    LIVE_WORDS,
    LOANS,
    OF_GROUP,
    ONE,
    PLEDGES,
    RUNNING_BACK,
    WHO_AGREED,
)
from core.daos.loans.savings import SAVINGS
from core.daos.people import PEOPLE
from core.identity.signing import ACCOUNTS
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


def repaying(here: Here, group: DaoId) -> Sequence[Asked]:
    """The one that she repays, and what came back of it."""
    loan = here.id("loan")
    back = HER_BACK.about(group=group, member=here.member, source=LOANS)
    return [*([ONE.about(loan=loan)] if loan else []), back]


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
    question = ITS_QUESTION.about(loan=loan)
    agreed = WHO_AGREED.about(loan=loan, question=question)
    return [
        ONE.about(loan=loan),
        PLEDGES.about(loans=[loan]),
        question,
        AGREEING.about(loan=loan, question=question),
        agreed,
        ACCOUNTS.about(members=agreed),
        CAME_BACK.about(loans=[loan], source=LOANS),
        PEOPLE.about(group=group),
    ]
