"""The officials' word on a loan: so many of them as the rules say pay it out, and the borrower is never one of them.

The last word that is needed pays in the same unit: everything is checked once more, the money moves last.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid5

from sqlalchemy import func, select

from core.daos.constitutions import rules_of
from core.daos.ending import refuse_while_ending
from core.daos.groups import find_group
from core.daos.loans.asking import TEMPLATE
from core.daos.loans.models import LoanDecisionRow, LoanRow, LoanStatus, Question
from core.daos.loans.reading import Loan, agreeing, find_loan, pledges_of, today, word_about
from core.daos.loans.refusals import NoOneElse, NotDecidable, PotTooSmall, UnknownLoan
from core.daos.loans.vouching import release_pledges
from core.daos.models import GroupRow
from core.daos.people import OFFICIALS, Person, people_of, require_role, short_name
from core.daos.telling import tell, tell_group
from core.identity.signing import renew_word, require_may_sign
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId, TransferId, reference
from core.kernel.money import BASIS_POINTS
from core.kernel.texts import Text, text
from core.ledger.accounts import member_account, pot
from core.ledger.service import Leg, balance, transfer
from core.notifications.service import Receipt

PAID_OUT = "loan paid out"


@dataclass(frozen=True)
class Decision:
    """Where a decision is: who agrees, how many have to, and whether with this word it was taken."""

    agreed: int
    needed: int
    taken: bool


async def decide_loan(uow: UnitOfWork, *, loan: UUID, official: MemberId, agrees: bool) -> Decision:
    """An official's word on paying out, once each; the last one needed pays. Locks the loan until the unit ends.

    Raises UnknownLoan, NotDecidable, NotAMember, NotYourRole, NoOneElse, PotTooSmall, GroupEnds, and SignsLater for a yes.
    """
    asked = await find_loan(uow, loan=loan, lock=True)
    await require_decider(uow, asked, official)
    if agrees:
        await require_may_sign(uow, member=official)
    if asked.status != "asked" or any(one.status != "accepted" for one in await pledges_of(uow, loan=loan)):
        raise NotDecidable
    deciders = await deciders_of(uow, asked)
    needed = await votes_needed(uow, asked.group, len(deciders))
    await record_word(uow, loan=loan, question="payout", official=official, agrees=agrees)

    agreed = await agreeing(uow, loan=loan, question="payout")
    if agreed >= needed:
        await _pay_out(uow, asked)
        return Decision(agreed, needed, taken=True)
    if await _against(uow, loan) > len(deciders) - needed:
        await end_loan(uow, asked, "rejected", text("loan-sms-rejected", group=await _name(uow, asked.group)))
    return Decision(agreed, needed, taken=False)


async def withdraw_request(uow: UnitOfWork, *, loan: UUID, member: MemberId) -> None:
    """The borrower doesn't want it any more. Raises UnknownLoan, NotDecidable."""
    asked = await find_loan(uow, loan=loan, lock=True)
    if asked.borrower != member:
        raise UnknownLoan
    if asked.status != "asked":
        raise NotDecidable
    await end_loan(uow, asked, "withdrawn", None)


async def require_decider(uow: UnitOfWork, loan: Loan, official: MemberId) -> None:
    """Whether she may decide about this loan. Raises NotAMember, NotYourRole, UnknownLoan for her own."""
    await require_role(uow, member=official, group=loan.group, roles=OFFICIALS)
    if official == loan.borrower:
        raise UnknownLoan


async def deciders_of(uow: UnitOfWork, loan: Loan) -> list[Person]:
    """The officials other than the borrower. Raises NoOneElse."""
    found = [one for one in await people_of(uow, group=loan.group, roles=OFFICIALS) if one.id != loan.borrower]
    if not found:
        raise NoOneElse
    return found


async def votes_needed(uow: UnitOfWork, group: DaoId, deciders: int) -> int:
    """As many as the rules say, or all where there are fewer."""
    return min((await rules_of(uow, group=group)).approvals, deciders)


