"""The table of financial reports: the platform's columns; each report once for its kind, owner and time.

A report that was published stays as it was; a new look at the same time is a new version.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Numeric, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.db import Base

MONEY = Numeric(38, 18)
MOMENT = DateTime(timezone=True)


class FinancialReport(Base):
    """A report of one period. Without group and member it is the operator's own. Amounts are shillings."""

    __tablename__ = "financial_reports"
    __table_args__ = (
        UniqueConstraint(
            *("report_type", "dao_id", "user_id", "period_start", "version"),
            name="uq_financial_reports_once",
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint(
            "report_type IN ('income_statement', 'balance_sheet', 'cash_flow', 'daily', 'monthly', 'quarterly', 'annual',"
            " 'audit', 'tax')",
            name="report_type",
        ),
        CheckConstraint("period_end > period_start", name="period"),
        CheckConstraint("fiscal_quarter BETWEEN 1 AND 4", name="fiscal_quarter"),
        CheckConstraint("report_format IN ('pdf', 'json', 'csv', 'xlsx')", name="report_format"),
        CheckConstraint("generated_by IN ('ai', 'manual', 'system', 'accountant')", name="generated_by"),
        CheckConstraint("status IN ('draft', 'pending_review', 'approved', 'published', 'archived')", name="status"),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("net_profit = total_revenue - total_expenses", name="net_profit"),
        CheckConstraint("total_assets = total_liabilities + equity", name="equity"),
        Index("ix_financial_reports_dao_id", "dao_id", "period_start"),
        Index("ix_financial_reports_period_start", "report_type", "period_start"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    dao_id: Mapped[UUID | None]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    report_type: Mapped[str]
    period_start: Mapped[datetime] = mapped_column(MOMENT)
    period_end: Mapped[datetime] = mapped_column(MOMENT)
    fiscal_year: Mapped[int | None]
    fiscal_quarter: Mapped[int | None]
    report_data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    report_url: Mapped[str | None]
    report_format: Mapped[str] = mapped_column(default="json", server_default="json")
    total_revenue: Mapped[Decimal | None] = mapped_column(MONEY)
    total_expenses: Mapped[Decimal | None] = mapped_column(MONEY)
    net_profit: Mapped[Decimal | None] = mapped_column(MONEY)
    total_assets: Mapped[Decimal | None] = mapped_column(MONEY)
    total_liabilities: Mapped[Decimal | None] = mapped_column(MONEY)
    equity: Mapped[Decimal | None] = mapped_column(MONEY)
    ai_summary: Mapped[str | None]
    ai_recommendations: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))
    anomalies_detected: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))
    generated_by: Mapped[str | None]
    generated_by_user_id: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    generated_at: Mapped[datetime] = mapped_column(MOMENT)
    status: Mapped[str] = mapped_column(default="draft", server_default="draft")
    reviewed_by: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    reviewed_at: Mapped[datetime | None] = mapped_column(MOMENT)
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    approved_at: Mapped[datetime | None] = mapped_column(MOMENT)
    published_at: Mapped[datetime | None] = mapped_column(MOMENT)
    notes: Mapped[str | None]
    tags: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    details: Mapped[dict[str, Any] | None] = mapped_column("metadata", JSONB(none_as_null=True))
    created_at: Mapped[datetime] = mapped_column(MOMENT)
    updated_at: Mapped[datetime] = mapped_column(MOMENT)
