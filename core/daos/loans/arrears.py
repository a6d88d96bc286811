"""Each morning: remind whoever has an instalment soon, and tell of what is late, each once.

Three days before: the borrower. The day after: the borrower. A week late: those who vouch as well. A month late: the officials.
Nobody outside the loan hears of a debt before that, and nobody outside the group ever does.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core.daos.dialling import dial_to
from core.daos.groups import find_group
from core.daos.loans.deciding import end_loan
from core.daos.loans.funding import OPEN_FOR, end_if_over
from core.daos.loans.models import LoanFundingRow, LoanNoticeRow, LoanRow
from core.daos.loans.reading import Loan, find_loan, pledges_of, standing_of, today
from core.daos.loans.schedule import Standing
from core.daos.people import OFFICIALS, Person, people_of, short_name
from core.daos.telling import tell
from core.kernel.db import Database, UnitOfWork
from core.kernel.texts import Text, text

SOON = 3
# After so many days: who else hears of it.
STAGES = {"late": 1, "late-guarantors": 7, "late-officials": 30}
REQUESTS_LAST = timedelta(days=14)
LOOK_AT_LOANS, LOOK_AT_LOAN, END_MOVE = "look-at-loans", "look-at-loan", "end-move"


class Services(Protocol):
    """What these jobs need."""

    @property
    def database(self) -> Database: ...


@dataclass(frozen=True)
class Notice:
    """What is told of the instalment that fell or falls due on `due`."""

    stage: str
    due: date


async def look_at_loans(services: Services, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler is called alike
    """A job for each loan that is asked for or running, and each move that is over, so that one that fails stops no other."""
    async with services.database.unit() as uow:
        for loan in await uow.session.scalars(select(LoanRow.id).where(LoanRow.status.in_(("asked", "running")))):
            await uow.enqueue(LOOK_AT_LOAN, {"loan": str(loan)}, key=f"{LOOK_AT_LOAN} {loan}")
        over = LoanFundingRow.status == "asked", LoanFundingRow.asked_at <= uow.clock.now() - OPEN_FOR
        for move in await uow.session.scalars(select(LoanFundingRow.id).where(*over)):
            await uow.enqueue(END_MOVE, {"move": str(move)}, key=f"{END_MOVE} {move}")


async def look_at_loan(services: Services, payload: dict[str, Any]) -> None:
    """Tell whom it concerns what hasn't been told, or end a request that nobody decided."""
    async with services.database.unit() as uow:
        await look_at(uow, loan=UUID(payload["loan"]))


async def end_move(services: Services, payload: dict[str, Any]) -> None:
    """End a move between pots that nobody decided in time, and tell those who waited for it."""
    async with services.database.unit() as uow:
        await end_if_over(uow, await uow.session.get_one(LoanFundingRow, UUID(payload["move"]), with_for_update=True))


async def look_at(uow: UnitOfWork, *, loan: UUID) -> None:
    """The same, in one unit. Locks the loan until it ends."""
    found = await find_loan(uow, loan=loan, lock=True)
    if found.status == "asked" and uow.clock.now() >= found.asked_at + REQUESTS_LAST:
        group = await find_group(uow, group=found.group)
        await end_loan(uow, found, "expired", text("loan-sms-expired", group=group.name))
    if found.status == "running":
        stands = await standing_of(uow, found)
        for notice in due_notices(stands, today(uow)):
            if await _first_time(uow, found, notice):
                await _tell(uow, found, stands, notice)


def due_notices(stands: Standing, day: date) -> list[Notice]:
    """What should have been told by this day."""
    notices = []
    if stands.instalment and not stands.arrears and stands.due - timedelta(days=SOON) <= day:
        notices.append(Notice("soon", stands.due))
    if stands.late_since:
        late = stands.days_late(day)
        notices += [Notice(stage, stands.late_since) for stage, days in STAGES.items() if late >= days]
    return notices


async def _first_time(uow: UnitOfWork, loan: Loan, notice: Notice) -> bool:
    row = {"loan_id": loan.id, "due": notice.due, "stage": notice.stage, "told_at": uow.clock.now()}
    written = insert(LoanNoticeRow).values(row).on_conflict_do_nothing().returning(LoanNoticeRow.stage)
    return await uow.session.scalar(written) is not None


async def _tell(uow: UnitOfWork, loan: Loan, stands: Standing, notice: Notice) -> None:
    group = await find_group(uow, group=loan.group)
    about = {"group": group.name, "dialled": dial_to(uow, group.code, "loans"), "day": f"{notice.due.day}/{notice.due.month}"}
    for person in await _concerned(uow, loan, notice.stage):
        await tell(uow, person, _said(loan, stands, notice, about, person), template="loan_due")


def _said(loan: Loan, stands: Standing, notice: Notice, about: Mapping[str, str], person: Person) -> Text:
    if notice.stage == "soon":
        return text("loan-sms-soon", amount=stands.instalment, **about)
    if person.id == loan.borrower:
        return text("loan-sms-late", amount=stands.arrears, total=stands.payoff, **about)
    return text("loan-sms-late-other", whom=short_name(loan.name), amount=stands.arrears, **about)


async def _concerned(uow: UnitOfWork, loan: Loan, stage: str) -> list[Person]:
    people = await people_of(uow, group=loan.group)
    match stage:
        case "late-guarantors":
            vouching = {one.guarantor for one in await pledges_of(uow, loan=loan.id) if one.status == "accepted"}
            return [person for person in people if person.id in vouching]
        case "late-officials":
            return [person for person in people if person.role in OFFICIALS and person.id != loan.borrower]
        case _:
            return [person for person in people if person.id == loan.borrower]


Handler = Callable[[Any, dict[str, Any]], Awaitable[None]]
JOBS: dict[str, Handler] = {LOOK_AT_LOANS: look_at_loans, LOOK_AT_LOAN: look_at_loan, END_MOVE: end_move}
# 09:00 East Africa Time.
REGULARLY = {LOOK_AT_LOANS: "0 6 * * *"}
