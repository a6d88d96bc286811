"""What may be killed: PostgreSQL, Redis and our own processes, each started again."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from core.kernel.embedded import Lease, layout, postgres_server, redis_server, start
from core.kernel.embedded.daemon import Daemon
from tests.chaos.server import children
from tests.simulation.notes import Notes
from tests.simulation.nursery import Life, Nursery
from tests.simulation.process import ARMED, DANGER, NOTES, SKIP

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
        for pid in (head, *children(head)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        await _gone(server)
        await self.start()


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
    nursery: Nursery = field(default_factory=Nursery)
    running: dict[str, Life] = field(default_factory=dict)
    deaths: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.notes = Notes(self._notes_file)

    @property
    def _notes_file(self) -> Path:
        return self.folder / "points"

    @property
    def danger(self) -> Path:
        return self.folder / "danger"

    def start(self, name: str) -> None:
        role = name.partition(" ")[0]
        own = {NOTES: str(self._notes_file), DANGER: str(self.danger), ARMED: self._next_point(role)}
        environment = {**self.environment, **own, SKIP: str(self.chance.randint(0, 2))}
        self.running[name] = self.nursery.bear(role, environment, self.folder / f"{name}.log")

    def revive(self) -> None:
        """Start again who is dead."""
        for name, life in list(self.running.items()):
            if self.nursery.is_alive(life):
                continue
            self.notes.read_on()
            self.deaths["at a named point" if life.pid in self.notes.fallen else f"with {life.code}"] += 1
            self.start(name)

    def kill_one(self) -> None:
        """SIGKILL to one of them, by lot."""
        name = self.chance.choice(sorted(self.running))
        life = self.running[name]
        if self.nursery.is_alive(life):
            life.end(signal.SIGKILL)
            self.nursery.wait(life, 60)
            self.deaths["at random"] += 1
            self.start(name)

    @property
    def are_up(self) -> bool:
        """Whether each of them has come as far as its work."""
        self.notes.read_on()
        return all(life.pid in self.notes.up for life in self.running.values())

    def live(self, *, dangerously: bool) -> None:
        """From now on somebody dies who passes the point that is armed for him, or nobody does."""
        if dangerously:
            self.danger.touch()
        else:
            self.danger.unlink(missing_ok=True)

    def stop(self) -> None:
        for life in self.running.values():
            life.end(signal.SIGTERM)
        for life in self.running.values():
            self.nursery.wait(life, 15)
        self.nursery.close()

    def points(self) -> tuple[set[tuple[str, str]], Counter[tuple[str, str]]]:
        """Every point that was passed, and how often somebody died there; each with its role."""
        self.notes.read_on()
        return self.notes.seen, self.notes.died

    def _next_point(self, role: str) -> str:
        """One that this role has passed, the rather the less often it has died there."""
        seen, died = self.points()
        mine = sorted({*FIRST[role], *(name for of, name in seen if of == role)})
        if self.chance.random() < 0.15:
            return ""
        return self.chance.choices(mine, [1 / (1 + died[role, name]) for name in mine])[0]
