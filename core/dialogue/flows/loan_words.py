"""What the screens of loans have in common: how days and rates are written, and what waits for her word."""

from __future__ import annotations

from datetime import date

from core.daos.groups import require_member
from core.daos.loans.deciding import deciders_of, votes_needed
from core.daos.loans.models import LoanDecisionRow
from core.daos.loans.reading import (
    Loan,
    Pledge,
    has_said_yes,
    loans_of_group,
    may_say_again,
    pledges_asked_of,
    pledges_of,
    standing_of,
    today,
)
from core.daos.loans.repaying import RECOVERABLE_AFTER
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
    loans = await loans_of_group(turn.uow, group=group, statuses=("asked", "running"))
    return [loan for loan in loans if loan.borrower != turn.me.id and await _waits(turn, loan)]


async def _counts_anew(turn: Turn, loan: Loan, word: LoanDecisionRow) -> bool:
    """Whether saying yes again changes something: hers doesn't count since a recovery, or somebody's was in doubt.

    In doubt it was when enough have said yes and yet it isn't done.
    """
    needed = await votes_needed(turn.uow, loan.group, len(await deciders_of(turn.uow, loan)))
    was_held = await has_said_yes(turn.uow, loan=loan.id, question=word.question) >= needed
    return was_held or await may_say_again(turn.uow, word)


async def _waits(turn: Turn, loan: Loan) -> bool:
    question = "payout" if loan.status == "asked" else "recovery"
    word = await turn.uow.session.get(LoanDecisionRow, (loan.id, question, turn.me.id))
    if word is not None and not (word.agrees and await _counts_anew(turn, loan, word)):
        return False
    if loan.status == "asked":
        return all(one.status == "accepted" for one in await pledges_of(turn.uow, loan=loan.id))
    return (await standing_of(turn.uow, loan)).days_late(today(turn.uow)) >= RECOVERABLE_AFTER
