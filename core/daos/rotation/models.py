"""Tables of the merry-go-round: rounds, their hands, the plan of turns, who owes what at each turn, and what was paid.

Between any two hands of a round lie two dues: each pays the other once, at the other's turn. Whoever joins late or leaves early
adds or takes away such pairs whole, so the sums stay even for everybody else.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, DateTime, ForeignKey, Index, Numeric, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, INTEGER
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.db import Base

AMOUNT = Numeric(38, 18)
MOMENT = DateTime(timezone=True)
NOT_OVER = "status NOT IN ('finished', 'cancelled')"


class RotationRow(Base):
    """A round. The rules that it began with are its own until it ends. `proposed`: the order that is to be agreed to."""

    __tablename__ = "rotations"
    __table_args__ = (
        UniqueConstraint("dao_id", "number"),
        UniqueConstraint("intent"),
        Index("uq_rotations_live", "dao_id", unique=True, postgresql_where=text(NOT_OVER)),
        CheckConstraint("amount > 0 AND amount <> 'NaN'", name="amount"),
        CheckConstraint(
            "status IN ('open', 'drawing', 'agreeing', 'voting', 'running', 'finished', 'cancelled')", name="status"
        ),
        CheckConstraint("order_by IN ('draw', 'agreed', 'vote')", name="order_by"),
        CheckConstraint("shortfall IN ('pay_what_came', 'wait', 'reserve')", name="shortfall"),
        CheckConstraint("frequency IN ('weekly', 'biweekly', 'monthly')", name="frequency"),
        CheckConstraint("pays_to IN ('phone', 'account')", name="pays_to"),
        CheckConstraint("(commitment IS NULL) = (draw_at IS NULL)", name="commitment"),
        CheckConstraint("seed IS NULL OR commitment IS NOT NULL", name="seed"),
        CheckConstraint("status NOT IN ('running', 'finished') OR started_at IS NOT NULL", name="started_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    dao_id: Mapped[UUID] = mapped_column(ForeignKey("daos.id"))
    number: Mapped[int]
    amount: Mapped[Decimal] = mapped_column(AMOUNT)
    frequency: Mapped[str] = mapped_column(Text)
    due_day: Mapped[int]
    order_by: Mapped[str] = mapped_column(Text)
    shortfall: Mapped[str] = mapped_column(Text)
    wait_days: Mapped[int]
    grace_days: Mapped[int]
    netting: Mapped[bool]
    pays_to: Mapped[Literal["phone", "account"]] = mapped_column(Text)
    status: Mapped[Literal["open", "drawing", "agreeing", "voting", "running", "finished", "cancelled"]] = mapped_column(Text)
    opened_by: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    intent: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(MOMENT)
    started_at: Mapped[datetime | None] = mapped_column(MOMENT)
    ended_at: Mapped[datetime | None] = mapped_column(MOMENT)
    commitment: Mapped[str | None] = mapped_column(Text)
    sealed_seed: Mapped[str | None] = mapped_column(Text)
    seed: Mapped[str | None] = mapped_column(Text)
    draw_at: Mapped[datetime | None] = mapped_column(MOMENT)
    drawn: Mapped[list[int] | None] = mapped_column(ARRAY(INTEGER))
    proposed: Mapped[list[int] | None] = mapped_column(ARRAY(INTEGER))
    because: Mapped[str | None] = mapped_column(Text)


class HandRow(Base):
    """A hand: it pays at every turn and is paid at one. `shared`: two members have half of it each."""

    __tablename__ = "rotation_hands"
    __table_args__ = (
        UniqueConstraint("rotation_id", "number"),
        CheckConstraint("partner_id <> user_id", name="two_people"),
        CheckConstraint("shared OR partner_id IS NULL", name="shared"),
        Index("ix_rotation_hands_user_id", "user_id"),
        Index("ix_rotation_hands_partner_id", "partner_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    rotation_id: Mapped[UUID] = mapped_column(ForeignKey("rotations.id"))
    number: Mapped[int]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    partner_id: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    shared: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(MOMENT)
    withdrawn_at: Mapped[datetime | None] = mapped_column(MOMENT)


class DrawNumberRow(Base):
    """A number that a member added to the draw. It stands: the database refuses any change."""

    __tablename__ = "rotation_numbers"
    __table_args__ = (CheckConstraint("number ~ '^[0-9]{1,12}$'", name="number"),)

    rotation_id: Mapped[UUID] = mapped_column(ForeignKey("rotations.id"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"), primary_key=True)
    number: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(MOMENT)


class ConsentRow(Base):
    """That a member agreed to exactly this order, with her PIN."""

    __tablename__ = "rotation_consents"

    rotation_id: Mapped[UUID] = mapped_column(ForeignKey("rotations.id"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"), primary_key=True)
    agreed_order: Mapped[list[int]] = mapped_column(ARRAY(INTEGER))
    created_at: Mapped[datetime] = mapped_column(MOMENT)


class TurnRow(Base):
    """A turn of the plan and whose it is. Each hand has one; a turn that was paid never changes again."""

    __tablename__ = "rotation_turns"
    __table_args__ = (
        UniqueConstraint("rotation_id", "position"),
        # Deferred, because a swap exchanges two of them.
        UniqueConstraint("rotation_id", "hand_id", deferrable=True, initially="DEFERRED"),
        UniqueConstraint("transfer_id"),
        CheckConstraint("status IN ('waiting', 'paid')", name="status"),
        CheckConstraint("(status = 'paid') = (paid_at IS NOT NULL)", name="paid_at"),
        CheckConstraint("(status = 'paid') = (amount IS NOT NULL)", name="paid_amount"),
        CheckConstraint("(coalesce(amount, 0) > 0) = (transfer_id IS NOT NULL)", name="transfer_id"),
        Index("ix_rotation_turns_due", "due_on", postgresql_where=text("status = 'waiting'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    rotation_id: Mapped[UUID] = mapped_column(ForeignKey("rotations.id"))
    position: Mapped[int]
    hand_id: Mapped[UUID] = mapped_column(ForeignKey("rotation_hands.id"))
    due_on: Mapped[date] = mapped_column(Date)
    status: Mapped[str] = mapped_column(Text)
    paid_at: Mapped[datetime | None] = mapped_column(MOMENT)
    amount: Mapped[Decimal | None] = mapped_column(AMOUNT)
    transfer_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_transfers.id"))


class DueRow(Base):
    """What a member owes for a hand at a turn. `covered`: the reserve lent it when the turn was paid; `repaid`: of that.

    What the turn's hand got of it is paid - repaid + covered; what she still owes is amount - paid.
    """

    __tablename__ = "rotation_dues"
    __table_args__ = (
        UniqueConstraint("turn_id", "hand_id", "user_id"),
        CheckConstraint("paid >= 0 AND paid <= amount AND amount <> 'NaN'", name="paid"),
        CheckConstraint("repaid >= 0 AND repaid <= covered AND repaid <= paid", name="repaid"),
        CheckConstraint("paid - repaid + covered <= amount", name="covered"),
        Index("ix_rotation_dues_user_id", "user_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    turn_id: Mapped[UUID] = mapped_column(ForeignKey("rotation_turns.id"))
    hand_id: Mapped[UUID] = mapped_column(ForeignKey("rotation_hands.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    amount: Mapped[Decimal] = mapped_column(AMOUNT)
    paid: Mapped[Decimal] = mapped_column(AMOUNT)
    covered: Mapped[Decimal] = mapped_column(AMOUNT)
    repaid: Mapped[Decimal] = mapped_column(AMOUNT)


class TurnPaymentRow(Base):
    """Money towards a due, by whoever paid it, once per intent; below zero where it was given back."""

    __tablename__ = "rotation_payments"
    __table_args__ = (
        UniqueConstraint("intent", "due_id"),
        CheckConstraint("amount <> 0 AND amount <> 'NaN'", name="amount"),
        Index("ix_rotation_payments_due_id", "due_id"),
        Index("ix_rotation_payments_payer_id", "payer_id", "created_at"),
        Index("ix_rotation_payments_transfer_id", "transfer_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    due_id: Mapped[UUID] = mapped_column(ForeignKey("rotation_dues.id"))
    payer_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    amount: Mapped[Decimal] = mapped_column(AMOUNT)
    transfer_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_transfers.id"))
    intent: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(MOMENT)


class SendingRow(Base):
    """What a turn brought a member and is to go on to her M-PESA. Its id is the intent of the withdrawal that it becomes.

    `amount`: what the turn brought her. `look_at`: when it is looked at while it waits. `reason`: why it stays in her account.
    """

    __tablename__ = "rotation_sendings"
    __table_args__ = (
        UniqueConstraint("turn_id", "user_id"),
        CheckConstraint("amount > 0 AND amount <> 'NaN'", name="amount"),
        CheckConstraint("status IN ('waiting', 'sent', 'kept')", name="status"),
        CheckConstraint("(status = 'kept') = (reason IS NOT NULL)", name="kept"),
        CheckConstraint("reason IN ('spent', 'small', 'limit', 'sim', 'unchecked', 'recovered', 'closed')", name="reason"),
        CheckConstraint("(status = 'waiting') = (look_at IS NOT NULL)", name="look_at"),
        CheckConstraint("(status = 'waiting') = (ended_at IS NULL)", name="ended_at"),
        Index("ix_rotation_sendings_user_id", "user_id"),
        Index("ix_rotation_sendings_look_at", "look_at", postgresql_where=text("look_at IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    turn_id: Mapped[UUID] = mapped_column(ForeignKey("rotation_turns.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    amount: Mapped[Decimal] = mapped_column(AMOUNT)
    status: Mapped[Literal["waiting", "sent", "kept"]] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    look_at: Mapped[datetime | None] = mapped_column(MOMENT)
    created_at: Mapped[datetime] = mapped_column(MOMENT)
    ended_at: Mapped[datetime | None] = mapped_column(MOMENT)


class SwapRow(Base):
    """A wish to exchange two turns, with the hands that had them when it was asked."""

    __tablename__ = "rotation_swaps"
    __table_args__ = (
        UniqueConstraint("intent"),
        CheckConstraint("status IN ('open', 'done', 'refused', 'lapsed')", name="status"),
        CheckConstraint("turn_a <> turn_b AND hand_a <> hand_b", name="two_turns"),
        Index("ix_rotation_swaps_open", "rotation_id", postgresql_where=text("status = 'open'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    rotation_id: Mapped[UUID] = mapped_column(ForeignKey("rotations.id"))
    turn_a: Mapped[UUID] = mapped_column(ForeignKey("rotation_turns.id"))
    turn_b: Mapped[UUID] = mapped_column(ForeignKey("rotation_turns.id"))
    hand_a: Mapped[UUID] = mapped_column(ForeignKey("rotation_hands.id"))
    hand_b: Mapped[UUID] = mapped_column(ForeignKey("rotation_hands.id"))
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    status: Mapped[str] = mapped_column(Text)
    intent: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(MOMENT)
    expires_at: Mapped[datetime] = mapped_column(MOMENT)


class SwapConsentRow(Base):
    """That an owner of one of the two hands agreed to the swap, with her PIN."""

    __tablename__ = "rotation_swap_consents"

    swap_id: Mapped[UUID] = mapped_column(ForeignKey("rotation_swaps.id"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(MOMENT)
