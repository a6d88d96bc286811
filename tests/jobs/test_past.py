"""The year of the practice group: lived by the product's own verbs and jobs, and what it leaves to the visitor."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from core.identity.members import find_by_phone
from core.jobs.past import __main__ as past
from core.jobs.past.cast import CAST, OTIENO, PIN, WANJIRU
from core.jobs.past.story import due_days
from core.kernel.clock import SystemClock
from core.kernel.db import Database
from core.kernel.ids import TimeOrderedIds
from core.kernel.secrets import PinHasher, Vault
from core.kernel.settings import DEVELOPMENT_SECRET
from core.monitoring.audit import audit

# What stands in the database when the visitor comes, each true of so many rows.
LEFT = {
    "proposals WHERE state = 'open'": 1,
    "proposals WHERE kind = 'rule' AND state = 'executed'": 1,
    "proposals WHERE kind = 'motion' AND state IN ('passed', 'failed')": 2,
    "treasury_requests WHERE status = 'paid'": 2,
    "treasury_requests WHERE status = 'open'": 1,
    "rotations WHERE status IN ('running', 'agreeing')": 1,
    "loans WHERE status = 'repaid'": 1,
    "loans WHERE status = 'running'": 1,
    "loans WHERE status = 'asked'": 1,
    "welfare_claims WHERE status = 'paid'": 1,
    "dao_minutes WHERE true": 1,
    "contribution_charges WHERE sort = 'fine' AND paid + waived < amount": 2,
}


@pytest.mark.timeout(600)
async def test_a_year_is_lived_once_and_leaves_a_living_group(
    empty_database: str, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {"DATABASE_URL": empty_database, "REDIS_URL": redis_url, "MTAA_HOME": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)

    assert await past.main() == 0
    kept = json.loads((tmp_path / past.KEPT).read_text())
    assert PIN in kept["practice"]["words"]
    assert await past.main() == 0, "once lived, it is left alone"
    (tmp_path / past.KEPT).unlink()
    assert await past.main() == 1, "a year that was cut off isn't lived on top of itself"
    assert "cut off" in capsys.readouterr().out

    vault = Vault([DEVELOPMENT_SECRET])
    database = Database(empty_database, clock=SystemClock(), ids=TimeOrderedIds(), vault=vault)
    try:
        await _check(database, vault, kept["payments"])
    finally:
        await database.close()


async def _check(database: Database, vault: Vault, payments: list[dict[str, Any]]) -> None:
    assert [f"{one.name}: {one.figure}" for one in await audit(database) if not one.ok] == []
    async with database.unit() as uow:
        found = {where: await uow.session.scalar(text(f"SELECT count(*) FROM {where}")) for where in LEFT}
        assert found == LEFT
        held = await uow.session.scalar(text("SELECT available FROM ledger_balances WHERE name = 'mpesa_utility'"))
        assert -held == sum(one["amount"] for one in payments)
        for place in (WANJIRU, OTIENO):
            member = await find_by_phone(uow, CAST[place].phone)
            assert member is not None
            sealed = await uow.session.scalar(text("SELECT sealed_pin FROM members WHERE id = :id"), {"id": member.id})
            assert await PinHasher(vault).verify(PIN, sealed, owner=str(member.id))


def test_the_last_due_day_is_four_days_ago_or_a_little_more() -> None:
    today = SystemClock().now().date()
    days = due_days(today)

    assert len(days) == 13
    assert 4 <= (today - days[-1]).days <= 7
    assert all(28 <= (after - before).days <= 31 for before, after in itertools.pairwise(days))
