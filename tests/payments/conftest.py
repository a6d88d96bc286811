"""The payments desk on a clean database."""

from __future__ import annotations

from typing import Any

import pytest

from core.kernel.db import Database

from .counter import Counter
from .desk import Desk
from .fake_mobile_money import FakeMobileMoney
from .fake_payouts import FakePayouts


@pytest.fixture
def desk(db: Database, clock: Any) -> Desk:
    return Desk(db, FakeMobileMoney(clock), clock)


@pytest.fixture
def counter(db: Database, clock: Any) -> Counter:
    return Counter(db, FakePayouts(clock), clock)
