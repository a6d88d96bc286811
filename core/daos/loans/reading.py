"""Loans as people see them: what was agreed, who vouches, how far the decision is, and where it stands today."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID, uuid5

from sqlalchemy import ARRAY, String, Uuid, and_, any_, func, select
from sqlalchemy.orm import aliased

from core.daos.calendar import day_of
from core.daos.loans.models import LIVE, LoanDecisionRow, LoanRow, LoanStatus, PledgeRow, PledgeStatus, Question
from core.daos.loans.refusals import UnknownLoan
from core.daos.loans.schedule import Payment, Standing, Terms, standing
from core.daos.models import MembershipRow
from core.daos.people import OFFICIALS
from core.identity.models import MemberRow
from core.identity.signing import words_that_count, words_to_renew
from core.kernel.db import UnitOfWork, foreseeable
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import Money
from core.kernel.questions import Question as Asked
from core.kernel.questions import Row, Selected, given

# Under which name loans are a source of what members owe (core/daos/owed.py); it stands on lines of payments for ever.
LOANS = "loans"


@dataclass(frozen=True)
class Loan:
    """A loan as it was agreed and how far it is. `started_on`: the day it was paid out (East Africa Time)."""

    id: UUID
    group: DaoId
    borrower: MemberId
    name: str
    terms: Terms
    status: LoanStatus
    asked_at: datetime
    started_on: date | None


@dataclass(frozen=True)
class Pledge:
    """What somebody answers for with her savings."""

    id: UUID
    loan: UUID
    guarantor: MemberId
    name: str
    amount: Money
    status: PledgeStatus


@dataclass
class Back:
    """What has come back of a loan, as it was booked, and what payments that are planned will bring.

    from_savings: officials have had it taken from savings, as far as these went.
    """

    booked: list[Payment] = field(default_factory=list)
    planned: list[Payment] = field(default_factory=list)
    from_savings: bool = False


@foreseeable
async def find_loan(uow: UnitOfWork, *, loan: UUID, lock: bool = False) -> Loan:
    """The loan; with `lock` it's ours until the unit ends. Raises UnknownLoan."""
    if lock:
        locked = _LOANS.where(LoanRow.id == loan).with_for_update(of=LoanRow)
        rows: Sequence[tuple[LoanRow, str]] = (await uow.session.execute(locked)).all()
    else:
        rows = await uow.rows(ONE, loan=loan)
    if not rows:
        raise UnknownLoan
    return _as_loan(*rows[0])


@foreseeable
async def live_loan(uow: UnitOfWork, *, group: DaoId, member: MemberId) -> Loan | None:
    """Her loan of this group that is asked for or running."""
    found = await uow.rows(HERS, group=group, member=member)
    if not found:
        return None
    loan = _as_loan(*found[0])
    find_loan.foresee(uow, loan, loan=loan.id)
    return loan


@foreseeable
async def loans_of_group(uow: UnitOfWork, *, group: DaoId, statuses: Sequence[LoanStatus]) -> list[Loan]:
    """The group's loans in these states, the oldest first."""
    return [_as_loan(*found) for found in await uow.rows(OF_GROUP, group=group, statuses=sorted(statuses))]


async def pledges_of(uow: UnitOfWork, *, loan: UUID) -> list[Pledge]:
    """Who was asked to vouch, in the order of asking."""
    return (await pledges_for(uow, loans=[loan]))[loan]


async def pledges_for(uow: UnitOfWork, *, loans: Collection[UUID]) -> dict[UUID, list[Pledge]]:
    """The same of each of these loans."""
    found: dict[UUID, list[Pledge]] = {loan: [] for loan in loans}
    for row in await uow.rows(PLEDGES, loans=list(found)) if found else ():
        pledge = _as_pledge(*row)
        found[pledge.loan].append(pledge)
    return found


