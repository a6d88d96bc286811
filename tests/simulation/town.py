"""The surroundings of a simulation: servers that may be killed, our processes, M-Pesa at the other end of a wire, one clock.

M-Pesa is the sandbox's, served by this very process, so that its book can be read at the end. What is ours runs as processes of
their own, each with a point armed at which it dies, and is started again whenever it is dead.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import asyncpg
from sqlalchemy.exc import SQLAlchemyError

from core.kernel.db import Database
from core.kernel.embedded import APPLICATION_ROLE, Lease, layout, postgres_server, redis_server, start
from core.kernel.embedded.daemon import Daemon
from core.kernel.ids import TimeOrderedIds
from core.kernel.secrets import Vault
from core.sandbox.daraja.mpesa import Mpesa
from core.sandbox.daraja.orders import Registration
from core.sandbox.daraja.server import DarajaServer
from core.sandbox.inbox import Inboxes
from core.sandbox.settings import SandboxSettings
from core.sandbox.store import Section
from core.sandbox.world import World
from tests.conftest import ROOT, do_not_wait_for_the_disk, run_migrations
from tests.providers.companies import serving
from tests.simulation.clock import TurnedClock
from tests.simulation.points import DIED
from tests.simulation.process import ARMED, CLOCK, DANGER, NOTES, SKIP

log = logging.getLogger("simulation")

TOKEN, KEY, PASSWORD = "c0ffee-c0ffee-c0ffee", "a-key-for-simulations-only-long-enough", "an-operator's-password"
WORKERS = 2
START_SECONDS = 60
# Jobs that are run by the clock; the queue's own clock is the machine's, so they are asked for by hand.
REGULAR = ("sweep-payments", "sweep-payouts", "pull-payments", "take-up-held-jobs")
# Where the first ones die, before it is known what points there are.
FIRST = {
    "web": ("before commit 1 of web", "after commit 1 of web"),
    "worker": (
        "after commit 1 of push-deposit",
        "before call processrequest of push-deposit",
        "after call processrequest of push-deposit",
        "before commit 1 of read-payment-callback",
        "after commit 1 of read-payment-callback",
        "after commit 1 of send-payout",
        "after call paymentrequest of send-payout",
        "after posting of pass-deposit-to-group",
    ),
}
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


class Servers:
    """PostgreSQL and Redis of one home, which may be killed and started again."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.lease: Lease | None = None

    async def start(self) -> None:
        """Start them, or start again what was killed."""
        former, self.lease = self.lease, await start(self.home)
        if former:
            await former.release()

    @property
    def database_url(self) -> str:
        assert self.lease is not None
        return self.lease.servers.database_url

    @property
    def redis_url(self) -> str:
        assert self.lease is not None
        return self.lease.servers.redis_url

    async def kill(self, what: str) -> None:
        """SIGKILL to a server and all that it forked, and start it again."""
        server = (postgres_server if what == "PostgreSQL" else redis_server).daemon(layout.prepare(self.home))
        head = server.pid()
        assert head is not None
        for pid in (head, *_children(head)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        await _gone(server)
        await self.start()


def _children(parent: int) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


async def _gone(server: Daemon) -> None:
    async with asyncio.timeout(60):
        while server.is_running() or server.pid():
            await asyncio.sleep(0.01)


@dataclass
class OurProcesses:
    """The web process and the workers, kept running; each life has a point at which it is to end, or none."""

    environment: dict[str, str]
    folder: Path
    chance: random.Random
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    deaths: Counter[str] = field(default_factory=Counter)

    @property
    def danger(self) -> Path:
        return self.folder / "danger"

    @property
    def notes(self) -> Path:
        return self.folder / "points"

    def start(self, name: str) -> None:
        role = name.partition(" ")[0]
        armed = self._next_point(role)
        skip = str(self.chance.randint(0, 2))
        with (self.folder / f"{name}.log").open("ab") as output:
            self.running[name] = subprocess.Popen(
                [sys.executable, "-m", "tests.simulation.process", role],
                env={**self.environment, NOTES: str(self.notes), DANGER: str(self.danger), ARMED: armed, SKIP: skip},
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    def revive(self) -> None:
        """Start again who is dead."""
        for name, process in list(self.running.items()):
            if process.poll() is None:
                continue
            self.deaths["at a named point" if self._died_at_a_point() else f"with {process.returncode}"] += 1
            self.start(name)

    def kill_one(self) -> None:
        """SIGKILL to one of them, by lot."""
        name = self.chance.choice(sorted(self.running))
        process = self.running[name]
        if process.poll() is None:
            process.kill()
            process.wait()
            self.deaths["at random"] += 1
            self.start(name)

    def live(self, *, dangerously: bool) -> None:
        """From now on somebody dies who passes the point that is armed for him, or nobody does."""
        if dangerously:
            self.danger.touch()
        else:
            self.danger.unlink(missing_ok=True)

    def stop(self) -> None:
        for process in self.running.values():
            if process.poll() is None:
                process.terminate()
        for process in self.running.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(15)
            process.kill()

    def points(self) -> tuple[set[tuple[str, str]], Counter[tuple[str, str]]]:
        """Every point that was passed, and how often somebody died there; each with its role."""
        seen, died = set[tuple[str, str]](), Counter[tuple[str, str]]()
        lines = self.notes.read_text().splitlines() if self.notes.exists() else []
        for line in lines:
            kind, role, name = line.split("\t")
            seen.add((role, name))
            died[role, name] += kind == DIED
        return seen, died

    def _next_point(self, role: str) -> str:
        """One that this role has passed, the rather the less often it has died there."""
        seen, died = self.points()
        mine = sorted({*FIRST[role], *(name for of, name in seen if of == role)})
        if self.chance.random() < 0.15:
            return ""
        return self.chance.choices(mine, [1 / (1 + died[role, name]) for name in mine])[0]

    def _died_at_a_point(self) -> bool:
        died = self.points()[1].total()
        before, self.deaths["noted"] = self.deaths["noted"], died
        return died > before


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
        """Wait until nothing is due and nothing on its way, at most so long."""
        quiet = 0
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while quiet < 3:
                    quiet = quiet + 1 if await self.backlog() == 0 else 0
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
        await do_not_wait_for_the_disk(servers.database_url)
        await asyncio.to_thread(run_migrations, servers.database_url)
        clock = TurnedClock(home / "clock")
        database = Database(servers.database_url, clock=clock, ids=TimeOrderedIds(), vault=Vault([KEY]), pool_size=16)
        stack.push_async_callback(database.close)
        http = await stack.enter_async_context(aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)))
        world = _world(home, http, clock)
        mpesa = Mpesa(world, Inboxes(world))
        mpesa.prepare()
        theirs = await stack.enter_async_context(serving(DarajaServer(world, mpesa).application()))
        stack.push_async_callback(world.close)
        port = _free_port()
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


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _ready(http: aiohttp.ClientSession, web: str) -> None:
    async with asyncio.timeout(START_SECONDS):
        while True:
            with suppress(aiohttp.ClientError):
                async with http.get(f"{web}/readyz") as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.1)
