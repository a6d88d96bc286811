"""After crashes and half-done work: what is left of the dead never stands in the way, and no data are lost."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis.asyncio

from core.kernel.embedded import EmbeddedFailed, binaries, start
from core.kernel.embedded.locks import is_held

from .homes import REDIS, ROOT, Holder, as_user, ask, copy_home, processes_on, server_pid, socket_folders_of

Begin = Callable[..., Holder]


@pytest.fixture
def stranger(home: Path) -> Iterator[int]:
    """A living process that has nothing to do with us, of the servers' account: PostgreSQL takes only such for a server."""
    account = {"user": (home / "postgres").stat().st_uid} if os.geteuid() == 0 else {}
    process = subprocess.Popen(["sleep", "300"], **account)
    yield process.pid
    process.kill()
    process.wait()


def wait_for(condition: Callable[[], bool]) -> None:
    for _ in range(12000):
        if condition():
            return
        time.sleep(0.005)
    pytest.fail("it never came to pass")


def kill_servers(home: Path) -> None:
    for found in processes_on(home):
        os.kill(found.pid, signal.SIGKILL)
    wait_for(lambda: not processes_on(home))


async def fill_and_crash(home: Path, holder: Begin) -> None:
    """Leaves data, and everybody killed with SIGKILL."""
    one = holder(home)
    addresses = one.addresses()
    await ask(addresses["DATABASE_URL"], "CREATE TABLE kept AS SELECT 7 AS value")
    async with redis.asyncio.from_url(addresses["REDIS_URL"]) as client:
        await client.set("kept", "yes")
    one.kill()
    kill_servers(home)


async def assert_data_are_there(home: Path) -> None:
    async with await start(home) as lease, redis.asyncio.from_url(lease.servers.redis_url) as client:
        assert await ask(lease.servers.database_url, "SELECT value FROM kept") == 7
        assert await client.get("kept") == b"yes"


async def test_start_when_everything_was_killed_then_it_works_again_with_its_data(home: Path, holder: Begin) -> None:
    await fill_and_crash(home, holder)
    assert (home / "postgres" / "postmaster.pid").exists()
    assert socket_folders_of(home) != []
    await assert_data_are_there(home)


async def test_start_when_the_stale_pids_belong_to_another_program_now_then_it_works_again(
    home: Path, holder: Begin, stranger: int
) -> None:
    await fill_and_crash(home, holder)
    replace_pid(home / "postgres" / "postmaster.pid", stranger)
    replace_pid(home / "run" / "postgres.pid", stranger)
    replace_pid(home / "run" / "redis.pid", stranger)
    await assert_data_are_there(home)
    assert Path(f"/proc/{stranger}/cmdline").read_bytes() == b"sleep\x00300\x00"


async def test_start_when_the_stale_pid_is_another_homes_postgres_then_both_work(
    home: Path, holder: Begin, folder: Path, finished_home: Path
) -> None:
    await fill_and_crash(home, holder)
    other = copy_home(finished_home, folder / "other")
    async with await start(other) as theirs:
        replace_pid(home / "postgres" / "postmaster.pid", server_pid(other, "postgres"))
        replace_pid(home / "run" / "postgres.pid", server_pid(other, "postgres"))
        await assert_data_are_there(home)
        assert await ask(theirs.servers.database_url, "SELECT 1") == 1


async def test_start_when_the_stale_pid_of_the_socket_belongs_to_another_program_now_then_it_works_again(
    home: Path, stranger: int
) -> None:
    async with await start(home) as lease:
        os.kill(server_pid(home, "postgres"), signal.SIGKILL)
        wait_for(lambda: not is_held(home / "run" / "postgres.lock"))
        replace_pid(socket_folders_of(home)[0] / ".s.PGSQL.5432.lock", stranger)
        async with await start(home):
            assert await ask(lease.servers.database_url, "SELECT 1") == 1


def replace_pid(file: Path, pid: int) -> None:
    lines = file.read_text().splitlines()
    file.write_text("\n".join([str(pid), *lines[1:], ""]))


async def test_start_when_only_we_were_killed_then_it_joins_the_servers_that_run_on(home: Path, holder: Begin) -> None:
    one = holder(home)
    one.addresses()
    one.kill()
    before = processes_on(home)
    assert len(before) == 2
    async with await start(home) as lease:
        assert processes_on(home) == before
        assert await ask(lease.servers.database_url, "SELECT 1") == 1


async def test_start_when_a_server_was_killed_under_its_users_then_the_next_start_brings_it_back(home: Path) -> None:
    async with await start(home) as first:
        os.kill(server_pid(home, "postgres"), signal.SIGKILL)
        async with await start(home):
            assert await ask(first.servers.database_url, "SELECT 1") == 1