async def live_pledges(uow: UnitOfWork, *, group: DaoId) -> dict[UUID, list[Pledge]]:
    """The same of each loan of the group that is asked for or running; nothing of those that nobody vouches for."""
    found: dict[UUID, list[Pledge]] = {}
    for row in await uow.rows(LIVE_PLEDGES, group=group):
        found.setdefault(row[0].loan_id, []).append(_as_pledge(*row))
    return found


async def live_words(uow: UnitOfWork, *, group: DaoId) -> list[LoanDecisionRow]:
    """Everything that officials have said about the group's loans that are asked for or running."""
    return await uow.scalars(LIVE_WORDS, group=group)


async def pledges_asked_of(uow: UnitOfWork, *, group: DaoId, member: MemberId) -> list[tuple[Pledge, Loan]]:
    """Who waits for her word in this group: the pledge and the loan."""
    found = await uow.rows(ASKED_OF_HER, group=group, member=member)
    return [(_as_pledge(*row[:2]), _as_loan(*row[2:])) for row in found]


async def agreeing(uow: UnitOfWork, *, loan: UUID, question: Question) -> int:
    """How many who are officials now have agreed, with a word that counts now (`identity.signing`)."""
    said = {MemberId(who): at for who, at in await uow.rows(AGREEING, loan=loan, question=question)}
    return len(await words_that_count(uow, about=word_about(loan, question), said=said))


def word_about(loan: UUID, question: Question) -> UUID:
    """Under which name a word on this question is renewed (`identity.signing`)."""
    return uuid5(loan, question)


async def may_say_again(uow: UnitOfWork, word: LoanDecisionRow) -> bool:
    """Whether this yes doesn't count since the account of whoever said it was recovered, so that she may say it again."""
    said = {MemberId(word.user_id): word.decided_at}
    return word.agrees and bool(await words_to_renew(uow, about=word_about(word.loan_id, word.question), said=said))


async def taken_from_savings(uow: UnitOfWork, *, loan: UUID) -> bool:
    """Whether officials have had it taken from savings, as far as these went."""
    return (await came_back(uow, loans=(loan,)))[loan].from_savings


async def lay_hers(uow: UnitOfWork, loan: Loan) -> None:
    """Lay at hand what came back of a loan that runs, where only is read."""
    known = came_back.is_foreseen(uow, loans=(loan.id,)) or uow.knows(CAME_BACK, loans=[loan.id], source=LOANS)
    if uow.only_reads and loan.status == "running" and not known:
        rows = await uow.ask(HER_BACK, group=loan.group, member=loan.borrower, source=LOANS)
        came_back.foresee(uow, _backs([loan.id], rows), loans=(loan.id,))


async def lay_what_came_back(uow: UnitOfWork, *, group: DaoId, loans: Sequence[Loan]) -> None:
    """Lay at hand what came back of each of the group's loans, where only is read."""
    if uow.only_reads and loans:
        back = _backs([loan.id for loan in loans], await uow.ask(RUNNING_BACK, group=group, source=LOANS))
        for loan, its in back.items():
            came_back.foresee(uow, {loan: its}, loans=(loan,))


@foreseeable
async def came_back(uow: UnitOfWork, *, loans: tuple[UUID, ...]) -> dict[UUID, Back]:
    """What came back of each of these loans, and what is on its way."""
    if len(loans) > 1 and all(came_back.is_foreseen(uow, loans=(loan,)) for loan in loans):
        return {loan: (await came_back(uow, loans=(loan,)))[loan] for loan in loans}
    found = _backs(loans, await uow.ask(CAME_BACK, loans=list(loans), source=LOANS) if loans else ())
    for loan, back in found.items():
        came_back.foresee(uow, {loan: back}, loans=(loan,))
    return found


def _backs(loans: Collection[UUID], rows: Iterable[Row]) -> dict[UUID, Back]:
    found = {loan: Back() for loan in loans}
    for row in rows:
        if row["loan"] not in found:
            continue
        back, amount = found[row["loan"]], Money.from_decimal(row["amount"])
        if row["paid_on"] is None:
            back.planned.append(Payment(day_of(row["at"]), amount))
        else:
            back.booked.append(Payment(row["paid_on"], amount))
            back.from_savings |= row["from_savings"]
    return found


