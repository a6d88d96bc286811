"""Money that reached us, taken in once per receipt, whoever reports it, how often and in whatever order.

STK callback, paybill confirmation, Pull, status and statement all end here. A payment is credited to the prompt that it
answers or to the account that was typed exactly; anything else goes to the books' suspense account, where it is seen and can
be claimed. Locks are taken in one order: the deposit, the receipt, the payment, the books.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, select

from core.identity.members import find
from core.kernel.db import UnitOfWork
from core.kernel.ids import IntentId, MemberId, read_reference
from core.kernel.money import Money
from core.kernel.phone import Phone
from core.ledger.accounts import MPESA_UTILITY, SUSPENSE
from core.ledger.service import Leg, transfer_last
from core.payments.account_numbers import Destination, find_destination, plain
from core.payments.deposits import STK_PUSH, is_forgotten
from core.payments.fees import MPESA_DEPOSIT, Fee, fee_for
from core.payments.inbox import hold_name
from core.payments.models import MpesaTransaction, PaymentClaim, PaymentReceived
from core.payments.proving import completed, end_as_proven, hold_back, must_be_proven
from core.payments.received import find_received, merge, new_received, report_contradiction
from core.payments.settlement import OPEN, PAID, lock_deposit, settle_claimed, settle_paid
from core.payments.sources import Payment

log = logging.getLogger(__name__)

C2B = "c2b"
PAYBILL = "paybill"
INTO_SUSPENSE = "mpesa_suspense"
# How long after a prompt its payment may be claimed without its reference, how long a prompt may ring before it is answered
# (Safaricom gives up after about a minute; a margin for its clock), and how far the two clocks may be apart.
CLAIMABLE = timedelta(days=7)
RINGING = timedelta(minutes=5)
CLOCKS_APART = timedelta(minutes=2)
# Decides the claims of a receipt that was reported while they waited.
CLAIMS_JOB = "settle-claims"
# How a payment left suspense: another source said whose it is, its payer claimed it, or two operators decided.
AssignedBy = Literal["source", "claim", "operators"]


@dataclass(frozen=True)
class Taken:
    """What became of a reported payment: credited, suspense, repeated, claimed or held; or why it is doubted.

    claimed: it answers a prompt, but its payer had it credited to herself before that was known.
    """

    outcome: str
    doubt: str | None = None


async def take_in(
    uow: UnitOfWork, payment: Payment, *, deposit: MpesaTransaction | None = None, prove_above: Money | None = None
) -> Taken:
    """Credit a reported payment, or put it in suspense, unless its receipt was taken in before.

    deposit: the prompt that it answers, locked and found to fit by the caller; without it the account that was typed decides.
    prove_above: more than this isn't believed on an unsigned word, and held until M-Pesa has proven it.
    """
    payment = await completed(uow, payment)
    answered = await _of_somebody(uow, deposit or await _answered_prompt(uow, payment))
    await hold_name(uow, f"receipt {payment.receipt}")
    known = await find_received(uow, payment.receipt)
    if known is not None:
        return await _again(uow, known, payment, answered)
    if await _left_with(uow, payment.receipt):
        return Taken("elsewhere", "receipt-reused")
    whose = await _whose(uow, payment, answered)
    member = None if whose is None else whose.member
    if prove_above is not None and await must_be_proven(uow, payment, member=member, above=prove_above):
        return Taken(await hold_back(uow, payment, member=member))
    await end_as_proven(uow, payment)
    await _wake_claims(uow, payment.receipt)
    if answered is not None and _settles(answered, payment):
        await _settle(uow, new_received(uow, payment), answered)
        return Taken("credited")

    if whose is None:
        return await _suspend(uow, payment)
    await _credit(uow, new_received(uow, payment), whose)
    return Taken("credited")


async def _left_with(uow: UnitOfWork, receipt: str) -> bool:
    """Whether this is the receipt of money that we paid out: then no payment to us can have it."""
    out = select(MpesaTransaction.id).where(MpesaTransaction.mpesa_receipt_number == receipt)
    return await uow.session.scalar(out) is not None


async def assign(uow: UnitOfWork, received: PaymentReceived, whose: Destination, *, by: AssignedBy) -> None:
    """Give a payment that is in suspense to whom it belongs, and tell her. The caller holds the row (`find_received`)."""
    if received.transaction_id is not None or received.reversed_at is not None:
        raise ValueError(f"payment {received.receipt} is not in suspense")
    await _credit(uow, received, whose, by=by)


async def assign_to_payer(
    uow: UnitOfWork, received: PaymentReceived, payer: MemberId, prompts: Sequence[MpesaTransaction]
) -> None:
    """Give a payment in suspense to the member who has proven that she paid it. The caller holds the row.

    prompts: those on her phone that are not known to be paid, held. The payment ends the one that it fits, if it fits exactly
    one.
    """
    fitting = [prompt for prompt in prompts if _fits(prompt, received, payer) and await _of_somebody(uow, prompt)]
    if len(fitting) == 1:
        await _settle(uow, received, fitting[0], by="claim")
    else:
        await assign(uow, received, Destination(payer), by="claim")


async def lock_unpaid_prompts(uow: UnitOfWork, phone: Phone) -> list[MpesaTransaction]:
    """The prompts on this phone of the last days that are not known to be paid, held until the unit ends."""
    unpaid = (
        select(MpesaTransaction)
        .where(MpesaTransaction.phone_number == phone, MpesaTransaction.transaction_type == STK_PUSH)
        .where(MpesaTransaction.status.not_in(PAID), MpesaTransaction.sent_at > uow.clock.now() - CLAIMABLE)
        .order_by(MpesaTransaction.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(await uow.session.scalars(unpaid))


def _fits(prompt: MpesaTransaction, received: PaymentReceived, payer: MemberId) -> bool:
    """Whether this payment can be the answer to this prompt: the same amount, paid while it rang or a little later.

    Whatever answers a prompt comes with its reference. Where nobody told the account, only a prompt for her own balance may
    be meant: that she paid is proven, that she paid for somebody else would be a guess.
    """
    if prompt.sent_at is None or received.paid_at is None or prompt.amount != received.amount:
        return False
    typed = plain(received.account)
    is_meant = read_reference(typed) == prompt.account_reference if typed else prompt.user_id == payer
    return is_meant and -CLOCKS_APART <= received.paid_at - prompt.sent_at <= RINGING


async def _credit(uow: UnitOfWork, received: PaymentReceived, whose: Destination, *, by: AssignedBy | None = None) -> None:
    """Make a payment a deposit of the member's, with the fee of any M-Pesa deposit."""
    member = await find(uow, whose.member)
    if member is None:
        raise LookupError("payments are credited to members only")
    fee = await fee_for(uow, category=MPESA_DEPOSIT, amount=Money.from_decimal(received.amount), at=received.received_at)
    row = paybill_deposit(uow, received, whose, fee=fee, language=member.language)
    uow.session.add(row)
    await _settle(uow, received, row, by=by)


