"""The surroundings of a simulation: servers that may be killed, our processes, M-Pesa at the other end of a wire, one clock.

M-Pesa is the sandbox's, served by this very process, so that its book can be read at the end. What is ours runs as processes of
their own, each with a point armed at which it dies, and is started again whenever it is dead.
"""

from __future__ import annotations

import asyncio
import logging
import math
import os
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

import aiohttp
import asyncpg
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from core.kernel.db import Database
from core.kernel.embedded import APPLICATION_ROLE
from core.kernel.ids import TimeOrderedIds
from core.kernel.secrets import Vault
from core.sandbox.daraja.mpesa import Mpesa
from core.sandbox.daraja.orders import Registration
from core.sandbox.daraja.server import DarajaServer
from core.sandbox.inbox import Inboxes
from core.sandbox.settings import SandboxSettings
from core.sandbox.store import Section
from core.sandbox.world import World
from tests.conftest import run_migrations
from tests.e2e.product import free_port
from tests.providers.companies import serving
from tests.simulation.clock import TurnedClock
from tests.simulation.mortals import OurProcesses, Servers
from tests.simulation.process import CLOCK

log = logging.getLogger("simulation")

TOKEN, KEY, PASSWORD = "c0ffee-c0ffee-c0ffee", "a-key-for-simulations-only-long-enough", "an-operator's-password"
WORKERS = 2
START_SECONDS = 180
# Jobs that are run by the clock; the queue's own clock is the machine's, so they are asked for by hand.
REGULAR = ("sweep-payments", "sweep-payouts", "pull-payments", "take-up-held-jobs")
# What a killed server may look like from here.
LOST = (
    OSError,
    TimeoutError,
    SQLAlchemyError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
DUE = "SELECT count(*) FROM pgqueuer WHERE status = 'picked' OR (status = 'queued' AND execute_after <= now())"


class Forgetful:
    """A section of the sandbox's memory that writes nothing down: this sandbox is never killed, and has a lot to do."""

    changed = staticmethod(lambda _section: None)

    @staticmethod
    async def saved(_section: Section) -> None:
        return


@dataclass
class Town:
    """Everything together."""

    servers: Servers
    ours: OurProcesses
    clock: TurnedClock
    database: Database
    world: World
    mpesa: Mpesa
    web: str
    # Time that the queue has still to be told of.
    owed: float = 0.0
    # Jobs that were due when somebody last looked.
    waiting: int = 0
    kills: Counter[str] = field(default_factory=Counter)

    async def turn(self, seconds: float) -> None:
        """Let time pass, for us, for M-Pesa and for the queue, whose waits are counted by the machine's clock."""
        self.clock.turn(seconds)
        self.world.clock.advance(seconds)
        self.owed += seconds
        with suppress(*LOST):
            await self.command(
                "UPDATE pgqueuer SET execute_after = execute_after - make_interval(secs => $1)"
                " WHERE status = 'queued' AND execute_after > now()",
                self.owed,
            )
            self.owed = 0.0

    async def regular_jobs(self) -> None:
        """What the worker's own clock would start by now."""
        async with self.database.unit() as uow:
            for job in REGULAR:
                await uow.enqueue(job, {}, key=job)

    async def command(self, statement: str, *values: object) -> None:
        connection = await asyncpg.connect(self.servers.database_url, timeout=5)
        try:
            await connection.execute(statement, *values)
        finally:
            await connection.close()

    async def fetch(self, query: str, *values: object) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.servers.database_url, timeout=5)
        try:
            found: list[asyncpg.Record] = await connection.fetch(query, *values)
            return found
        finally:
            await connection.close()

    async def backlog(self) -> int:
        """Jobs that are due or being done."""
        return int((await self.fetch(DUE))[0][0])

    async def idle(self, seconds: float) -> bool:
        """Wait until nothing is due and nothing on its way: at most so long without less of it than ever before.

        A slow machine with much to do gets there; what begets itself anew and anew, or is stuck, doesn't.
        """
        quiet, least, end = 0, math.inf, monotonic() + seconds
        while quiet < 3 and monotonic() < end:
            due = await self.backlog()
            if due < least:
                least, end = due, monotonic() + seconds
            quiet = quiet + 1 if due == 0 else 0
            self.ours.revive()
            await asyncio.sleep(0.15)
        return quiet >= 3

    async def kill_server(self, what: str) -> None:
        await self.servers.kill(what)
        self.kills[what] += 1


