"""A member's own account."""

from __future__ import annotations

from collections.abc import Sequence

from core.identity.addresses import EMAIL
from core.identity.emails import UNPROVEN
from core.identity.recovery import PENDING
from core.identity.recovery_contacts import REQUESTS_TO
from core.identity.two_factor import HAS_APP
from core.identity.vouching import TO_VOUCH_FOR
from core.kernel.questions import Asked
from core.reports.rooms.here import Here


def vouching(here: Here) -> Sequence[Asked]:
    """What waits for her word about others."""
    return [TO_VOUCH_FOR.about(contact=here.member, now=here.now), REQUESTS_TO.about(contact=here.member)]


def recovery(here: Here) -> Sequence[Asked]:
    """The recovery of hers that waits."""
    return [PENDING.about(member=here.member)]


def email(here: Here) -> Sequence[Asked]:
    """Her address, and the one that she has begun with."""
    return [EMAIL.about(member=here.member), UNPROVEN.about(member=here.member)]


def security(here: Here) -> Sequence[Asked]:
    """Whether she has an authenticator."""
    return [HAS_APP.about(member=here.member)]
