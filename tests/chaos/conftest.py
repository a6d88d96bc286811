"""A server that may be killed, books for each round, and the sum of all rounds at the end.

`make chaos` sets CHAOS_ROUNDS for the long run. CHAOS_SEED makes a run draw the same numbers again; each failure names it.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from core.kernel.clock import SystemClock
from core.kernel.db import Database
from core.kernel.ids import TimeOrderedIds
from core.kernel.secrets import Vault
from core.ledger.batcher import Batcher, connector
from tests.chaos.payday import Payday
from tests.chaos.server import OwnServer

LONG = int(os.environ.get("CHAOS_ROUNDS", "0"))
SEED = os.environ.get("CHAOS_SEED") or str(time.time_ns())
TALLY: dict[str, Counter[str]] = {}


def rounds(short: int, share: float) -> pytest.MarkDecorator:
    """So many rounds in the ordinary run, and this share of CHAOS_ROUNDS in the long one."""
    return pytest.mark.parametrize("number", range(max(round(LONG * share), 1) if LONG else short))


@pytest.fixture(scope="session")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnServer]:
    """One for all rounds; killed and started again between them."""
    server = OwnServer(tmp_path_factory.mktemp("chaos") / "home")
    with asyncio.Runner() as runner:
        runner.run(server.start())
        runner.run(server.prepare())
        yield server
        runner.run(server.stop())


@pytest.fixture
async def server(own_server: OwnServer) -> OwnServer:
    """Running, whatever the round before did to it."""
    await own_server.start()
    return own_server


@pytest.fixture
def payday(request: pytest.FixtureRequest) -> Payday:
    """A group of its own, with chances that can be drawn again."""
    seed = f"{SEED} {request.node.name}"
    print(f"CHAOS_SEED={SEED}")
    return Payday(random.Random(seed))


@pytest.fixture
def tally(request: pytest.FixtureRequest, payday: Payday) -> Iterator[Counter[str]]:
    """What this kind of round has met so far; shown at the end of the run."""
    found = TALLY.setdefault(request.node.originalname, Counter())
    yield found
    found.update(rounds=1, acknowledged=len(payday.told), **payday.seen)


@asynccontextmanager
async def opened(url: str, *, connections: int = 16) -> AsyncIterator[Database]:
    """Units of work at this address."""
    database = Database(url, clock=SystemClock(), ids=TimeOrderedIds(), vault=Vault(["k" * 40]), pool_size=connections)
    try:
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def batching(url: str) -> AsyncIterator[Batcher]:
    """A process's batcher at this address."""
    async with Batcher(connector(url), clock=SystemClock(), ids=TimeOrderedIds()) as batcher:
        yield batcher


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The rounds of this run together."""
    for name, found in TALLY.items():
        terminalreporter.write_line(f"{name}: " + ", ".join(f"{count:,} {what}" for what, count in found.items() if count))


@pytest.fixture
def wire_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A short path: sockets can't have long ones."""
    import shutil
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="mtaa-wire-"))
    yield folder
    shutil.rmtree(folder)
