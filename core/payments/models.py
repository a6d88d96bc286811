"""The tables of money in and out by M-Pesa: fees, transactions, what was received, account numbers, claims, raw callbacks.

Amounts are NUMERIC(38,18) in whole shillings; `Money.as_decimal` and `Money.from_decimal` are the bridge. A trigger of the
database lets a transaction only move forward and never lets what was agreed change.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    Numeric,
    String,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.db import Base

MONEY = Numeric(38, 18)
PERCENTAGE = Numeric(5, 4)
# Credited, and nobody has heard of it yet.
UNTOLD = "status = 'completed' AND for_dao IS NULL AND transaction_type IN ('stk_push', 'c2b') AND NOT told @> '{paid}'"
MOMENT = DateTime(timezone=True)


class FeeSchedule(Base):
    """What a kind of transaction costs from one date to another."""

    __tablename__ = "fee_schedules"
    __table_args__ = (
        UniqueConstraint("category", "currency", "valid_from"),
        CheckConstraint("basis_points BETWEEN 0 AND 10000", name="basis_points"),
        CheckConstraint(
            "least(platform_share, dao_share, protocol_share) >= 0 AND platform_share + dao_share + protocol_share = 10000",
            name="shares",
        ),
        CheckConstraint("minimum >= 0 AND minimum <> 'NaN' AND (maximum IS NULL OR maximum >= minimum)", name="bounds"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="dates"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    category: Mapped[str]
    currency: Mapped[str]
    basis_points: Mapped[int]
    minimum: Mapped[Decimal] = mapped_column(MONEY)
    maximum: Mapped[Decimal | None] = mapped_column(MONEY)
    # Whose revenue the fee is, in basis points of it.
    platform_share: Mapped[int] = mapped_column(default=10_000, server_default="10000")
    dao_share: Mapped[int] = mapped_column(default=0, server_default="0")
    protocol_share: Mapped[int] = mapped_column(default=0, server_default="0")
    valid_from: Mapped[datetime] = mapped_column(MOMENT)
    valid_to: Mapped[datetime | None] = mapped_column(MOMENT)


class MpesaTransaction(Base):
    """One movement of money by M-Pesa, tried or done; for an STK push its id is the intent.

    `user_id`: whose money it is. `paid_by`: the member who pays in her place. `phone_number`: the phone that pays, as far as
    it is known. `for_dao`: the group that it is for, and `passed_on_at` when it was passed on (or couldn't be, and was told).

    `status`: pending (not sent yet), processing (may have been sent), completed, failed, reversed, cancelled.
    `answer`: how Daraja answered the request itself. `retry_count`: how often its state was asked for.
    `next_check_at`: when something looks at it again. `attention`: why a person has to. `told`: what the member knows.
    """

    __tablename__ = "mpesa_transactions"
    __table_args__ = (
        UniqueConstraint("checkout_request_id"),
        UniqueConstraint("mpesa_receipt_number"),
        UniqueConstraint("originator_conversation_id"),
        CheckConstraint("transaction_type IN ('stk_push', 'b2c', 'c2b', 'reversal', 'balance_query')", name="transaction_type"),
        CheckConstraint("status IN ('pending', 'processing', 'completed', 'failed', 'reversed', 'cancelled')", name="status"),
        CheckConstraint(
            "transaction_type <> 'stk_push' OR (amount BETWEEN 1 AND 250000 AND amount = trunc(amount))", name="amount"
        ),
        CheckConstraint(
            "transaction_type <> 'b2c' OR (amount BETWEEN 10 AND 250000 AND amount = trunc(amount)"
            " AND originator_conversation_id IS NOT NULL)",
            name="payout",
        ),
        CheckConstraint("fee_amount BETWEEN 0 AND amount", name="fee_amount"),
        CheckConstraint("currency = 'KES'", name="currency"),
        CheckConstraint("transaction_type <> 'c2b' OR (amount > 0 AND amount <> 'NaN')", name="amount_c2b"),
        CheckConstraint("channel IN ('ussd', 'telegram', 'paybill')", name="channel"),
        CheckConstraint("passed_on_at IS NULL OR for_dao IS NOT NULL", name="passed_on_at"),
        CheckConstraint("channel <> 'telegram' OR chat_id IS NOT NULL", name="chat_id"),
        CheckConstraint("answer IN ('accepted', 'rejected', 'unknown')", name="answer"),
        CheckConstraint("status <> 'completed' OR mpesa_receipt_number IS NOT NULL", name="receipt"),
        CheckConstraint("NOT callback_received OR (callback_data IS NOT NULL AND callback_at IS NOT NULL)", name="callback"),
        CheckConstraint("status <> 'processing' OR sent_at IS NOT NULL", name="sent_at"),
        CheckConstraint(
            "status NOT IN ('pending', 'processing') OR next_check_at IS NOT NULL OR attention IS NOT NULL",
            name="next_check_at",
        ),
        Index("ix_mpesa_transactions_user_id", "user_id", "created_at"),
        Index("ix_mpesa_transactions_phone_number", "phone_number", "created_at"),
        Index("ix_mpesa_transactions_account_reference", "account_reference"),
        Index("ix_mpesa_transactions_merchant_request_id", "merchant_request_id"),
        Index(
            "ix_mpesa_transactions_not_passed_on",
            "updated_at",
            postgresql_where=text("for_dao IS NOT NULL AND passed_on_at IS NULL AND status = 'completed'"),
        ),
        Index("ix_mpesa_transactions_untold", "updated_at", postgresql_where=text(UNTOLD)),
        Index(
            "ix_mpesa_transactions_next_check_at",
            "next_check_at",
            postgresql_where=text("status IN ('pending', 'processing')"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    payment_transaction_id: Mapped[str | None]
    transaction_type: Mapped[str]
    phone_number: Mapped[str]
    amount: Mapped[Decimal] = mapped_column(MONEY)
    account_reference: Mapped[str | None]
    transaction_desc: Mapped[str | None]
    merchant_request_id: Mapped[str | None]
    checkout_request_id: Mapped[str | None]
    conversation_id: Mapped[str | None]
    originator_conversation_id: Mapped[str | None]
    mpesa_receipt_number: Mapped[str | None]
    transaction_date: Mapped[datetime | None] = mapped_column(MOMENT)
    result_code: Mapped[str | None]
    result_desc: Mapped[str | None]
    balance: Mapped[Decimal | None] = mapped_column(MONEY)
    callback_data: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    callback_received: Mapped[bool] = mapped_column(default=False, server_default=false())
    callback_at: Mapped[datetime | None] = mapped_column(MOMENT)
    status: Mapped[str]
    failure_reason: Mapped[str | None]
    retry_count: Mapped[int] = mapped_column(default=0, server_default="0")
    last_retry_at: Mapped[datetime | None] = mapped_column(MOMENT)
    ip_address: Mapped[str | None]
    user_agent: Mapped[str | None]
    details: Mapped[dict[str, Any] | None] = mapped_column("metadata", JSONB(none_as_null=True))
    created_at: Mapped[datetime] = mapped_column(MOMENT)
    updated_at: Mapped[datetime] = mapped_column(MOMENT)
    currency: Mapped[str]
    fee_amount: Mapped[Decimal] = mapped_column(MONEY)
    fee_percentage: Mapped[Decimal] = mapped_column(PERCENTAGE)
    channel: Mapped[str]
    language: Mapped[str]
    chat_id: Mapped[int | None] = mapped_column(BigInteger)
    sent_at: Mapped[datetime | None] = mapped_column(MOMENT)
    answer: Mapped[str | None]
    next_check_at: Mapped[datetime | None] = mapped_column(MOMENT)
    attention: Mapped[str | None]
    told: Mapped[list[str]] = mapped_column(ARRAY(String), default=list, server_default="{}")
    paid_by: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    for_dao: Mapped[UUID | None]
    passed_on_at: Mapped[datetime | None] = mapped_column(MOMENT)


class TransactionFee(Base):
    """A fee that was charged, and whose revenue it is; one that was given back is a row below zero which names the first."""

    __tablename__ = "transaction_fees"
    __table_args__ = (
        UniqueConstraint("transaction_id", "fee_type"),
        CheckConstraint("transaction_type IN ('wallet', 'vault', 'escrow', 'payment')", name="transaction_type"),
        CheckConstraint(
            "fee_type IN ('platform_fee', 'gas_fee', 'network_fee', 'service_fee', 'performance_fee')", name="fee_type"
        ),
        CheckConstraint("collected_by IN ('platform', 'dao', 'protocol')", name="collected_by"),
        UniqueConstraint("reverses"),
        CheckConstraint(
            "(reverses IS NULL AND fee_amount >= 0 OR reverses IS NOT NULL AND fee_amount <= 0)"
            " AND fee_amount <> 'NaN' AND fee_amount = platform_revenue + dao_revenue + protocol_revenue",
            name="shares",
        ),
        CheckConstraint("tax_amount BETWEEN least(0, fee_amount) AND greatest(0, fee_amount)", name="tax_amount"),
        Index("ix_transaction_fees_fee_category", "fee_category", "created_at"),
        Index("ix_transaction_fees_paid_by", "paid_by"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    transaction_id: Mapped[UUID | None]
    transaction_type: Mapped[str]
    fee_type: Mapped[str]
    fee_category: Mapped[str]
    base_amount: Mapped[Decimal] = mapped_column(MONEY)
    fee_amount: Mapped[Decimal] = mapped_column(MONEY)
    fee_percentage: Mapped[Decimal | None] = mapped_column(PERCENTAGE)
    currency: Mapped[str]
    paid_by: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    dao_id: Mapped[UUID | None]
    collected_by: Mapped[str]
    platform_revenue: Mapped[Decimal] = mapped_column(MONEY)
    dao_revenue: Mapped[Decimal] = mapped_column(MONEY)
    protocol_revenue: Mapped[Decimal] = mapped_column(MONEY)
    # What of fee_amount is tax (excise), contained in it.
    tax_amount: Mapped[Decimal] = mapped_column(MONEY, default=Decimal(0), server_default="0")
    description: Mapped[str | None]
    details: Mapped[dict[str, Any] | None] = mapped_column("metadata", JSONB(none_as_null=True))
    created_at: Mapped[datetime] = mapped_column(MOMENT)
    reverses: Mapped[UUID | None] = mapped_column(ForeignKey("transaction_fees.id"))


class PaymentCallback(Base):
    """A callback exactly as it came: evidence first, meaning later. `outcome` is set once it has been processed.

    `kind`: which reader understands it. `intent`: what its path named, empty where a path names nothing.
    """

    __tablename__ = "payment_callbacks"
    __table_args__ = (
        UniqueConstraint("kind", "intent", "digest"),
        CheckConstraint("(processed_at IS NULL) = (outcome IS NULL)", name="outcome"),
        Index("ix_payment_callbacks_received_at", "received_at", postgresql_where=text("processed_at IS NULL")),
        Index("ix_payment_callbacks_read", "received_at", postgresql_where=text("processed_at IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(server_default="stk")
    intent: Mapped[str]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[str]
    remote: Mapped[str]
    received_at: Mapped[datetime] = mapped_column(MOMENT)
    times_received: Mapped[int] = mapped_column(default=1, server_default="1")
    processed_at: Mapped[datetime | None] = mapped_column(MOMENT)
    outcome: Mapped[str | None]


class PaymentAccount(Base):
    """A number to pay to at our paybill: whose money it will be and, with a group, what it is for."""

    __tablename__ = "payment_accounts"
    __table_args__ = (
        UniqueConstraint("number"),
        UniqueConstraint("user_id", "dao_id", postgresql_nulls_not_distinct=True),
        CheckConstraint("number ~ '^[1-9][0-9]{6}$'", name="number"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    dao_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(MOMENT)


class PaymentReceived(Base):
    """Money that reached us, once per receipt whoever reported it; a trigger lets only what is unknown be filled in.

    `transaction_id`: the deposit that it was credited as. Without one it is on the books' suspense account, and
    `suspense_reason` says why. `assigned_by`: how it left suspense. `account`: what the payer typed. `payer`,
    `payer_digest`: her number masked or hashed, as far as M-Pesa tells; never proof of anybody on its own. `sources`: who
    has reported it so far.
    """

    __tablename__ = "payments_received"
    __table_args__ = (
        UniqueConstraint("provider", "receipt"),
        UniqueConstraint("transaction_id"),
        CheckConstraint("amount > 0 AND amount <> 'NaN'", name="amount"),
        CheckConstraint("currency = 'KES'", name="currency"),
        CheckConstraint("cardinality(sources) > 0", name="sources"),
        CheckConstraint("transaction_id IS NOT NULL OR suspense_reason IS NOT NULL", name="place"),
        CheckConstraint(
            "assigned_by IN ('source', 'claim', 'operators') AND assigned_at IS NOT NULL AND transaction_id IS NOT NULL"
            " OR assigned_by IS NULL AND assigned_at IS NULL",
            name="assigned_by",
        ),
        CheckConstraint("suspense_reason IS NULL OR transaction_id IS NULL OR assigned_by IS NOT NULL", name="suspense_reason"),
        Index("ix_payments_received_suspense", "received_at", postgresql_where=text("transaction_id IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    provider: Mapped[str]
    receipt: Mapped[str]
    amount: Mapped[Decimal] = mapped_column(MONEY)
    currency: Mapped[str]
    account: Mapped[str]
    payer: Mapped[str]
    payer_digest: Mapped[str]
    payer_name: Mapped[str]
    paid_at: Mapped[datetime | None] = mapped_column(MOMENT)
    received_at: Mapped[datetime] = mapped_column(MOMENT)
    sources: Mapped[list[str]] = mapped_column(ARRAY(String))
    transaction_id: Mapped[UUID | None] = mapped_column(ForeignKey("mpesa_transactions.id"))
    suspense_reason: Mapped[str | None]
    assigned_by: Mapped[str | None]
    assigned_at: Mapped[datetime | None] = mapped_column(MOMENT)
    # When M-Pesa took it back from suspense; then it is nobody's any more.
    reversed_at: Mapped[datetime | None] = mapped_column(MOMENT)


class PaymentClaim(Base):
    """A member says that she paid: the receipt that she typed, and what came of it.

    `outcome`: asking (nobody has told us of this receipt yet), credited, refused (it isn't provably hers), elsewhere (it was
    credited to somebody), unknown (M-Pesa doesn't know it). An asking claim has its `next_check_at` until it ends.
    """

    __tablename__ = "payment_claims"
    __table_args__ = (
        UniqueConstraint("user_id", "receipt"),
        CheckConstraint("outcome IN ('asking', 'credited', 'refused', 'elsewhere', 'unknown')", name="outcome"),
        CheckConstraint("outcome <> 'asking' OR next_check_at IS NOT NULL", name="next_check_at"),
        CheckConstraint("asked >= 0", name="asked"),
        Index("ix_payment_claims_receipt", "receipt"),
        Index("ix_payment_claims_next_check_at", "next_check_at", postgresql_where=text("outcome = 'asking'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    receipt: Mapped[str]
    outcome: Mapped[str]
    asked: Mapped[int] = mapped_column(default=0, server_default="0")
    next_check_at: Mapped[datetime | None] = mapped_column(MOMENT)
    created_at: Mapped[datetime] = mapped_column(MOMENT)
    updated_at: Mapped[datetime] = mapped_column(MOMENT)


class SuspenseDecision(Base):
    """One person proposes whose a payment in suspense is, and why; another one approves it."""

    __tablename__ = "suspense_decisions"
    __table_args__ = (
        CheckConstraint("btrim(reason) <> '' AND btrim(proposed_by) <> ''", name="reason"),
        CheckConstraint("lower(btrim(approved_by)) <> lower(btrim(proposed_by))", name="two_people"),
        CheckConstraint("(approved_by IS NULL) = (approved_at IS NULL)", name="approved_at"),
        Index(
            "uq_suspense_decisions_open",
            "payment_id",
            unique=True,
            postgresql_where=text("approved_at IS NULL AND withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payments_received.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    dao_id: Mapped[UUID | None]
    reason: Mapped[str]
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime] = mapped_column(MOMENT)
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None] = mapped_column(MOMENT)
    withdrawn_at: Mapped[datetime | None] = mapped_column(MOMENT)
