"""The people of a group, its offices and its rules."""

from __future__ import annotations

from collections.abc import Sequence

from core.daos.amendments import ALONE
from core.daos.changes import CALLED_IN_CHANGES, ELECTED, OFFICES, ROLE_CHANGES
from core.daos.constitutions import VERSIONS
from core.daos.group_chats import CHAT, NAME_SHOWN
from core.daos.invitations import OF_GROUP
from core.daos.muhuri import LATEST, SHOWN
from core.daos.offices import HOLDERS
from core.daos.people import PEOPLE
from core.daos.requests import REQUESTS
from core.daos.standing import SUSPENDED
from core.kernel.ids import DaoId
from core.kernel.questions import Asked
from core.reports.rooms.here import Here


def menu(_here: Here, group: DaoId) -> Sequence[Asked]:
    """Whether its officials are elected."""
    return [ELECTED.about(group=group)]


def everybody(_here: Here, group: DaoId) -> Sequence[Asked]:
    """Who is in it."""
    return [PEOPLE.about(group=group)]


def versions(_here: Here, group: DaoId) -> Sequence[Asked]:
    """Every version of its rules."""
    return [VERSIONS.about(group=group)]


def invitations(here: Here, group: DaoId) -> Sequence[Asked]:
    """The invitations that wait."""
    return [OF_GROUP.about(group=group, now=here.now)]


def requests(_here: Here, group: DaoId) -> Sequence[Asked]:
    """Who asks to be let in."""
    return [REQUESTS.about(group=group)]


def seals(_here: Here, group: DaoId) -> Sequence[Asked]:
    """The newest seals of its book."""
    return [LATEST.about(group=group, most=SHOWN)]


def subject(here: Here, group: DaoId) -> Sequence[Asked]:
    """Whether she may still answer them herself."""
    return [ALONE.about(group=group, member=here.member)]


def holders(_here: Here, group: DaoId) -> Sequence[Asked]:
    """Who holds which office."""
    return [HOLDERS.about(group=group, offices=list(OFFICES))]


def history(_here: Here, group: DaoId) -> Sequence[Asked]:
    """How the offices came about."""
    return [ROLE_CHANGES.about(group=group), CALLED_IN_CHANGES.about(group=group)]


def chat(here: Here, group: DaoId) -> Sequence[Asked]:
    """Its Telegram chat, and whether her name stands there."""
    return [CHAT.about(group=group), NAME_SHOWN.about(group=group, member=here.member)]


def suspended(_here: Here, group: DaoId) -> Sequence[Asked]:
    """Who is suspended, and why."""
    return [SUSPENDED.about(group=group)]
