from __future__ import annotations

import pytest

from core.kernel.db import Database

from .post_office import PostOffice


@pytest.fixture
def office(db: Database) -> PostOffice:
    return PostOffice(db)
