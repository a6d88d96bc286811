from __future__ import annotations

import pytest

from core.kernel.db import Database

from .bench import Bench


@pytest.fixture
def bench(db: Database, empty_database: str) -> Bench:
    return Bench(db, empty_database)
