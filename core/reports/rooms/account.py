"""A member's own account."""

from __future__ import annotations

from collections.abc import Sequence

from core.daos.neighbours import OFFICIALS_NEAR
from core.identity.addresses import EMAIL
from core.identity.emails import UNPROVEN
from core.identity.erasure import OPEN_REQUEST
from core.identity.recovery import PENDING
from core.identity.recovery_contacts import REQUESTS_TO, WHO_COUNT
from core.identity.two_factor import HAS_APP
from core.identity.vouching import TO_VOUCH_FOR
from core.kernel.questions import Asked
from core.notifications.preferences import PREFERENCES
from core.reports.rooms.here import Here


def data(here: Here) -> Sequence[Asked]:
    """Whether she has asked to be forgotten."""
    return [OPEN_REQUEST.about(member=here.member)]


def notices(here: Here) -> Sequence[Asked]:
    """How she wants to be told."""
    return [PREFERENCES.about(member=here.member)]


def contacts(here: Here) -> Sequence[Asked]:
    """The officials of her groups."""
    return [OFFICIALS_NEAR.about(member=here.member)]


def vouching(here: Here) -> Sequence[Asked]:
    """What waits for her word about others."""
    return [TO_VOUCH_FOR.about(contact=here.member, now=here.now), REQUESTS_TO.about(contact=here.member)]


def recovery(here: Here) -> Sequence[Asked]:
    """The recovery of hers that waits, and who could vouch for her."""
    return [PENDING.about(member=here.member), WHO_COUNT.about(member=here.member, now=here.now)]


def address(here: Here) -> Sequence[Asked]:
    """Her address."""
    return [EMAIL.about(member=here.member)]


def email(here: Here) -> Sequence[Asked]:
    """Her address, and the one that she has begun with."""
    return [EMAIL.about(member=here.member), UNPROVEN.about(member=here.member)]


def security(here: Here) -> Sequence[Asked]:
    """Whether she has an authenticator."""
    return [HAS_APP.about(member=here.member)]
