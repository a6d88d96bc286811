"""Several users of one home: the first one in starts, the last one out stops."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from core.kernel.embedded import start

from .homes import REDIS, Holder, ask, processes_on, server_pid, socket_folders_of

Begin = Callable[..., Holder]
# A user of a home with threads, and with a child that uses it too and hears of its death, as those of `mtaa run` do.
WITH_A_CHILD = """
import asyncio, subprocess, sys, threading, time
from pathlib import Path
from core.cli.run import die_with_parent
from core.kernel.embedded import start

async def hold():
    async with await start(Path(sys.argv[2])):
        for _ in range(200):
            threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
        command = [sys.executable, "-m", "core.kernel.embedded", *sys.argv[1:]]
        child = subprocess.Popen(command, start_new_session=True, preexec_fn=die_with_parent)
        await asyncio.to_thread(child.wait)

asyncio.run(hold())
"""


async def test_start_when_processes_begin_at_once_on_an_empty_home_then_they_share_one_pair(
    empty_home: Path, holder: Begin
) -> None:
    begun = [holder(empty_home) for _ in range(3)]
    addresses = [one.addresses() for one in begun]
    assert addresses[0] == addresses[1] == addresses[2]
    assert sorted(found.program for found in processes_on(empty_home)) == ["postgres", REDIS]
    assert [one.end() for one in begun] == [0, 0, 0]


async def test_release_when_others_stay_then_the_servers_stay_and_the_last_one_stops_them(home: Path) -> None:
    first, second = await start(home), await start(home)
    await first.release()
    assert await ask(second.servers.database_url, "SELECT 1") == 1
    await second.release()
    assert processes_on(home) == []
    assert socket_folders_of(home) == []


async def test_release_when_called_twice_then_it_counts_once(home: Path) -> None:
    first, second = await start(home), await start(home)
    await first.release()
    await first.release()
    assert await ask(second.servers.database_url, "SELECT 1") == 1
    await second.release()


async def test_release_when_another_process_was_killed_then_its_use_counts_no_more(home: Path, holder: Begin) -> None:
    other = holder(home)
    other.addresses()
    async with await start(home) as lease:
        other.kill()
        assert await ask(lease.servers.database_url, "SELECT 1") == 1
    assert processes_on(home) == []


async def test_release_when_the_parent_was_killed_then_its_last_child_stops_the_servers(home: Path, holder: Begin) -> None:
    """Its threads end one by one; the child is told as soon as the first of them has, while the others have the lock still."""
    for _ in range(2):
        parent = holder(home, command=(sys.executable, "-c", WITH_A_CHILD))
        parent.addresses()
        parent.process.kill()
        async with asyncio.timeout(20):
            while processes_on(home):
                await asyncio.sleep(0.05)
        parent.complaint()


async def test_release_when_a_transaction_is_open_then_it_is_rolled_back_and_nobody_waits(home: Path) -> None:
    lease = await start(home)
    connection = await asyncpg.connect(lease.servers.database_url)
    await connection.execute("CREATE TABLE kept (value int)")
    await connection.execute("BEGIN")
    await connection.execute("INSERT INTO kept VALUES (1)")
    await lease.release()
    connection.terminate()
    async with await start(home) as again:
        assert await ask(again.servers.database_url, "SELECT count(*) FROM kept") == 0


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
async def test_command_when_told_to_stop_then_it_stops_the_servers(home: Path, holder: Begin, how: signal.Signals) -> None:
    one = holder(home)
    addresses = one.addresses()
    assert set(addresses) == {"DATABASE_URL", "REDIS_URL"}
    assert await ask(addresses["DATABASE_URL"], "SELECT 1") == 1
    assert one.end(how) == 0
    assert processes_on(home) == []


async def test_servers_when_the_terminal_sends_ctrl_c_then_they_are_not_in_its_session(home: Path) -> None:
    async with await start(home):
        sessions = {found.session for found in processes_on(home)}
        assert os.getsid(0) not in sessions
        assert len(sessions) == 2


async def test_start_when_cancelled_then_nothing_is_left(home: Path) -> None:
    work = asyncio.ensure_future(start(home))
    while not processes_on(home):
        await asyncio.sleep(0.005)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert processes_on(home) == []
    assert socket_folders_of(home) == []


async def test_server_when_it_dies_while_we_live_then_it_is_no_zombie(home: Path) -> None:
    async with await start(home):
        pid = server_pid(home, REDIS)
        os.kill(pid, signal.SIGKILL)
        for _ in range(6000):
            if not Path(f"/proc/{pid}").exists():
                break
            await asyncio.sleep(0.01)
        assert not Path(f"/proc/{pid}").exists()


async def test_servers_when_started_then_they_hold_no_open_file_of_ours(home: Path) -> None:
    listen, speak = os.pipe()
    os.set_inheritable(speak, True)
    async with await start(home):
        os.close(speak)
        os.set_blocking(listen, False)
        assert os.read(listen, 1) == b""  # Raises BlockingIOError while anybody still has the other end.
    os.close(listen)
