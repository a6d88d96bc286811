"""Tables of the shares: cycles with their price, what members bought at each meeting, share-outs and who approved them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, DateTime, ForeignKey, Index, Numeric, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.db import Base

AMOUNT = Numeric(38, 18)
MOMENT = DateTime(timezone=True)


class ShareCycleRow(Base):
    """A cycle: shares cost the same from its beginning to its share-out."""

    __tablename__ = "share_cycles"
    __table_args__ = (
        UniqueConstraint("dao_id", "number"),
        UniqueConstraint("intent"),
        Index("uq_share_cycles_open", "dao_id", unique=True, postgresql_where=text("closed_at IS NULL")),
        CheckConstraint("price > 0 AND price <> 'NaN'", name="price"),
        CheckConstraint("most BETWEEN 1 AND 50", name="most"),
        CheckConstraint("meetings IN ('weekly', 'biweekly', 'monthly', 'never')", name="meetings"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    dao_id: Mapped[UUID] = mapped_column(ForeignKey("daos.id"))
    number: Mapped[int]
    price: Mapped[Decimal] = mapped_column(AMOUNT)
    most: Mapped[int]
    meetings: Mapped[str] = mapped_column(Text)
    intent: Mapped[UUID]
    started_at: Mapped[datetime] = mapped_column(MOMENT)
    closed_at: Mapped[datetime | None] = mapped_column(MOMENT)


class ShareExitRow(Base):
    """That a member left before the share-out and got back what she had paid for her shares."""

    __tablename__ = "share_exits"
    __table_args__ = (
        UniqueConstraint("transfer_id"),
        CheckConstraint("amount > 0 AND amount <> 'NaN'", name="amount"),
        Index("ix_share_exits_user_id", "user_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    cycle_id: Mapped[UUID] = mapped_column(ForeignKey("share_cycles.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    amount: Mapped[Decimal] = mapped_column(AMOUNT)
    transfer_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_transfers.id"))
    created_at: Mapped[datetime] = mapped_column(MOMENT)


class SharePurchaseRow(Base):
    """What a member bought at a meeting; once at each. `meeting_on`: the first day of its week, fortnight or month."""

    __tablename__ = "share_purchases"
    __table_args__ = (
        UniqueConstraint("intent"),
        UniqueConstraint("transfer_id"),
        Index(
            "uq_share_purchases_meeting",
            *("cycle_id", "user_id", "meeting_on"),
            unique=True,
            postgresql_where=text("exit_id IS NULL"),
        ),
        CheckConstraint("shares BETWEEN 1 AND 50", name="shares"),
        CheckConstraint("amount > 0 AND amount <> 'NaN'", name="amount"),
        Index("ix_share_purchases_user_id", "user_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    cycle_id: Mapped[UUID] = mapped_column(ForeignKey("share_cycles.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    meeting_on: Mapped[date] = mapped_column(Date)
    shares: Mapped[int]
    amount: Mapped[Decimal] = mapped_column(AMOUNT)
    transfer_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_transfers.id"))
    intent: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(MOMENT)
    exit_id: Mapped[UUID | None] = mapped_column(ForeignKey("share_exits.id"))


class ShareOutRow(Base):
    """A share-out as it was proposed: its sums, and the digest of all of it that each official approves. One is ever done."""

    __tablename__ = "share_outs"
    __table_args__ = (
        UniqueConstraint("intent"),
        UniqueConstraint("transfer_id"),
        Index("uq_share_outs_once", "cycle_id", unique=True, postgresql_where=text("status IN ('open', 'done')")),
        CheckConstraint("status IN ('open', 'done', 'void')", name="status"),
        CheckConstraint("(status = 'done') = (transfer_id IS NOT NULL)", name="transfer_id"),
        CheckConstraint("digest ~ '^[0-9a-f]{64}$'", name="digest"),
        CheckConstraint("distributable >= 0 AND distributable = trunc(distributable) AND shares > 0", name="distributable"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    cycle_id: Mapped[UUID] = mapped_column(ForeignKey("share_cycles.id"))
    status: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text)
    distributable: Mapped[Decimal] = mapped_column(AMOUNT)
    shares: Mapped[int]
    needed: Mapped[int]
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    intent: Mapped[UUID]
    transfer_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_transfers.id"))
    created_at: Mapped[datetime] = mapped_column(MOMENT)
    expires_at: Mapped[datetime] = mapped_column(MOMENT)
    ended_at: Mapped[datetime | None] = mapped_column(MOMENT)


class ShareOutLineRow(Base):
    """What a share-out that was done gave a member: her shares, what they came to, and what of it paid her own debts."""

    __tablename__ = "share_out_lines"
    __table_args__ = (
        CheckConstraint("shares > 0 AND amount >= 0 AND debts >= 0 AND debts <= amount AND amount <> 'NaN'", name="amount"),
        Index("ix_share_out_lines_user_id", "user_id"),
    )

    share_out_id: Mapped[UUID] = mapped_column(ForeignKey("share_outs.id"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"), primary_key=True)
    shares: Mapped[int]
    amount: Mapped[Decimal] = mapped_column(AMOUNT)
    debts: Mapped[Decimal] = mapped_column(AMOUNT)


class ShareOutReturnRow(Base):
    """What a share-out that was done took of what the group had earned."""

    __tablename__ = "share_out_returns"
    __table_args__ = (
        CheckConstraint("name IN ('loan_interest', 'fines')", name="name"),
        CheckConstraint("amount > 0 AND amount <> 'NaN'", name="amount"),
    )

    share_out_id: Mapped[UUID] = mapped_column(ForeignKey("share_outs.id"), primary_key=True)
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    amount: Mapped[Decimal] = mapped_column(AMOUNT)


class ShareOutApprovalRow(Base):
    """That an official approved exactly this, with a PIN."""

    __tablename__ = "share_out_approvals"

    share_out_id: Mapped[UUID] = mapped_column(ForeignKey("share_outs.id"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(MOMENT)
