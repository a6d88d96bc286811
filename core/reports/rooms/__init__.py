"""Which questions the screens of a room ask about her group and her place in it, to be asked with the one of who she is.

Nothing depends on it: a verb finds the answer laid out, or asks for itself. A question that no screen of its room asks any more
costs the database something for nothing; the screen book finds it (tests/test_screens.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.kernel.questions import Asked
from core.reports.rooms import account, dues, kinds, leave, loans, meet, merry, people, shares, treasury, votes
from core.reports.rooms.here import Here, Room, RoomOfGroup

# By the name of a screen, or of all whose names begin so: those of a group, and a member's own.
OF_A_GROUP: Mapping[str, RoomOfGroup] = {
    "contribute": dues.mine,
    "contribute.due": dues.due,
    "contribute.someone": people.everybody,
    "dues": dues.mine,
    "kinds": kinds.one,
    "kinds.menu": kinds.menu,
    "leave.confirm": leave.confirm,
    "loans.amount": loans.asking,
    "loans.confirm": loans.asking,
    "loans.decide": loans.decide,
    "loans.deciding": loans.deciding,
    "loans.guarantor": loans.asking,
    "loans.menu": loans.menu,
    "loans.mine": loans.standing,
    "loans.months": loans.asking,
    "loans.pay_amount": loans.standing,
    "loans.vouching": loans.vouching,
    "meet.agenda": meet.called,
    "meet.list": meet.minutes,
    "meet.menu": meet.menu,
    "meet.plan": meet.called,
    "meet.unconfirmed": meet.unconfirmed,
    "merry": merry.menu,
    "office.whom": people.everybody,
    "people.menu": people.menu,
    "rules.changes": people.versions,
    "rules.menu": people.versions,
    "rules.subject": people.subject,
    "shares": shares.menu,
    "shares.out": shares.out,
    "treasury.details": treasury.request,
    "treasury.menu": treasury.menu,
    "treasury.mine": treasury.mine,
    "treasury.request": treasury.request,
    "treasury.requests": treasury.requests,
    "votes.menu": votes.menu,
    "votes.results": votes.results,
}
OF_HERS: Mapping[str, Room] = {
    "account.menu": account.vouching,
    "email": account.email,
    "security.menu": account.security,
    "vouch": account.vouching,
    "votes.cast": votes.one,
    "votes.more": votes.more,
    "votes.one": votes.one,
    "votes.result": votes.one,
}


def asked_in(place: str, here: Here) -> Sequence[Asked]:
    """What is asked where this screen is shown or answered."""
    flow = place.partition(".")[0]
    if here.group and (of_group := OF_A_GROUP.get(place) or (flow not in OF_HERS and OF_A_GROUP.get(flow))):
        return of_group(here, here.group)
    room = OF_HERS.get(place) or OF_HERS.get(flow)
    return room(here) if room else ()
