"""Money out: start a withdrawal to the member's own phone, and find one.

Starting sets the money aside in the books and writes down the payments that M-Pesa is to make, with the jobs that will ask it,
all in the caller's transaction; nothing is asked before that has committed. What was quoted is kept and is what is taken,
whatever the tariff says later. Each payment has one name for ever under which M-Pesa knows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from sqlalchemy import func, select

from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import IntentId, MemberId, TransferId, reference
from core.kernel.money import KES, Money
from core.kernel.phone import Phone
from core.kernel.questions import Selected, given
from core.ledger.accounts import Bucket, member_account
from core.ledger.posting import post_all
from core.ledger.postings import InsufficientFunds, Leg, Posted, Posting
from core.payments.models import MpesaTransaction
from core.payments.payout_models import Payout, Withdrawal
from core.payments.withdrawal_limits import check_limits
from core.payments.withdrawal_quotes import Part, WithdrawalQuote, most_withdrawable, quote_withdrawal

B2C = "b2c"
HOLD = "mpesa_withdrawal_hold"
PAY_JOB = "send-payout"
# A confirm screen may be answered a day after it was shown (Telegram); an older quote must be looked at again.
QUOTE_LIFE = timedelta(hours=24)
OPEN = ("pending", "processing")


@dataclass
class WithdrawalShort(CoreError):
    """Her balance can't pay for it. `possible` is what could arrive instead, which may be nothing."""

    code = "withdrawal-short"
    kind = Kind.CONFLICT
    available: Money
    needed: Money
    possible: Money


@dataclass
class WithdrawalQuoteExpired(CoreError):
    """The price was shown too long ago to be taken unseen."""

    code = "withdrawal-quote-expired"
    kind = Kind.CONFLICT


class WithdrawalReused(Exception):
    """The intent already stands for another withdrawal: a mistake of the caller."""


@dataclass(frozen=True)
class PayoutState:
    """One payment: its state in mpesa_transactions (`status`), and what the books hold for it (`books`)."""

    id: UUID
    amount: Money
    fee: Money
    charge: Money
    status: str
    books: str
    receipt: str | None
    reason: str | None
    payee: str | None
    real_charge: Money | None


@dataclass(frozen=True)
class WithdrawalState:
    """A withdrawal as it stands, with its payments in order."""

    intent: IntentId
    member: MemberId
    phone: Phone
    amount: Money
    fee: Money
    charge: Money
    created_at: datetime
    payouts: tuple[PayoutState, ...]

    @property
    def total(self) -> Money:
        """What leaves her balance when all of it is paid."""
        return self.amount + self.fee + self.charge

    @property
    def is_open(self) -> bool:
        """Whether some of it has no end yet."""
        return any(payout.status in OPEN for payout in self.payouts)

    @property
    def paid(self) -> Money:
        """What has arrived so far."""
        return sum((payout.amount for payout in self.payouts if payout.status == "completed"), Money(0))


async def start_withdrawal(
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
) -> WithdrawalState:
    """Set the money aside and have `amount` sent once the caller's unit has committed; a repeat returns the same.

    phone: her own, which she registered with. channel: "ussd" (told by SMS) or "telegram" (told in `chat`). quoted_at: when
    the price was shown, if not just now. Raises WithdrawalShort, WithdrawalQuoteExpired, what check_limits and
    quote_withdrawal raise; WithdrawalReused for another withdrawal's intent.
    """
    await uow.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"withdrawals {member}", 0))))
    if (existing := await uow.session.get(Withdrawal, intent)) is not None:
        return await _repeated(uow, existing, member, phone, amount)
    await check_limits(uow, member=member, amount=amount)
    when = _agreed_at(uow, quoted_at)
    quote = await quote_withdrawal(uow, amount=amount, at=when)

    row = _withdrawal_row(uow, intent, member, phone, quote)
    row.quoted_at, row.language, row.channel, row.chat_id = when, language, channel, chat
    uow.session.add(row)
    names = [uow.ids.new() for _ in quote.parts]
    held = await _set_aside(uow, member, names, quote)
    for number, (name, part, transfer) in enumerate(zip(names, quote.parts, held, strict=True), 1):
        what = f"Withdrawal {reference(row.id)}"
        await write_payout(uow, row, number, name=name, part=part, held=transfer, what=what)
    return await withdrawal_of(uow, row)


async def find_withdrawal(uow: UnitOfWork, *, intent: IntentId) -> WithdrawalState | None:
    """The withdrawal of this intent, if it was started."""
    row = await uow.session.get(Withdrawal, intent)
    return None if row is None else await withdrawal_of(uow, row)


async def known_payee(uow: UnitOfWork, *, phone: Phone) -> str | None:
    """Under which name M-Pesa last paid this phone; None when it never said one."""
    return await uow.scalar(KNOWN_PAYEE, phone=phone)


KNOWN_PAYEE = Selected(
    select(Payout.payee_name)
    .join(MpesaTransaction, MpesaTransaction.id == Payout.id)
    .where(MpesaTransaction.phone_number == given("phone"), MpesaTransaction.status == "completed")
    .where(Payout.payee_name.is_not(None))
    .order_by(MpesaTransaction.created_at.desc())
    .limit(1)
)


