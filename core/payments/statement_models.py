"""The tables of the provider's own statement: the files that were imported, their rows, and what was undone at the provider.

A trigger keeps what a row told and lets its state only go forward.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.db import Base
from core.payments.models import MOMENT, MONEY


class ImportedStatement(Base):
    """A statement file, once for its bytes. `accounts`: by account, what it held before the first row and after the last.

    `finished_at`: when all of its rows had been written down; an import that broke off is begun again and goes on.
    """

    __tablename__ = "statement_files"
    __table_args__ = (UniqueConstraint("provider", "digest"), Index("ix_statement_files_first_at", "first_at"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    provider: Mapped[str]
    digest: Mapped[str]
    name: Mapped[str]
    variant: Mapped[str]
    shortcode: Mapped[str]
    rows: Mapped[int]
    skipped: Mapped[int]
    accounts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    first_at: Mapped[datetime] = mapped_column(MOMENT)
    last_at: Mapped[datetime] = mapped_column(MOMENT)
    imported_at: Mapped[datetime] = mapped_column(MOMENT)
    finished_at: Mapped[datetime | None] = mapped_column(MOMENT)


class StatedRow(Base):
    """A row of the statement, once whichever files tell it. `nth` counts rows of one receipt that are alike in all else.

    `state`: new (not looked at), matched (it is what our books say), open (a person has to look), explained (a correction
    says what it was). `outcome`: a word or two for the operator. `booked`: the key of the transfer that the row itself
    made, where it made one.
    """

    __tablename__ = "statement_rows"
    __table_args__ = (
        UniqueConstraint("receipt", "account", "kind", "amount", "nth"),
        CheckConstraint("kind IN ('payment', 'payout', 'charge', 'reversal', 'own', 'other')", name="kind"),
        CheckConstraint("amount <> 0 AND amount <> 'NaN' AND balance <> 'NaN'", name="amount"),
        CheckConstraint("nth >= 1", name="nth"),
        CheckConstraint("state IN ('new', 'matched', 'open', 'explained')", name="state"),
        CheckConstraint("(state = 'new') = (decided_at IS NULL)", name="decided_at"),
        CheckConstraint("state = 'new' OR outcome IS NOT NULL", name="outcome"),
        Index("ix_statement_rows_undecided", "at", postgresql_where=text("state IN ('new', 'open')")),
        Index("ix_statement_rows_at", "at"),
        Index("ix_statement_rows_file_id", "file_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    file_id: Mapped[UUID] = mapped_column(ForeignKey("statement_files.id"))
    line: Mapped[int]
    receipt: Mapped[str]
    account: Mapped[str]
    kind: Mapped[str]
    amount: Mapped[Decimal] = mapped_column(MONEY)
    nth: Mapped[int]
    balance: Mapped[Decimal] = mapped_column(MONEY)
    at: Mapped[datetime] = mapped_column(MOMENT)
    details: Mapped[str]
    party: Mapped[str]
    party_digest: Mapped[str]
    party_name: Mapped[str]
    typed: Mapped[str]
    linked: Mapped[str]
    state: Mapped[str]
    outcome: Mapped[str | None]
    booked: Mapped[UUID | None]
    decided_at: Mapped[datetime | None] = mapped_column(MOMENT)
    created_at: Mapped[datetime] = mapped_column(MOMENT)


class PaymentReversal(Base):
    """A payment that M-Pesa undid, once; it is never taken back itself.

    `original`: the receipt of what was undone. `receipt`: of the undoing, "" as long as nobody has told it. `direction`: in (a
    payment to us went back to its payer) or out (a payment of ours came back). `books`: returned (everybody gave back what
    it had got), suspense (whoever had the money has spent it: suspense carries it until a person has decided), refund (it had
    been set aside for this before).
    """

    __tablename__ = "payment_reversals"
    __table_args__ = (
        UniqueConstraint("original"),
        CheckConstraint("direction IN ('in', 'out')", name="direction"),
        CheckConstraint("books IN ('returned', 'suspense', 'refund')", name="books"),
        CheckConstraint("amount > 0 AND amount <> 'NaN'", name="amount"),
        CheckConstraint("transaction_id IS NOT NULL OR payment_id IS NOT NULL", name="of_what"),
        CheckConstraint("attention IS NULL OR books = 'suspense'", name="attention"),
        Index("uq_payment_reversals_receipt", "receipt", unique=True, postgresql_where=text("receipt <> ''")),
        Index("ix_payment_reversals_transaction_id", "transaction_id"),
        Index("ix_payment_reversals_payment_id", "payment_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    original: Mapped[str]
    receipt: Mapped[str]
    direction: Mapped[str]
    amount: Mapped[Decimal] = mapped_column(MONEY)
    books: Mapped[str]
    attention: Mapped[str | None]
    transaction_id: Mapped[UUID | None] = mapped_column(ForeignKey("mpesa_transactions.id"))
    payment_id: Mapped[UUID | None] = mapped_column(ForeignKey("payments_received.id"))
    source: Mapped[str]
    at: Mapped[datetime | None] = mapped_column(MOMENT)
    created_at: Mapped[datetime] = mapped_column(MOMENT)
