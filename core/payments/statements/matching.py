"""A row of the statement meets our books: it is what they say, it makes them say it, or it stays open for a person.

The statement is M-Pesa's strongest word. A payment that nobody told us of is taken in, a payout that nobody could tell the end
of is settled when it fits exactly one of ours, what M-Pesa charged is booked as it was, and what it undid is undone. A row
that fits nothing moves no money: it is seen in `mtaa reconcile`, in the daily report and in `mtaa audit` until it is explained.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Select, select, update

from core.identity.events import record_security_event
from core.kernel.db import UnitOfWork
from core.kernel.money import Money
from core.ledger.accounts import MPESA_CHARGES, MPESA_CHARGES_PAID, MPESA_TRANSIT, MPESA_UTILITY, MPESA_WORKING, Account
from core.ledger.service import Leg, transfer
from core.payments.evidence import fits_mask
from core.payments.inbox import hold_name
from core.payments.models import MpesaTransaction, PaymentReceived
from core.payments.outcomes import Succeeded
from core.payments.payout_charges import charge_in_statement
from core.payments.payout_models import Payout
from core.payments.payout_settlement import Locked, lock_payout, settle_payout_paid
from core.payments.receiving import take_in
from core.payments.receiving_many import take_in_new
from core.payments.reversing import Undone, undo_payment
from core.payments.sources import Payment, Source
from core.payments.statement_models import PaymentReversal, StatedRow
from core.payments.statements.rows import CHARGES, UTILITY, WORKING

log = logging.getLogger(__name__)

SOURCE: Source = "statement"
CHARGE, OWN = "mpesa_statement_charge", "mpesa_own_movement"
MIRRORS: dict[str, Account] = {UTILITY: MPESA_UTILITY, WORKING: MPESA_WORKING, CHARGES: MPESA_CHARGES_PAID}
# How far M-Pesa's clock and ours may be apart, and how long after it was sent a payment out can still be made.
CLOCKS_APART, LONGEST_WAY = timedelta(minutes=2), timedelta(days=8)


@dataclass(frozen=True)
class Decided:
    """What became of a row: whether it is settled, the word for it, and the key of the transfer that it made, if it did."""

    matched: bool
    outcome: str
    booked: UUID | None = None


async def match_row(uow: UnitOfWork, *, row: UUID) -> str | None:
    """Decide a row that isn't yet, once; an open one is looked at again. Returns its outcome; None when it is over."""
    stated = await uow.session.get_one(StatedRow, row, with_for_update=True, populate_existing=True)
    if stated.state not in ("new", "open"):
        return None
    first_time = stated.state == "new"
    decided = await (DECIDERS[stated.kind] if stated.account in MIRRORS else _elsewhere)(uow, stated)
    stated.outcome, stated.booked = decided.outcome, decided.booked
    if decided.matched or first_time:
        stated.state, stated.decided_at = "matched" if decided.matched else "open", uow.clock.now()
    if not decided.matched and first_time:
        await _alarm(uow, stated)
    await uow.session.flush()
    return decided.outcome


async def leave_refused(uow: UnitOfWork, *, row: UUID) -> None:
    """The database refuses what this row asks for (it may be for somebody who was forgotten): a person has to look."""
    stated = await uow.session.get_one(StatedRow, row, with_for_update=True, populate_existing=True)
    if stated.state not in ("new", "open"):
        return
    first_time = stated.state == "new"
    stated.state, stated.outcome = "open", "the books refuse it"
    if first_time:
        stated.decided_at = uow.clock.now()
        await _alarm(uow, stated)


