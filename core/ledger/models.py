"""Tables of the books: balances, transfers, the entries between them, ends of holds, refusals, the chart of accounts, seals.

Private to this package; only the database's functions (`ledger_post`, `ledger_post_plain`, `ledger_post_batch`, `ledger_seal`,
`ledger_archive`) write them, and triggers there refuse anything that would leave the books wrong. Amounts are NUMERIC(38,18)
in whole shillings or tokens.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    Identity,
    Index,
    Numeric,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ENUM, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.db import Base
from core.ledger.accounts import OwnerKind

AMOUNT = Numeric(38, 18)
BUCKET = ENUM("available", "pending", "locked", name="ledger_bucket", create_type=False)
MOMENT = DateTime(timezone=True)
# The number of the transaction that wrote a row: what the seals go by.
THIS_TRANSACTION = text("ledger_xact(pg_current_xact_id())")


class LedgerBalance(Base):
    """The one row that carries what an owner has in one currency, and the number of its last entry."""

    __tablename__ = "ledger_balances"
    __table_args__ = (
        UniqueConstraint("kind", "user_id", "dao_id", "name", "currency", postgresql_nulls_not_distinct=True),
        {"postgresql_with": {"fillfactor": 70}},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    available: Mapped[Decimal] = mapped_column(AMOUNT, server_default="0")
    pending: Mapped[Decimal] = mapped_column(AMOUNT, server_default="0")
    locked: Mapped[Decimal] = mapped_column(AMOUNT, server_default="0")
    seq: Mapped[int] = mapped_column(BigInteger, server_default="0")
    kind: Mapped[OwnerKind] = mapped_column(Text)
    user_id: Mapped[UUID | None]
    dao_id: Mapped[UUID | None]
    name: Mapped[str | None] = mapped_column(Text)
    currency: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(MOMENT)


class LedgerTransfer(Base):
    """One movement of money, posted once per key.

    `step`: on its own ("single"), setting money aside ("pending"), ending that ("post", "void", "expire": `ref_transfer` is
    the hold), or taking another one back ("reverse": `ref_transfer` is that one).
    """

    __tablename__ = "ledger_transfers"
    __table_args__ = (
        Index("uq_ledger_transfers_reversed", "ref_transfer", unique=True, postgresql_where=text("step = 'reverse'")),
        Index("ix_ledger_transfers_xact", "xact"),
        Index("ix_ledger_transfers_posted_at", "posted_at", postgresql_using="brin"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[UUID] = mapped_column(unique=True)
    event_at: Mapped[datetime] = mapped_column(MOMENT)
    posted_at: Mapped[datetime] = mapped_column(MOMENT)
    legs: Mapped[int] = mapped_column(SmallInteger)
    fingerprint: Mapped[bytes]
    kind: Mapped[str] = mapped_column(Text)
    details: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    step: Mapped[str] = mapped_column(Text, server_default="single")
    ref_transfer: Mapped[UUID | None]
    expires_at: Mapped[datetime | None] = mapped_column(MOMENT)
    xact: Mapped[int] = mapped_column(BigInteger, server_default=THIS_TRANSACTION)


class LedgerEntry(Base):
    """One leg of a transfer: what it did to one bucket of one balance, and what was there afterwards."""

    __tablename__ = "ledger_entries"
    __table_args__ = (
        UniqueConstraint("balance_id", "seq"),
        Index("ix_ledger_entries_aside", "balance_id", "bucket", "seq", postgresql_where=text("bucket <> 'available'")),
    )

    transfer_id: Mapped[UUID] = mapped_column(primary_key=True)
    balance_id: Mapped[int] = mapped_column(BigInteger)
    seq: Mapped[int] = mapped_column(BigInteger)
    posted_at: Mapped[datetime] = mapped_column(MOMENT)
    bucket: Mapped[str] = mapped_column(BUCKET)
    leg: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    currency: Mapped[str] = mapped_column(Text)
    amount: Mapped[Decimal] = mapped_column(AMOUNT)
    after: Mapped[Decimal] = mapped_column(AMOUNT)


class LedgerResolution(Base):
    """How a hold ended. Its key makes that happen once."""

    __tablename__ = "ledger_resolutions"
    __table_args__ = (CheckConstraint("outcome IN ('post', 'void', 'expire')", name="outcome"),)

    pending_transfer: Mapped[UUID] = mapped_column(primary_key=True)
    transfer_id: Mapped[UUID] = mapped_column(unique=True)
    outcome: Mapped[str] = mapped_column(Text)
    resolved_at: Mapped[datetime] = mapped_column(MOMENT)


class LedgerRejection(Base):
    """A key that was refused, for the reason that it was and stays refused for."""

    __tablename__ = "ledger_rejections"
    __table_args__ = (
        CheckConstraint("octet_length(fingerprint) = 32", name="fingerprint"),
        CheckConstraint(
            "CASE reason WHEN 'short' THEN currency IS NOT NULL AND coalesce(needed > available, false)"
            " WHEN 'resolved' THEN needed IS NULL WHEN 'reversed' THEN needed IS NULL ELSE false END",
            name="reason",
        ),
        Index("ix_ledger_rejections_xact", "xact"),
    )

    key: Mapped[UUID] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes]
    kind: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    currency: Mapped[str | None] = mapped_column(Text)
    available: Mapped[Decimal | None] = mapped_column(AMOUNT)
    needed: Mapped[Decimal | None] = mapped_column(AMOUNT)
    event_at: Mapped[datetime] = mapped_column(MOMENT)
    rejected_at: Mapped[datetime] = mapped_column(MOMENT)
    xact: Mapped[int] = mapped_column(BigInteger, server_default=THIS_TRANSACTION)


class LedgerChart(Base):
    """What a pot or a system account means."""

    __tablename__ = "ledger_chart"
    __table_args__ = (CheckConstraint("kind IN ('system', 'pot')", name="kind"),)

    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    meaning: Mapped[str] = mapped_column(Text)
    xact: Mapped[int] = mapped_column(BigInteger, server_default=THIS_TRANSACTION)


class LedgerClosedOwner(Base):
    """A member who was forgotten: no posting gives her anything any more."""

    __tablename__ = "ledger_closed_owners"

    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    closed_at: Mapped[datetime] = mapped_column(MOMENT)


class HoldDeadline(Base):
    """An open hold with an end of time, to be found when that has come. A working list, not a part of the books."""

    __tablename__ = "hold_deadlines"
    __table_args__ = (Index("ix_hold_deadlines_due_at", "due_at"),)

    transfer_id: Mapped[UUID] = mapped_column(primary_key=True)
    due_at: Mapped[datetime] = mapped_column(MOMENT)


class HoldWatch(Base):
    """Up to which number of a transaction, not including it, the books were looked through for holds; one row."""

    __tablename__ = "hold_watch"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    upto: Mapped[int] = mapped_column(BigInteger)


class LedgerSeal(Base):
    """A block of the chain: the hash of everything that transactions from `since` up to, not including, `upto` wrote."""

    __tablename__ = "ledger_seals"
    __table_args__ = (CheckConstraint("upto > since", name="upto"),)

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    since: Mapped[int] = mapped_column(BigInteger)
    upto: Mapped[int] = mapped_column(BigInteger, unique=True)
    transfers: Mapped[int] = mapped_column(BigInteger)
    entries: Mapped[int] = mapped_column(BigInteger)
    rejections: Mapped[int] = mapped_column(BigInteger)
    sealed_at: Mapped[datetime] = mapped_column(MOMENT)
    digest: Mapped[bytes]
    previous: Mapped[bytes]
    hash: Mapped[bytes]


class LedgerArchivedEntry(Base):
    """An entry of a month that is over, in that month's partition. The view `ledger_history` has these and the others."""

    __tablename__ = "ledger_entries_archive"
    __table_args__ = (
        UniqueConstraint("balance_id", "seq", "posted_at"),
        Index("ix_ledger_entries_archive_aside", "balance_id", "bucket", "seq", postgresql_where=text("bucket <> 'available'")),
        {"postgresql_partition_by": "RANGE (posted_at)"},
    )

    transfer_id: Mapped[UUID] = mapped_column(primary_key=True)
    balance_id: Mapped[int] = mapped_column(BigInteger)
    seq: Mapped[int] = mapped_column(BigInteger)
    posted_at: Mapped[datetime] = mapped_column(MOMENT, primary_key=True)
    bucket: Mapped[str] = mapped_column(BUCKET)
    leg: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    currency: Mapped[str] = mapped_column(Text)
    amount: Mapped[Decimal] = mapped_column(AMOUNT)
    after: Mapped[Decimal] = mapped_column(AMOUNT)


class LedgerOpening(Base):
    """What a balance had at the end of an archived month in which it moved, and the number of its last entry there."""

    __tablename__ = "ledger_openings"

    balance_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    month: Mapped[date] = mapped_column(Date, primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    available: Mapped[Decimal] = mapped_column(AMOUNT)
    pending: Mapped[Decimal] = mapped_column(AMOUNT)
    locked: Mapped[Decimal] = mapped_column(AMOUNT)
