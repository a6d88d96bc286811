"""`mtaa report`: what the morning's report said, or a new look at a day."""

from __future__ import annotations

import sys
from datetime import date

from core.cli.audit import open_books
from core.kernel.settings import Settings
from core.reports.daily import publish_daily, yesterday
from core.reports.daily_figures import Day
from core.reports.daily_text import lines_of


async def report(settings: Settings, *, day: str, again: bool) -> int:
    """Print the report of a day, which is made if the worker hasn't; 1 when something differs, 2 for a day that can't be."""
    async with open_books(settings) as database, database.unit() as uow:
        try:
            wanted = Day(date.fromisoformat(day)) if day else yesterday(uow.clock.now())
            row = await publish_daily(uow, day=wanted, again=again)
        except ValueError as problem:
            print(f"give a day that is over, such as 2026-11-23: {problem}", file=sys.stderr)
            return 2
        print("\n".join(lines_of(row.report_data)))
        return 1 if row.anomalies_detected else 0
