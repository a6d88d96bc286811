"""`mtaa reverse`: asking, approving by another person, and what is refused, as an operator sees it."""

from __future__ import annotations

from typing import Any

import pytest

from core.cli.reverse import reverse
from core.kernel.db import Database
from core.kernel.money import Money
from core.kernel.settings import Settings, read_settings
from tests.payments.counter import Counter
from tests.payments.fake_payouts import FakePayouts


@pytest.fixture
def settings(empty_database: str, redis_url: str) -> Settings:
    return read_settings({"DATABASE_URL": empty_database, "REDIS_URL": redis_url})


async def test_correction_takes_two_people_with_accounts_and_a_reason(
    settings: Settings, db: Database, clock: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    counter = Counter(db, FakePayouts(clock), clock)
    wrong, right, operator = [await counter.person() for _ in range(3)]
    await counter.confirm(account=await counter.number(wrong), receipt="SGC2B00001")
    await counter.work()

    async def run(action: str, subject: str = "", **given: str) -> int:
        words = {"reason": "", "by": "", "to": "", "against": "", **given}
        return await reverse(settings, action=action, subject=subject, **words)

    assert await run("reassign", "SGC2B00001", reason="seen", by=operator.phone) == 2
    assert await run("reassign", "SGC2B00001", reason="seen", by="0799999999", to=right.phone) == 1
    assert await run("reassign", "SGC2B00001", reason="seen", by=operator.phone, to=right.phone) == 0
    assert await run("list") == 0
    assert await run("approve", "SGC2B00001", by=operator.phone) == 1
    said = capsys.readouterr()
    assert "SGC2B00001 reassign KES 487.50 0 h: asked for by" in said.out
    assert "Whoever proposed it can't approve it too." in said.err

    assert await run("approve", "SGC2B00001", by=right.phone) == 0
    assert await run("approve", "SGC2B00001", by=right.phone) == 1
    assert (await counter.has(wrong), await counter.has(right)) == (Money(0), Money(487_50))