async def withdrawal_of(uow: UnitOfWork, row: Withdrawal) -> WithdrawalState:
    """The row as a value, with its payments as they are now."""
    lines = (
        select(MpesaTransaction, Payout)
        .join(Payout, Payout.id == MpesaTransaction.id)
        .where(Payout.withdrawal_id == row.id)
        .order_by(Payout.part)
    )
    payouts = tuple(_payout_of(sent, payout) for sent, payout in await uow.session.execute(lines))
    return WithdrawalState(
        intent=IntentId(row.id),
        member=MemberId(row.user_id),
        phone=Phone(row.phone_number),
        amount=Money.from_decimal(row.amount),
        fee=Money.from_decimal(row.fee_amount),
        charge=Money.from_decimal(row.charge_amount),
        created_at=row.created_at,
        payouts=payouts,
    )


def _payout_of(sent: MpesaTransaction, payout: Payout) -> PayoutState:
    return PayoutState(
        id=sent.id,
        amount=Money.from_decimal(sent.amount),
        fee=Money.from_decimal(sent.fee_amount),
        charge=Money.from_decimal(payout.charge_amount),
        status=sent.status,
        books=payout.books,
        receipt=sent.mpesa_receipt_number,
        reason=sent.failure_reason,
        payee=payout.payee_name,
        real_charge=None if payout.real_charge is None else Money.from_decimal(payout.real_charge),
    )


async def _repeated(uow: UnitOfWork, row: Withdrawal, member: MemberId, phone: Phone, amount: Money) -> WithdrawalState:
    if (row.user_id, row.phone_number, row.amount) != (member, phone, amount.as_decimal()):
        raise WithdrawalReused(str(row.id))
    return await withdrawal_of(uow, row)


def _agreed_at(uow: UnitOfWork, quoted_at: datetime | None) -> datetime:
    now = uow.clock.now()
    when = now if quoted_at is None else min(quoted_at, now)
    if now - when > QUOTE_LIFE:
        raise WithdrawalQuoteExpired
    return when


async def _set_aside(uow: UnitOfWork, member: MemberId, names: list[UUID], quote: WithdrawalQuote) -> list[TransferId]:
    """Hold the money of each payment apart, all or none, without an end of time: it may be on its way out."""
    account, holds = member_account(member), []
    for name, part in zip(names, quote.parts, strict=True):
        legs = [Leg(account, -part.total), Leg(account, part.total, Bucket.LOCKED)]
        # The payment's own id is the key of its end as paid, so that its fee's row can name that transfer.
        holds.append(Posting(hold_key(name), HOLD, legs, {"payout": str(name)}, step="pending"))
    answers = await post_all(uow, holds)
    for done, answer in enumerate(answers):
        if isinstance(answer, InsufficientFunds):
            had = sum((part.total for part in quote.parts[:done]), answer.available)
            raise WithdrawalShort(had, quote.total, await most_withdrawable(uow, available=had))
        if not isinstance(answer, Posted):
            raise answer
    return [answer.transfer for answer in answers if isinstance(answer, Posted)]


def hold_key(payout: UUID) -> UUID:
    """The key of the hold of a payment; the payment's own id is the key of its end."""
    return uuid5(payout, "hold")


def _withdrawal_row(uow: UnitOfWork, intent: IntentId, member: MemberId, phone: Phone, quote: WithdrawalQuote) -> Withdrawal:
    return Withdrawal(
        id=intent,
        user_id=member,
        phone_number=phone,
        amount=quote.amount.as_decimal(),
        fee_amount=quote.fee.as_decimal(),
        fee_percentage=quote.percentage,
        charge_amount=quote.charge.as_decimal(),
        currency=KES.code,
        told=[],
        created_at=uow.clock.now(),
    )


async def write_payout(
    uow: UnitOfWork, row: Withdrawal, number: int, *, name: UUID, part: Part, held: TransferId, what: str
) -> None:
    """Write down one payment of a withdrawal with the job that sends it. what: as M-Pesa shows it to its payee."""
    now = uow.clock.now()
    sent = MpesaTransaction(
        id=name,
        user_id=row.user_id,
        transaction_type=B2C,
        phone_number=row.phone_number,
        amount=part.amount.as_decimal(),
        transaction_desc=what,
        # Not the id that stands in the addresses of its callbacks: who has seen one of those can't make up a result.
        originator_conversation_id=str(uow.ids.new()),
        status="pending",
        created_at=now,
        updated_at=now,
        next_check_at=now,
        currency=KES.code,
        fee_amount=part.fee.as_decimal(),
        fee_percentage=row.fee_percentage,
        channel=row.channel,
        language=row.language,
        chat_id=row.chat_id,
        told=[],
    )
    payout = Payout(id=name, withdrawal_id=row.id, part=number, charge_amount=part.charge.as_decimal(), hold_transfer=held)
    payout.books, payout.sendings, payout.charge_questions = "held", 0, 0
    uow.session.add(sent)
    await uow.session.flush()
    uow.session.add(payout)
    await uow.session.flush()
    await uow.enqueue(PAY_JOB, {"payout": str(name)}, key=f"{PAY_JOB} {name}")
