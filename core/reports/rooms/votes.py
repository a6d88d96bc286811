"""What a group decides on by votes."""

from __future__ import annotations

from collections.abc import Sequence

from core.daos.constitutions import RULES
from core.daos.loans.reading import OF_GROUP
from core.daos.people import PEOPLE
from core.governance.delegating import GIVEN
from core.governance.effects import to_come
from core.governance.proposals import LIVE_ANYWHERE, LIVE_HERE, ONE, RESULTS
from core.governance.proposing import BEHIND, ON_THE_LIST, VOTED_ON
from core.governance.voting import COUNTING
from core.kernel.ids import DaoId
from core.kernel.questions import Asked
from core.reports.rooms.here import Here


def menu(here: Here, group: DaoId) -> Sequence[Asked]:
    """What is undecided, and whether she has voted."""
    return [LIVE_HERE.about(group=group, viewer=here.member)]


def results(_here: Here, group: DaoId) -> Sequence[Asked]:
    """What was decided lately."""
    return [RESULTS.about(group=group)]


def nominee(here: Here, group: DaoId) -> Sequence[Asked]:
    """The election at hand, and who may be put forward."""
    return [*result(here), PEOPLE.about(group=group)]


def rules(here: Here, group: DaoId) -> Sequence[Asked]:
    """The rules with every change that is decided."""
    return [RULES.about(group=group, at=to_come(here.now))]


def debts(_here: Here, group: DaoId) -> Sequence[Asked]:
    """Whose debt may be forgiven."""
    return [OF_GROUP.about(group=group, statuses=["running"])]


def proxy(here: Here, group: DaoId) -> Sequence[Asked]:
    """By whom she is represented."""
    return [GIVEN.about(group=group, giver=here.member, now=here.now)]


def mine(here: Here) -> Sequence[Asked]:
    """What is undecided in any group of hers."""
    return [LIVE_ANYWHERE.about(viewer=here.member)]


def one(here: Here) -> Sequence[Asked]:
    """The proposal at hand, and her place in it."""
    proposal = here.id("proposal")
    if proposal is None:
        return []
    return [
        ONE.about(proposal=proposal),
        ON_THE_LIST.about(proposal=proposal, member=here.member),
        COUNTING.about(proposal=proposal, voter=here.member),
    ]


def result(here: Here) -> Sequence[Asked]:
    """The proposal at hand."""
    proposal = here.id("proposal")
    return [ONE.about(proposal=proposal)] if proposal else []


def more(here: Here) -> Sequence[Asked]:
    """The proposal at hand, who brought it, and whether it can still be taken back."""
    proposal = here.id("proposal")
    if proposal is None:
        return []
    return [ONE.about(proposal=proposal), BEHIND.about(proposal=proposal), VOTED_ON.about(proposal=proposal)]
