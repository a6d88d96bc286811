"""Each task within its number of hops, and each hop within its number of round trips."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from redis.asyncio.connection import AbstractConnection

from core.kernel.db import Database
from core.kernel.money import Money
from tests.dialogue.conftest import Handset
from tests.dialogue.test_ussd_conversation import give, group_of

PIN = "248163"
BUDGETS = tomllib.loads(Path(__file__).with_name("hop_budgets.toml").read_text(encoding="utf-8"))
# What the issue of a task demands; the file may be stricter and never laxer.
DEMANDED = {"deposit": 5, "contribute": 5, "balance": 3}


def test_the_budgets_are_no_laxer_than_was_promised() -> None:
    assert {task: BUDGETS[task]["budget"] for task in DEMANDED} == DEMANDED


@pytest.mark.parametrize("task", sorted(BUDGETS))
async def test_a_task_is_done_within_its_hops(
    wanjiru: Handset, db: Database, sql: Callable[..., Any], task: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await wanjiru.register(pin=PIN)
    code = await group_of(wanjiru)
    await give(db, sql, wanjiru, Money(1000_00))
    hops: list[str] = []
    phone = type(wanjiru)
    hop = phone.hop

    async def counted(self: Handset, text: str, **changed: str) -> str:
        hops.append(await hop(self, text, **changed))
        return hops[-1]

    monkeypatch.setattr(phone, "hop", counted)
    words = {"PIN": PIN, "CODE": code}
    plan = BUDGETS[task]
    await wanjiru.dial(*(words.get(one, one) for one in plan.get("dial", [])))
    last = await wanjiru.type(*(words.get(one, one) for one in plan["keys"]))

    assert last.startswith("END "), hops
    assert plan["ends_with"] in last
    assert len(hops) == 1 + len(plan["keys"]) <= plan["budget"], hops
    assert all(one.startswith("CON ") for one in hops[:-1])


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often Redis and PostgreSQL were waited for, and with what."""
    counted: Counter[str] = Counter()
    send = AbstractConnection.send_packed_command

    async def sent(self: AbstractConnection, command: Any, check_health: bool = True) -> None:
        counted["redis"] += 1
        await send(self, command, check_health)

    monkeypatch.setattr(AbstractConnection, "send_packed_command", sent)
    for name in ("execute", "fetch", "fetchrow", "fetchval"):
        monkeypatch.setattr(asyncpg.Connection, name, _counting(counted, getattr(asyncpg.Connection, name)))
    monkeypatch.setattr(
        asyncpg.prepared_stmt.PreparedStatement,
        "fetch",
        _counting(counted, asyncpg.prepared_stmt.PreparedStatement.fetch),
    )
    return counted


def _counting(counted: Counter[str], run: Callable[..., Any]) -> Callable[..., Any]:
    async def counting(self: Any, *args: Any, **named: Any) -> Any:
        words = str(args[0]).split()[0].upper() if args and isinstance(args[0], str) else "QUERY"
        counted["transaction" if words.rstrip(";") in {"BEGIN", "COMMIT", "ROLLBACK"} else "query"] += 1
        return await run(self, *args, **named)

    return counting


async def test_round_trips_of_a_reading_hop(wanjiru: Handset, trips: Counter[str]) -> None:
    """Measured: Redis is asked twice, to claim and read the session and to save it and let go, because a hop that reads must
    not overlap another of the same phone. PostgreSQL is asked once for who she is, once more where a draft is looked for, and
    begins and commits a transaction around that.
    """
    await wanjiru.register(pin=PIN)
    await wanjiru.dial()
    await wanjiru.type("2")
    trips.clear()
    await wanjiru.type("0")
    reading = dict(trips)
    trips.clear()
    await wanjiru.dial()
    dialling = dict(trips)

    assert reading == {"redis": 2, "query": 1, "transaction": 2}
    assert dialling == {"redis": 2, "query": 2, "transaction": 2}