async def match_new_payments(uow: UnitOfWork, *, rows: Sequence[UUID]) -> int:
    """Take in those of these rows that are plainly new payments, together; returns how many. The others are as they were."""
    found = (
        select(StatedRow)
        .where(StatedRow.id.in_(rows), StatedRow.kind == "payment", StatedRow.account.in_(MIRRORS))
        .where(StatedRow.state.in_(("new", "open")))
        .order_by(StatedRow.id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    stated = list(await uow.session.scalars(found))
    credited = await take_in_new(uow, [_as_payment(row) for row in stated])
    matched = [row.id for row in stated if row.receipt in credited]
    decided = {"state": "matched", "outcome": "credited", "decided_at": uow.clock.now()}
    await uow.session.execute(update(StatedRow).where(StatedRow.id.in_(matched)).values(decided))
    return len(matched)


async def _payment(uow: UnitOfWork, stated: StatedRow) -> Decided:
    taken = await take_in(uow, _as_payment(stated))
    return Decided(taken.doubt is None, taken.doubt or taken.outcome)


def _as_payment(stated: StatedRow) -> Payment:
    return Payment(
        receipt=stated.receipt,
        amount=Money.from_decimal(stated.amount),
        source=SOURCE,
        account=stated.typed,
        payer=stated.party,
        payer_digest=stated.party_digest,
        payer_name=stated.party_name,
        paid_at=stated.at,
    )


async def _payout(uow: UnitOfWork, stated: StatedRow) -> Decided:
    await hold_name(uow, f"receipt {stated.receipt}")
    amount = -Money.from_decimal(stated.amount)
    known = await uow.session.scalar(_payouts().where(MpesaTransaction.mpesa_receipt_number == stated.receipt))
    if known is not None:
        found = await lock_payout(uow, known)
        fits = found is not None and found.row.amount == amount.as_decimal()
        return Decided(fits, "paid" if fits else "another amount")
    fitting = await _fitting(uow, stated, amount)
    if len(fitting) != 1:
        return Decided(matched=False, outcome="several payments fit" if fitting else "no payment of ours")
    return await _settle(uow, stated, fitting[0], amount)


async def _settle(uow: UnitOfWork, stated: StatedRow, payout: UUID, amount: Money) -> Decided:
    """The one payment that this row can be has been made: M-Pesa says so itself."""
    found = await lock_payout(uow, payout)
    if found is None or not _is_open(found):
        return Decided(matched=False, outcome="no payment of ours")
    paid = Succeeded(receipt=stated.receipt, amount=amount, at=stated.at, party=stated.party_name)
    await settle_payout_paid(uow, found.row, found.payout, paid=paid, source=SOURCE)
    return Decided(matched=True, outcome="settled by the statement")


async def _fitting(uow: UnitOfWork, stated: StatedRow, amount: Money) -> list[UUID]:
    """Payments without a receipt that this row can be: to this number, of this amount, sent before it.

    Those that nobody knows the end of come first; only then those that M-Pesa had denied.
    """
    sent = (
        select(MpesaTransaction.id, MpesaTransaction.phone_number, MpesaTransaction.status)
        .join(Payout, Payout.id == MpesaTransaction.id)
        .where(MpesaTransaction.mpesa_receipt_number.is_(None), MpesaTransaction.amount == amount.as_decimal())
        .where(MpesaTransaction.status.in_(("processing", "failed")))
        .where(MpesaTransaction.sent_at.between(stated.at - LONGEST_WAY, stated.at + CLOCKS_APART))
        .order_by(MpesaTransaction.id)
    )
    fitting = [row for row in await uow.session.execute(sent) if _is_to(row.phone_number, stated)]
    still_open = [row.id for row in fitting if row.status == "processing"]
    return still_open or [row.id for row in fitting]


def _is_open(found: Locked) -> bool:
    return found.row.mpesa_receipt_number is None and found.row.status in ("processing", "failed")


def _is_to(phone: str, stated: StatedRow) -> bool:
    digits = phone.removeprefix("+")
    if stated.party_digest:
        return hashlib.sha256(digits.encode()).hexdigest() == stated.party_digest
    return bool(stated.party) and fits_mask(digits, stated.party)


async def _charge(uow: UnitOfWork, stated: StatedRow) -> Decided:
    charge = -Money.from_decimal(stated.amount)
    payout = await uow.session.scalar(_payouts().where(MpesaTransaction.mpesa_receipt_number == stated.receipt))
    if payout is not None:
        return await _charge_of_payout(uow, stated, payout, charge)
    of_ours = select(PaymentReceived.id).where(PaymentReceived.receipt == stated.receipt)
    undone = select(PaymentReversal.id).where(PaymentReversal.receipt == stated.receipt)
    if await uow.session.scalar(of_ours.union_all(undone).limit(1)) is None:
        return Decided(matched=False, outcome="a charge for what we don't know")
    return await _book(uow, stated, CHARGE, [Leg(MPESA_CHARGES, -charge), Leg(_mirror(stated), charge)], "charge booked")


async def _charge_of_payout(uow: UnitOfWork, stated: StatedRow, payout: UUID, charge: Money) -> Decided:
    await charge_in_statement(uow, receipt=stated.receipt, charge=charge)
    row = await uow.session.get_one(Payout, payout)
    if row.real_charge != charge.as_decimal():
        return Decided(matched=False, outcome=f"another charge was told: {row.real_charge}")
    if stated.account == CHARGES:
        return Decided(matched=True, outcome="charge booked")
    # It is booked as accrued on the account for charges; this paybill pays it at once.
    return await _book(uow, stated, OWN, [Leg(MPESA_CHARGES_PAID, -charge), Leg(_mirror(stated), charge)], "charge booked")


async def _reversal(uow: UnitOfWork, stated: StatedRow) -> Decided:
    original = stated.linked or await _known_reversal(uow, stated.receipt)
    if not original:
        return Decided(matched=False, outcome="undoes something, but doesn't say what")
    amount = Money(abs(Money.from_decimal(stated.amount).minor))
    outcome = await undo_payment(uow, Undone(original, stated.receipt, amount, SOURCE, stated.at))
    return Decided(outcome in ("returned", "suspense", "refunded", "repeated"), outcome)


async def _known_reversal(uow: UnitOfWork, receipt: str) -> str:
    """What this receipt undid, where another source has told."""
    known = select(PaymentReversal.original).where(PaymentReversal.receipt == receipt)
    return await uow.session.scalar(known) or ""


async def _own(uow: UnitOfWork, stated: StatedRow) -> Decided:
    """Our own money, between our accounts and the bank: nobody's but the operator's, so the books follow M-Pesa's."""
    moved = Money.from_decimal(stated.amount)
    return await _book(uow, stated, OWN, [Leg(_mirror(stated), -moved), Leg(MPESA_TRANSIT, moved)], "our own movement")


async def _elsewhere(_uow: UnitOfWork, stated: StatedRow) -> Decided:
    """On an account that the books don't mirror: our own movements are whole without it, anything else is for a person."""
    return Decided(stated.kind == "own", "on an account that the books don't mirror")


async def _other(_uow: UnitOfWork, _stated: StatedRow) -> Decided:
    return Decided(matched=False, outcome="nobody knows what this is")


DECIDERS: dict[str, Callable[[UnitOfWork, StatedRow], Awaitable[Decided]]] = {
    "payment": _payment,
    "payout": _payout,
    "charge": _charge,
    "reversal": _reversal,
    "own": _own,
    "other": _other,
}


def _payouts() -> Select[UUID]:
    return select(MpesaTransaction.id).where(MpesaTransaction.transaction_type == "b2c")


def _mirror(stated: StatedRow) -> Account:
    """Which account of the books mirrors the row's; the mirrors stand below zero for what M-Pesa holds."""
    return MIRRORS[stated.account]


async def _book(uow: UnitOfWork, stated: StatedRow, kind: str, legs: list[Leg], outcome: str) -> Decided:
    """Book a row under its own id, so that it is booked once."""
    await transfer(uow, key=stated.id, kind=kind, legs=legs, details={"receipt": stated.receipt, "account": stated.account})
    return Decided(matched=True, outcome=outcome, booked=stated.id)


async def _alarm(uow: UnitOfWork, stated: StatedRow) -> None:
    """Money that left without us is somebody's business at once; the rest is seen with the day's work."""
    severity = "critical" if stated.amount < 0 and stated.kind in ("payout", "other") else "medium"
    await record_security_event(
        uow,
        event_type="statement_row_open",
        severity=severity,
        details={
            "receipt": stated.receipt,
            "kind": stated.kind,
            "amount": f"{stated.amount.normalize():f}",
            "why": stated.outcome,
        },
    )
    log.error("%s %s of the statement: %s", stated.kind, stated.receipt, stated.outcome)
