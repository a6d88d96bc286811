from __future__ import annotations

import pytest

from core.kernel.db import Database
from core.kernel.secrets import PinHasher

from .people import People


@pytest.fixture
def people(db: Database, hasher: PinHasher) -> People:
    return People(db, hasher)
