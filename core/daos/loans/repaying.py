"""Paying a loan back, from one's own balance or for another member; and what is taken from the savings that answer for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID, uuid5

from sqlalchemy import select

from core.daos.dues_locks import hold_dues
from core.daos.groups import find_group, require_member
from core.daos.loans.asking import TEMPLATE
from core.daos.loans.deciding import Decision, deciders_of, end_loan, record_word, require_decider, votes_needed
from core.daos.loans.models import RepaymentRow
from core.daos.loans.reading import (
    Loan,
    agreeing,
    booked_standing,
    find_loan,
    pledges_of,
    standing_of,
    taken_from_savings,
    today,
)
from core.daos.loans.refusals import MoreThanOwed, NotDecidable, UnknownLoan
from core.daos.loans.savings import ZERO, lock_savings, still_locked
from core.daos.loans.schedule import Standing, interest_part
from core.daos.people import people_of, short_name
from core.daos.telling import tell, tell_group
from core.identity.signing import require_may_sign
from core.kernel.db import UnitOfWork
from core.kernel.ids import IntentId, MemberId, TransferId, reference
from core.kernel.money import Money
from core.kernel.texts import text
from core.ledger.accounts import member_account, pot
from core.ledger.service import KeyReused, Leg, balance, transfer

# So many days late, and the officials may take from the savings that answer for the loan.
RECOVERABLE_AFTER = 60
TAKEN = "loan taken from savings"


@dataclass(frozen=True)
class Repayment:
    """What was paid, what of it was interest, what is still owed. `repeated`: it had been paid before, under this intent."""

    reference: str
    amount: Money
    interest: Money
    left: Money
    balance: Money
    repeated: bool = field(compare=False)


async def repay(uow: UnitOfWork, *, intent: IntentId, loan: UUID, payer: MemberId, amount: Money) -> Repayment:
    """Pay so much of what is owed, once per intent. Locks the borrower's dues and the loan until the unit ends.

    Raises UnknownLoan, NotAMember, MoreThanOwed, InsufficientFunds, KeyReused.
    """
    owed = await _hold(uow, loan)
    await require_member(uow, member=payer, group=owed.group)
    before = await uow.session.scalar(select(RepaymentRow).where(RepaymentRow.intent == intent))
    if before is not None:
        return await _first_answer(uow, before, owed, payer=payer, amount=amount)
    if owed.status != "running":
        raise UnknownLoan
    stands = await standing_of(uow, owed)
    if amount > stands.payoff:
        raise MoreThanOwed(stands.payoff)

    legs = [Leg(member_account(payer), -amount), Leg(pot(owed.group, "loans"), amount)]
    posted = await transfer(uow, key=intent, kind="loan_repayment", legs=legs, details={"loan": str(owed.id)})

    row = await book(uow, owed, payer, amount=amount, on=today(uow), posted=posted.transfer, intent=intent)
    await _tell_other(uow, owed, payer, amount)
    return await _outcome(uow, row, owed, repeated=False)


async def book(
    uow: UnitOfWork, loan: Loan, payer: MemberId, *, amount: Money, on: date, posted: TransferId, intent: IntentId
) -> RepaymentRow:
    """Write down what has come back by a transfer, and end the loan with its last shilling. The caller has locked the loan."""
    row = await _write(uow, loan, payer, amount=amount, on=on, posted=posted, intent=intent)
    await _end_if_repaid(uow, loan)
    return row


async def decide_recovery(uow: UnitOfWork, *, loan: UUID, official: MemberId, agrees: bool) -> Decision:
    """An official's word on taking what is owed from savings; the last one needed takes it.

    Locks the borrower's dues and the loan until the unit ends.

    The group owes its members their savings, and the borrower owes the group: one is set against the other and no money moves.
    First the borrower's own savings, then the guarantors', each in proportion to what she answers for and never more than that.
    They answer once: what is left then is repaid or forgiven.
    Raises UnknownLoan, NotDecidable (not late enough, decided before), NotAMember, NotYourRole, NoOneElse, SignsLater (a yes).
    """
    owed = await _hold(uow, loan)
    await require_decider(uow, owed, official)
    if agrees:
        await require_may_sign(uow, member=official)
    if not await recoverable(uow, owed):
        raise NotDecidable
    deciders = await deciders_of(uow, owed)
    needed = await votes_needed(uow, owed.group, len(deciders))
    await record_word(uow, loan=loan, question="recovery", official=official, agrees=agrees)
    agreed = await agreeing(uow, loan=loan, question="recovery")
    if agreed < needed:
        return Decision(agreed, needed, taken=False)
    await _take_from_savings(uow, owed)
    return Decision(agreed, needed, taken=True)


async def recoverable(uow: UnitOfWork, loan: Loan) -> bool:
    """Whether officials may have it taken from savings now: it is late enough, and that wasn't done before."""
    if loan.status != "running" or (await standing_of(uow, loan)).days_late(today(uow)) < RECOVERABLE_AFTER:
        return False
    return not await taken_from_savings(uow, loan=loan.id)


