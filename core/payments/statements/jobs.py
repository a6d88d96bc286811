"""What the worker does for the statement: every hour it looks again at rows that are open, or whose import broke off."""

from __future__ import annotations

from typing import Any

from core.payments.handling import Handler, Services
from core.payments.statements.reconciling import match_rows, release_unmade

MATCH_JOB = "match-statement"


async def match_statement(services: Services, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler is called alike
    """Match what isn't yet."""
    if await match_rows(services.database):
        await release_unmade(services.database)


JOBS: dict[str, Handler] = {MATCH_JOB: match_statement}
# Run regularly by the worker, in cron's notation.
REGULARLY = {MATCH_JOB: "27 * * * *"}
