from __future__ import annotations

from typing import Any

import pytest

from core.kernel.db import Database

from .village import Village


@pytest.fixture
def village(db: Database, clock: Any) -> Village:
    return Village(db, clock)
