"""`mtaa events` and `mtaa resolve`: an operator sees what is open, and closes it in her own name."""

from __future__ import annotations

import pytest

from core.cli.events import events, resolve
from core.identity.events import record_security_event
from core.kernel.db import Database
from core.kernel.secrets import PinHasher
from core.kernel.settings import Settings, read_settings
from tests.identity.people import People


@pytest.fixture
def settings(empty_database: str, redis_url: str) -> Settings:
    return read_settings({"DATABASE_URL": empty_database, "REDIS_URL": "redis://localhost"})


async def test_what_is_open_is_listed_gravest_first_and_closed_in_somebodys_name(
    db: Database, hasher: PinHasher, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    people = People(db, hasher)
    operator = await people.register()
    async with db.unit() as uow:
        for severity in ("medium", "critical", "low"):
            await record_security_event(uow, event_type=f"a_{severity}_one", severity=severity)

    assert await events(settings, "medium") == 1
    listed = capsys.readouterr().out.splitlines()
    assert [line.split()[-2] for line in listed] == ["a_critical_one", "a_medium_one"]

    gravest = listed[0].split()[0]
    assert await resolve(settings, gravest, "0712000001", "A drill") == 0
    assert await resolve(settings, gravest, "0712000001", "Twice") == 1
    (row,) = await people.rows("security_events", where="resolved")
    assert (str(row["id"]), row["resolved_by"], row["notes"]) == (gravest, operator.id, "A drill")
    assert await events(settings, "high") == 0


@pytest.mark.parametrize(("event", "by"), [("no-id", "0712000001"), ("00000000-0000-0000-0000-000000000001", "0733000000")])
async def test_words_that_can_not_be_used_close_nothing(settings: Settings, event: str, by: str) -> None:
    assert await resolve(settings, event, by, "x") == 2
