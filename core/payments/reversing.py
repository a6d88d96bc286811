"""A payment that M-Pesa undid: its money goes back the way it came, by a compensating transfer, once.

Safaricom lets a payer ask for her money back and a business undo what it paid, and tells neither us nor the receiver first.
Whoever got the money gives it back out of what is free; has she spent it, suspense carries it until a person has decided.
Nothing that was written is changed: the deposit stays as it was and is called reversed.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select

from core.identity.events import record_security_event
from core.kernel.db import UnitOfWork
from core.kernel.ids import MemberId, TransferId
from core.kernel.money import Money
from core.ledger.accounts import MPESA_REFUNDS, MPESA_UTILITY, PLATFORM_FEES, SUSPENSE, Account
from core.ledger.service import Leg, Recorded, balances, find_posted, recorded, reverse, transfer
from core.payments.charging import give_fees_back
from core.payments.correction_models import Correction
from core.payments.inbox import hold_name
from core.payments.models import MpesaTransaction, PaymentReceived
from core.payments.payout_settlement import Locked, group_of, have_group_told, lock_payout
from core.payments.received import find_received
from core.payments.statement_models import PaymentReversal
from core.payments.telling import tell_member

log = logging.getLogger(__name__)

REVERSAL = "mpesa_reversal"
# The same of what a treasury paid, whose money and share of the fee stand on one account.
GROUP_REVERSAL = "mpesa_group_reversal"
SHORT = "mpesa_reversal_short"
REFUNDED = "mpesa_refund"
SPENT = "reversed-after-spent"

Books = Literal["returned", "suspense", "refund"]


@dataclass(frozen=True)
class Undone:
    """What M-Pesa undid: `original` is the receipt of the payment, `receipt` that of the undoing, "" while it isn't known."""

    original: str
    receipt: str
    amount: Money
    source: str
    at: datetime | None = None


async def undo_payment(uow: UnitOfWork, undone: Undone) -> str:
    """Take in that a payment was undone, whoever asked M-Pesa for it; returns what came of it.

    returned, suspense or refunded (out of what had been set aside for it) when it is taken in; repeated; unknown, amount or
    second-receipt when it doesn't fit what we know; corrected when two people decided otherwise. One ledger call at most.
    """
    waiting = await _refund_of(uow, undone.original)
    refund = waiting is not None
    await hold_name(uow, f"receipt {undone.original}")
    known = await find_reversal(uow, undone.original)
    if known is not None:
        known.receipt = known.receipt or undone.receipt
        known.at = known.at or undone.at
        return "repeated" if known.receipt == undone.receipt or not undone.receipt else "second-receipt"
    received = await find_received(uow, undone.original)
    outcome = await (_undo_payout(uow, undone) if received is None else _undo_received(uow, received, undone, refund=refund))
    if waiting is not None and outcome == "refunded":
        waiting.state, waiting.ended_at, waiting.outcome = "done", uow.clock.now(), undone.receipt or "undone"
        waiting.next_check_at = waiting.attention = None
        await uow.session.flush()
    return outcome


async def _refund_of(uow: UnitOfWork, original: str) -> Correction | None:
    """The refund of this payment that waits for M-Pesa, held until the unit ends."""
    sent = select(Correction).where(Correction.subject == original, Correction.kind == "refund", Correction.state == "sent")
    found: Correction | None = await uow.session.scalar(sent.with_for_update())
    return found


async def _was_corrected(uow: UnitOfWork, original: str) -> bool:
    done = select(Correction.id).where(Correction.subject == original, Correction.state == "done").limit(1)
    return await uow.session.scalar(done) is not None


async def find_reversal(uow: UnitOfWork, original: str) -> PaymentReversal | None:
    """What is known of the undoing of this receipt, held until the unit ends."""
    row = select(PaymentReversal).where(PaymentReversal.original == original).with_for_update()
    found: PaymentReversal | None = await uow.session.scalar(row)
    return found


