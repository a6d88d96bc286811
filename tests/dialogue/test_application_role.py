"""A member's whole way while the process has the application's rights only, as it has in production."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from core.kernel.db import Database, as_role
from core.kernel.ids import TimeOrderedIds
from core.kernel.money import Money
from core.kernel.secrets import Vault
from core.ledger.rights import rights
from core.monitoring.audit import audit
from tests.conftest import FakeClock
from tests.dialogue.conftest import Handset
from tests.dialogue.owners import PIN, give, group_of

Sql = Callable[..., Any]


@pytest.fixture
async def db(empty_database: str, clock: FakeClock, vault: Vault) -> AsyncIterator[Database]:
    """Takes the place of the owner's in every fixture of these tests."""
    database = Database(as_role(empty_database, "mtaa_app"), clock=clock, ids=TimeOrderedIds(), vault=vault)
    yield database
    await database.close()


async def test_member_when_the_process_has_no_right_to_the_books_does_all_the_same(
    wanjiru: Handset, otieno: Handset, db: Database, sql: Sql
) -> None:
    await wanjiru.register()
    await otieno.register("Otieno Odhiambo")
    code = await group_of(wanjiru)
    await otieno.dial("4")
    await otieno.type("8", code)
    await otieno.type("1", "1", "1")
    await give(db, sql, wanjiru, Money(500_00))

    await wanjiru.dial("3")
    await wanjiru.type("200", "1")
    done = await wanjiru.type(PIN)
    await wanjiru.dial("2")
    await wanjiru.type("100")
    asked = await wanjiru.type("1")

    assert "200" in done
    assert "300" in done
    assert asked.startswith(("CON", "END"))
    assert await sql("SELECT amount FROM contributions") == [(200,)]
    async with db.unit() as uow:
        assert not (await rights(uow)).may_write
    # The money that she began with came without a payment; the audit, which this role may run, says so and no more.
    wrong = [finding.name for finding in await audit(db) if not finding.ok]
    assert wrong == ["completed deposits equal their transfers"]
