"""What a group decides on by votes."""

from __future__ import annotations

from collections.abc import Sequence

from core.governance.proposals import LIVE_HERE, ONE, RESULTS
from core.governance.proposing import BEHIND, ON_THE_LIST
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
    """The proposal at hand, and who brought it."""
    proposal = here.id("proposal")
    return [ONE.about(proposal=proposal), BEHIND.about(proposal=proposal)] if proposal else []
