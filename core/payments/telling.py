"""Tells the member how her deposit went, once per outcome.

What was told is kept on the row and changes in the same transaction as the message is queued, so a repeat can't tell it
twice and a crash can't lose it. On USSD it goes by SMS, on Telegram into the message that was waiting (by SMS if that chat
is gone).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy import text as sql

from core.identity.members import Member, find
from core.kernel.db import UnitOfWork
from core.kernel.ids import MemberId, TransferId, reference
from core.kernel.money import Money
from core.kernel.phone import Phone
from core.kernel.texts import text
from core.ledger.accounts import member_account
from core.ledger.service import balance, brought, find_posted
from core.notifications.service import Reach, Receipt, queue_sms, send_receipt, tell, update_live_message
from core.payments.deposits import STK_PUSH, deposit_of
from core.payments.models import UNTOLD, MpesaTransaction

PAID = "paid"
PAID_FOR = "paid-for"
# M-PESA reported that nobody answered, which doesn't prove that nobody paid.
NO_ANSWER = "no-answer"
# Two minutes have passed and nobody told us anything.
WAITING = "waiting"
# What answered the prompt is on the payer's own balance: she had claimed it by its receipt before anybody said so.
CLAIMED = "claimed"
CLAIMED_FOR = "claimed-for"
TEMPLATE = "deposit"
# Tells of a deposit that was credited.
TELL_JOB = "tell-of-deposit"
# What is older is no news any more: she has seen it by then.
NEWS = timedelta(days=7)
MOST_AT_ONCE = 200


async def tell_paid(uow: UnitOfWork, row: MpesaTransaction, *, late: bool = False) -> None:
    """The money is there: amount, fee, M-Pesa receipt and the balance that it made. Call it after the ledger has moved.

    Its owner hears it, whoever paid. late: other things came first, so it is the balance of now that she is told.
    """
    if PAID in row.told:
        return
    deposit = deposit_of(row)
    posted, after = await _in_the_books(uow, row, late=late)
    details: dict[str, Any] = {
        "fee": deposit.fee,
        "credited": deposit.credited,
        "receipt": row.mpesa_receipt_number,
        "balance": after,
    }
    picture = await _receipt(uow, row, posted, balance=after)
    if row.transaction_type == STK_PUSH and row.paid_by is None:
        await _tell(uow, row, PAID, **details)
        await _show_receipt(uow, row, picture, **details)
        return
    row.told = [*row.told, PAID]
    what = "deposit-paid" if row.paid_by is None else "deposit-gift"
    said = {"amount": deposit.amount, **details}
    await tell_member(uow, deposit.member, f"sms-{what}", in_chat=f"chat-{what}", picture=picture, **said)


async def tell_credited(uow: UnitOfWork, *, transaction: UUID) -> None:
    """Tell of a deposit that was credited in an earlier unit, once; of what is for a group whoever passes it on tells."""
    row = await uow.session.get(MpesaTransaction, transaction, with_for_update=True, populate_existing=True)
    if row is not None and row.status in ("completed", "reversed") and row.for_dao is None:
        await tell_paid(uow, row)


async def requeue_untold(uow: UnitOfWork, *, older_than: datetime) -> None:
    """Put back into the queue what somebody should have heard of by now."""
    untold = (
        select(MpesaTransaction.id)
        .where(sql(UNTOLD), MpesaTransaction.updated_at.between(older_than - NEWS, older_than))
        .order_by(MpesaTransaction.updated_at)
        .limit(MOST_AT_ONCE)
    )
    for transaction in await uow.session.scalars(untold):
        await uow.enqueue(TELL_JOB, {"transaction": str(transaction)}, key=f"{TELL_JOB} {transaction}")


async def tell_payer(uow: UnitOfWork, row: MpesaTransaction) -> None:
    """Whoever paid in somebody's place hears that it arrived; fee and balance are for its owner alone."""
    owner = await find(uow, MemberId(row.user_id))
    await _tell(uow, row, PAID_FOR, receipt=row.mpesa_receipt_number, name=short_name(owner))


