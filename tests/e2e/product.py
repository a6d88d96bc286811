"""The whole product as a member meets it: real processes, real PostgreSQL and Redis, and the sandbox's phones and chats."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

ROOT = Path(__file__).parents[2]
START_SECONDS = 120
PATIENCE_SECONDS = 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Product:
    """A running `mtaa run`, with more words if there are any; `patience`: the seconds until it has to be ready."""

    def __init__(self, home: Path, port: int | None = None, *words: str, patience: float = START_SECONDS) -> None:
        self.home, self.port = home, port or free_port()
        self.words, self.patience = words, patience
        self.url = f"http://127.0.0.1:{self.port}"
        self.output: list[str] = []
        self._process: subprocess.Popen[str] | None = None

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        return kept | {"MTAA_HOME": str(self.home), "PORT": str(self.port), "PYTHONUNBUFFERED": "1"}

    async def start(self) -> None:
        """Start and wait for the line that names the phone page."""
        self.output = []
        self._process = subprocess.Popen(
            [sys.executable, "-m", "core.cli", "run", *self.words],
            cwd=ROOT,
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        threading.Thread(target=self._read, daemon=True).start()
        await until(lambda: any("/phone" in line for line in self.output) or self._process.poll() is not None, self.patience)
        assert any("/phone" in line for line in self.output), "".join(self.output) + self.logs()

    def _read(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        output = self.output
        with self._process.stdout as lines:
            for line in iter(lines.readline, ""):
                output.append(line)

    def logs(self) -> str:
        """The end of every process's log, for a failure's message."""
        found = sorted((self.home / "logs").glob("*.log"))
        return "\n".join(f"--- {path.name}\n" + "\n".join(path.read_text().splitlines()[-25:]) for path in found)

    async def stop(self, signum: int = signal.SIGINT) -> int:
        """Ctrl-C, and wait; returns the exit code."""
        assert self._process is not None
        self._process.send_signal(signum)
        return await asyncio.to_thread(self._process.wait, 60)

    def kill(self) -> None:
        """What a power cut does to the supervisor."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """An operator's `mtaa …` beside the running product."""
        return subprocess.run(
            [sys.executable, "-m", "core.cli", *words],
            cwd=ROOT,
            env=self.environment,
            text=True,
            capture_output=True,
            timeout=120,
            check=False,
        )


def leftovers(home: Path) -> list[str]:
    """Processes that still have something to do with this home: in their words, environment or working files."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and int(process.name) != os.getpid():
            with contextlib.suppress(OSError):
                words = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
                if str(home).encode() in words:
                    found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
    return found


@asynccontextmanager
async def running(home: Path) -> AsyncIterator[Product]:
    product = Product(home)
    try:
        await product.start()
        yield product
    finally:
        with contextlib.suppress(ProcessLookupError):
            await product.stop()


async def until(condition: Any, seconds: float = PATIENCE_SECONDS) -> Any:
    """Poll until the condition gives something true; its value, or an AssertionError."""
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        found = condition()
        if asyncio.iscoroutine(found):
            found = await found
        if found:
            return found
        assert asyncio.get_running_loop().time() < deadline, "it didn't happen in time"
        await asyncio.sleep(0.1)


class World:
    """The sandbox by its control API, as the phone page uses it."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session, self._api = session, f"{url}/phone/api"

    async def get(self, path: str) -> Any:
        async with self._session.get(f"{self._api}/{path}") as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def read(self, path: str, **query: str) -> str:
        """A file as text."""
        async with self._session.get(f"{self._api}/{path}", params=query) as answer:
            assert answer.status == 200, await answer.text()
            return (await answer.read()).decode()

    async def post(self, path: str, /, **body: object) -> Any:
        async with self._session.post(f"{self._api}/{path}", json=body) as answer:
            assert answer.status < 300, await answer.text()
            return await answer.json()

    async def person(self, phone: str) -> dict[str, Any]:
        state = await self.get("state")
        return next(person for person in state["people"] if person["phone"].lstrip("+") == phone)


@asynccontextmanager
async def world_of(product: Product) -> AsyncIterator[World]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session:
        yield World(session, product.url)
