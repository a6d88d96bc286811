"""On the way into a group: nothing of it is hers yet, and any may be asked about."""

from __future__ import annotations

from collections.abc import Sequence

from core.daos.codes import read_code
from core.daos.constitutions import RULES, VERSIONS
from core.daos.groups import BY_CODE, CODED
from core.daos.invitations import OF_A_NUMBER
from core.daos.offices import OFFERS
from core.kernel.ids import DaoId
from core.kernel.questions import Asked
from core.reports.rooms.here import Here


def coded(here: Here) -> Sequence[Asked]:
    """The group whose code she has typed, and its rules."""
    code = read_code(here.answer) if isinstance(here.answer, str) else None
    if code is None:
        return []
    group = CODED.about(code=code)
    return [BY_CODE.about(code=code), group, VERSIONS.about(group=group)]


def waiting(here: Here) -> Sequence[Asked]:
    """Invitations of her number, and offices that she is offered."""
    invitations = OF_A_NUMBER.about(digests=list(here.digests), now=here.now)
    return [*([invitations] if here.digests else ()), OFFERS.about(member=here.member, now=here.now)]


def rules(here: Here, group: DaoId) -> Sequence[Asked]:
    """Its rules of today."""
    return [RULES.about(group=group, at=here.now)]


def accepting(_here: Here, group: DaoId) -> Sequence[Asked]:
    """The version that is in force."""
    return [VERSIONS.about(group=group)]
