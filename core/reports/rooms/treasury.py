"""A group's treasury and its requests."""

from __future__ import annotations

from collections.abc import Sequence

from core.daos.people import OFFICIALS, PEOPLE
from core.identity.signing import ACCOUNTS
from core.kernel.ids import DaoId
from core.kernel.questions import Asked
from core.ledger.accounts import treasury
from core.ledger.service import balance_of
from core.reports.rooms.here import Here
from core.reports.rooms.mpesa import price
from core.treasury.cooling import BECAME
from core.treasury.limits import SPENT_SUMS, since
from core.treasury.reading import LAST_ENDED, LAST_PAID, MOST_LISTED, NUMBERED, SHOWN_OF_PAID, UNENDED
from core.treasury.votes import SPENDS
from core.treasury.voting import REQUEST
from core.treasury.words import OPEN_WORDS, PROPOSERS, PROPOSERS_TO_HER, WORDS


def menu(here: Here, group: DaoId) -> Sequence[Asked]:
    """What it has, what has left it, and how many requests are open."""
    return [
        balance_of(treasury(group)),
        UNENDED.about(group=group),
        LAST_PAID.about(group=group, last=SHOWN_OF_PAID),
        SPENT_SUMS.about(group=group, but=None, **since(here.now)),
    ]


def requests(_here: Here, group: DaoId) -> Sequence[Asked]:
    """Those that are open, and the last that aren't."""
    return [UNENDED.about(group=group), LAST_ENDED.about(group=group, most=MOST_LISTED)]


def mine(here: Here, group: DaoId) -> Sequence[Asked]:
    """Those that are open, what was said about them, and who may say more."""
    proposers = PROPOSERS_TO_HER.about(group=group, member=here.member)
    return [
        UNENDED.about(group=group),
        OPEN_WORDS.about(group=group),
        PEOPLE.about(group=group),
        BECAME.about(group=group, officials=list(OFFICIALS)),
        proposers,
        ACCOUNTS.about(members=proposers),
    ]


def request(here: Here, group: DaoId) -> Sequence[Asked]:
    """One of them, what was said about it, and what paying it would leave."""
    number = here.values.get("number")
    if not isinstance(number, int):
        return requests(here, group)
    proposer = PROPOSERS.about(group=group, number=number)
    return [
        balance_of(treasury(group)),
        UNENDED.about(group=group),
        NUMBERED.about(group=group, number=number),
        PEOPLE.about(group=group),
        BECAME.about(group=group, officials=list(OFFICIALS)),
        WORDS.about(group=group, number=number),
        proposer,
        ACCOUNTS.about(members=proposer),
    ]


def to_vote_on(here: Here, group: DaoId) -> Sequence[Asked]:
    """The request that is put to a vote, and what they vote on already."""
    request = here.id("request")
    return [REQUEST.about(request=request), SPENDS.about(group=group)] if request else []


def asking(here: Here, group: DaoId) -> Sequence[Asked]:
    """What paying something would leave, and what sending it would cost where M-PESA sends it."""
    costs = price(here) if here.values.get("payee_phone") else ()
    return [balance_of(treasury(group)), UNENDED.about(group=group), *costs]
