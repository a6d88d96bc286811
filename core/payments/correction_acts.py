"""What each kind of correction is about, and the one transfer that it makes.

A finder says whether it is possible now and of what amount; an act moves the money, under the correction's id.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import MemberId
from core.kernel.money import KES, Money
from core.ledger.accounts import MPESA_TRANSIT, SUSPENSE, WRITE_OFFS, Account, member_account, treasury
from core.ledger.service import Leg, Recorded, find_posted, recorded, transfer
from core.payments.account_numbers import require_destination
from core.payments.charging import give_fees_back
from core.payments.correction_models import Correction
from core.payments.inbox import hold_name
from core.payments.models import MpesaTransaction, PaymentReceived
from core.payments.payout_models import Payout
from core.payments.payout_settlement import group_of, have_group_told
from core.payments.proving import dismiss, find_unproven
from core.payments.reversing import can_give_back, legs_back
from core.payments.statement_models import PaymentReversal, StatedRow
from core.payments.statements.matching import MIRRORS
from core.payments.telling import tell_member

CORRECTION = "mpesa_correction"
# The same where it is a treasury that gives back.
GROUP_CORRECTION = "mpesa_group_correction"
AGAINST: dict[str, Account] = {"bank": MPESA_TRANSIT, "write-off": WRITE_OFFS, "suspense": SUSPENSE}
NOTHING = "nothing"


@dataclass
class NotCorrectable(CoreError):
    """There is nothing of this name that can be corrected in this way (any more)."""

    code = "not-correctable"
    kind = Kind.CONFLICT


@dataclass
class AlreadySpent(CoreError):
    """Whoever got the money doesn't have it any more."""

    code = "already-spent"
    kind = Kind.CONFLICT


@dataclass(frozen=True)
class Subject:
    """What is corrected: its `name` (a receipt or a row's id), the amount, and where it goes."""

    name: str
    amount: Money
    member: MemberId | None = None
    against: str | None = None
    row: UUID | None = None


async def find_refundable(uow: UnitOfWork, receipt: str, _to: str, _against: str) -> Subject:
    """A payment to us that wasn't undone, of whole shillings. Raises NotCorrectable, AlreadySpent."""
    payment = await _payment(uow, receipt)
    amount = Money.from_decimal(payment.amount)
    if payment.reversed_at is not None or amount.minor % KES.units:
        raise NotCorrectable
    if payment.transaction_id is not None:
        await _open_deposit(uow, payment)
    return Subject(payment.receipt, amount, row=payment.id)


async def find_carried(uow: UnitOfWork, receipt: str, _to: str, _against: str) -> Subject:
    """What suspense carries because M-Pesa moved money that we had given away. Raises NotCorrectable."""
    name = receipt.strip().upper()
    undone = select(PaymentReversal).where(PaymentReversal.original == name, PaymentReversal.attention.is_not(None))
    reversal = await uow.session.scalar(undone.with_for_update())
    if reversal is not None:
        return Subject(name, Money.from_decimal(reversal.amount), row=reversal.transaction_id)
    late = (
        select(MpesaTransaction)
        .join(Payout, Payout.id == MpesaTransaction.id)
        .where(MpesaTransaction.mpesa_receipt_number == name, Payout.books == "paid-after-release")
        .where(MpesaTransaction.status == "completed", MpesaTransaction.attention == "paid-after-release")
        .with_for_update(of=MpesaTransaction)
    )
    row = await uow.session.scalar(late)
    if row is None:
        raise NotCorrectable
    return Subject(name, Money.from_decimal(row.amount), row=row.id)


async def find_wrongly_credited(uow: UnitOfWork, receipt: str, to: str, _against: str) -> Subject:
    """A payment that was credited to somebody who still has it. Raises NotCorrectable, AlreadySpent, UnknownAccount."""
    payment = await _payment(uow, receipt)
    if payment.transaction_id is None:
        raise NotCorrectable
    first = await _open_deposit(uow, payment)
    credited = Money(sum(leg.amount.minor for leg in first.legs if leg.account.kind == "member"))
    whose = (await require_destination(uow, to)).member if to else None
    return Subject(payment.receipt, credited, member=whose, row=payment.transaction_id)


async def find_row(uow: UnitOfWork, name: str, to: str, against: str) -> Subject:
    """A row of the statement that fits nothing. Raises NotCorrectable, UnknownAccount."""
    try:
        row = await uow.session.get(StatedRow, UUID(name.strip()), with_for_update=True)
    except ValueError as problem:
        raise NotCorrectable from problem
    is_known = against in (*AGAINST, NOTHING) or bool(to) or against == "member"
    if row is None or row.state != "open" or row.account not in MIRRORS or not is_known:
        raise NotCorrectable
    whose = (await require_destination(uow, to)).member if to else None
    return Subject(str(row.id), Money.from_decimal(row.amount), whose, "member" if to else against, row.id)


async def find_unconfirmed(uow: UnitOfWork, receipt: str, _to: str, _against: str) -> Subject:
    """A payment that was held back and that M-Pesa never confirmed. Raises NotCorrectable while M-Pesa is still asked."""
    name = receipt.strip().upper()
    await hold_name(uow, f"receipt {name}")
    held = await find_unproven(uow, name)
    if held is None or held.outcome != "unproven":
        raise NotCorrectable
    return Subject(name, Money.from_decimal(held.amount), against=NOTHING, row=held.id)


