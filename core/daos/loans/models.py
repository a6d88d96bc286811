"""Tables of the loans: what was asked for and agreed, who vouches with how much, who decided, and what came back.

A debt is no money: the books show what moved, these rows why. Who decided and what was repaid is written once (migration 0056).
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Numeric,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.db import Base

AMOUNT = Numeric(38, 18)
MOMENT = DateTime(timezone=True)
LoanStatus = Literal["asked", "running", "repaid", "rejected", "withdrawn", "expired", "written_off"]
PledgeStatus = Literal["asked", "accepted", "refused", "released"]
Question = Literal["payout", "recovery"]
LIVE: tuple[LoanStatus, ...] = ("asked", "running")


class LoanRow(Base):
    """A loan of a group to a member. `started_on`: the day (East Africa Time) on which it was paid out."""

    __tablename__ = "loans"
    __table_args__ = (
        UniqueConstraint("intent"),
        UniqueConstraint("transfer_id"),
        CheckConstraint("principal > 0 AND principal <> 'NaN'", name="principal"),
        CheckConstraint("rate BETWEEN 0 AND 2000", name="rate"),
        CheckConstraint("method IN ('reducing', 'flat')", name="method"),
        CheckConstraint("months BETWEEN 1 AND 36", name="months"),
        CheckConstraint(
            "status IN ('asked', 'running', 'repaid', 'rejected', 'withdrawn', 'expired', 'written_off')", name="status"
        ),
        CheckConstraint("(started_on IS NULL) = (transfer_id IS NULL)", name="started"),
        CheckConstraint("status NOT IN ('running', 'repaid', 'written_off') OR started_on IS NOT NULL", name="paid_out"),
        CheckConstraint("(status IN ('asked', 'running')) = (ended_at IS NULL)", name="ended"),
        Index("ix_loans_user_id", "user_id"),
        Index(
            "uq_loans_live",
            "dao_id",
            "user_id",
            unique=True,
            postgresql_where=text("status IN ('asked', 'running')"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    dao_id: Mapped[UUID] = mapped_column(ForeignKey("daos.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    principal: Mapped[Decimal] = mapped_column(AMOUNT)
    currency: Mapped[str] = mapped_column(Text)
    rate: Mapped[int]
    method: Mapped[Literal["reducing", "flat"]] = mapped_column(Text)
    months: Mapped[int]
    status: Mapped[LoanStatus] = mapped_column(Text)
    intent: Mapped[UUID]
    asked_at: Mapped[datetime] = mapped_column(MOMENT)
    started_on: Mapped[date | None] = mapped_column(Date)
    transfer_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_transfers.id"))
    ended_at: Mapped[datetime | None] = mapped_column(MOMENT)
    because: Mapped[str | None] = mapped_column(Text)


class PledgeRow(Base):
    """How much of a loan a guarantor answers for with her savings."""

    __tablename__ = "loan_pledges"
    __table_args__ = (
        UniqueConstraint("loan_id", "user_id"),
        CheckConstraint("amount > 0 AND amount <> 'NaN'", name="amount"),
        CheckConstraint("status IN ('asked', 'accepted', 'refused', 'released')", name="status"),
        Index("ix_loan_pledges_user_id", "user_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    loan_id: Mapped[UUID] = mapped_column(ForeignKey("loans.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    amount: Mapped[Decimal] = mapped_column(AMOUNT)
    status: Mapped[PledgeStatus] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(MOMENT)
    answered_at: Mapped[datetime | None] = mapped_column(MOMENT)


class LoanDecisionRow(Base):
    """An official's own word on a loan: to pay it out, or to take what is late from the savings that answer for it."""

    __tablename__ = "loan_decisions"
    __table_args__ = (
        PrimaryKeyConstraint("loan_id", "question", "user_id"),
        CheckConstraint("question IN ('payout', 'recovery')", name="question"),
    )

    loan_id: Mapped[UUID] = mapped_column(ForeignKey("loans.id"))
    question: Mapped[Question] = mapped_column(Text)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    agrees: Mapped[bool]
    decided_at: Mapped[datetime] = mapped_column(MOMENT)


