"""The payments desk on a clean database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from core.kernel.db import Database
from core.kernel.ids import TimeOrderedIds
from core.ledger.batcher import Batcher, connector

from .counter import Counter
from .desk import Desk
from .fake_mobile_money import FakeMobileMoney
from .fake_payouts import FakePayouts


@pytest.fixture
async def desk(db: Database, empty_database: str, clock: Any) -> AsyncIterator[Desk]:
    async with Batcher(connector(empty_database), clock=clock, ids=TimeOrderedIds()) as batcher:
        yield Desk(db, FakeMobileMoney(clock), clock, batcher)


@pytest.fixture
def counter(db: Database, clock: Any) -> Counter:
    return Counter(db, FakePayouts(clock), clock)