async def record_word(uow: UnitOfWork, *, loan: UUID, question: Question, official: MemberId, agrees: bool) -> None:
    """Her word, which stays. A second yes has all words counted anew: one that was in doubt may count by now.

    Hers counts again with it if her account was recovered after the first.
    Raises NotDecidable when she has said something else.
    """
    before = await uow.session.get(LoanDecisionRow, (loan, question, official))
    if before is not None and before.agrees and agrees:
        await renew_word(uow, about=word_about(loan, question), member=official, said_at=before.decided_at)
        return
    if before is not None:
        raise NotDecidable
    word = LoanDecisionRow(loan_id=loan, question=question, user_id=official, agrees=agrees, decided_at=uow.clock.now())
    uow.session.add(word)
    await uow.session.flush()


async def end_loan(uow: UnitOfWork, loan: Loan, status: LoanStatus, what: Text | None, *, because: str | None = None) -> None:
    """The loan is over in this way; the borrower is told when there's something to tell."""
    row = await uow.session.get_one(LoanRow, loan.id)
    row.status, row.ended_at, row.because = status, uow.clock.now(), because
    await uow.session.flush()
    await release_pledges(uow, loan=loan.id)
    for person in await people_of(uow, group=loan.group) if what else ():
        if person.id == loan.borrower and what:
            await tell(uow, person, what, template=TEMPLATE)


async def _pay_out(uow: UnitOfWork, loan: Loan) -> None:
    # Payouts of one group take turns, so that together they leave the part of the pot that is never lent.
    await uow.session.get_one(GroupRow, loan.group, with_for_update={"key_share": True})
    await refuse_while_ending(uow, group=loan.group)
    await _check_again(uow, loan)
    await _tell_others(uow, loan)
    amount, account = loan.terms.principal, pot(loan.group, "loans")
    legs = [Leg(account, -amount), Leg(member_account(loan.borrower), amount)]
    posted = await transfer(uow, key=uuid5(loan.id, PAID_OUT), kind="loan", legs=legs, details={"loan": str(loan.id)})
    row = await uow.session.get_one(LoanRow, loan.id)
    row.status, row.started_on, row.transfer_id = "running", today(uow), TransferId(posted.transfer)
    await uow.session.flush()
    await _tell_borrower(uow, loan, TransferId(posted.transfer))


async def _check_again(uow: UnitOfWork, loan: Loan) -> None:
    """Much may have happened since she asked: she may have left, or the pot been lent to others."""
    if not any(person.id == loan.borrower for person in await people_of(uow, group=loan.group)):
        raise NotDecidable
    rules = await rules_of(uow, group=loan.group)
    account = pot(loan.group, "loans")
    held = (await balance(uow, account)).available
    lendable = held - held.percent(min(rules.loan_reserve, BASIS_POINTS))
    if loan.terms.principal > lendable:
        raise PotTooSmall(lendable)


async def _tell_others(uow: UnitOfWork, loan: Loan) -> None:
    said = {"group": await _name(uow, loan.group), "whom": short_name(loan.name), "amount": loan.terms.principal}
    await tell_group(uow, group=loan.group, what=text("loan-sms-lent", **said), template=TEMPLATE, but=(loan.borrower,))


async def _tell_borrower(uow: UnitOfWork, loan: Loan, posted: TransferId) -> None:
    group, amount = await _name(uow, loan.group), loan.terms.principal
    own = (await balance(uow, member_account(loan.borrower))).available
    receipt = Receipt("loan", amount, loan.name, uow.clock.now(), reference(posted), balance=own, group=group)
    for person in await people_of(uow, group=loan.group):
        if person.id == loan.borrower:
            what = text("loan-sms-paid-out", group=group, amount=amount)
            await tell(uow, person, what, template=TEMPLATE, receipt=receipt)


async def _against(uow: UnitOfWork, loan: UUID) -> int:
    words = LoanDecisionRow.loan_id == loan, LoanDecisionRow.question == "payout", LoanDecisionRow.agrees.is_(False)
    return await uow.session.scalar(select(func.count()).select_from(LoanDecisionRow).where(*words)) or 0


async def _name(uow: UnitOfWork, group: DaoId) -> str:
    return (await find_group(uow, group=group)).name
