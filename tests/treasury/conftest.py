"""A group at the desk, on a clean database."""

from __future__ import annotations

from typing import Any

import pytest

from core.kernel.db import Database
from tests.payments.fake_payouts import FakePayouts

from .chama import Chama


@pytest.fixture
def chama(db: Database, clock: Any) -> Chama:
    return Chama(db, FakePayouts(clock), clock)
