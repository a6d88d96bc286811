"""A guarantor's own word: with it her savings answer for her part of the loan until it is repaid. A refusal stays private."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select, update

from core.daos.groups import find_group, require_member
from core.daos.loans.asking import TEMPLATE, tell_officials
from core.daos.loans.models import PledgeRow
from core.daos.loans.reading import Loan, Pledge, find_loan, pledges_of
from core.daos.loans.refusals import SavingsTooSmall, UnknownLoan
from core.daos.loans.savings import lock_savings
from core.daos.people import people_of, short_name
from core.daos.telling import tell
from core.kernel.db import UnitOfWork
from core.kernel.ids import MemberId
from core.kernel.texts import Text, text


async def answer_pledge(uow: UnitOfWork, *, loan: UUID, guarantor: MemberId, accepts: bool) -> Pledge:
    """Her yes or no, once; asked again it's the answer that she gave. The last yes hands the loan to the officials.

    Locks the loan and her membership until the unit ends. Raises UnknownLoan, NotAMember, SavingsTooSmall.
    """
    asked = await find_loan(uow, loan=loan, lock=True)
    await require_member(uow, member=guarantor, group=asked.group)
    hers = next((one for one in await pledges_of(uow, loan=loan) if one.guarantor == guarantor), None)
    if hers is None or asked.status != "asked":
        raise UnknownLoan
    if hers.status != "asked":
        return hers
    if accepts:
        saved = await lock_savings(uow, group=asked.group, member=guarantor)
        if saved.free < hers.amount:
            raise SavingsTooSmall(saved.free)
    return await _answered(uow, asked, hers, accepts=accepts)


async def release_pledges(uow: UnitOfWork, *, loan: UUID) -> None:
    """The loan is over: nobody answers for it any more."""
    open_ones = PledgeRow.loan_id == loan, PledgeRow.status.in_(("asked", "accepted"))
    await uow.session.execute(update(PledgeRow).where(*open_ones).values(status="released"))


async def _answered(uow: UnitOfWork, loan: Loan, pledge: Pledge, *, accepts: bool) -> Pledge:
    row = (await uow.session.execute(select(PledgeRow).where(PledgeRow.id == pledge.id))).scalar_one()
    row.status, row.answered_at = "accepted" if accepts else "refused", uow.clock.now()
    await uow.session.flush()
    group = await find_group(uow, group=loan.group)
    said = "loan-sms-vouched" if accepts else "loan-sms-not-vouched"
    await _tell_borrower(uow, loan, text(said, group=group.name, whom=short_name(pledge.name), amount=pledge.amount))
    answers = await pledges_of(uow, loan=loan.id)
    if all(one.status == "accepted" for one in answers):
        await tell_officials(uow, loan)
    return next(one for one in answers if one.id == pledge.id)


async def _tell_borrower(uow: UnitOfWork, loan: Loan, what: Text) -> None:
    for person in await people_of(uow, group=loan.group):
        if person.id == loan.borrower:
            await tell(uow, person, what, template=TEMPLATE)
