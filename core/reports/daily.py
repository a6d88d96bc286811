"""The operator's morning: whether yesterday's books equal M-Pesa's, and what a person has to look at.

A day is East Africa's. What it earned and what there was at its end come from the books as they stood then; what is open is
open at the moment of looking. A published report stays as it was; a second look is another version of it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from core.daos.calendar import day_of
from core.kernel.db import UnitOfWork
from core.kernel.money import Money
from core.notifications.emails import write_email
from core.reports.daily_figures import Day, figures_of
from core.reports.daily_text import headline, lines_of
from core.reports.report_models import FinancialReport

DAILY = "daily"


def yesterday(now: datetime) -> Day:
    """The day that was over when East Africa's day began."""
    return Day(day_of(now) - timedelta(days=1))


async def publish_daily(uow: UnitOfWork, *, day: Day, recipients: tuple[str, ...] = (), again: bool = False) -> FinancialReport:
    """The report of a day that is over, made once and sent once; `again` makes the next version of it.

    Raises ValueError for a day that isn't over.
    """
    now = uow.clock.now()
    if day.until > now:
        raise ValueError(f"{day.date} isn't over in East Africa")
    await uow.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"report {day.date}", 0))))
    newest = select(FinancialReport).where(FinancialReport.report_type == DAILY, FinancialReport.period_start == day.since)
    known = await uow.session.scalar(newest.order_by(FinancialReport.version.desc()).limit(1))
    if known is not None and not again:
        return known
    row = _row(uow, day, await figures_of(uow, day), version=1 if known is None else known.version + 1)
    uow.session.add(row)
    await uow.session.flush()
    for address in recipients:
        subject, body = f"Mtaa payments {day.date}: {headline(row.report_data)}", "\n".join(lines_of(row.report_data))
        await write_email(uow, to=address, subject=subject, body=body, template="daily_report", member=None)
    return row


def _row(uow: UnitOfWork, day: Day, data: dict[str, Any], *, version: int) -> FinancialReport:
    now, sums = uow.clock.now(), {name: Money(cents).as_decimal() for name, cents in data["sums"].items()}
    found = [*data["differences"], *data["not_in_statement"]]
    return FinancialReport(
        id=uow.ids.new(),
        report_type=DAILY,
        period_start=day.since,
        period_end=day.until,
        fiscal_year=day.date.year,
        fiscal_quarter=(day.date.month + 2) // 3,
        report_data=data,
        report_format="json",
        total_revenue=sums["revenue"],
        total_expenses=sums["expenses"],
        net_profit=sums["revenue"] - sums["expenses"],
        total_assets=sums["assets"],
        total_liabilities=sums["liabilities"],
        equity=sums["equity"],
        anomalies_detected=found,
        generated_by="system",
        generated_at=now,
        status="published",
        published_at=now,
        version=version,
        created_at=now,
        updated_at=now,
    )
