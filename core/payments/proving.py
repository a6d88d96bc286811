"""Large sums that only a confirmation tells of are held back until M-Pesa itself has proven them.

Nobody signs a confirmation, so whoever stands where it may come from can make one up. What is small is credited at once;
what is large, and what would be too much together with what a member got on such words within a day, is written down here,
in no books, while M-Pesa is asked by the receipt and its own list is read. Any word of M-Pesa's own ends the waiting.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select

from core.identity.events import record_security_event
from core.kernel.db import UnitOfWork
from core.kernel.ids import MemberId
from core.kernel.money import Money
from core.payments.account_numbers import plain
from core.payments.evidence import is_same_payer
from core.payments.models import MpesaTransaction, PaymentReceived
from core.payments.proof_models import UnprovenPayment
from core.payments.receipt_questions import PAUSES, Questions
from core.payments.sources import PROVIDER, Payment
from core.payments.telling import tell_member

log = logging.getLogger(__name__)

PROVE_JOB = "prove-payment"
PROOF_QUESTIONS = Questions(UnprovenPayment, PROVE_JOB, "payment", "held payment")
UNSIGNED = "c2b"
# What a member got on unsigned words alone counts together for so long.
DAY = timedelta(days=1)
# The question after which its owner is told that it waits; usually the answer to the first has come by then.
TOLD_AT = 1


async def must_be_proven(uow: UnitOfWork, payment: Payment, *, member: MemberId | None, above: Money) -> bool:
    """Whether this payment is more than may be believed on an unsigned word. member: whom it would be credited to."""
    if payment.source != UNSIGNED:
        return False
    if payment.amount > above:
        return True
    return member is not None and payment.amount + await _believed(uow, member) > above


async def hold_back(uow: UnitOfWork, payment: Payment, *, member: MemberId | None) -> str:
    """Write the payment down and have M-Pesa asked. The caller holds its receipt. Returns its outcome: held, or repeated.

    A second confirmation that tells another story of the receipt takes the account away: then it is nobody's until people
    have looked.
    """
    known = await find_unproven(uow, payment.receipt)
    if known is not None:
        if (known.amount, plain(known.account)) != (payment.amount.as_decimal(), plain(payment.account)):
            known.account, known.merchant_request_id, known.user_id = "", "", None
            await doubt(uow, known, "contradicted", severity="critical")
        return "repeated"
    row = _row(uow, payment, member)
    uow.session.add(row)
    await uow.session.flush()
    await PROOF_QUESTIONS.ask_later(uow, row, after=timedelta(0))
    log.warning("payment %s of %s waits for proof", payment.receipt, payment.amount)
    return "held"


async def completed(uow: UnitOfWork, payment: Payment) -> Payment:
    """The payment with what a held confirmation knows and this source doesn't: what was typed, and which prompt it answers.

    A source that names an account itself is believed over the confirmation; one that tells another amount or another payer
    takes nothing of it. So whoever has only seen a receipt can't have somebody else's payment credited to himself.
    """
    if payment.source != "status" or payment.account:
        return payment
    held = await find_unproven(uow, payment.receipt, lock=False)
    if held is None or held.amount != payment.amount.as_decimal():
        return payment
    if not is_same_payer(held.payer, held.payer_name, payment.payer, payment.payer_name):
        await doubt(uow, held, "payer", severity="critical")
        return payment
    return replace(payment, account=held.account, merchant_request_id=held.merchant_request_id)


async def end_as_proven(uow: UnitOfWork, payment: Payment) -> None:
    """A source that is believed has told of this payment: nothing waits any more. The caller holds its receipt."""
    held = await find_unproven(uow, payment.receipt)
    if held is None or held.outcome == "proven":
        return
    if held.outcome == "dismissed":
        await doubt(uow, held, "dismissed")
    if held.amount != payment.amount.as_decimal():
        await doubt(uow, held, "amount", severity="critical")
    elif payment.account and held.account and plain(payment.account) != plain(held.account):
        await doubt(uow, held, "account", severity="critical")
    _end(uow, held, "proven")


async def take_question(uow: UnitOfWork, *, payment: UUID, number: int) -> str | None:
    """Take question `number` about a held payment and schedule the next; returns the receipt to ask about.

    After the last one a person has to look. None: it has ended, or this question was taken.
    """
    row = await lock_unproven(uow, payment)
    if row is None or row.outcome != "asking" or row.asked != number:
        return None
    row.asked = number + 1
    if number >= len(PAUSES):
        await doubt(uow, row, row.doubted or "never-confirmed")
        _end(uow, row, "unproven")
        log.error("payment %s of %s was never proven", row.receipt, row.amount)
        return None
    if number == TOLD_AT and row.user_id is not None and row.told_at is None:
        row.told_at = uow.clock.now()
        amount = Money.from_decimal(row.amount)
        await tell_member(uow, MemberId(row.user_id), "payment-unproven", amount=amount, receipt=row.receipt)
    await PROOF_QUESTIONS.ask_later(uow, row, after=PAUSES[number])
    return row.receipt


async def refute(uow: UnitOfWork, row: UnprovenPayment) -> None:
    """M-Pesa says that nothing was paid. The caller holds the row."""
    await doubt(uow, row, "refuted")
    _end(uow, row, "refuted")


async def dismiss(uow: UnitOfWork, row: UnprovenPayment) -> None:
    """Two people have looked for it at M-Pesa and found nothing. The caller holds the row. Who was told, hears it."""
    _end(uow, row, "dismissed")
    if row.user_id is not None and row.told_at is not None:
        amount = Money.from_decimal(row.amount)
        await tell_member(uow, MemberId(row.user_id), "payment-dismissed", amount=amount, receipt=row.receipt)


async def doubt(uow: UnitOfWork, row: UnprovenPayment, why: str, *, severity: str = "high") -> None:
    """Something speaks against it: let whoever watches over safety know, once for each thing."""
    if row.doubted == why:
        return
    row.doubted = why
    await record_security_event(
        uow,
        event_type="payment_unproven",
        severity=severity,
        member=None if row.user_id is None else MemberId(row.user_id),
        details={"receipt": row.receipt, "amount": str(Money.from_decimal(row.amount)), "account": row.account, "why": why},
    )
    log.error("payment %s of %s is doubted: %s", row.receipt, row.amount, why)


async def find_unproven(uow: UnitOfWork, receipt: str, *, lock: bool = True) -> UnprovenPayment | None:
    """The held payment of this receipt, until the unit ends if `lock`; None when none was ever held."""
    row = select(UnprovenPayment).where(UnprovenPayment.provider == PROVIDER, UnprovenPayment.receipt == receipt)
    if lock:
        row = row.with_for_update().execution_options(populate_existing=True)
    found: UnprovenPayment | None = await uow.session.scalar(row)
    return found


async def lock_unproven(uow: UnitOfWork, payment: UUID) -> UnprovenPayment | None:
    """The held payment of this id, until the unit ends."""
    return await uow.session.get(UnprovenPayment, payment, with_for_update=True, populate_existing=True)


async def _believed(uow: UnitOfWork, member: MemberId) -> Money:
    """What she got within a day that nothing but confirmations has told of."""
    got = (
        select(func.coalesce(func.sum(PaymentReceived.amount), 0))
        .join(MpesaTransaction, MpesaTransaction.id == PaymentReceived.transaction_id)
        .where(MpesaTransaction.user_id == member, PaymentReceived.received_at > uow.clock.now() - DAY)
        .where(PaymentReceived.sources == [UNSIGNED])
    )
    return Money.from_decimal((await uow.session.execute(got)).scalar_one())


def _row(uow: UnitOfWork, payment: Payment, member: MemberId | None) -> UnprovenPayment:
    now = uow.clock.now()
    return UnprovenPayment(
        id=uow.ids.new(),
        merchant_request_id=payment.merchant_request_id,
        received_at=now,
        user_id=member,
        asked=0,
        next_check_at=now,
        outcome="asking",
        **payment.told(),
    )


def _end(uow: UnitOfWork, row: UnprovenPayment, outcome: str) -> None:
    row.outcome, row.next_check_at, row.ended_at = outcome, None, uow.clock.now()
