"""Tables of meetings: when and about what, who was there by her own phone, and minutes that nobody changes afterwards."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.db import Base

MOMENT = DateTime(timezone=True)


class MeetingRow(Base):
    """A meeting. Of the attendance code only a digest is kept; it counts from `opened_at` to `closes_at`. One at a time."""

    __tablename__ = "dao_meetings"
    __table_args__ = (
        UniqueConstraint("dao_id", "number"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("char_length(place) BETWEEN 3 AND 40", name="place"),
        CheckConstraint("status IN ('called', 'held', 'cancelled')", name="status"),
        CheckConstraint(
            "(opened_at IS NULL) = (closes_at IS NULL) AND (opened_at IS NULL) = (code_digest IS NULL)", name="opened_at"
        ),
        Index("uq_dao_meetings_called", "dao_id", unique=True, postgresql_where=text("status = 'called'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    dao_id: Mapped[UUID] = mapped_column(ForeignKey("daos.id"))
    number: Mapped[int]
    starts_at: Mapped[datetime] = mapped_column(MOMENT)
    place: Mapped[str] = mapped_column(Text)
    emergency: Mapped[bool]
    status: Mapped[str] = mapped_column(Text)
    called_by: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    code_digest: Mapped[str | None] = mapped_column(Text)
    opened_at: Mapped[datetime | None] = mapped_column(MOMENT)
    closes_at: Mapped[datetime | None] = mapped_column(MOMENT)
    created_at: Mapped[datetime] = mapped_column(MOMENT)


class AgendaItem(Base):
    """A point of the agenda."""

    __tablename__ = "dao_agenda_items"
    __table_args__ = (
        UniqueConstraint("meeting_id", "position"),
        CheckConstraint("position BETWEEN 1 AND 12", name="position"),
        CheckConstraint("char_length(words) BETWEEN 3 AND 60", name="words"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("dao_meetings.id"))
    position: Mapped[int]
    words: Mapped[str] = mapped_column(Text)
    added_by: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    created_at: Mapped[datetime] = mapped_column(MOMENT)


class AttendanceRow(Base):
    """That a member was there, or sent her apology; and how often she typed a wrong code."""

    __tablename__ = "dao_attendance"
    __table_args__ = (
        CheckConstraint("tries BETWEEN 0 AND 5", name="tries"),
        Index("ix_dao_attendance_user_id", "user_id"),
    )

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("dao_meetings.id"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"), primary_key=True)
    apology_at: Mapped[datetime | None] = mapped_column(MOMENT)
    present_at: Mapped[datetime | None] = mapped_column(MOMENT)
    tries: Mapped[int]


class Minutes(Base):
    """The minutes of a meeting in every language, frozen by an official and confirmed by the chair. They never change."""

    __tablename__ = "dao_minutes"
    __table_args__ = (
        CheckConstraint("jsonb_typeof(content) = 'object'", name="content"),
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by IS NULL)", name="confirmed_at"),
        CheckConstraint("confirmed_by IS NULL OR confirmed_by <> frozen_by", name="confirmed_by"),
        Index("ix_dao_minutes_dao_id", "dao_id"),
    )

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("dao_meetings.id"), primary_key=True)
    dao_id: Mapped[UUID] = mapped_column(ForeignKey("daos.id"))
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    digest: Mapped[str] = mapped_column(Text)
    frozen_by: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    frozen_at: Mapped[datetime] = mapped_column(MOMENT)
    confirmed_by: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(MOMENT)


class Correction(Base):
    """What is wrong in earlier minutes: entered into the minutes of the next meeting, not into those."""

    __tablename__ = "dao_minutes_corrections"
    __table_args__ = (
        CheckConstraint("char_length(words) BETWEEN 3 AND 60", name="words"),
        Index("ix_dao_minutes_corrections_dao_id", "dao_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    dao_id: Mapped[UUID] = mapped_column(ForeignKey("daos.id"))
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("dao_meetings.id"))
    entered_in: Mapped[UUID | None] = mapped_column(ForeignKey("dao_meetings.id"))
    words: Mapped[str] = mapped_column(Text)
    noted_by: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    created_at: Mapped[datetime] = mapped_column(MOMENT)