async def _undo_received(uow: UnitOfWork, received: PaymentReceived, undone: Undone, *, refund: bool) -> str:
    if received.amount != undone.amount.as_decimal():
        return "amount"
    reversal = _reversal(uow, undone, "in")
    reversal.payment_id, reversal.transaction_id = received.id, received.transaction_id
    if received.transaction_id is None:
        received.reversed_at = uow.clock.now()
        await _keep(uow, reversal, "refund" if refund else "returned")
        origin = MPESA_REFUNDS if refund else SUSPENSE
        await _move(
            uow, reversal, REFUNDED if refund else REVERSAL, [Leg(origin, -undone.amount), Leg(MPESA_UTILITY, undone.amount)]
        )
        return "refunded" if refund else "returned"
    row = await uow.session.get_one(MpesaTransaction, received.transaction_id, with_for_update=True, populate_existing=True)
    return await _undo_deposit(uow, row, reversal, undone, refund=refund)


async def _undo_deposit(
    uow: UnitOfWork, row: MpesaTransaction, reversal: PaymentReversal, undone: Undone, *, refund: bool
) -> str:
    """Her money and our fee go back; out of what was set aside, out of what she has, or for now out of suspense."""
    member, first = MemberId(row.user_id), await recorded(uow, await _posted(uow, row))
    row.status, row.updated_at = "reversed", uow.clock.now()
    moved_on = await _was_corrected(uow, undone.original)
    if not refund and (moved_on or not await can_give_back(uow, first)):
        await _carry(uow, reversal, member, [Leg(SUSPENSE, -undone.amount), Leg(MPESA_UTILITY, undone.amount)])
        return "suspense"
    await _keep(uow, reversal, "refund" if refund else "returned")
    await give_fees_back(uow, transaction=row.id, back=reversal.id)
    await tell_member(uow, member, "told-reversed", amount=undone.amount, receipt=undone.original)
    if refund:
        await _move(uow, reversal, REFUNDED, legs_back(first, member=MPESA_REFUNDS))
        return "refunded"
    if _is_plain(first):
        await reverse(uow, key=reversal.id, transfer=first.transfer, kind=REVERSAL, details=_details(reversal))
    else:
        await _move(uow, reversal, REVERSAL, legs_back(first))
    return "returned"


async def can_give_back(uow: UnitOfWork, first: Recorded) -> bool:
    """Whether the member whom a deposit was credited to still has it free."""
    gave = [leg for leg in first.legs if leg.account.kind == "member"]
    held = await balances(uow, [leg.account for leg in gave])
    return all(held[leg.account].available >= leg.amount for leg in gave)


def set_aside(first: Recorded) -> list[Leg]:
    """What a member got by a deposit, moved to where it waits to be sent back."""
    taken = [Leg(leg.account, -leg.amount) for leg in first.legs if leg.account.kind == "member"]
    return [*taken, Leg(MPESA_REFUNDS, Money(-sum(leg.amount.minor for leg in taken)))]


def legs_back(first: Recorded, *, at: Account | None = None, member: Account | None = None) -> list[Leg]:
    """The legs the other way round: of a deposit, so that its money leaves M-Pesa, or of what a treasury paid.

    A group keeps its share of the fee and the platform bears it. at: where the money goes instead of M-Pesa's mirror. member:
    who gives it instead of the member.
    """
    moved: dict[Account, int] = {}
    for leg in first.legs:
        place = leg.account
        if place in (SUSPENSE, MPESA_UTILITY):
            place = at or MPESA_UTILITY
        elif place.kind == "treasury" and leg.amount.minor > 0:
            place = PLATFORM_FEES
        elif place.kind == "member":
            place = member or place
        moved[place] = moved.get(place, 0) - leg.amount.minor
    return [Leg(account, Money(amount)) for account, amount in moved.items() if amount]


def _is_plain(first: Recorded) -> bool:
    """Whether taking the transfer back as it stands does all of that."""
    owners = {leg.account for leg in first.legs}
    return MPESA_UTILITY in owners and all(owner.kind != "treasury" for owner in owners)