async def test_start_when_an_earlier_initdb_was_cut_short_then_it_is_done_again(empty_home: Path) -> None:
    (empty_home / "postgres.new" / "base").mkdir(parents=True)
    (empty_home / "postgres.new" / "PG_VERSION").write_text("18\n")
    async with await start(empty_home, redis=False) as lease:
        assert await ask(lease.servers.database_url, "SELECT 1") == 1
    assert not (empty_home / "postgres.new").exists()


async def test_start_when_the_maker_of_a_running_initdb_was_killed_then_it_waits_and_does_it_again(
    empty_home: Path, holder: Begin
) -> None:
    one = holder(empty_home)
    wait_for((empty_home / "postgres.new" / "PG_VERSION").exists)
    one.kill()
    assert [found.program for found in processes_on(empty_home)][:1] == ["initdb"]
    async with await start(empty_home, redis=False) as lease:
        assert await ask(lease.servers.database_url, "SELECT 1") == 1


async def test_start_when_the_folder_holds_something_else_then_it_is_refused_and_kept(empty_home: Path) -> None:
    (empty_home / "postgres").mkdir(parents=True)
    (empty_home / "postgres" / "letter.txt").write_text("dear")
    with pytest.raises(EmbeddedFailed, match="holds no PostgreSQL data"):
        await start(empty_home)
    assert (empty_home / "postgres" / "letter.txt").read_text() == "dear"


@pytest.mark.parametrize("version", ["19", "15"])
async def test_start_when_another_version_wrote_the_data_then_it_says_so_and_touches_nothing(home: Path, version: str) -> None:
    (home / "postgres" / "PG_VERSION").write_text(f"{version}\n")
    with pytest.raises(EmbeddedFailed, match=rf"written by PostgreSQL {version}.*version 18 is installed"):
        await start(home)
    assert (home / "postgres" / "PG_VERSION").read_text() == f"{version}\n"


async def test_start_when_the_data_are_damaged_then_the_servers_own_words_are_shown(home: Path) -> None:
    (home / "postgres" / "global" / "pg_control").unlink()
    with pytest.raises(EmbeddedFailed, match=r"PostgreSQL stopped while starting[\s\S]*could not find the database system"):
        await start(home)


async def test_start_when_somebody_runs_postgres_on_the_data_by_hand_then_it_is_refused_and_left_alone(home: Path) -> None:
    by_hand = run_by_hand(home)
    try:
        wait_for((home / "postgres" / "postmaster.pid").exists)
        with pytest.raises(EmbeddedFailed, match=f"process {by_hand.pid}"):
            await start(home)
        assert by_hand.poll() is None
    finally:
        by_hand.send_signal(signal.SIGINT)
        by_hand.wait(timeout=30)


def run_by_hand(home: Path) -> subprocess.Popen[bytes]:
    postgres, data = str(binaries.find_postgres()[1] / "postgres"), home / "postgres"
    command = (postgres, "-D", str(data), "-h", "", "-k", str(data))
    owner = data.stat()
    if os.geteuid() == 0:
        command = as_user(owner.st_uid, owner.st_gid, command, needed=(f"{data}/",))
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)


async def test_start_when_the_home_was_deleted_under_running_servers_then_they_make_way(home: Path, holder: Begin) -> None:
    one = holder(home)
    one.addresses()
    one.kill()
    left = {found.pid for found in processes_on(home)}
    delete(home)
    async with await start(home, postgres=False) as lease:
        assert left.isdisjoint(found.pid for found in processes_on(home))
        async with redis.asyncio.from_url(lease.servers.redis_url) as client:
            assert await client.get("kept") is None


async def test_start_of_another_home_when_redis_runs_on_a_deleted_one_then_it_is_swept_away(
    home: Path, holder: Begin, folder: Path, finished_home: Path
) -> None:
    one = holder(home)
    one.addresses()
    one.kill()
    left = server_pid(home, REDIS)
    os.kill(server_pid(home, "postgres"), signal.SIGINT)
    wait_for(lambda: not is_held(home / "run" / "postgres.lock"))
    delete(home)
    async with await start(copy_home(finished_home, folder / "other"), postgres=False):
        assert left not in [found.pid for found in processes_on(home)]
        assert socket_folders_of(home) == []


def delete(home: Path) -> None:
    """Running servers may write while we delete."""
    while home.exists():
        shutil.rmtree(home, ignore_errors=True)


async def test_release_when_the_home_was_deleted_meanwhile_then_nothing_is_left(home: Path) -> None:
    async with await start(home):
        delete(home)
    assert processes_on(home) == []


async def test_start_when_the_socket_folder_was_swept_away_then_the_servers_are_reachable_again(home: Path) -> None:
    async with await start(home) as first:
        for folder in socket_folders_of(home):
            shutil.rmtree(folder)
        async with await start(home):
            assert await ask(first.servers.database_url, "SELECT 1") == 1