async def standing_of(uow: UnitOfWork, loan: Loan, *, on: date | None = None) -> Standing:
    """Where a loan that was paid out stands on a day (today), with all that is on its way to it."""
    await lay_hers(uow, loan)
    return (await standings_of(uow, [loan], on=on))[0]


async def standings_of(uow: UnitOfWork, loans: Sequence[Loan], *, on: date | None = None) -> list[Standing]:
    """The same of each of these loans."""
    back = await came_back(uow, loans=tuple(loan.id for loan in loans))
    return [stands(loan, back[loan.id], on=on or today(uow)) for loan in loans]


async def booked_standing(uow: UnitOfWork, loan: Loan, *, on: date | None = None) -> Standing:
    """The same by what is booked alone: by it the next repayment is split into interest and principal."""
    booked = (await came_back(uow, loans=(loan.id,)))[loan.id].booked
    return stands(loan, Back(booked), on=on or today(uow))


def stands(loan: Loan, back: Back, *, on: date) -> Standing:
    """Where a loan that was paid out stands on this day when this has come back."""
    if loan.started_on is None:
        raise LookupError("this loan was never paid out")
    return standing(loan.terms, start=loan.started_on, paid=[*back.booked, *back.planned], today=on)


async def earned(uow: UnitOfWork, *, group: DaoId, since: datetime) -> Money:
    """What lending has brought since then: interest that came in as money, less principal that was given up."""
    (found,) = await uow.ask(EARNED, group=group, since=since)
    return Money.from_decimal((found["brought"] or Decimal(0)) - (found["given_up"] or Decimal(0)))


EARNED = Asked("""
    SELECT (SELECT sum(r.interest) FROM loan_repayments r JOIN loans l ON l.id = r.loan_id
        WHERE l.dao_id = :group AND r.source = 'balance' AND r.created_at >= :since) AS brought,
      (SELECT sum(l.principal - coalesce((SELECT sum(r.principal) FROM loan_repayments r WHERE r.loan_id = l.id), 0))
        FROM loans l WHERE l.dao_id = :group AND l.status = 'written_off' AND l.ended_at >= :since) AS given_up
""")


async def counts_on(uow: UnitOfWork, loan: Loan, completed_at: datetime) -> date:
    """The day on which a payment counts: its own, but no earlier than the loan and what is booked already."""
    return day_that_counts(uow, loan, (await came_back(uow, loans=(loan.id,)))[loan.id], completed_at)


def day_that_counts(uow: UnitOfWork, loan: Loan, back: Back, completed_at: datetime) -> date:
    """The same, of a loan of which this has come back."""
    own = min(day_of(completed_at), today(uow))
    return max(day for day in (own, *(one.on for one in back.booked), loan.started_on) if day is not None)


def today(uow: UnitOfWork) -> date:
    """The day it is in East Africa."""
    return day_of(uow.clock.now())


# What is booked, and what the group's payments that are planned will bring, each in its order.
_BACK = """
    SELECT r.loan_id AS loan, r.paid_on, NULL AS at, r.amount, r.source = 'savings' AS from_savings, r.created_at, r.id
    FROM loan_repayments r WHERE r.loan_id {those}
    UNION ALL
    SELECT l.ref, NULL, p.completed_at, sum(l.amount), false, p.created_at, p.id
    FROM contribution_lines l JOIN contribution_payments p ON p.id = l.payment_id
    WHERE p.state = 'planned' AND l.source = :source AND l.ref {those}
    GROUP BY l.ref, p.id
    ORDER BY created_at, id
"""
CAME_BACK = Asked(_BACK.format(those="= ANY(:loans)"))
HER_BACK = Asked(
    _BACK.format(those="IN (SELECT o.id FROM loans o WHERE o.dao_id = :group AND o.user_id = :member AND o.status = 'running')")
)
RUNNING_BACK = Asked(_BACK.format(those="IN (SELECT o.id FROM loans o WHERE o.dao_id = :group AND o.status = 'running')"))
_LOANS = select(LoanRow, MemberRow.name).join(MemberRow, MemberRow.id == LoanRow.user_id)
_PLEDGES = select(PledgeRow, MemberRow.name).join(MemberRow, MemberRow.id == PledgeRow.user_id)


