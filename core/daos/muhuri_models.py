"""Tables of the groups' seals."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    LargeBinary,
    Numeric,
    PrimaryKeyConstraint,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.db import Base

AMOUNT = Numeric(38, 18)


class GroupSealRow(Base):
    """A day's seal of a group: `hash` is the SHA-256 of `group_seal_text`, which begins with the hash of the one before."""

    __tablename__ = "group_seals"
    __table_args__ = (
        PrimaryKeyConstraint("dao_id", "number"),
        UniqueConstraint("dao_id", "day"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("octet_length(hash) = 32", name="hash"),
        CheckConstraint("octet_length(previous) = CASE number WHEN 1 THEN 0 ELSE 32 END", name="previous"),
    )

    dao_id: Mapped[UUID] = mapped_column(ForeignKey("daos.id"))
    number: Mapped[int]
    day: Mapped[date] = mapped_column(Date)
    entries: Mapped[int] = mapped_column(BigInteger)
    total: Mapped[Decimal] = mapped_column(AMOUNT)
    previous: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class GroupSealAccountRow(Base):
    """Up to which entry an account of the group was sealed, and what it held then."""

    __tablename__ = "group_seal_accounts"
    __table_args__ = (
        PrimaryKeyConstraint("dao_id", "number", "balance_id"),
        ForeignKeyConstraint(
            ["dao_id", "number"], ["group_seals.dao_id", "group_seals.number"], initially="DEFERRED", deferrable=True
        ),
    )

    dao_id: Mapped[UUID]
    number: Mapped[int]
    balance_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("ledger_balances.id"))
    upto: Mapped[int] = mapped_column(BigInteger)
    available: Mapped[Decimal] = mapped_column(AMOUNT)
    pending: Mapped[Decimal] = mapped_column(AMOUNT)
    locked: Mapped[Decimal] = mapped_column(AMOUNT)
