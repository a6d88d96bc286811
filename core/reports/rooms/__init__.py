"""Which questions the screens of a room ask about her group and her place in it, to be asked with the one of who she is.

Nothing depends on it: a verb finds the answer laid out, or asks for itself. A question that no screen of its room asks any more
costs the database something for nothing; the screen book finds it (tests/test_screens.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.kernel.questions import Asked
from core.reports.rooms import kinds, merry, votes
from core.reports.rooms.here import Here, Room

# By the name of a screen, or of all whose names begin so. Rooms of a group are looked at where a group is at hand.
OF_A_GROUP: Mapping[str, Room] = {
    "kinds.menu": kinds.menu,
    "kinds": kinds.one,
    "merry": merry.menu,
    "votes.menu": votes.menu,
}


def asked_in(place: str, here: Here) -> Sequence[Asked]:
    """What is asked where this screen is shown or answered."""
    if here.group is None:
        return ()
    room = OF_A_GROUP.get(place) or OF_A_GROUP.get(place.partition(".")[0])
    return room(here) if room else ()
