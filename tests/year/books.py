"""The books at midnight: all money sums to zero, and what is in groups, with members, in fees and suspense is what M-PESA holds."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

from core.daos.muhuri import sealed_book
from core.monitoring.audit import audit
from tests.conftest import ROOT

from .chama import Chama
from .world import World

MONEY = """
SELECT kind, coalesce(name, '') AS name, sum(available + pending + locked) AS total, min(least(available, pending, locked)) AS least
FROM ledger_balances WHERE currency = 'KES' GROUP BY 1, 2 ORDER BY 1, 2
"""


async def midnight(world: World) -> str:
    """Raises AssertionError when a cent is too many or too few; a line for the log."""
    rows = await world.rows(MONEY)
    by_kind: dict[str, Decimal] = {}
    for row in rows:
        by_kind[row.kind] = by_kind.get(row.kind, Decimal(0)) + row.total
        assert row.kind == "system" or row.least >= 0, f"{world.today}: {row}"
    system = {row.name: row.total for row in rows if row.kind == "system"}
    assert sum(by_kind.values()) == 0, f"{world.today}: {by_kind}"
    held = world.mobile_money.holds.as_decimal()
    assert -system.get("mpesa_utility", Decimal(0)) == held, f"{world.today}: M-PESA holds {held}, the books say {system}"
    return ", ".join(f"{kind} {total:,.0f}" for kind, total in by_kind.items())


async def full_audit(world: World) -> int:
    """`mtaa audit`; how many checks there were. Raises AssertionError when one isn't clean."""
    findings = await audit(world.database)
    wrong = [f"{finding.name}: {finding.figure}" for finding in findings if not finding.ok]
    assert not wrong, f"{world.today}: {wrong}"
    return len(findings)


async def seals_hold(world: World, chamas: list[Chama], folder: Path) -> int:
    """Each group's sealed book, checked by the script that members use; how many seals."""
    seals = 0
    for chama in chamas:
        async with world.unit() as uow:
            book = await sealed_book(uow, group=chama.id)
        path = folder / f"muhuri-{chama.number}.txt"
        path.write_text(book, encoding="utf-8")
        command = [sys.executable, str(ROOT / "docs" / "muhuri_check.py"), str(path)]
        checked = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        assert checked.returncode == 0, f"{chama.name}: {checked.stdout}{checked.stderr}"
        seals += checked.stdout.count("\n") - 1
    return seals
