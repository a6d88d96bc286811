"""Tables of the groups: who founded them, who belongs, and what each member put in.

A contribution is the group's own record of a ledger transfer; the money itself is in the books and nowhere here.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Numeric, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.db import Base

AMOUNT = Numeric(38, 18)
MOMENT = DateTime(timezone=True)


class GroupRow(Base):
    """A group. A practice group was founded by nobody."""

    __tablename__ = "daos"
    __table_args__ = (
        UniqueConstraint("code"),
        UniqueConstraint("intent"),
        CheckConstraint("char_length(name) BETWEEN 2 AND 40", name="name"),
        CheckConstraint("code ~ '^[1-9][0-9]{5}$'", name="code"),
        CheckConstraint(
            "kind IN ('chama', 'harambee', 'merry_go_round', 'savings', 'investment', 'community', 'practice')", name="kind"
        ),
        CheckConstraint("status IN ('active', 'closed')", name="status"),
        CheckConstraint("kind = 'practice' OR (founder IS NOT NULL AND intent IS NOT NULL)", name="founder"),
        Index("ix_daos_founder", "founder"),
        Index("uq_daos_practice", "kind", unique=True, postgresql_where=text("kind = 'practice'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    founder: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    intent: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(MOMENT)


class MembershipRow(Base):
    """That a member belongs to a group, and as what. `leaves_at`: she has given notice, and this is when it ends."""

    __tablename__ = "dao_memberships"
    __table_args__ = (
        UniqueConstraint("dao_id", "user_id"),
        CheckConstraint("role IN ('chair', 'secretary', 'treasurer', 'auditor', 'member', 'observer')", name="role"),
        CheckConstraint("status IN ('active', 'suspended', 'left', 'expelled')", name="status"),
        Index("ix_dao_memberships_user_id", "user_id"),
        # One person an office.
        Index(
            "uq_dao_memberships_office",
            "dao_id",
            "role",
            unique=True,
            postgresql_where=text("status = 'active' AND role IN ('chair', 'secretary', 'treasurer', 'auditor')"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    dao_id: Mapped[UUID] = mapped_column(ForeignKey("daos.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    role: Mapped[Literal["chair", "secretary", "treasurer", "auditor", "member", "observer"]] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    joined_at: Mapped[datetime] = mapped_column(MOMENT)
    leaves_at: Mapped[datetime | None] = mapped_column(MOMENT)


class ConstitutionRow(Base):
    """A version of a group's constitution: every answer, and from when on it counts. The database refuses any change of it."""

    __tablename__ = "dao_constitutions"
    __table_args__ = (
        UniqueConstraint("dao_id", "version"),
        CheckConstraint("version > 0", name="version"),
        CheckConstraint("jsonb_typeof(answers) = 'object'", name="answers"),
        CheckConstraint("char_length(because) BETWEEN 1 AND 200", name="because"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    dao_id: Mapped[UUID] = mapped_column(ForeignKey("daos.id"))
    version: Mapped[int]
    answers: Mapped[dict[str, Any]] = mapped_column(JSONB)
    in_force_from: Mapped[datetime] = mapped_column(MOMENT)
    because: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    created_at: Mapped[datetime] = mapped_column(MOMENT)


class ContributionRow(Base):
    """What a member put into a group, once per intent. `paid_by`: the member who paid it in her place, if somebody did."""

    __tablename__ = "contributions"
    __table_args__ = (
        UniqueConstraint("intent"),
        UniqueConstraint("transfer_id"),
        # NaN sorts above every number, so it has to be refused by name.
        CheckConstraint("amount > 0 AND amount <> 'NaN'", name="amount"),
        Index("ix_contributions_dao_id", "dao_id", "user_id"),
        Index("ix_contributions_user_id", "user_id", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    dao_id: Mapped[UUID] = mapped_column(ForeignKey("daos.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    amount: Mapped[Decimal] = mapped_column(AMOUNT)
    currency: Mapped[str] = mapped_column(Text)
    transfer_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_transfers.id"))
    intent: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(MOMENT)
    paid_by: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