class RepaymentRow(Base):
    """What came back, once per intent: how much of it was interest and how much principal.

    `source`: paid by a member from her balance; or the savings of `user_id` were set against it, as the officials decided, and
    no money moved.
    """

    __tablename__ = "loan_repayments"
    __table_args__ = (
        UniqueConstraint("intent", "user_id"),
        CheckConstraint("interest >= 0 AND principal >= 0 AND amount > 0 AND amount <> 'NaN'", name="parts"),
        CheckConstraint("amount = interest + principal", name="amount"),
        CheckConstraint("source IN ('balance', 'savings')", name="source"),
        CheckConstraint("(source = 'balance') = (transfer_id IS NOT NULL)", name="moved"),
        Index("ix_loan_repayments_loan_id", "loan_id"),
        Index("ix_loan_repayments_user_id", "user_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    loan_id: Mapped[UUID] = mapped_column(ForeignKey("loans.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    source: Mapped[Literal["balance", "savings"]] = mapped_column(Text)
    amount: Mapped[Decimal] = mapped_column(AMOUNT)
    interest: Mapped[Decimal] = mapped_column(AMOUNT)
    principal: Mapped[Decimal] = mapped_column(AMOUNT)
    paid_on: Mapped[date] = mapped_column(Date)
    transfer_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_transfers.id"))
    intent: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(MOMENT)


class LoanNoticeRow(Base):
    """That somebody was told of an instalment, so that it's told once."""

    __tablename__ = "loan_notices"
    __table_args__ = (PrimaryKeyConstraint("loan_id", "due", "stage"),)

    loan_id: Mapped[UUID] = mapped_column(ForeignKey("loans.id"))
    due: Mapped[date] = mapped_column(Date)
    stage: Mapped[str] = mapped_column(Text)
    told_at: Mapped[datetime] = mapped_column(MOMENT)


class LoanFundingRow(Base):
    """Money that officials move from the treasury into the loan pot or another one, or back out of it, together."""

    __tablename__ = "loan_fundings"
    __table_args__ = (
        UniqueConstraint("intent"),
        CheckConstraint("amount > 0 AND amount <> 'NaN'", name="amount"),
        CheckConstraint("direction IN ('in', 'out')", name="direction"),
        CheckConstraint("pot IN ('loans', 'reserve', 'project')", name="pot"),
        CheckConstraint("status IN ('asked', 'done', 'rejected', 'expired')", name="status"),
        CheckConstraint("(status = 'done') = (transfer_id IS NOT NULL)", name="done"),
        Index("uq_loan_fundings_open", "dao_id", unique=True, postgresql_where=text("status = 'asked'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    dao_id: Mapped[UUID] = mapped_column(ForeignKey("daos.id"))
    amount: Mapped[Decimal] = mapped_column(AMOUNT)
    direction: Mapped[Literal["in", "out"]] = mapped_column(Text)
    pot: Mapped[Literal["loans", "reserve", "project"]] = mapped_column(Text, server_default="loans")
    status: Mapped[Literal["asked", "done", "rejected", "expired"]] = mapped_column(Text)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    intent: Mapped[UUID]
    asked_at: Mapped[datetime] = mapped_column(MOMENT)
    transfer_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_transfers.id"))


class LoanFundingDecisionRow(Base):
    """An official's own word on such a move."""

    __tablename__ = "loan_funding_decisions"
    __table_args__ = (PrimaryKeyConstraint("funding_id", "user_id"),)

    funding_id: Mapped[UUID] = mapped_column(ForeignKey("loan_fundings.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    agrees: Mapped[bool]
    decided_at: Mapped[datetime] = mapped_column(MOMENT)
