"""The ground that tests stand on is what it says it is."""

from __future__ import annotations

import os

import pytest
from sqlalchemy import text

from core.kernel.db import Database


@pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="a given server is left as it is")
async def test_the_embedded_server_of_the_suite_does_not_wait_for_the_disk(db: Database) -> None:
    async with db.unit() as uow:
        assert await uow.session.scalar(text("SHOW synchronous_commit")) == "off"
