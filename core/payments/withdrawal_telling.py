"""Tells the member how her withdrawal went: once, when all of its payments have an end, and that it takes long, before.

What was told is kept on the row and changes in the same transaction as the message is queued, so a repeat can't tell it
twice and a crash can't lose it. On USSD it goes by SMS, on Telegram into the message that was waiting.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from core.kernel.db import UnitOfWork
from core.kernel.ids import MemberId, reference
from core.kernel.money import Money
from core.kernel.phone import Phone, masked
from core.kernel.texts import text
from core.ledger.accounts import member_account
from core.ledger.service import balance, find_posted
from core.notifications.service import Receipt, queue_sms, send_receipt, update_live_message
from core.payments.payout_models import Withdrawal
from core.payments.withdrawals import WithdrawalState, withdrawal_of

# Two minutes have passed and M-Pesa hasn't confirmed.
WAITING = "waiting"
PAID, PARTLY = "paid", "partly"
# M-Pesa paid after it had said that it didn't: she has the cash and the balance.
LATE = "late"
TEMPLATE = "withdrawal"
# As much of M-Pesa's name for her as leaves the rest of an SMS readable.
LONGEST_PAYEE = 30
# Reasons that have a sentence of their own; any other is M-Pesa refusing.
REASONS = frozenset({"limit", "unregistered", "our-funds", "not-sent"})


async def tell_withdrawal_ended(uow: UnitOfWork, withdrawal: UUID) -> None:
    """All that was paid, what it cost and the new balance; or that it came back, and why. After the books have moved."""
    row = await uow.session.get_one(Withdrawal, withdrawal)
    state = await withdrawal_of(uow, row)
    row.ended_at = row.ended_at or uow.clock.now()
    holdings = await balance(uow, member_account(state.member))
    if not state.paid:
        await _tell(uow, row, _reason(state), balance=holdings.available)
        return
    done = [payout for payout in state.payouts if payout.status == "completed"]
    zero = Money(0)
    payee = (next((payout.payee for payout in done if payout.payee), None) or masked(row.phone_number))[:LONGEST_PAYEE]
    receipts = ", ".join(payout.receipt or "" for payout in done)
    # A payment's own id is the key of its end as paid; a withdrawal in several parts is found by its first.
    posted = await find_posted(uow, done[0].id) if done else None
    code = reference(posted) if posted else ""
    receipt = Receipt("withdrawal", state.paid, payee, uow.clock.now(), code, receipts, holdings.available)
    await _tell(
        uow,
        row,
        _outcome(state),
        receipt,
        paid=state.paid,
        payee=payee,
        receipts=receipts,
        fee=sum((payout.fee for payout in done), zero),
        charge=sum((payout.charge for payout in done), zero),
        balance=holdings.available,
    )


async def tell_withdrawal_waits(uow: UnitOfWork, withdrawal: UUID, outcome: str) -> None:
    """It isn't known yet; nothing has to be done."""
    await _tell(uow, await uow.session.get_one(Withdrawal, withdrawal), outcome)


def _outcome(state: WithdrawalState) -> str:
    if any(payout.books == "paid-after-release" for payout in state.payouts):
        return LATE
    return PAID if state.paid == state.amount else PARTLY


def _reason(state: WithdrawalState) -> str:
    reason = next((payout.reason for payout in state.payouts if payout.reason), None)
    return reason if reason in REASONS else "refused"


async def _tell(uow: UnitOfWork, row: Withdrawal, outcome: str, receipt: Receipt | None = None, **details: Any) -> None:
    if outcome in row.told:
        return
    row.told = [*row.told, outcome]
    details["amount"] = Money.from_decimal(row.amount)
    phone, member = Phone(row.phone_number), MemberId(row.user_id)
    if row.channel == "telegram" and row.chat_id is not None:
        what = text(f"chat-withdrawal-{outcome}", **details)
        await update_live_message(
            uow, ref=row.id, chat=row.chat_id, what=what, language=row.language, fallback=phone, member=member
        )
        if receipt is not None:
            await send_receipt(uow, chat=row.chat_id, what=what, receipt=receipt, language=row.language, member=member)
        return
    what = text(f"sms-withdrawal-{outcome}", **details)
    await queue_sms(uow, to=phone, what=what, language=row.language, template=TEMPLATE, member=member)
