"""A session of four hops without a PIN: our web process, as it is run in production, beside two servers that do less.

Then the same session once more by way of wires that count: how often a hop asks Redis and PostgreSQL.
"""

from __future__ import annotations

import asyncio
import os
import re
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import IO

from core.kernel.clock import SystemClock
from core.kernel.db import Database
from core.kernel.ids import TimeOrderedIds
from core.kernel.secrets import PinHasher, Vault
from tests.bench.load import closed_loop
from tests.bench.machine import Meter
from tests.bench.phones import SESSION, TOKEN, connected, new_session
from tests.bench.pins import SECRET, Plan, join
from tests.bench.rounds import Contender, Sample, compete, percentiles, say, table
from tests.bench.servers import Bench
from tests.chaos.wire import Relay, Wire

CALLERS = (1, 32)
NUMBERS = [f"+2547120{n:05}" for n in range(max(CALLERS))]
ECHO, STORED, OURS, TWO_OF_OURS = "bare aiohttp echo", "aiohttp + Redis GET/SET", "ours", "ours, two processes"
# What each hop must show, so that nobody is fast by answering something else.
EXPECTED = ("Deposit", "amount", "487.50", "END")


@dataclass(frozen=True)
class Listening:
    """A server process on a port."""

    port: int
    pid: int


async def measure(bench: Bench, plan: Plan, only: str) -> str:
    """A table of sessions per second, and what a hop costs in questions."""
    await _register(bench)
    async with _all_servers(bench) as servers:
        contenders = [
            Contender(
                f"{name}, {callers}", _dialling(server, callers, is_ours=name in (OURS, TWO_OF_OURS)), f"{STORED}, {callers}"
            )
            for callers in CALLERS
            for name, server in servers.items()
        ]
        chosen = [one for one in contenders if re.search(only, one.name) or one.name == one.anchor]
        results = await compete(chosen, wanted=plan.wanted, most=plan.most, seconds=plan.seconds, patience=plan.patience)
    figures = {"process CPU µs a hop": ",.0f"}
    counted = await _count(bench)
    return f"{table(results, unit='sessions/s', figures=figures)}\n\n(p50 and p99 are of a hop.)\n\n{counted}"


async def _register(bench: Bench) -> None:
    say(f"registering {len(NUMBERS)} members ...")
    vault = Vault([SECRET])
    database = Database(bench.database_url, clock=SystemClock(), ids=TimeOrderedIds(), vault=vault)
    hasher = PinHasher(vault)
    for number in NUMBERS:
        await join(database, hasher, number)
    await database.close()


@asynccontextmanager
async def _all_servers(bench: Bench) -> AsyncIterator[dict[str, Listening]]:
    async with (
        _server("-m", "tests.bench.peers", "echo", "{port}") as bare,
        _server("-m", "tests.bench.peers", "redis", "{port}", f"{bench.redis_url}?db=2") as stored,
        our_web(bench.database_url, bench.redis_url) as ours,
        our_web(bench.database_url, bench.redis_url, processes=2) as two_of_ours,
    ):
        yield {ECHO: bare, STORED: stored, OURS: ours, TWO_OF_OURS: two_of_ours}


@asynccontextmanager
async def our_web(database_url: str, redis_url: str, *, processes: int = 1) -> AsyncIterator[Listening]:
    """The web process as the Procfile starts it, or several of it."""
    settings = {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "SECRET_KEYS": SECRET,
        "CALLBACK_TOKEN": TOKEN,
        "PORT": "{port}",
        "WEB_CONCURRENCY": str(processes),
    }
    async with _server("-m", "ussd", says={b"serving on": processes}, **settings) as one:
        yield one


@asynccontextmanager
async def _server(*arguments: str, says: Mapping[bytes, int] | None = None, **settings: str) -> AsyncIterator[Listening]:
    """A Python process that listens on a free port, which it is told for "{port}"; and has said this, so often."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    given = [one.replace("{port}", str(port)) for one in arguments]
    environment = os.environ | {name: one.replace("{port}", str(port)) for name, one in settings.items()}
    with tempfile.TemporaryFile() as log:
        process = await asyncio.create_subprocess_exec(sys.executable, *given, env=environment, stdout=log, stderr=log)
        try:
            if not await _listens(port, process):
                log.seek(0)
                raise RuntimeError(f"a server did not start:\n{log.read().decode()}")
            while any(_said(log).count(words) < times for words, times in (says or {}).items()):
                await asyncio.sleep(0.05)
            yield Listening(port, process.pid)
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


def _said(log: IO[bytes]) -> bytes:
    return os.pread(log.fileno(), 1 << 20, 0)


async def _listens(port: int, process: asyncio.subprocess.Process) -> bool:
    """Wait until it does; False when it ended instead."""
    async with asyncio.timeout(120):
        while process.returncode is None:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
                continue
            writer.close()
            return True
    return False


def _dialling(server: Listening, callers: int, *, is_ours: bool) -> Callable[[float], Awaitable[tuple[Sample, float]]]:
    async def run(seconds: float) -> tuple[Sample, float]:
        phones = await connected(NUMBERS[:callers], server.port)
        hops: list[float] = []

        async def session(caller: int) -> bool:
            name = new_session()
            for typed, expected in zip(SESSION, EXPECTED, strict=True):
                asked = perf_counter()
                screen = await phones[caller].hop(name, typed)
                hops.append(perf_counter() - asked)
                if is_ours and expected not in screen:
                    raise RuntimeError(f"not the screen that comes after {typed!r}: {screen}")
            return True

        meter = Meter((server.pid,))
        load = await closed_loop(session, callers=callers, seconds=seconds)
        usage = meter.read()
        for phone in phones:
            phone.close()
        each = usage.server / (load.rate * len(SESSION)) * 1e6
        return Sample(load.rate, *percentiles(hops), {"process CPU µs a hop": each}), usage.foreign

    return run


async def _count(bench: Bench) -> str:
    """What each hop of one session asks, once everything is warm."""
    with tempfile.TemporaryDirectory(prefix="mtaa-wire-") as folder:
        redis_socket = Path(folder, "redis.sock")
        async with (
            Wire(bench.sockets, Path(folder)) as database,
            Relay(bench.sockets / "redis.sock", redis_socket) as redis,
            our_web(database.url(bench.database), f"unix://{redis_socket}") as web,
        ):
            [phone] = await connected(NUMBERS[:1], web.port)
            for _ in range(3):
                session = new_session()
                for typed in SESSION:
                    await phone.hop(session, typed)
            lines = []
            session = new_session()
            for typed in SESSION:
                database.seen.clear()
                redis.seen.clear()
                await phone.hop(session, typed)
                seen = database.seen
                inside = sum(count for what, count in seen.items() if what.startswith(("BEGIN", "COMMIT", "ROLLBACK")))
                lines.append(
                    f"| `{typed}` | {redis.seen['round trips']} | {seen['round trips']} | {seen['statements'] - inside} | {inside} |"
                )
            phone.close()
    head = "| hop | Redis round trips | PostgreSQL round trips | of these: queries | BEGIN and COMMIT |\n| --- | ---: | ---: | ---: | ---: |"
    return "\n".join([head, *lines])
