"""Several web processes on one address: both answer, and none outlives the others."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx2
import psutil
import pytest

from tests.bench.crowd import NOT_NOW
from tests.dialogue.conftest import TOKEN

SECRET = "a-secret-for-several-processes-0123456789"  # pragma: allowlist secret
DIAL = {"serviceCode": "*384*77#", "text": "", "networkCode": "63902"}


class Several:
    """Two processes and the one that started them."""

    def __init__(self, port: int, first: asyncio.subprocess.Process) -> None:
        self.port, self.first = port, first

    @property
    def others(self) -> list[psutil.Process]:
        """The processes that answer."""
        return psutil.Process(self.first.pid).children()

    async def dial(self, number: int) -> str:
        """The first screen of a stranger's session, over a connection of its own. (One number may not dial without end.)"""
        async with httpx2.AsyncClient(timeout=60) as client:
            address = f"http://127.0.0.1:{self.port}/ussd/{TOKEN}"
            answer = await client.post(
                address, data=DIAL | {"sessionId": f"several-{number}", "phoneNumber": f"+254712{number:06}"}
            )
        return answer.text


@pytest.fixture
async def several(empty_database: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Several]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "DATABASE_URL": empty_database,
        "REDIS_URL": redis_url,
        "SECRET_KEYS": SECRET,
        "CALLBACK_TOKEN": TOKEN,
        "PORT": str(port),
        "WEB_CONCURRENCY": "2",
    }
    log = tmp_path / "log"
    with log.open("wb") as told:
        first = await asyncio.create_subprocess_exec(sys.executable, "-m", "ussd", env=environment, stderr=told)
    found = Several(port, first)
    others: list[psutil.Process] = []
    try:
        await until(lambda: log.read_text().count("serving on") == 2)
        others = found.others
        yield found
    finally:
        for one in (*others, first):
            if one.pid and psutil.pid_exists(one.pid):
                one.kill()
        await first.wait()


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until it is so."""
    async with asyncio.timeout(60):
        while not is_so():
            await asyncio.sleep(0.05)


def is_free(port: int) -> bool:
    """Whether nobody listens there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def is_gone(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


async def test_both_answer_the_same_conversation(several: Several) -> None:
    used = {other.pid: sum(other.cpu_times()[:2]) for other in several.others}
    assert len(used) == 2

    def both_worked() -> bool:
        # Opening took each some time as well, but that was before.
        return all(sum(psutil.Process(pid).cpu_times()[:2]) > before + 0.02 for pid, before in used.items())

    number = 0
    async with asyncio.timeout(60):
        # Who accepts is the kernel's choice; many at once aren't all one's.
        while not both_worked():
            shown = await asyncio.gather(*(several.dial(number + place) for place in range(60)))
            number += 60
            assert all(screen.startswith("CON ") or any(words in screen for words in NOT_NOW) for screen in shown)


async def test_all_finish_when_the_first_is_told_to(several: Several) -> None:
    others = several.others
    several.first.send_signal(signal.SIGTERM)

    assert await several.first.wait() == 0
    assert all(is_gone(other) for other in others)
    assert is_free(several.port)


async def test_when_one_is_killed_all_end_and_the_first_says_so(several: Several) -> None:
    one, other = several.others
    one.kill()

    assert await several.first.wait() == 1
    assert is_gone(other)
    assert is_free(several.port)


async def test_nobody_keeps_the_address_when_the_first_is_killed(several: Several) -> None:
    others = several.others
    several.first.kill()

    await until(lambda: all(is_gone(other) for other in others))
    assert is_free(several.port)
