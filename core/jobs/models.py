"""Jobs that were given up, kept where an operator sees them.

The queue itself is PgQueuer's; its tables are its own business and aren't described here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Index, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.db import Base

MOMENT = DateTime(timezone=True)


class JobFailure(Base):
    """A job after its last attempt. `error` is the kind of error and where, never its message: that may carry secrets."""

    __tablename__ = "job_failures"
    __table_args__ = (
        Index("ix_job_failures_open", "failed_at", postgresql_where=text("resolved_at IS NULL")),
        Index("ix_job_failures_job", "job", "failed_at"),
    )

    job_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    job: Mapped[str] = mapped_column(Text)
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    attempts: Mapped[int] = mapped_column(SmallInteger)
    error: Mapped[str] = mapped_column(Text)
    failed_at: Mapped[datetime] = mapped_column(MOMENT)
    resolved_at: Mapped[datetime | None] = mapped_column(MOMENT)
