"""Which questions the screens of a room ask about her group and her place in it, to be asked with the one of who she is.

Nothing depends on it: a verb finds the answer laid out, or asks for itself. A question that no screen of its room asks any more
costs the database something for nothing; the screen book finds it (tests/test_screens.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.kernel.questions import Asked
from core.reports.rooms import kinds, loans, meet, merry, people, treasury, votes
from core.reports.rooms.here import Here, Room

# By the name of a screen, or of all whose names begin so.
ROOMS: Mapping[str, Room] = {
    "kinds.menu": kinds.menu,
    "kinds": kinds.one,
    "loans.menu": loans.menu,
    "loans.deciding": loans.deciding,
    "loans.vouching": loans.vouching,
    "meet.menu": meet.menu,
    "meet.plan": meet.called,
    "meet.agenda": meet.called,
    "meet.list": meet.minutes,
    "meet.unconfirmed": meet.unconfirmed,
    "merry": merry.menu,
    "office.whom": people.everybody,
    "people.menu": people.menu,
    "rules.menu": people.versions,
    "rules.changes": people.versions,
    "rules.subject": people.subject,
    "treasury.menu": treasury.menu,
    "treasury.requests": treasury.requests,
    "treasury.mine": treasury.mine,
    "treasury.request": treasury.request,
    "treasury.details": treasury.request,
    "votes.menu": votes.menu,
}


def asked_in(place: str, here: Here) -> Sequence[Asked]:
    """What is asked where this screen is shown or answered."""
    room = ROOMS.get(place) or ROOMS.get(place.partition(".")[0])
    return room(here, here.group) if room and here.group else ()