ONE = Selected(_LOANS.where(LoanRow.id == given("loan")))
HERS = Selected(_LOANS.where(LoanRow.dao_id == given("group"), LoanRow.user_id == given("member"), LoanRow.status.in_(LIVE)))
_OF_GROUP = LoanRow.dao_id == given("group"), LoanRow.status == any_(given("statuses", ARRAY(String)))
OF_GROUP = Selected(_LOANS.where(*_OF_GROUP).order_by(LoanRow.asked_at, LoanRow.id))
_BORROWER = aliased(MemberRow)
ASKED_OF_HER = Selected(
    select(PledgeRow, MemberRow.name, LoanRow, _BORROWER.name)
    .join(MemberRow, MemberRow.id == PledgeRow.user_id)
    .join(LoanRow, LoanRow.id == PledgeRow.loan_id)
    .join(_BORROWER, _BORROWER.id == LoanRow.user_id)
    .where(PledgeRow.user_id == given("member"), PledgeRow.status == "asked")
    .where(LoanRow.dao_id == given("group"), LoanRow.status == "asked")
    .order_by(PledgeRow.asked_at)
)
PLEDGES = Selected(
    _PLEDGES.where(PledgeRow.loan_id == any_(given("loans", ARRAY(Uuid())))).order_by(PledgeRow.asked_at, PledgeRow.id)
)
# Of all loans of a group that are asked for or running.
_LIVE = select(LoanRow.id).where(LoanRow.dao_id == given("group"), LoanRow.status.in_(LIVE))
LIVE_PLEDGES = Selected(_PLEDGES.where(PledgeRow.loan_id.in_(_LIVE)).order_by(PledgeRow.asked_at, PledgeRow.id))
LIVE_WORDS = Selected(select(LoanDecisionRow).where(LoanDecisionRow.loan_id.in_(_LIVE)))


# Which question the officials are asked about it.
ITS_QUESTION = Asked(
    "SELECT CASE status WHEN 'asked' THEN 'payout' ELSE 'recovery' END AS question FROM loans WHERE id = :loan"
)
_OF_OFFICIAL = MembershipRow.dao_id == LoanRow.dao_id, MembershipRow.user_id == LoanDecisionRow.user_id
_AGREED = (
    select(LoanDecisionRow.user_id, LoanDecisionRow.decided_at)
    .join(LoanRow, LoanRow.id == LoanDecisionRow.loan_id)
    .join(MembershipRow, and_(*_OF_OFFICIAL))
    .where(LoanDecisionRow.loan_id == given("loan"), LoanDecisionRow.question == given("question"))
    .where(LoanDecisionRow.agrees.is_(True), MembershipRow.status == "active", MembershipRow.role.in_(OFFICIALS))
)
AGREEING = Selected(_AGREED)
_WHO = _AGREED.with_only_columns(LoanDecisionRow.user_id).order_by(LoanDecisionRow.user_id).scalar_subquery()
# The same without the moments, as one list.
WHO_AGREED = Selected(select(func.array(_WHO, type_=ARRAY(Uuid()))))


def _as_loan(row: LoanRow, name: str) -> Loan:
    return Loan(
        id=row.id,
        group=DaoId(row.dao_id),
        borrower=MemberId(row.user_id),
        name=name,
        terms=Terms(Money.from_decimal(row.principal), row.rate, row.method, row.months),
        status=row.status,
        asked_at=row.asked_at,
        started_on=row.started_on,
    )


def _as_pledge(row: PledgeRow, name: str) -> Pledge:
    return Pledge(row.id, row.loan_id, MemberId(row.user_id), name, Money.from_decimal(row.amount), row.status)
