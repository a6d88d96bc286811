"""Asking for a loan: how much, on which terms, and who is asked to vouch for what her own savings don't cover."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from core.daos.constitutions import rules_of
from core.daos.dialling import dial_to
from core.daos.ending import refuse_while_ending
from core.daos.groups import find_group, require_member
from core.daos.loans.models import LoanRow, PledgeRow
from core.daos.loans.reading import Loan, find_loan, live_loan
from core.daos.loans.refusals import (
    GuarantorsNeeded,
    HasLoan,
    LoanTooLarge,
    LoanTooSmall,
    NoLoansHere,
    TooNewForLoan,
    WrongTerm,
)
from core.daos.loans.savings import ZERO, Savings, lock_savings, savings
from core.daos.loans.schedule import Method, Terms
from core.daos.people import OFFICIALS, Person, participants_of, people_of, short_name
from core.daos.rules import Rules
from core.daos.telling import tell
from core.kernel.db import UnitOfWork, foreseeable
from core.kernel.ids import DaoId, IntentId, MemberId
from core.kernel.money import BASIS_POINTS, KES, Money
from core.kernel.texts import text
from core.ledger.accounts import pot
from core.ledger.service import KeyReused, balance

SMALLEST = Money(100_00, KES)
TEMPLATE = "loan"
# What waits for somebody's word, which is early enough in the morning.
ASKED = "loan_asked"


@dataclass(frozen=True)
class Offer:
    """What a member may borrow now: at most `most`, for up to `months`. What `free` doesn't cover takes `guarantors`.

    `lendable`: what the pot may lend to anybody.
    """

    most: Money
    months: int
    rate: int
    method: Method
    guarantors: int
    free: Money
    lendable: Money

    def terms(self, amount: Money, months: int) -> Terms:
        return Terms(amount, self.rate, self.method, months)

    def to_vouch_for(self, amount: Money) -> Money:
        """What guarantors have to answer for together."""
        return max(ZERO, amount - self.free)


@foreseeable
async def offer(uow: UnitOfWork, *, group: DaoId, member: MemberId) -> Offer:
    """What she may borrow. Raises NotAMember, GroupEnds, NoLoansHere, TooNewForLoan, HasLoan."""
    return await _offer(uow, group, member, await savings(uow, group=group, member=member))


async def may_vouch(uow: UnitOfWork, *, group: DaoId, member: MemberId) -> list[Person]:
    """Whom she may ask: every other active member who holds money here."""
    return [person for person in await participants_of(uow, group=group) if person.id != member]


async def ask_for_loan(
    uow: UnitOfWork,
    *,
    intent: IntentId,
    group: DaoId,
    member: MemberId,
    amount: Money,
    months: int,
    guarantors: Sequence[MemberId] = (),
) -> Loan:
    """Ask for a loan, once per intent; everybody whose word is needed is told. Her savings are locked until the unit ends.

    Raises what `offer` raises, and LoanTooSmall, LoanTooLarge, WrongTerm, GuarantorsNeeded, KeyReused.
    """
    before = await uow.session.scalar(select(LoanRow).where(LoanRow.intent == intent))
    if before is not None:
        if (before.user_id, before.dao_id, Money.from_decimal(before.principal)) != (member, group, amount):
            raise KeyReused
        return await find_loan(uow, loan=before.id)

    offered = await _offer(uow, group, member, await lock_savings(uow, group=group, member=member))
    _check(offered, amount, months)
    people = await _chosen(uow, group, member, guarantors, offered=offered, amount=amount)

    loan = await _write(uow, intent, group, member, offered.terms(amount, months))
    await _ask_them(uow, loan, people, offered.to_vouch_for(amount))
    if not people:
        await tell_officials(uow, loan)
    return loan


async def tell_officials(uow: UnitOfWork, loan: Loan) -> None:
    """Everybody who vouches has agreed: now the officials other than the borrower are to decide."""
    group = await find_group(uow, group=loan.group)
    about = {"group": group.name, "dialled": dial_to(uow, group.code, "loans"), "whom": short_name(loan.name)}
    what = text("loan-sms-decide", amount=loan.terms.principal, **about)
    for person in await people_of(uow, group=loan.group, roles=OFFICIALS):
        if person.id != loan.borrower:
            await tell(uow, person, what, template=ASKED)


async def _offer(uow: UnitOfWork, group: DaoId, member: MemberId, saved: Savings) -> Offer:
    membership = await require_member(uow, member=member, group=group)
    await refuse_while_ending(uow, group=group)
    rules = await rules_of(uow, group=group)
    if not rules.loan_multiple or membership.role == "observer":
        raise NoLoansHere
    until = membership.joined_at + timedelta(days=rules.loan_waiting_days)
    if uow.clock.now() < until:
        raise TooNewForLoan(until)
    if await live_loan(uow, group=group, member=member):
        raise HasLoan
    lendable = await _lendable(uow, group, rules)
    return Offer(
        most=min(saved.total * rules.loan_multiple, lendable),
        months=rules.loan_months,
        rate=rules.loan_interest,
        method=_method(rules),
        guarantors=rules.loan_guarantors,
        free=saved.free,
        lendable=lendable,
    )


async def _lendable(uow: UnitOfWork, group: DaoId, rules: Rules) -> Money:
    """The loan pot without the part that the rules never lend."""
    held = (await balance(uow, pot(group, "loans"))).available
    return held - held.percent(min(rules.loan_reserve, BASIS_POINTS))


def _method(rules: Rules) -> Method:
    return "flat" if rules.loan_method == "flat" else "reducing"


def _check(offered: Offer, amount: Money, months: int) -> None:
    if amount < SMALLEST:
        raise LoanTooSmall(SMALLEST)
    if amount > offered.most:
        raise LoanTooLarge(offered.most)
    if not 1 <= months <= offered.months:
        raise WrongTerm(offered.months)


async def _chosen(
    uow: UnitOfWork, group: DaoId, member: MemberId, guarantors: Sequence[MemberId], *, offered: Offer, amount: Money
) -> list[Person]:
    """The guarantors as people. Raises GuarantorsNeeded; LoanTooLarge when nobody could vouch for the rest."""
    missing = offered.to_vouch_for(amount)
    if not missing:
        return []
    if not offered.guarantors:
        raise LoanTooLarge(offered.free)
    people = [person for person in await may_vouch(uow, group=group, member=member) if person.id in set(guarantors)]
    if len(people) < offered.guarantors or len(people) != len(guarantors):
        raise GuarantorsNeeded(offered.guarantors)
    return people


async def _write(uow: UnitOfWork, intent: IntentId, group: DaoId, member: MemberId, terms: Terms) -> Loan:
    row = LoanRow(
        id=uow.ids.new(),
        dao_id=group,
        user_id=member,
        principal=terms.principal.as_decimal(),
        currency=terms.principal.currency.code,
        rate=terms.rate,
        method=terms.method,
        months=terms.months,
        status="asked",
        intent=intent,
        asked_at=uow.clock.now(),
    )
    uow.session.add(row)
    await uow.session.flush()
    return await find_loan(uow, loan=row.id)


async def _ask_them(uow: UnitOfWork, loan: Loan, people: Sequence[Person], missing: Money) -> None:
    """Each answers for an equal part, and hears of it."""
    if not people:
        return
    group = await find_group(uow, group=loan.group)
    about = {"group": group.name, "dialled": dial_to(uow, group.code, "loans"), "whom": short_name(loan.name)}
    for person, share in zip(people, missing.split([1] * len(people)), strict=True):
        uow.session.add(_pledge(uow, loan.id, person.id, share))
        what = text("loan-sms-vouch", amount=share, total=loan.terms.principal, **about)
        await tell(uow, person, what, template=ASKED)
    await uow.session.flush()


def _pledge(uow: UnitOfWork, loan: UUID, guarantor: MemberId, amount: Money) -> PledgeRow:
    return PledgeRow(
        id=uow.ids.new(),
        loan_id=loan,
        user_id=guarantor,
        amount=amount.as_decimal(),
        status="asked",
        asked_at=uow.clock.now(),
    )