async def act_recover(uow: UnitOfWork, row: Correction, subject: Subject) -> None:
    """Take back what she had twice: for a deposit that M-Pesa took back each share, for a late payout what arrived."""
    transaction = await uow.session.get_one(MpesaTransaction, subject.row)
    member, payout = MemberId(transaction.user_id), await uow.session.get(Payout, transaction.id)
    if payout is not None and (group := await group_of(uow, payout)) is not None:
        # Whoever asked for the payment of a treasury has nothing to give back.
        await _settled(uow, subject)
        await have_group_told(uow, payout.id, "recovered")
        await _move(uow, row, [Leg(treasury(group), -subject.amount), Leg(SUSPENSE, subject.amount)], kind=GROUP_CORRECTION)
        return
    if payout is not None:
        legs = [Leg(member_account(member), -subject.amount), Leg(SUSPENSE, subject.amount)]
    else:
        first = await _posted(uow, transaction.id)
        if not await can_give_back(uow, first):
            raise AlreadySpent
        legs = legs_back(first, at=SUSPENSE)
        await give_fees_back(uow, transaction=transaction.id, back=row.id)
    await _settled(uow, subject)
    await tell_member(uow, member, "told-recovered", amount=subject.amount, receipt=subject.name)
    await _move(uow, row, legs)


async def act_write_off(uow: UnitOfWork, row: Correction, subject: Subject) -> None:
    """The operator bears it."""
    await _settled(uow, subject)
    await _move(uow, row, [Leg(WRITE_OFFS, -subject.amount), Leg(SUSPENSE, subject.amount)])


async def act_reassign(uow: UnitOfWork, row: Correction, subject: Subject) -> None:
    """From the member who got it to the member whose it is; the fee stays as it was charged."""
    wrong = (await uow.session.get_one(MpesaTransaction, subject.row)).user_id
    if row.member_id is None or row.member_id == wrong:
        raise NotCorrectable
    giver, taker = MemberId(wrong), MemberId(row.member_id)
    for member, sentence in ((giver, "told-reassigned-away"), (taker, "told-reassigned")):
        await tell_member(uow, member, sentence, amount=subject.amount, receipt=subject.name)
    await _move(uow, row, [Leg(member_account(giver), -subject.amount), Leg(member_account(taker), subject.amount)])


async def act_book(uow: UnitOfWork, row: Correction, subject: Subject) -> None:
    """The row's account follows M-Pesa's, against what two people say that it was."""
    stated = await uow.session.get_one(StatedRow, subject.row)
    stated.state, stated.outcome, stated.decided_at = "explained", row.reason, uow.clock.now()
    if row.against == NOTHING:
        return
    stated.booked = row.id
    other = AGAINST[row.against or ""] if row.member_id is None else member_account(MemberId(row.member_id))
    await _move(uow, row, [Leg(MIRRORS[stated.account], -subject.amount), Leg(other, subject.amount)])


async def act_dismiss(uow: UnitOfWork, row: Correction, subject: Subject) -> None:
    """It is in no books, so nothing moves; should M-Pesa tell of it after all, it is credited as any payment is."""
    held = await find_unproven(uow, subject.name)
    if held is None:
        raise NotCorrectable
    await dismiss(uow, held)
    row.outcome = "dismissed"


async def _move(uow: UnitOfWork, row: Correction, legs: list[Leg], *, kind: str = CORRECTION) -> None:
    await uow.session.flush()
    details = {"subject": row.subject, "requested_by": str(row.requested_by), "approved_by": str(row.approved_by)}
    await transfer(uow, key=row.id, kind=kind, legs=legs, details=details)


async def _settled(uow: UnitOfWork, subject: Subject) -> None:
    """Nobody has to look at it any more."""
    transaction = await uow.session.get_one(MpesaTransaction, subject.row)
    if transaction.attention == "paid-after-release":
        transaction.attention = None
    reversal = await uow.session.scalar(select(PaymentReversal).where(PaymentReversal.original == subject.name))
    if reversal is not None:
        reversal.attention = None


async def _payment(uow: UnitOfWork, receipt: str) -> PaymentReceived:
    row = select(PaymentReceived).where(PaymentReceived.receipt == receipt.strip().upper()).with_for_update()
    found: PaymentReceived | None = await uow.session.scalar(row)
    if found is None:
        raise NotCorrectable
    return found


async def _open_deposit(uow: UnitOfWork, payment: PaymentReceived) -> Recorded:
    """The transfer of a credited payment that can be given back. Raises NotCorrectable, AlreadySpent."""
    deposit = await uow.session.get_one(MpesaTransaction, payment.transaction_id)
    corrected = select(Correction.id).where(Correction.subject == payment.receipt, Correction.state == "done").limit(1)
    if deposit.status != "completed" or await uow.session.scalar(corrected) is not None:
        raise NotCorrectable
    first = await _posted(uow, deposit.id)
    if not await can_give_back(uow, first):
        raise AlreadySpent
    return first


async def _posted(uow: UnitOfWork, key: UUID) -> Recorded:
    found = await find_posted(uow, key)
    if found is None:
        raise NotCorrectable
    return await recorded(uow, found)
