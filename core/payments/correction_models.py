"""The table of corrections: what one person asked for and another one approved. A trigger lets nothing in it be changed."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.db import Base
from core.payments.models import MOMENT, MONEY


class Correction(Base):
    """A correction by two people; its id is the key of the transfer that it makes.

    `kind`: refund (a payment goes back to its payer by M-Pesa), recover (what left too much is taken from its member),
    write-off (the operator bears it), reassign (a payment that was credited to the wrong member), book (a row of M-Pesa's
    statement that fitted nothing), dismiss (a payment that M-Pesa never confirmed; nothing moves). `subject`: the receipt, or
    the row's id. `member_id`: who gets it. `against`: the account that a row is booked against, or nothing. `state`: requested,
    sent (M-Pesa was asked; refunds only), done, failed, withdrawn.
    """

    __tablename__ = "corrections"
    __table_args__ = (
        CheckConstraint("kind IN ('refund', 'recover', 'write-off', 'reassign', 'book', 'dismiss')", name="kind"),
        CheckConstraint("state IN ('requested', 'sent', 'done', 'failed', 'withdrawn')", name="state"),
        CheckConstraint("btrim(reason) <> ''", name="reason"),
        CheckConstraint("approved_by <> requested_by", name="two_people"),
        CheckConstraint("(approved_by IS NULL) = (approved_at IS NULL)", name="approved_at"),
        CheckConstraint("state IN ('requested', 'withdrawn') OR approved_by IS NOT NULL", name="approved"),
        CheckConstraint("(state = 'withdrawn') = (withdrawn_by IS NOT NULL)", name="withdrawn"),
        CheckConstraint("(state IN ('requested', 'sent')) = (ended_at IS NULL)", name="ended_at"),
        CheckConstraint("amount <> 0 AND amount <> 'NaN'", name="amount"),
        CheckConstraint("state <> 'sent' OR next_check_at IS NOT NULL OR attention IS NOT NULL", name="next_check_at"),
        Index("uq_corrections_open", "subject", unique=True, postgresql_where=text("state IN ('requested', 'sent')")),
        Index("ix_corrections_subject", "subject"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject: Mapped[str]
    amount: Mapped[Decimal] = mapped_column(MONEY)
    member_id: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    against: Mapped[str | None]
    reason: Mapped[str]
    state: Mapped[str]
    requested_by: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    requested_at: Mapped[datetime] = mapped_column(MOMENT)
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    approved_at: Mapped[datetime | None] = mapped_column(MOMENT)
    withdrawn_by: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    ended_at: Mapped[datetime | None] = mapped_column(MOMENT)
    sendings: Mapped[int] = mapped_column(default=0, server_default="0")
    reference: Mapped[str | None]
    next_check_at: Mapped[datetime | None] = mapped_column(MOMENT)
    attention: Mapped[str | None]
    outcome: Mapped[str | None]