def paybill_deposit(
    uow: UnitOfWork, received: PaymentReceived, whose: Destination, *, fee: Fee, language: str
) -> MpesaTransaction:
    """The deposit that a payment without a prompt becomes, not yet paid."""
    now = uow.clock.now()
    return MpesaTransaction(
        id=uow.ids.new(),
        user_id=whose.member,
        transaction_type=C2B,
        phone_number=received.payer,
        amount=received.amount,
        currency=received.currency,
        fee_amount=fee.amount.as_decimal(),
        fee_percentage=fee.percentage,
        account_reference=received.account,
        status="processing",
        sent_at=now,
        next_check_at=now,
        channel=PAYBILL,
        language=language,
        for_dao=whose.group,
        told=[],
        created_at=now,
        updated_at=now,
    )


async def find_prompt(uow: UnitOfWork, account: str, merchant_request_id: str = "") -> IntentId | None:
    """The prompt that a payment answers: by M-Pesa's own id of it, else by the reference that the prompt showed."""
    typed = read_reference(plain(account))
    found: list[UUID] = []
    if merchant_request_id:
        found = await _prompts(uow, MpesaTransaction.merchant_request_id == merchant_request_id)
    if not found and typed is not None:
        found = await _prompts(uow, MpesaTransaction.account_reference == typed)
    # Two prompts of one reference: nobody can say which, so it is for a person to find out.
    return IntentId(found[0]) if len(found) == 1 else None


async def _answered_prompt(uow: UnitOfWork, payment: Payment) -> MpesaTransaction | None:
    intent = await find_prompt(uow, payment.account, payment.merchant_request_id)
    return None if intent is None else await lock_deposit(uow, intent)


async def _of_somebody(uow: UnitOfWork, prompt: MpesaTransaction | None) -> MpesaTransaction | None:
    """The prompt; None when its owner was forgotten: what is paid for it is nobody's until its payer claims it."""
    return None if prompt is None or await is_forgotten(uow, prompt.user_id) else prompt


async def _prompts(uow: UnitOfWork, condition: ColumnElement[bool]) -> list[UUID]:
    sent = MpesaTransaction.transaction_type == STK_PUSH, MpesaTransaction.sent_at.is_not(None)
    return list((await uow.session.scalars(select(MpesaTransaction.id).where(condition, *sent).limit(2))).all())


