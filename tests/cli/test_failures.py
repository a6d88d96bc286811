"""`mtaa jobs`: an operator sees what was given up, and does it again or leaves it."""

from __future__ import annotations

import pytest

from core.cli.failures import jobs
from core.jobs.failures import give_up
from core.kernel.db import Database
from core.kernel.settings import Settings, read_settings
from tests.conftest import FakeClock


@pytest.fixture
def settings(empty_database: str, redis_url: str) -> Settings:
    return read_settings({"DATABASE_URL": empty_database, "REDIS_URL": "redis://localhost"})


async def test_what_was_given_up_is_listed_and_dealt_with_once(
    db: Database, clock: FakeClock, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    given = {"job": "tell-of-padlock", "payload": {}, "attempts": 9, "error": "TimeoutError in send"}
    for number in (7, 8):
        await give_up(db, job_id=number, now=clock.now(), **given)  # type: ignore[arg-type]

    assert await jobs(settings, "list", "") == 1
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["7", "8"]
    assert await jobs(settings, "again", "7") == 0
    assert await jobs(settings, "leave", "8") == 0
    assert await jobs(settings, "again", "7") == 1
    assert await jobs(settings, "leave", "seven") == 2
    assert await jobs(settings, "list", "") == 0
