"""The merry-go-round's."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from core.daos.rotation.order import EVERY_HAND, NUMBERS
from core.daos.rotation.plan import DUES, TURNS
from core.daos.rotation.reading import CURRENT, ROUND
from core.daos.rotation.rounds import HANDS, OWNERS, ROTATION
from core.daos.rotation.swaps import UNANSWERED
from core.kernel.ids import DaoId
from core.kernel.questions import Asked
from core.reports.rooms.here import Here


def menu(here: Here, group: DaoId) -> Sequence[Asked]:
    """Where the round stands."""
    return [ROUND.about(group=group, viewer=here.member)]


def _current(here: Here, group: DaoId) -> tuple[UUID | Asked, Sequence[Asked]]:
    """The round, and the question which it is where her session doesn't know it."""
    known, current = here.id("rotation"), CURRENT.about(group=group)
    return (known, ()) if known else (current, (current,))


def turns(here: Here, group: DaoId) -> Sequence[Asked]:
    """Every turn, and what is owed at each."""
    rotation, asked = _current(here, group)
    return [*asked, TURNS.about(rotation=rotation), DUES.about(rotation=rotation)]


def paying(here: Here, group: DaoId) -> Sequence[Asked]:
    """The same, and where it stands."""
    return [*menu(here, group), *turns(here, group)]


def joining(here: Here, group: DaoId) -> Sequence[Asked]:
    """The same, and what was agreed for the round."""
    rotation, asked = _current(here, group)
    return [*menu(here, group), *asked, *_plan(rotation)]


def _plan(rotation: UUID | Asked) -> Sequence[Asked]:
    about = {"rotation": rotation}
    return [ROTATION.about(**about), TURNS.about(**about), DUES.about(**about)]


def helping(here: Here, group: DaoId) -> Sequence[Asked]:
    """Where it stands, what is owed, and whose the hands are."""
    rotation, asked = _current(here, group)
    about = {"rotation": rotation}
    plan = [TURNS.about(**about), DUES.about(**about), HANDS.about(**about), OWNERS.about(**about)]
    return [*menu(here, group), *asked, *plan]


def halves(here: Here, group: DaoId) -> Sequence[Asked]:
    """Where it stands, and whose the hands are."""
    rotation, asked = _current(here, group)
    return [*menu(here, group), *asked, HANDS.about(rotation=rotation), OWNERS.about(rotation=rotation)]


def swaps(here: Here, group: DaoId) -> Sequence[Asked]:
    """Which swaps wait for her, of which turns, and whose these are."""
    rotation, asked = _current(here, group)
    waiting = UNANSWERED.about(rotation=rotation, member=here.member, now=here.now)
    about = {"rotation": rotation}
    plan = [TURNS.about(**about), DUES.about(**about), OWNERS.about(**about)]
    return [*menu(here, group), *asked, waiting, *plan]


def swapping(here: Here, group: DaoId) -> Sequence[Asked]:
    """Every turn, and whose each is."""
    rotation, asked = _current(here, group)
    return [*asked, *_plan(rotation), OWNERS.about(rotation=rotation)]


def proof(here: Here, group: DaoId) -> Sequence[Asked]:
    """Where it stands, and what its draw was made of."""
    rotation, asked = _current(here, group)
    about = {"rotation": rotation}
    return [*menu(here, group), *asked, ROTATION.about(**about), EVERY_HAND.about(**about), NUMBERS.about(**about)]
