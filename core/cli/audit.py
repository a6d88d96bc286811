"""`mtaa audit`: recompute the books from their entries and say of each invariant whether it holds."""

from __future__ import annotations

from core.app import addresses
from core.kernel.clock import SystemClock
from core.kernel.db import Database
from core.kernel.ids import TimeOrderedIds
from core.kernel.secrets import Vault
from core.kernel.settings import Settings
from core.monitoring.audit import audit as check_books


async def audit(settings: Settings) -> int:
    """Print each invariant with its figure; 1 when one doesn't hold."""
    async with addresses(settings) as where:
        database = Database(where.database_url, clock=SystemClock(), ids=TimeOrderedIds(), vault=Vault(settings.secret_keys))
        try:
            findings = await check_books(database)
        finally:
            await database.close()
    for finding in findings:
        print(f"{'ok  ' if finding.ok else 'FAIL'} {finding.name}: {finding.figure}")
    return 0 if all(finding.ok for finding in findings) else 1