async def write_off(uow: UnitOfWork, *, loan: UUID, because: str) -> Money:
    """The group gives up what is still owed, by its members' vote; returns how much. Raises UnknownLoan.

    Nothing moves in the books: the money left the pot when it was lent. Who may is the question of whoever calls.
    """
    owed = await _hold(uow, loan)
    if owed.status != "running":
        raise UnknownLoan
    lost = (await standing_of(uow, owed)).payoff
    group = await find_group(uow, group=owed.group)
    await end_loan(uow, owed, "written_off", text("loan-sms-written-off", group=group.name, amount=lost), because=because)
    return lost


async def _hold(uow: UnitOfWork, loan: UUID) -> Loan:
    """The loan, and before it the borrower's dues, over which payments to the group are planned. Raises UnknownLoan."""
    found = await find_loan(uow, loan=loan)
    await hold_dues(uow, group=found.group, members=[found.borrower])
    return await find_loan(uow, loan=loan, lock=True)


async def _take_from_savings(uow: UnitOfWork, loan: Loan) -> None:
    stands = await standing_of(uow, loan)
    shares = await _who_answers(uow, loan, stands)
    if not shares:
        raise NotDecidable
    for member, share in shares.items():
        intent = IntentId(uuid5(loan.id, f"{TAKEN} {member}"))
        await _write(uow, loan, member, amount=share, on=today(uow), posted=None, intent=intent)
    await _end_if_repaid(uow, loan)
    await _tell_taken(uow, loan, shares)


async def _who_answers(uow: UnitOfWork, loan: Loan, stands: Standing) -> dict[MemberId, Money]:
    """Whose savings pay how much: hers as far as they go, the rest by those who vouched."""
    own = await lock_savings(uow, group=loan.group, member=loan.borrower)
    from_own = min(stands.payoff, max(ZERO, own.total - own.pledged))
    shares = {loan.borrower: from_own} if from_own else {}
    accepted = [one for one in await pledges_of(uow, loan=loan.id) if one.status == "accepted"]
    # What a repayment has freed of a pledge answers for this loan no more.
    out, lent = stands.principal, loan.terms.principal
    vouched = {one.guarantor: still_locked(one.amount, out=out, principal=lent) for one in accepted}
    rest = min(stands.payoff - from_own, sum(vouched.values(), start=ZERO))
    if rest:
        parts = rest.split([amount.minor for amount in vouched.values()])
        shares |= {member: part for member, part in zip(vouched, parts, strict=True) if part}
    return shares


async def _end_if_repaid(uow: UnitOfWork, loan: Loan) -> None:
    if loan.status == "running" and not (await booked_standing(uow, loan)).payoff:
        group = await find_group(uow, group=loan.group)
        await end_loan(uow, loan, "repaid", text("loan-sms-repaid", group=group.name, amount=loan.terms.principal))


async def _tell_other(uow: UnitOfWork, loan: Loan, payer: MemberId, amount: Money) -> None:
    """Whoever owes hears that somebody else has paid for her."""
    if payer == loan.borrower:
        return
    people = {person.id: person for person in await people_of(uow, group=loan.group)}
    if loan.borrower in people:
        group = await find_group(uow, group=loan.group)
        what = text("loan-sms-paid-for-you", group=group.name, whom=short_name(people[payer].name), amount=amount)
        await tell(uow, people[loan.borrower], what, template=TEMPLATE)


async def _tell_taken(uow: UnitOfWork, loan: Loan, shares: dict[MemberId, Money]) -> None:
    group = await find_group(uow, group=loan.group)
    for person in await people_of(uow, group=loan.group):
        if person.id in shares:
            what = text("loan-sms-taken", group=group.name, whom=short_name(loan.name), amount=shares[person.id])
            await tell(uow, person, what, template=TEMPLATE)
    total = sum(shares.values(), start=ZERO)
    what = text("loan-sms-recovered", group=group.name, whom=short_name(loan.name), amount=total)
    await tell_group(uow, group=loan.group, what=what, template=TEMPLATE, but=tuple(shares))


async def _first_answer(uow: UnitOfWork, row: RepaymentRow, loan: Loan, *, payer: MemberId, amount: Money) -> Repayment:
    if (row.loan_id, row.user_id, Money.from_decimal(row.amount)) != (loan.id, payer, amount):
        raise KeyReused
    return await _outcome(uow, row, loan, repeated=True)


async def _outcome(uow: UnitOfWork, row: RepaymentRow, loan: Loan, *, repeated: bool) -> Repayment:
    return Repayment(
        reference=reference(row.transfer_id or row.id),
        amount=Money.from_decimal(row.amount),
        interest=Money.from_decimal(row.interest),
        left=(await standing_of(uow, loan)).payoff,
        balance=(await balance(uow, member_account(MemberId(row.user_id)))).available,
        repeated=repeated,
    )


async def _write(
    uow: UnitOfWork, loan: Loan, member: MemberId, *, amount: Money, on: date, posted: TransferId | None, intent: IntentId
) -> RepaymentRow:
    interest, principal = interest_part(await booked_standing(uow, loan, on=on), amount)
    row = RepaymentRow(
        id=uow.ids.new(),
        loan_id=loan.id,
        user_id=member,
        source="balance" if posted else "savings",
        amount=amount.as_decimal(),
        interest=interest.as_decimal(),
        principal=principal.as_decimal(),
        paid_on=on,
        transfer_id=posted,
        intent=intent,
        created_at=uow.clock.now(),
    )
    uow.session.add(row)
    await uow.session.flush()
    return row