async def _undo_payout(uow: UnitOfWork, undone: Undone) -> str:
    """What we paid came back: so do the fees, and she has it all on her balance again."""
    of_receipt = select(MpesaTransaction.id).where(
        MpesaTransaction.mpesa_receipt_number == undone.original, MpesaTransaction.transaction_type == "b2c"
    )
    payout = await uow.session.scalar(of_receipt)
    found = None if payout is None else await lock_payout(uow, payout)
    if found is None:
        return "unknown"
    if found.row.amount != undone.amount.as_decimal() or found.row.status != "completed":
        return "amount"
    if await _was_corrected(uow, undone.original):
        return "corrected"
    reversal = _reversal(uow, undone, "out")
    reversal.transaction_id = found.row.id
    found.row.status, found.row.attention, found.row.updated_at = "reversed", None, uow.clock.now()
    await _keep(uow, reversal, "returned")
    await give_fees_back(uow, transaction=found.row.id, back=reversal.id)
    await _bring_back(uow, found, reversal)
    return "returned"


async def _bring_back(uow: UnitOfWork, found: Locked, reversal: PaymentReversal) -> None:
    """To the balance or the treasury that paid; what suspense carried goes back there."""
    of_group = await group_of(uow, found.payout) is not None
    posted = await _posted(uow, found.row)
    if of_group and found.payout.books == "paid":
        await have_group_told(uow, found.row.id, "came-back")
        await _move(uow, reversal, GROUP_REVERSAL, legs_back(await recorded(uow, posted)))
        return
    await reverse(uow, key=reversal.id, transfer=posted, kind=REVERSAL, details=_details(reversal))
    if found.payout.books == "paid":
        amount = Money.from_decimal(reversal.amount)
        await tell_member(uow, MemberId(found.row.user_id), "told-came-back", amount=amount, receipt=reversal.original)


async def _carry(uow: UnitOfWork, reversal: PaymentReversal, member: MemberId, legs: list[Leg]) -> None:
    """She has spent it: suspense carries what left, and a person decides."""
    reversal.attention = SPENT
    await _keep(uow, reversal, "suspense")
    await record_security_event(
        uow,
        event_type="payment_reversed_after_spent",
        severity="critical",
        member=member,
        details={
            "receipt": reversal.original,
            "reversal": reversal.receipt,
            "amount": str(Money.from_decimal(reversal.amount)),
        },
    )
    await tell_member(uow, member, "told-reversed-spent", amount=Money.from_decimal(reversal.amount), receipt=reversal.original)
    await _move(uow, reversal, SHORT, legs)
    log.error("payment %s was taken back at M-Pesa after it had been spent", reversal.original)


async def _keep(uow: UnitOfWork, reversal: PaymentReversal, books: Books) -> None:
    reversal.books = books
    uow.session.add(reversal)
    await uow.session.flush()
    log.warning("payment %s was undone at M-Pesa: %s", reversal.original, books)


async def _move(uow: UnitOfWork, reversal: PaymentReversal, kind: str, legs: list[Leg]) -> None:
    await transfer(uow, key=reversal.id, kind=kind, legs=legs, details=_details(reversal))


async def _posted(uow: UnitOfWork, row: MpesaTransaction) -> TransferId:
    """The transfer under the transaction's id."""
    found = await find_posted(uow, row.id)
    if found is None:
        raise LookupError(f"transaction {row.id} has no transfer")
    return found


def _reversal(uow: UnitOfWork, undone: Undone, direction: str) -> PaymentReversal:
    return PaymentReversal(
        id=uow.ids.new(),
        original=undone.original,
        receipt=undone.receipt,
        direction=direction,
        amount=undone.amount.as_decimal(),
        source=undone.source,
        at=undone.at,
        created_at=uow.clock.now(),
    )


def _details(reversal: PaymentReversal) -> dict[str, str]:
    return {"receipt": reversal.original, "reversal": reversal.receipt}
