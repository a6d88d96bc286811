"""Which questions the screens of a room ask about her group and her place in it, to be asked with the one of who she is.

Nothing depends on it: a verb finds the answer laid out, or asks for itself. A question that no screen of its room asks any more
costs the database something for nothing; the screen book finds it (tests/test_screens.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.kernel.questions import Asked
from core.reports.rooms import (
    account,
    approving,
    dues,
    kinds,
    leave,
    loans,
    meet,
    merry,
    mpesa,
    people,
    pots,
    recurring,
    shares,
    treasury,
    votes,
)
from core.reports.rooms.here import Here, Room, RoomOfGroup

# By the name of a screen, or of all whose names begin so: those of a group, and a member's own.
OF_A_GROUP: Mapping[str, RoomOfGroup] = {
    "contribute.amount": dues.preview,
    "contribute.due": dues.due,
    "contribute.someone": people.everybody,
    "dues.mine": dues.mine,
    "dues.why": dues.why,
    "fine.reason": people.everybody,
    "fine.whom": people.everybody,
    "fine.why": dues.fining,
    "invite.list": people.invitations,
    "kinds": kinds.one,
    "kinds.menu": kinds.menu,
    "kinds.whom": kinds.whom,
    "muhuri.group": people.seals,
    "leave.confirm": leave.confirm,
    "loans.amount": loans.asking,
    "loans.decide": loans.decide,
    "loans.deciding": loans.deciding,
    "loans.guarantor": loans.asking,
    "loans.menu": loans.menu,
    "loans.mine": loans.standing,
    "loans.months": loans.vouchers,
    "loans.pay_amount": loans.repaying,
    "loans.vouching": loans.vouching,
    "meet.agenda": meet.called,
    "meet.list": meet.minutes,
    "meet.menu": meet.menu,
    "meet.plan": meet.called,
    "meet.unconfirmed": meet.unconfirmed,
    "meet.when": meet.next_one,
    "merry.agree": merry.menu,
    "merry.close": merry.menu,
    "merry.half_confirm": merry.menu,
    "merry.menu": merry.menu,
    "merry.take": merry.menu,
    "merry.type": merry.menu,
    "merry.whose": merry.paying,
    "merry.join": merry.paying,
    "merry.pay": merry.turns,
    "merry.swap_answer": merry.turns,
    "merry.swap_mine": merry.turns,
    "merry.swap_with": merry.turns,
    "merry.swaps": merry.paying,
    "office.holders": people.holders,
    "office.which": people.holders,
    "office.whom": people.everybody,
    "people.menu": people.menu,
    "pots.menu": pots.menu,
    "recurring.cadence": kinds.menu,
    "recurring.first": kinds.menu,
    "recurring.menu": recurring.menu,
    "refund.confirm": dues.paid_by_her,
    "refund.menu": dues.to_refund,
    "refund.one": dues.to_refund,
    "refund.reason": dues.paid_by_her,
    "refund.what": dues.paid,
    "refund.whom": people.everybody,
    "request.list": people.requests,
    "rules.changes": people.versions,
    "rules.menu": people.versions,
    "rules.subject": people.subject,
    "shares.how_many": shares.menu,
    "shares.menu": shares.menu,
    "shares.out": shares.out,
    "standing.list": people.suspended,
    "standing.whom": people.everybody,
    "treasury.details": treasury.request,
    "treasury.find": people.everybody,
    "treasury.member": people.everybody,
    "treasury.payee": people.everybody,
    "treasury.phone": people.everybody,
    "treasury.reason": treasury.asking,
    "treasury.menu": treasury.menu,
    "treasury.mine": treasury.mine,
    "treasury.request": treasury.request,
    "treasury.requests": treasury.requests,
    "votes.menu": votes.menu,
    "votes.answer": votes.rules,
    "votes.loan": votes.debts,
    "votes.new": merry.menu,
    "votes.nominee": votes.nominee,
    "votes.payee": people.everybody,
    "votes.pick": votes.rules,
    "votes.proxy": votes.proxy,
    "votes.proxy_days": people.everybody,
    "votes.proxy_who": people.everybody,
    "votes.question": votes.rules,
    "votes.turns": merry.menu,
    "votes.who": people.everybody,
    "waive.reason": dues.anybody,
    "waive.what": dues.anybody,
    "waive.whom": dues.everybody,
    "votes.results": votes.results,
}
OF_HERS: Mapping[str, Room] = {
    "account.menu": account.vouching,
    "changes.menu": account.changes,
    "contacts.menu": account.contacts,
    "contacts.officials": account.contacts,
    "contribute.pay": approving.approval,
    "data.menu": account.data,
    "deposit.amount": mpesa.deposit,
    "loans.pay": approving.approval,
    "merry.send": approving.approval,
    "notices.menu": account.notices,
    "recurring.begin": approving.approval,
    "recurring.one": recurring.one,
    "shares.bought": approving.approval,
    "treasury.approve": approving.approval,
    "treasury.send": approving.approval,
    "welfare.paid": approving.approval,
    "withdraw.amount": mpesa.withdrawal,
    "withdraw.send": approving.approval,
    "email.menu": account.email,
    "recovery.start": account.recovery,
    "security.menu": account.security,
    "vouch.list": account.vouching,
    "votes.mine": votes.mine,
    "votes.more": votes.more,
    "votes.one": votes.one,
    "votes.result": votes.result,
}


def room_of(place: str) -> str:
    """Under which name it stands what is asked where this screen is shown or answered; "" for nothing."""
    return next((name for name in (place, place.partition(".")[0]) if name in OF_HERS or name in OF_A_GROUP), "")


def asked_in(place: str, here: Here) -> Sequence[Asked]:
    """What is asked where this screen is shown or answered."""
    name = room_of(place)
    if name in OF_HERS:
        return OF_HERS[name](here)
    return OF_A_GROUP[name](here, here.group) if here.group and name else ()
