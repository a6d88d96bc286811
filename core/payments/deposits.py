"""Money in: quote, start and find a deposit by M-Pesa.

Starting writes the intent and the job that will ask the phone, both in the caller's transaction; nothing is asked before it
has committed. The fee that was quoted is kept with the intent and is what is charged, whatever the schedule says later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from core.identity.models import MemberRow
from core.identity.sessions import NotSignedIn
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import DaoId, IntentId, MemberId, reference
from core.kernel.money import KES, Money
from core.kernel.phone import Phone
from core.payments.fees import MPESA_DEPOSIT, Fee, fee_for
from core.payments.models import MpesaTransaction

# Safaricom: one M-Pesa Express payment is 1 to 250,000 whole shillings (M-Pesa Express page and limits FAQ).
LOWEST_DEPOSIT = Money(1_00)
HIGHEST_DEPOSIT = Money(250_000_00)
DESCRIPTION = "Deposit"
STK_PUSH = "stk_push"
# A prompt rings for about a minute and Safaricom locks the subscriber for about another.
PROMPT_LIFE = timedelta(minutes=2)
# A confirm screen may be answered a day after it was shown (Telegram); an older quote must be looked at again.
QUOTE_LIFE = timedelta(hours=24)
PUSH_JOB = "push-deposit"


@dataclass
class DepositTooSmall(CoreError):
    """Less than M-Pesa takes."""

    code = "deposit-too-small"
    kind = Kind.INVALID
    low: Money


@dataclass
class DepositTooLarge(CoreError):
    """More than M-Pesa takes at once."""

    code = "deposit-too-large"
    kind = Kind.INVALID
    high: Money


@dataclass
class WholeShillingsOnly(CoreError):
    """M-Pesa takes no cents."""

    code = "whole-shillings-only"
    kind = Kind.INVALID


@dataclass
class DepositUnderway(CoreError):
    """This phone is being asked for money already; a second prompt would break the first."""

    code = "deposit-underway"
    kind = Kind.CONFLICT
    amount: Money


@dataclass
class QuoteExpired(CoreError):
    """The fee was shown too long ago to be charged unseen."""

    code = "quote-expired"
    kind = Kind.CONFLICT


class IntentReused(Exception):
    """The intent already stands for another deposit: a mistake of the caller."""


@dataclass(frozen=True)
class DepositQuote:
    """What is taken from M-PESA, what we keep of it, and what the member gets."""

    amount: Money
    fee: Money
    credited: Money


@dataclass(frozen=True)
class Deposit:
    """A deposit as it stands.

    `status`: pending, processing, completed, failed, reversed, or cancelled when its payer had claimed the payment; `reason` of
    a failure.
    """

    intent: IntentId
    member: MemberId
    phone: Phone
    amount: Money
    fee: Money
    credited: Money
    status: str
    receipt: str | None
    reason: str | None
    created_at: datetime


async def quote_deposit(uow: UnitOfWork, *, amount: Money, at: datetime | None = None) -> DepositQuote:
    """What a deposit of this amount costs now, or did `at` an earlier moment that was shown already.

    Raises DepositTooSmall, DepositTooLarge, WholeShillingsOnly.
    """
    _check(amount)

    fee = await fee_for(uow, category=MPESA_DEPOSIT, amount=amount, at=at or uow.clock.now())

    return DepositQuote(amount, fee.amount, amount - fee.amount)


async def start_deposit(
    uow: UnitOfWork,
    *,
    intent: IntentId,
    member: MemberId,
    phone: Phone,
    amount: Money,
    language: str,
    channel: str,
    chat: int | None = None,
    quoted_at: datetime | None = None,
    paid_by: MemberId | None = None,
    group: DaoId | None = None,
) -> Deposit:
    """Have the phone asked for `amount` once the caller's unit has committed; a repeat of the intent returns the same.

    member: whose money it will be. paid_by: who pays in her place, if somebody does. group: what it is for, if not her own
    balance.

    channel: "ussd" (told by SMS) or "telegram" (told in `chat`). quoted_at: when the fee was shown, if not just now.
    Raises DepositUnderway, QuoteExpired, NotSignedIn (she was forgotten) and what quote_deposit raises; IntentReused for
    another deposit's intent.
    """
    await hold_phone(uow, phone)
    if (existing := await uow.session.get(MpesaTransaction, intent)) is not None:
        return _repeated(existing, member, phone, amount)
    _check(amount)
    await _refuse_second_prompt(uow, phone)
    fee = await _quoted_fee(uow, amount, quoted_at)

    row = _new_row(uow, intent=intent, member=member, phone=phone, amount=amount, fee=fee)
    row.language, row.channel, row.chat_id = language, channel, chat
    row.paid_by, row.for_dao = None if paid_by == member else paid_by, group
    uow.session.add(row)
    await uow.session.flush()
    await _refuse_forgotten(uow, member)
    await uow.enqueue(PUSH_JOB, {"intent": str(intent)}, key=f"{PUSH_JOB} {intent}")

    return deposit_of(row)


async def _refuse_forgotten(uow: UnitOfWork, member: MemberId) -> None:
    """Raises NotSignedIn. Asked once the row that points to hers is written: that waited for whoever was erasing her."""
    if await is_forgotten(uow, member):
        raise NotSignedIn


async def is_forgotten(uow: UnitOfWork, member: UUID) -> bool:
    """Whether this member was forgotten: then the books give her nothing any more."""
    return await uow.session.scalar(select(MemberRow.erased_at).where(MemberRow.id == member)) is not None


async def find_deposit(uow: UnitOfWork, *, intent: IntentId) -> Deposit | None:
    """The deposit of this intent, if it was started."""
    row = await uow.session.get(MpesaTransaction, intent)
    return None if row is None or row.transaction_type != STK_PUSH else deposit_of(row)


async def hold_phone(uow: UnitOfWork, phone: str) -> None:
    """Let nobody else start or send a prompt to this phone until the unit ends."""
    await uow.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"prompt {phone}", 0))))


def deposit_of(row: MpesaTransaction) -> Deposit:
    """The row as a value."""
    amount, fee = Money.from_decimal(row.amount), Money.from_decimal(row.fee_amount)
    return Deposit(
        intent=IntentId(row.id),
        member=MemberId(row.user_id),
        phone=Phone(row.phone_number),
        amount=amount,
        fee=fee,
        credited=amount - fee,
        status=row.status,
        receipt=row.mpesa_receipt_number,
        reason=row.failure_reason,
        created_at=row.created_at,
    )


def _check(amount: Money) -> None:
    if amount.currency != KES:
        raise TypeError("M-Pesa takes Kenyan shillings")
    if amount < LOWEST_DEPOSIT:
        raise DepositTooSmall(LOWEST_DEPOSIT)
    if amount > HIGHEST_DEPOSIT:
        raise DepositTooLarge(HIGHEST_DEPOSIT)
    if amount.minor % KES.units:
        raise WholeShillingsOnly


def _repeated(row: MpesaTransaction, member: MemberId, phone: Phone, amount: Money) -> Deposit:
    if (row.user_id, row.phone_number, row.amount) != (member, phone, amount.as_decimal()):
        raise IntentReused(str(row.id))
    return deposit_of(row)


async def _refuse_second_prompt(uow: UnitOfWork, phone: Phone) -> None:
    """One open prompt per phone. Open ends by an answer or by itself, so that nobody is locked out for long."""
    since = uow.clock.now() - PROMPT_LIFE
    still_open = (
        select(MpesaTransaction.amount)
        .where(MpesaTransaction.phone_number == phone, MpesaTransaction.transaction_type == STK_PUSH)
        .where(MpesaTransaction.status.in_(("pending", "processing")), MpesaTransaction.callback_received.is_(False))
        .where(func.coalesce(MpesaTransaction.sent_at, MpesaTransaction.created_at) > since)
        .limit(1)
    )
    if (amount := await uow.session.scalar(still_open)) is not None:
        raise DepositUnderway(Money.from_decimal(amount))


async def _quoted_fee(uow: UnitOfWork, amount: Money, quoted_at: datetime | None) -> Fee:
    now = uow.clock.now()
    at = now if quoted_at is None else min(quoted_at, now)
    if now - at > QUOTE_LIFE:
        raise QuoteExpired
    return await fee_for(uow, category=MPESA_DEPOSIT, amount=amount, at=at)


def _new_row(uow: UnitOfWork, *, intent: IntentId, member: MemberId, phone: Phone, amount: Money, fee: Fee) -> MpesaTransaction:
    now = uow.clock.now()
    return MpesaTransaction(
        id=intent,
        user_id=member,
        transaction_type=STK_PUSH,
        phone_number=phone,
        amount=amount.as_decimal(),
        currency=amount.currency.code,
        fee_amount=fee.amount.as_decimal(),
        fee_percentage=fee.percentage,
        account_reference=reference(intent),
        transaction_desc=DESCRIPTION,
        status="pending",
        next_check_at=now,
        told=[],
        created_at=now,
        updated_at=now,
    )
