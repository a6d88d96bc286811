"""What the screens of loans have in common: how days and rates are written, and what waits for her word."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from core.daos.groups import require_member
from core.daos.loans.deciding import deciders_of, votes_needed
from core.daos.loans.models import LIVE, LoanDecisionRow, Question
from core.daos.loans.reading import (
    Loan,
    Pledge,
    lay_what_came_back,
    live_loan,
    live_pledges,
    live_words,
    loans_of_group,
    may_say_again,
    pledges_asked_of,
)
from core.daos.loans.repaying import recoverable
from core.daos.people import OFFICIALS
from core.dialogue.turn import Turn


def day(when: date) -> str:
    """As people write it: 5/11."""
    return f"{when.day}/{when.month}"


def percent(basis_points: int) -> str:
    """As people write it: 1%, 2.5%."""
    whole, part = divmod(basis_points, 100)
    return f"{whole}.{part:02d}".rstrip("0").rstrip(".") + "%"


async def pledges_waiting(turn: Turn) -> list[tuple[Pledge, Loan]]:
    """Who waits for her to vouch in this group."""
    return await pledges_asked_of(turn.uow, group=turn.group, member=turn.me.id)


async def to_decide(turn: Turn) -> list[Loan]:
    """The loans that wait for her word as an official: to be paid out, or late enough to be taken from savings."""
    group = turn.group
    if (await require_member(turn.uow, member=turn.me.id, group=group)).role not in OFFICIALS:
        return []
    loans = await loans_of_group(turn.uow, group=group, statuses=LIVE)
    live_loan.foresee(
        turn.uow, next((loan for loan in loans if loan.borrower == turn.me.id), None), group=group, member=turn.me.id
    )
    others = [loan for loan in loans if loan.borrower != turn.me.id]
    if not others:
        return []
    pledges, words = await live_pledges(turn.uow, group=group), await live_words(turn.uow, group=group)
    # Of all at once, before each is looked at.
    await lay_what_came_back(turn.uow, group=group, loans=[loan for loan in others if loan.status == "running"])
    return [loan for loan in others if await _waits(turn, loan, pledges.get(loan.id, ()), words)]


def _question(loan: Loan) -> Question:
    return "payout" if loan.status == "asked" else "recovery"


async def _waits(turn: Turn, loan: Loan, pledges: Sequence[Pledge], words: Sequence[LoanDecisionRow]) -> bool:
    said = [word for word in words if (word.loan_id, word.question) == (loan.id, _question(loan))]
    hers = next((word for word in said if word.user_id == turn.me.id), None)
    if hers is not None and not (hers.agrees and await _counts_anew(turn, loan, hers, said)):
        return False
    if loan.status == "asked":
        return all(one.status == "accepted" for one in pledges)
    return await recoverable(turn.uow, loan)


async def _counts_anew(turn: Turn, loan: Loan, hers: LoanDecisionRow, said: Sequence[LoanDecisionRow]) -> bool:
    """Whether saying yes again changes something: hers doesn't count since a recovery, or somebody's was in doubt.

    In doubt it was when enough have said yes and yet it isn't done.
    """
    needed = await votes_needed(turn.uow, loan.group, len(await deciders_of(turn.uow, loan)))
    return sum(word.agrees for word in said) >= needed or await may_say_again(turn.uow, hers)
