"""Real worker processes: one is killed without warning, one is asked to stop."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from .bench import Bench

ROOT = Path(__file__).parents[2]
PROGRAM = """
import asyncio, os, signal, sys
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from sqlalchemy import text
from core.jobs.handlers import Patience, Work
from core.jobs.worker import run_worker
from core.kernel.clock import SystemClock
from core.kernel.db import Database
from core.kernel.ids import TimeOrderedIds
from core.kernel.secrets import Vault

@dataclass
class Services:
    database: Database
    database_url: str
    clock: Any = field(default_factory=SystemClock)

async def held(services, payload):
    async with services.database.unit() as uow:
        await uow.session.execute(text("INSERT INTO begun VALUES (:pid, :n)"), {"pid": os.getpid(), "n": payload["n"]})
    await asyncio.sleep(payload["seconds"])
    async with services.database.unit() as uow:
        await uow.session.execute(text("INSERT INTO ended VALUES (:pid, :n)"), {"pid": os.getpid(), "n": payload["n"]})

async def kills(services, payload):
    async with services.database.unit() as uow:
        await uow.session.execute(text("INSERT INTO begun VALUES (:pid, :n)"), {"pid": os.getpid(), "n": payload["n"]})
    os.kill(os.getpid(), signal.SIGKILL)

async def main():
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    url = sys.argv[1]
    database = Database(url, clock=SystemClock(), ids=TimeOrderedIds(), vault=Vault(["k" * 40]))
    work = Work({"held": held, "kills": kills}, {}, {"kills": Patience(attempts=2)})
    await run_worker(Services(database, url), stop=stop, work=work, heartbeat=timedelta(seconds=1))
    await database.close()

asyncio.run(main())
"""


@pytest.fixture
async def tables(bench: Bench) -> AsyncIterator[Bench]:
    from sqlalchemy import text

    async with bench.database.unit() as uow:
        await uow.session.execute(text("CREATE TABLE IF NOT EXISTS begun (pid int, n int)"))
        await uow.session.execute(text("CREATE TABLE IF NOT EXISTS ended (pid int, n int)"))
    yield bench
    async with bench.database.unit() as uow:
        await uow.session.execute(text("DROP TABLE begun, ended"))


class Workers:
    """Starts worker processes and ends those that a test leaves behind."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._started: list[asyncio.subprocess.Process] = []

    async def start(self) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", PROGRAM, self._url, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        self._started.append(process)
        return process

    async def end_all(self) -> None:
        for process in self._started:
            if process.returncode is None:
                process.kill()
            await process.wait()


@pytest.fixture
async def workers(tables: Bench) -> AsyncIterator[Workers]:
    started = Workers(tables.database_url)
    yield started
    await started.end_all()


async def begun(bench: Bench, times: int) -> None:
    async def enough() -> bool:
        return await bench.count("begun") >= times

    await bench.until(enough)


async def test_job_when_its_worker_is_killed_then_another_picks_it_up(tables: Bench, workers: Workers) -> None:
    await tables.enqueue("held", {"n": 1, "seconds": 600})
    first = await workers.start()
    await begun(tables, 1)
    first.send_signal(signal.SIGKILL)
    await first.wait()
    assert await tables.count("pgqueuer", "status = 'picked'") == 1, "it's held by a worker that is no more"
    second = await workers.start()
    await begun(tables, 2)
    picked_by = {row["pid"] for row in await tables.query("SELECT pid FROM begun")}
    assert picked_by == {first.pid, second.pid}


async def test_job_when_its_worker_lives_then_nobody_else_takes_it(tables: Bench, workers: Workers) -> None:
    """It runs for several heartbeats while another worker looks for something to do."""
    await tables.enqueue("held", {"n": 1, "seconds": 4})
    await workers.start()
    await begun(tables, 1)
    await workers.start()
    await tables.until_empty()
    assert (await tables.count("begun"), await tables.count("ended")) == (1, 1)


async def test_worker_when_asked_to_stop_then_finishes_and_exits_cleanly(tables: Bench, workers: Workers) -> None:
    for number in range(3):
        await tables.enqueue("held", {"n": number, "seconds": 1})
    worker = await workers.start()
    await begun(tables, 3)
    worker.send_signal(signal.SIGTERM)
    assert await worker.wait() == 0
    assert (await tables.count("ended"), await tables.count("pgqueuer")) == (3, 0)


async def test_job_when_it_kills_every_worker_then_given_up_in_the_end(tables: Bench, workers: Workers) -> None:
    await tables.enqueue("kills", {"n": 1})
    for _ in range(30):
        worker = await workers.start()

        async def over(worker: asyncio.subprocess.Process = worker) -> bool:
            return worker.returncode is not None or await tables.count("pgqueuer") == 0

        await tables.until(over)
        if await tables.count("pgqueuer") == 0:
            break
    (letter,) = await tables.query("SELECT * FROM job_failures")
    assert (letter["job"], letter["payload"]) == ("kills", {"n": 1})
    assert "take its worker down" in letter["error"]
