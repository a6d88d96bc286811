"""Tables of the codes by which a receipt is found."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, PrimaryKeyConstraint, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.db import Base


class ReceiptCodeRow(Base):
    """The eight characters on a receipt, and the transfer that it speaks of. Made anew from the books at any time."""

    __tablename__ = "receipt_codes"
    __table_args__ = (PrimaryKeyConstraint("code", "transfer_id"),)

    code: Mapped[str] = mapped_column(Text)
    transfer_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_transfers.id"))


class ReceiptCodeProgress(Base):
    """Up to which transaction of the sealed books receipts have their codes."""

    __tablename__ = "receipt_code_progress"
    __table_args__ = (CheckConstraint("id = 1", name="id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    upto: Mapped[int] = mapped_column(BigInteger)
