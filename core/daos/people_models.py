"""Tables about the people of a group: how they came and went, who held which office, who was invited, asked or left owed.

What happened is written once: the database refuses to change it. Only a reason, which may name a person, can be blanked when
she is forgotten.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Numeric, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.db import Base

AMOUNT = Numeric(38, 18)
MOMENT = DateTime(timezone=True)
OFFICES = "('chair', 'secretary', 'treasurer', 'auditor')"
ROLES = "('chair', 'secretary', 'treasurer', 'auditor', 'member', 'observer')"
CHANGES = "('joined', 'rejoined', 'suspended', 'reinstated', 'expelled', 'notice', 'stayed', 'left', 'replied')"
WAYS = "('founding', 'appointed', 'elected', 'voted', 'replaced', 'resigned', 'suspended', 'left', 'expelled')"


class MembershipChange(Base):
    """One step of a membership. `rules_version`: the constitution that she accepted when she joined."""

    __tablename__ = "dao_membership_changes"
    __table_args__ = (
        CheckConstraint(f"change IN {CHANGES}", name="change"),
        CheckConstraint("char_length(reason) <= 160", name="reason"),
        CheckConstraint("change NOT IN ('joined', 'rejoined') OR rules_version IS NOT NULL", name="rules_version"),
        Index("ix_dao_membership_changes_dao_id", "dao_id", "user_id", "created_at"),
        Index("ix_dao_membership_changes_user_id", "user_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    dao_id: Mapped[UUID] = mapped_column(ForeignKey("daos.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    change: Mapped[str] = mapped_column(Text)
    by: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    reason: Mapped[str] = mapped_column(Text)
    rules_version: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(MOMENT)


class RoleChange(Base):
    """That a member has another role from now on: how it came, who did it."""

    __tablename__ = "dao_role_changes"
    __table_args__ = (
        CheckConstraint(f"from_role IS NULL OR from_role IN {ROLES}", name="from_role"),
        CheckConstraint(f"to_role IN {ROLES}", name="to_role"),
        CheckConstraint("from_role IS DISTINCT FROM to_role", name="changes"),
        CheckConstraint(f"way IN {WAYS}", name="way"),
        CheckConstraint("char_length(because) <= 160", name="because"),
        Index("ix_dao_role_changes_dao_id", "dao_id", "created_at"),
        Index("ix_dao_role_changes_user_id", "user_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    dao_id: Mapped[UUID] = mapped_column(ForeignKey("daos.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    from_role: Mapped[str | None] = mapped_column(Text)
    to_role: Mapped[str] = mapped_column(Text)
    way: Mapped[str] = mapped_column(Text)
    because: Mapped[str] = mapped_column(Text)
    by: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    created_at: Mapped[datetime] = mapped_column(MOMENT)


class RoleOffer(Base):
    """An office that the chair offers to a member, who takes it with her own PIN. One offer an office at a time."""

    __tablename__ = "dao_role_offers"
    __table_args__ = (
        CheckConstraint(f"role IN {ROLES}", name="role"),
        CheckConstraint("status IN ('offered', 'accepted', 'declined', 'withdrawn')", name="status"),
        CheckConstraint("(status = 'offered') = (answered_at IS NULL)", name="answered_at"),
        Index(
            "uq_dao_role_offers_open",
            "dao_id",
            "role",
            unique=True,
            postgresql_where=text(f"status = 'offered' AND role IN {OFFICES}"),
        ),
        Index("ix_dao_role_offers_user_id", "user_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    dao_id: Mapped[UUID] = mapped_column(ForeignKey("daos.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    role: Mapped[Literal["chair", "secretary", "treasurer", "auditor", "member", "observer"]] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    offered_by: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    created_at: Mapped[datetime] = mapped_column(MOMENT)
    expires_at: Mapped[datetime] = mapped_column(MOMENT)
    answered_at: Mapped[datetime | None] = mapped_column(MOMENT)


class Invitation(Base):
    """An invitation bound to one phone number, of which only keyed digests and a masked form are kept; so are its secrets."""

    __tablename__ = "dao_invitations"
    __table_args__ = (
        UniqueConstraint("token_digest"),
        CheckConstraint("role IN ('member', 'observer')", name="role"),
        CheckConstraint("status IN ('open', 'used', 'declined', 'withdrawn')", name="status"),
        CheckConstraint("(status = 'used') = (used_by IS NOT NULL)", name="used_by"),
        CheckConstraint("(status = 'open') = (ended_at IS NULL)", name="ended_at"),
        Index("uq_dao_invitations_open", "dao_id", "phone_digest", unique=True, postgresql_where=text("status = 'open'")),
        # Not unique: of seven random digits two are soon alike, and each counts for its own number only.
        Index("ix_dao_invitations_code_digest", "code_digest"),
        Index("ix_dao_invitations_phone_digest", "phone_digest"),
        Index("ix_dao_invitations_used_by", "used_by"),
        Index("ix_dao_invitations_invited_by", "invited_by", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    dao_id: Mapped[UUID] = mapped_column(ForeignKey("daos.id"))
    phone_digest: Mapped[str] = mapped_column(Text)
    phone_shown: Mapped[str] = mapped_column(Text)
    code_digest: Mapped[str] = mapped_column(Text)
    token_digest: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    invited_by: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    used_by: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    created_at: Mapped[datetime] = mapped_column(MOMENT)
    expires_at: Mapped[datetime] = mapped_column(MOMENT)
    ended_at: Mapped[datetime | None] = mapped_column(MOMENT)


class JoinRequest(Base):
    """Somebody with the group's code who asks to be let in, having accepted this version of its rules."""

    __tablename__ = "dao_join_requests"
    __table_args__ = (
        CheckConstraint("status IN ('waiting', 'accepted', 'declined', 'withdrawn')", name="status"),
        CheckConstraint("(status = 'waiting') = (answered_at IS NULL)", name="answered_at"),
        Index("uq_dao_join_requests_waiting", "dao_id", "user_id", unique=True, postgresql_where=text("status = 'waiting'")),
        Index("ix_dao_join_requests_user_id", "user_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    dao_id: Mapped[UUID] = mapped_column(ForeignKey("daos.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    rules_version: Mapped[int]
    status: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(MOMENT)
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    answered_at: Mapped[datetime | None] = mapped_column(MOMENT)


class Departure(Base):
    """What a member who has gone is still to get. `amount` and `transfer_id` are filled in when it is paid, once."""

    __tablename__ = "dao_departures"
    __table_args__ = (
        UniqueConstraint("transfer_id"),
        CheckConstraint("way IN ('left', 'expelled')", name="way"),
        CheckConstraint("(amount IS NULL) = (settled_at IS NULL)", name="amount"),
        CheckConstraint("amount IS NULL OR amount <> 'NaN'", name="amount_is_a_number"),
        CheckConstraint("transfer_id IS NULL OR settled_at IS NOT NULL", name="transfer_id"),
        Index("ix_dao_departures_dao_id", "dao_id"),
        Index("ix_dao_departures_user_id", "user_id"),
        Index("ix_dao_departures_open", "created_at", postgresql_where=text("settled_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    dao_id: Mapped[UUID] = mapped_column(ForeignKey("daos.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    way: Mapped[str] = mapped_column(Text)
    amount: Mapped[Decimal | None] = mapped_column(AMOUNT)
    transfer_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_transfers.id"))
    created_at: Mapped[datetime] = mapped_column(MOMENT)
    settled_at: Mapped[datetime | None] = mapped_column(MOMENT)
