"""The tables of money out: a withdrawal as the member agreed to it, and the payments that it is sent in.

Each payment is also a row of mpesa_transactions under the same id, which carries its state; here is what belongs to our books.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.db import Base
from core.payments.models import MOMENT, MONEY, PERCENTAGE


class Withdrawal(Base):
    """What a member agreed to: its id is the intent. The amounts are those that were shown before her PIN, and never change.

    `dao_id`: the group whose treasury pays it, asked for by this member; None when it is her own money.
    `told`: what she knows. `ended_at`: when the last of its payments had an end.
    """

    __tablename__ = "withdrawals"
    __table_args__ = (
        CheckConstraint("amount > 0 AND amount = trunc(amount) AND amount <> 'NaN'", name="amount"),
        CheckConstraint("least(fee_amount, charge_amount) >= 0 AND greatest(fee_amount, charge_amount) <> 'NaN'", name="fees"),
        CheckConstraint("currency = 'KES'", name="currency"),
        CheckConstraint("channel <> 'telegram' OR chat_id IS NOT NULL", name="chat_id"),
        Index("ix_withdrawals_user_id", "user_id", "created_at"),
        Index("ix_withdrawals_dao_id", "dao_id", postgresql_where=text("dao_id IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    dao_id: Mapped[UUID | None]
    phone_number: Mapped[str]
    amount: Mapped[Decimal] = mapped_column(MONEY)
    fee_amount: Mapped[Decimal] = mapped_column(MONEY)
    fee_percentage: Mapped[Decimal] = mapped_column(PERCENTAGE)
    charge_amount: Mapped[Decimal] = mapped_column(MONEY)
    currency: Mapped[str]
    quoted_at: Mapped[datetime] = mapped_column(MOMENT)
    channel: Mapped[str]
    language: Mapped[str]
    chat_id: Mapped[int | None] = mapped_column(BigInteger)
    told: Mapped[list[str]] = mapped_column(ARRAY(String), default=list, server_default="{}")
    created_at: Mapped[datetime] = mapped_column(MOMENT)
    ended_at: Mapped[datetime | None] = mapped_column(MOMENT)


class Payout(Base):
    """One payment of a withdrawal, and what the books hold for it.

    `sendings`: how often M-Pesa was asked to make it, always under one name. `in_doubt`: one of those requests may have arrived
    without an answer, so a later refusal proves nothing. `charge_amount`: what the member pays towards M-Pesa's charge.
    `real_charge`: what M-Pesa really took, once it has said so (`charge_source`: where). `books`: held, paid, released, or
    paid-after-release, which a person has to look into.
    """

    __tablename__ = "payouts"
    __table_args__ = (
        UniqueConstraint("withdrawal_id", "part"),
        UniqueConstraint("hold_transfer"),
        CheckConstraint("books IN ('held', 'paid', 'released', 'paid-after-release')", name="books"),
        CheckConstraint("part >= 1", name="part"),
        CheckConstraint("charge_amount >= 0 AND charge_amount <> 'NaN'", name="charge_amount"),
        CheckConstraint("(real_charge IS NULL) = (charge_source IS NULL)", name="charge_source"),
        CheckConstraint("real_charge >= 0 AND real_charge <> 'NaN'", name="real_charge"),
        CheckConstraint("real_charge IS NULL OR books IN ('paid', 'paid-after-release')", name="charged_when_paid"),
        CheckConstraint("charge_booked_at IS NULL OR real_charge IS NOT NULL", name="charge_booked_at"),
        Index(
            "ix_payouts_charge_not_booked", "id", postgresql_where=text("real_charge IS NOT NULL AND charge_booked_at IS NULL")
        ),
        Index(
            "ix_payouts_charge_not_told",
            "id",
            postgresql_where=text("real_charge IS NULL AND charge_questions < 3 AND books IN ('paid', 'paid-after-release')"),
        ),
        Index("ix_payouts_held", "id", postgresql_where=text("books = 'held'")),
    )

    id: Mapped[UUID] = mapped_column(ForeignKey("mpesa_transactions.id"), primary_key=True)
    withdrawal_id: Mapped[UUID] = mapped_column(ForeignKey("withdrawals.id"))
    part: Mapped[int]
    charge_amount: Mapped[Decimal] = mapped_column(MONEY)
    hold_transfer: Mapped[UUID]
    books: Mapped[str]
    sendings: Mapped[int] = mapped_column(default=0, server_default="0")
    in_doubt: Mapped[bool] = mapped_column(default=False, server_default=false())
    payee_name: Mapped[str | None]
    real_charge: Mapped[Decimal | None] = mapped_column(MONEY)
    charge_source: Mapped[str | None]
    charge_booked_at: Mapped[datetime | None] = mapped_column(MOMENT)
    charge_questions: Mapped[int] = mapped_column(default=0, server_default="0")
