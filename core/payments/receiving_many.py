"""Payments of which nobody had told, taken in together: as many as a list or a statement brings, in a few statements.

Only what is as plain as can be is taken in here: a new receipt, and an account number that leads to somebody. Anything else,
a prompt's reference, a claim that waits, a payment that is held back, another spelling of a known one, is left to `take_in`.
What is credited is what `take_in` would have credited.

Locks: the receipts in one order, then the books. No unit holds one receipt while it waits for another, so none can wait for
this one in a circle through receipts; who holds rows of prompts or claims and waits for a receipt is never waited for here.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence

from sqlalchemy import select

from core.identity.members import find_all
from core.kernel.db import UnitOfWork
from core.ledger.accounts import MPESA_UTILITY
from core.payments.account_numbers import Destination, find_destinations, read_number
from core.payments.fees import MPESA_DEPOSIT, fee_for
from core.payments.inbox import hold_names
from core.payments.models import MpesaTransaction, PaymentClaim, PaymentReceived
from core.payments.proof_models import UnprovenPayment
from core.payments.received import new_received
from core.payments.receiving import paybill_deposit
from core.payments.settlement import book, have_told, mark_paid
from core.payments.sources import Payment

log = logging.getLogger(__name__)


async def take_in_new(uow: UnitOfWork, payments: Sequence[Payment]) -> set[str]:
    """Credit those that are new and lead to a member; returns their receipts. The others are as they were."""
    plain = await _leading_somewhere(uow, payments)
    await hold_names(uow, [f"receipt {payment.receipt}" for payment, _ in plain])
    heard_of = await _heard_of(uow, [payment.receipt for payment, _ in plain])
    fresh = [(payment, whose) for payment, whose in plain if payment.receipt not in heard_of]
    if fresh:
        await _credit(uow, fresh)
    return {payment.receipt for payment, _ in fresh}


async def _leading_somewhere(uow: UnitOfWork, payments: Sequence[Payment]) -> list[tuple[Payment, Destination]]:
    """Those whose account was typed exactly, each with whose it is; a receipt that is told twice is for a closer look."""
    told = Counter(payment.receipt for payment in payments)
    numbers = {payment.receipt: read_number(payment.account) for payment in payments if told[payment.receipt] == 1}
    leading = await find_destinations(uow, [number for number in numbers.values() if number])
    whose = {receipt: leading[number] for receipt, number in numbers.items() if number in leading}
    return [(payment, whose[payment.receipt]) for payment in payments if payment.receipt in whose]


async def _heard_of(uow: UnitOfWork, receipts: Sequence[str]) -> set[str]:
    """Those of which anything is known. The caller holds them all."""
    known = select(PaymentReceived.receipt).where(PaymentReceived.receipt.in_(receipts))
    moved = select(MpesaTransaction.mpesa_receipt_number).where(MpesaTransaction.mpesa_receipt_number.in_(receipts))
    held = select(UnprovenPayment.receipt).where(UnprovenPayment.receipt.in_(receipts))
    claimed = select(PaymentClaim.receipt).where(PaymentClaim.receipt.in_(receipts), PaymentClaim.outcome == "asking")
    return {receipt for receipt in await uow.session.scalars(known.union(moved, held, claimed)) if receipt}


async def _credit(uow: UnitOfWork, fresh: Sequence[tuple[Payment, Destination]]) -> None:
    """Each becomes a deposit of its member's, with the fee of any M-Pesa deposit."""
    members = await find_all(uow, [whose.member for _, whose in fresh])
    # One moment for all, so that the price is looked up once.
    now = uow.clock.now()
    rows: list[MpesaTransaction] = []
    payments: list[PaymentReceived] = []
    for payment, whose in fresh:
        received = new_received(uow, payment)
        fee = await fee_for(uow, category=MPESA_DEPOSIT, amount=payment.amount, at=now)
        row = paybill_deposit(uow, received, whose, fee=fee, language=members[whose.member].language)
        received.received_at = row.created_at = now
        mark_paid(uow, row, receipt=payment.receipt, paid_at=payment.paid_at)
        received.transaction_id = row.id
        rows.append(row)
        payments.append(received)
    await _write(uow, rows, payments)
    await have_told(uow, rows)
    log.info("%d payments of which nobody had told are credited", len(rows))


async def _write(uow: UnitOfWork, rows: Sequence[MpesaTransaction], payments: Sequence[PaymentReceived]) -> None:
    # The deposits first: the payments refer to them.
    uow.session.add_all(rows)
    await uow.session.flush()
    uow.session.add_all(payments)
    for row in rows:
        await book(uow, row, origin=MPESA_UTILITY)
    await uow.session.flush()