async def tell_claimed_before(uow: UnitOfWork, row: MpesaTransaction, *, receipt: str) -> None:
    """Where the money is that this prompt asked for, and that whoever it was meant for didn't get it."""
    if row.paid_by is None:
        await _tell(uow, row, CLAIMED, receipt=receipt)
        return
    owner = await find(uow, MemberId(row.user_id))
    await _tell(uow, row, CLAIMED_FOR, receipt=receipt, name=short_name(owner))


async def tell_failed(uow: UnitOfWork, row: MpesaTransaction, reason: str) -> None:
    """Nothing was taken, and why."""
    await _tell(uow, row, reason)


async def tell_uncertain(uow: UnitOfWork, row: MpesaTransaction, outcome: str) -> None:
    """NO_ANSWER or WAITING: we don't know yet; if she paid it will show. One of the two is enough."""
    if not {NO_ANSWER, WAITING} & set(row.told):
        await _tell(uow, row, outcome)


async def tell_member(
    uow: UnitOfWork, member: MemberId, sentence: str, *, in_chat: str = "", picture: Receipt | None = None, **details: Any
) -> None:
    """News that no message of hers waits for: in her chat if she has one, else by SMS, in her language.

    in_chat: the sentence for a chat, where it is another one. picture: the receipt that is shown beside it there.
    """
    found = await find(uow, member)
    if found is None:
        return
    reach = Reach(found.id, found.phone, found.chat, found.language)
    said = text(in_chat or sentence, **details)
    await tell(uow, reach, text(sentence, **details), template=TEMPLATE, in_chat=said, receipt=picture)


def short_name(member: Member | None) -> str:
    """As a payer may see whom she pays for: the first name, and the first letter of the last."""
    first, _, rest = (member.name if member else "").partition(" ")
    last = rest.split(" ")[-1][:1]
    return f"{first} {last}." if last else first


async def _in_the_books(uow: UnitOfWork, row: MpesaTransaction, *, late: bool) -> tuple[TransferId | None, Money]:
    """The deposit's transfer, and what she had when it was posted; where the fee took all of it, or late, what she has now."""
    account = member_account(MemberId(row.user_id))
    if not late and (found := await brought(uow, row.id, account)) is not None:
        return found.transfer, found.after
    return await find_posted(uow, row.id), (await balance(uow, account)).available


async def _receipt(uow: UnitOfWork, row: MpesaTransaction, posted: TransferId | None, *, balance: Money) -> Receipt:
    """What she can keep. Its amount is what M-Pesa took, as in M-Pesa's own message."""
    member = await find(uow, MemberId(row.user_id))
    return Receipt(
        kind="deposit",
        amount=Money.from_decimal(row.amount),
        party=member.name if member else "",
        at=row.transaction_date or uow.clock.now(),
        reference=reference(posted) if posted else "",
        mpesa=row.mpesa_receipt_number or "",
        balance=balance,
    )


async def _show_receipt(uow: UnitOfWork, row: MpesaTransaction, picture: Receipt, **details: Any) -> None:
    """Beside the status that has changed in place without a sound comes one new message, which she can keep."""
    if row.channel == "telegram" and row.chat_id is not None:
        what = text("chat-deposit-paid", amount=picture.amount, **details)
        member = MemberId(row.user_id)
        await send_receipt(uow, chat=row.chat_id, what=what, receipt=picture, language=row.language, member=member)


async def _tell(uow: UnitOfWork, row: MpesaTransaction, outcome: str, **details: Any) -> None:
    if outcome in row.told:
        return
    row.told = [*row.told, outcome]
    details["amount"] = Money.from_decimal(row.amount)
    phone, member = Phone(row.phone_number), MemberId(row.paid_by or row.user_id)
    if row.channel == "telegram" and row.chat_id is not None:
        what = text(f"chat-deposit-{outcome}", **details)
        await update_live_message(
            uow, ref=row.id, chat=row.chat_id, what=what, language=row.language, fallback=phone, member=member
        )
        return
    what = text(f"sms-deposit-{outcome}", **details)
    await queue_sms(uow, to=phone, what=what, language=row.language, template=TEMPLATE, member=member)