@asynccontextmanager
async def opened(home: Path, chance: random.Random) -> AsyncIterator[Town]:
    """A town that is ready: everything answers, and M-Pesa knows where to report payments."""
    Section.changed, Section.saved = Forgetful.changed, Forgetful.saved  # type: ignore[method-assign, assignment]
    async with AsyncExitStack() as stack:
        servers = Servers(home / "servers")
        await servers.start()
        stack.push_async_callback(_release, servers)
        await asyncio.to_thread(run_migrations, servers.database_url)
        clock = TurnedClock(home / "clock")
        database = Database(servers.database_url, clock=clock, ids=TimeOrderedIds(), vault=Vault([KEY]), pool_size=16)
        stack.push_async_callback(database.close)
        await _must_keep_its_word(database)
        http = await stack.enter_async_context(aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)))
        world = _world(home, http, clock)
        mpesa = Mpesa(world, Inboxes(world))
        mpesa.prepare()
        theirs = await stack.enter_async_context(serving(DarajaServer(world, mpesa).application()))
        stack.push_async_callback(world.close)
        port = free_port()
        web = f"http://127.0.0.1:{port}"
        environment = _environment(home, servers, theirs, port, mpesa)
        town = Town(servers, OurProcesses(environment, home, chance), clock, database, world, mpesa, web)
        stack.callback(town.ours.stop)
        for name in ("web", *(f"worker {number}" for number in range(WORKERS))):
            town.ours.start(name)
        await _ready(http, web)
        c2b = f"{web}/pay/{TOKEN}/c2b"
        await mpesa.paybill.register(
            Registration(f"{c2b}/validation", f"{c2b}/confirmation", completes=True, hashes_phones=False)
        )
        mpesa.pull.is_registered = True
        yield town


async def _must_keep_its_word(database: Database) -> None:
    """What was committed is still there when the server was killed, or whatever is found missing says nothing about us."""
    async with database.engine.connect() as connection:
        found = await connection.scalar(text("SHOW synchronous_commit"))
    if found != "on":
        raise RuntimeError(f"synchronous_commit is {found}: a killed server would forget what it had promised")


async def _release(servers: Servers) -> None:
    if servers.lease:
        await servers.lease.release()


def _world(home: Path, http: aiohttp.ClientSession, clock: TurnedClock) -> World:
    settings = SandboxSettings(home=home, callback_token=TOKEN, initiator="practice", initiator_password=PASSWORD)
    world = World(settings, http)
    behaviour = {"payout_seconds": 0.2, "answer_delay_seconds": 0.1, "mask_phones": True, "rule_17": True, "pull_page": 50}
    world.behaviour.change(behaviour)
    # One time for everybody: Daraja compares ours with its own.
    world.clock.wall = world.clock.now = clock.now  # type: ignore[method-assign]
    return world


def _environment(home: Path, servers: Servers, theirs: str, port: int, mpesa: Mpesa) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {
        "DATABASE_URL": servers.database_url,
        "DATABASE_APP_ROLE": APPLICATION_ROLE,
        "REDIS_URL": servers.redis_url,
        "SECRET_KEYS": KEY,
        "CALLBACK_TOKEN": TOKEN,
        "PORT": str(port),
        "MTAA_HOME": str(home),
        "LOG_LEVEL": "WARNING",
        "DARAJA_BASE_URL": theirs,
        "DARAJA_INITIATOR": "practice",
        "DARAJA_INITIATOR_PASSWORD": PASSWORD,
        "DARAJA_CERTIFICATE": str(mpesa.operator.certificate),
        CLOCK: str(home / "clock"),
    }


async def _ready(http: aiohttp.ClientSession, web: str) -> None:
    said = "nothing"
    until = monotonic() + START_SECONDS
    while monotonic() < until:
        with suppress(aiohttp.ClientError):
            async with http.get(f"{web}/readyz") as answer:
                if answer.status == 200:
                    return
                said = await answer.text()
        await asyncio.sleep(0.1)
    raise RuntimeError(f"the web process isn't ready after {START_SECONDS} s; it says {said}")
