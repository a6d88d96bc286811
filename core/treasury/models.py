"""Tables of the treasury: who asked for which payment, who approved or refused it, who objected, who holds the padlock.

What was asked for never changes, approvals, objections and draws are written once, and the database itself lets a request
only move forward, and wait for its payment only with enough approvals of its exact digest (migrations/treasury).
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Identity, Index, Numeric, Text, UniqueConstraint, text
from sqlalchemy import Uuid as UuidType
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.db import Base

AMOUNT = Numeric(38, 18)
MOMENT = DateTime(timezone=True)
STATUSES = "status IN ('open', 'waiting', 'paying', 'paid', 'failed', 'rejected', 'expired', 'withdrawn', 'void', 'stopped')"


class TreasuryRequest(Base):
    """A payment that is asked of a treasury; its id is the intent. `number`: how the group calls it, from 1.

    `path`: usual (officials and the padlock holder), emergency (more of them, a shorter wait, a report afterwards) or petty
    (the treasurer alone). `payee_id`: a member; `payee_phone`: an M-PESA number outside. `mandate`: the digest of who may
    approve and by which rules; `digest`: of all that an approval is about; `spend`: of what a vote is about. `signers`: the
    officials who may approve, of whom `needed` have to; `padlocks`: ordinary members who all have to. `because`: why it
    ended. `hold_transfer`: the money that is set aside for it. `told`: what the group knows.
    """

    __tablename__ = "treasury_requests"
    __table_args__ = (
        UniqueConstraint("dao_id", "number"),
        UniqueConstraint("hold_transfer"),
        UniqueConstraint("payout_id"),
        UniqueConstraint("proposal_id"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("path IN ('usual', 'emergency', 'petty')", name="path"),
        CheckConstraint("amount > 0 AND amount <> 'NaN'", name="amount"),
        CheckConstraint("least(fee_amount, charge_amount) >= 0 AND greatest(fee_amount, charge_amount) <> 'NaN'", name="fees"),
        CheckConstraint("currency = 'KES'", name="currency"),
        CheckConstraint("(payee_id IS NULL) <> (payee_phone IS NULL)", name="payee"),
        CheckConstraint("payee_id IS NULL OR payee_id <> proposer OR path <> 'petty'", name="petty_to_others"),
        CheckConstraint("char_length(payee_name) BETWEEN 1 AND 40", name="payee_name"),
        CheckConstraint("char_length(reason) BETWEEN 2 AND 40", name="reason"),
        CheckConstraint(
            "category IN ('supplies', 'services', 'welfare', 'project', 'refund', 'fees', 'other')", name="category"
        ),
        CheckConstraint(
            "octet_length(digest) = 64 AND octet_length(mandate) = 64 AND octet_length(spend) = 64", name="digests"
        ),
        CheckConstraint("(path = 'petty') = (needed = 0)", name="needed"),
        CheckConstraint("needed <= cardinality(signers)", name="signers"),
        CheckConstraint("objectors > 0", name="objectors"),
        CheckConstraint("delay_minutes >= 0", name="delay_minutes"),
        CheckConstraint(STATUSES, name="status"),
        CheckConstraint(
            "status NOT IN ('waiting', 'paying', 'paid', 'failed') OR"
            " (approved_at IS NOT NULL AND due_at IS NOT NULL AND hold_transfer IS NOT NULL)",
            name="approved",
        ),
        CheckConstraint(
            "status NOT IN ('waiting', 'paying', 'paid') OR NOT needs_vote OR proposal_id IS NOT NULL", name="vote"
        ),
        CheckConstraint("status NOT IN ('paying', 'failed') OR payout_id IS NOT NULL", name="payout"),
        CheckConstraint("status <> 'paid' OR paid_at IS NOT NULL", name="paid_at"),
        CheckConstraint("(report IS NULL) = (reported_at IS NULL)", name="report"),
        Index("ix_treasury_requests_dao_id", "dao_id", "created_at"),
        Index(
            "ix_treasury_requests_unfinished",
            "status",
            "due_at",
            postgresql_where=text("status IN ('open', 'waiting', 'paying', 'failed')"),
        ),
        Index("ix_treasury_requests_proposer", "proposer"),
        Index("ix_treasury_requests_payee_id", "payee_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    dao_id: Mapped[UUID] = mapped_column(ForeignKey("daos.id"))
    number: Mapped[int]
    proposer: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    path: Mapped[str] = mapped_column(Text)
    amount: Mapped[Decimal] = mapped_column(AMOUNT)
    fee_amount: Mapped[Decimal] = mapped_column(AMOUNT)
    charge_amount: Mapped[Decimal] = mapped_column(AMOUNT)
    currency: Mapped[str] = mapped_column(Text)
    payee_id: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    payee_phone: Mapped[str | None] = mapped_column(Text)
    payee_name: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    category: Mapped[str] = mapped_column(Text)
    mandate: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text)
    spend: Mapped[str] = mapped_column(Text)
    signers: Mapped[list[UUID]] = mapped_column(ARRAY(UuidType))
    needed: Mapped[int]
    padlocks: Mapped[list[UUID]] = mapped_column(ARRAY(UuidType))
    objectors: Mapped[int]
    delay_minutes: Mapped[int]
    needs_vote: Mapped[bool]
    proposal_id: Mapped[UUID | None]
    status: Mapped[str] = mapped_column(Text)
    because: Mapped[str | None] = mapped_column(Text)
    hold_transfer: Mapped[UUID | None]
    payout_id: Mapped[UUID | None]
    attempts: Mapped[int]
    told: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    report: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(MOMENT)
    expires_at: Mapped[datetime] = mapped_column(MOMENT)
    approved_at: Mapped[datetime | None] = mapped_column(MOMENT)
    due_at: Mapped[datetime | None] = mapped_column(MOMENT)
    sent_at: Mapped[datetime | None] = mapped_column(MOMENT)
    paid_at: Mapped[datetime | None] = mapped_column(MOMENT)
    reported_at: Mapped[datetime | None] = mapped_column(MOMENT)
    updated_at: Mapped[datetime] = mapped_column(MOMENT)


class TreasuryPayout(Base):
    """A payment that M-Pesa was asked to make for a request: one for each part of each attempt."""

    __tablename__ = "treasury_payouts"
    __table_args__ = (
        UniqueConstraint("request_id", "attempt", "part"),
        CheckConstraint("attempt > 0 AND part > 0", name="part"),
    )

    payout_id: Mapped[UUID] = mapped_column(primary_key=True)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("treasury_requests.id"))
    attempt: Mapped[int]
    part: Mapped[int]


class TreasuryApproval(Base):
    """What one approver said about exactly this digest, once. `capacity`: as official or as padlock holder."""

    __tablename__ = "treasury_approvals"
    __table_args__ = (
        UniqueConstraint("request_id", "user_id"),
        CheckConstraint("verdict IN ('approved', 'rejected')", name="verdict"),
        CheckConstraint("capacity IN ('official', 'padlock')", name="capacity"),
        Index("ix_treasury_approvals_user_id", "user_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("treasury_requests.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    verdict: Mapped[str] = mapped_column(Text)
    capacity: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(MOMENT)


class TreasuryObjection(Base):
    """That a member objects to a payment before it is made."""

    __tablename__ = "treasury_objections"
    __table_args__ = (UniqueConstraint("request_id", "user_id"), Index("ix_treasury_objections_user_id", "user_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("treasury_requests.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    created_at: Mapped[datetime] = mapped_column(MOMENT)


class TreasuryStep(Base):
    """That a request came into a state; written by the database itself whenever one does."""

    __tablename__ = "treasury_steps"
    __table_args__ = (Index("ix_treasury_steps_request_id", "request_id"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("treasury_requests.id"))
    status: Mapped[str] = mapped_column(Text)
    because: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(MOMENT)


class PadlockDraw(Base):
    """Who of the ordinary members was drawn to hold the group's padlock in a quarter, and everything to draw again with.

    `candidates`: in order of their ids; `number`: counts the draws of a quarter; `request_id`: when it was for one request.
    """

    __tablename__ = "padlock_draws"
    __table_args__ = (
        UniqueConstraint("dao_id", "quarter", "number"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("extract(day FROM quarter) = 1 AND extract(month FROM quarter) IN (1, 4, 7, 10)", name="quarter"),
        CheckConstraint("holder = ANY (candidates)", name="holder"),
        CheckConstraint("octet_length(seed) = 64", name="seed"),
        Index("ix_padlock_draws_holder", "holder"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    dao_id: Mapped[UUID] = mapped_column(ForeignKey("daos.id"))
    quarter: Mapped[date]
    number: Mapped[int]
    holder: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    candidates: Mapped[list[UUID]] = mapped_column(ARRAY(UuidType))
    seed: Mapped[str] = mapped_column(Text)
    request_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(MOMENT)
