"""What monitoring reads: figures while the database answers, a plain refusal while it doesn't."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aiohttp.test_utils import TestClient, TestServer

from core.kernel.clock import SystemClock
from core.kernel.db import Database
from core.kernel.ids import TimeOrderedIds
from core.kernel.secrets import Vault
from core.kernel.settings import Settings
from core.web import operations
from core.web.server import build_server


class Notes:
    async def ping(self) -> None:
        """Redis is there."""


@dataclass
class Operated:
    database: Database
    notes: Notes


async def asked(database: Database, path: str) -> tuple[int, str]:
    server = build_server(Settings(), operations.routes(Operated(database, Notes())))
    client: TestClient[Any, Any]
    async with TestClient(TestServer(server)) as client:
        answer = await client.get(path)
        return answer.status, await answer.text()


async def test_metrics_name_every_figure(db: Database) -> None:
    status, body = await asked(db, "/metrics")

    assert status == 200
    assert [line for line in body.splitlines() if not line.startswith("#")] == [f"{name} 0" for name in operations.FIGURES]


async def test_metrics_and_readiness_without_a_database_are_a_plain_refusal(vault: Vault) -> None:
    away = Database("postgresql://nobody@127.0.0.1:1/none", clock=SystemClock(), ids=TimeOrderedIds(), vault=vault)
    try:
        metrics, ready, alive = [await asked(away, path) for path in ("/metrics", "/readyz", "/healthz")]
    finally:
        await away.close()

    assert metrics == (503, "the database doesn't answer")
    assert ready[0] == 503
    assert alive[0] == 200


async def test_the_database_that_the_migrations_built_is_ready(db: Database) -> None:
    assert (await asked(db, "/readyz"))[0] == 200