def _settles(prompt: MpesaTransaction, payment: Payment) -> bool:
    """Whether the payment is what the prompt asked for. If not, it is still its owner's, as a payment of its own."""
    return prompt.status not in PAID and prompt.amount == payment.amount.as_decimal()


async def _again(uow: UnitOfWork, known: PaymentReceived, payment: Payment, answered: MpesaTransaction | None) -> Taken:
    """A receipt that was reported before: another source of the same payment, or two stories that can't both be true."""
    if known.amount != payment.amount.as_decimal():
        await report_contradiction(uow, known, payment)
        return Taken("contradicted", "amount-contradicted")
    if answered is not None and known.transaction_id not in (None, answered.id):
        return await _answers_too(uow, known, payment, answered)
    merge(known, payment)
    if known.transaction_id is not None or known.reversed_at is not None:
        return Taken("repeated")
    if answered is not None and _settles(answered, payment):
        await _settle(uow, known, answered, by="source")
        return Taken("credited")
    whose = await _whose(uow, payment, answered)
    if whose is None:
        return Taken("repeated")
    await assign(uow, known, whose, by="source")
    return Taken("credited")


async def _answers_too(uow: UnitOfWork, known: PaymentReceived, payment: Payment, answered: MpesaTransaction) -> Taken:
    """A payment that was credited otherwise is now said to be the answer to a prompt: it stays where it is.

    When the prompt's payer has claimed it herself, that is the prompt's end. Else the two stories are for a person: the prompt
    may neither be paid by it nor be called unpaid.
    """
    if await _claimed_by_its_payer(uow, known, answered):
        merge(known, payment)
        await settle_claimed(uow, answered, receipt=known.receipt)
        return Taken("claimed")
    if answered.status in OPEN and _is_of_amount(answered, known):
        answered.attention = answered.attention or "credited-elsewhere"
    if payment.source == "stk":
        return Taken("elsewhere", "receipt-reused")
    merge(known, payment)
    return Taken("repeated")


async def _claimed_by_its_payer(uow: UnitOfWork, known: PaymentReceived, prompt: MpesaTransaction) -> bool:
    if known.assigned_by != "claim" or not _is_of_amount(prompt, known):
        return False
    credited = await uow.session.get_one(MpesaTransaction, known.transaction_id)
    return credited.user_id == (prompt.paid_by or prompt.user_id)


def _is_of_amount(prompt: MpesaTransaction, known: PaymentReceived) -> bool:
    return prompt.status not in PAID and prompt.amount == known.amount


async def _wake_claims(uow: UnitOfWork, receipt: str) -> None:
    """Somebody may have asked for this payment before we knew of it; that is decided when this unit has committed."""
    waits = select(PaymentClaim.id).where(PaymentClaim.receipt == receipt, PaymentClaim.outcome == "asking").limit(1)
    if await uow.session.scalar(waits) is not None:
        await uow.enqueue(CLAIMS_JOB, {"receipt": receipt}, key=f"{CLAIMS_JOB} {receipt}")


async def _whose(uow: UnitOfWork, payment: Payment, answered: MpesaTransaction | None) -> Destination | None:
    if answered is not None:
        return Destination(MemberId(answered.user_id))
    return await find_destination(uow, payment.account)


async def _settle(uow: UnitOfWork, received: PaymentReceived, row: MpesaTransaction, *, by: AssignedBy | None = None) -> None:
    """The payment completes this deposit: credit it from where the money is, and let each row name the other."""
    # The deposit first: the payment's row refers to it.
    await uow.session.flush()
    received.transaction_id, received.assigned_by = row.id, by
    received.assigned_at = None if by is None else uow.clock.now()
    uow.session.add(received)
    origin = MPESA_UTILITY if by is None else SUSPENSE
    await settle_paid(uow, row, receipt=received.receipt, paid_at=received.paid_at, origin=origin)


async def _suspend(uow: UnitOfWork, payment: Payment) -> Taken:
    """Nobody can say whose it is: keep it apart, where it is counted and can be claimed."""
    received = new_received(uow, payment)
    received.suspense_reason = "no account typed" if not plain(payment.account) else "unknown account"
    uow.session.add(received)
    await uow.session.flush()
    legs = [Leg(MPESA_UTILITY, -payment.amount), Leg(SUSPENSE, payment.amount)]
    transfer_last(uow, key=received.id, kind=INTO_SUSPENSE, legs=legs, details={"receipt": payment.receipt})
    log.warning("payment %s is in suspense: %s", payment.receipt, received.suspense_reason)
    return Taken("suspense")
