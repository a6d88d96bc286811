"""What a started pair of servers is like."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest
import redis.asyncio
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from core.kernel.embedded import start

from .homes import REDIS, UNUSUAL, Running, ask, assert_nothing_left, copy_home, processes_on, server_pid

SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "data_checksums": "on",
    "listen_addresses": "",
    "TimeZone": "UTC",
    "server_encoding": "UTF8",
    "jit": "off",
    "shared_buffers": "128MB",
    "max_connections": "100",
    "idle_in_transaction_session_timeout": "1min",
}


async def test_start_when_the_home_is_empty_then_both_servers_answer(empty_home: Path) -> None:
    async with await start(empty_home) as lease:
        assert await ask(lease.servers.database_url, "SELECT current_user || '@' || current_database()") == "mtaa@mtaa"
        assert await ask(lease.servers.database_url, "SELECT current_setting('server_version_num')::int / 10000") >= 15
        async with redis.asyncio.from_url(lease.servers.redis_url) as client:
            assert await client.set("greeting", "habari") is True
            assert await client.get("greeting") == b"habari"


async def test_start_when_done_then_the_database_writes_safely_and_listens_on_no_port(running: Running) -> None:
    found = {name: await ask(running.database_url, f"SELECT current_setting('{name}')") for name in SETTINGS}
    assert found == SETTINGS


async def test_start_when_done_then_text_sorts_alike_on_every_machine(running: Running) -> None:
    provider = "SELECT datlocprovider::text || ' ' || datlocale FROM pg_database WHERE datname = 'mtaa'"
    assert await ask(running.database_url, provider) == "b C.UTF-8"
    assert await ask(running.database_url, "SELECT lower('ÉCOLE')") == "école"


async def test_start_when_done_then_the_role_creates_databases_but_is_no_superuser(running: Running) -> None:
    role = "SELECT (rolsuper, rolcreatedb)::text FROM pg_roles WHERE rolname = current_user"
    assert await ask(running.database_url, role) == "(f,t)"
    await ask(running.database_url, "CREATE DATABASE worker_1")
    assert await ask(running.database_url.replace("/mtaa?", "/worker_1?"), "SELECT current_database()") == "worker_1"


async def test_start_when_done_then_the_role_may_put_guarded_tables_back(running: Running) -> None:
    await ask(running.database_url, "SET session_replication_role = replica")


async def test_start_when_done_then_sqlalchemy_takes_the_address_with_its_driver_named(running: Running) -> None:
    engine = create_async_engine(make_url(running.database_url).set(drivername="postgresql+asyncpg"))
    async with engine.connect() as connection:
        assert await connection.scalar(text("SELECT current_user")) == "mtaa"
    await engine.dispose()


async def test_start_when_done_then_redis_keeps_every_write_and_listens_on_no_port(running: Running) -> None:
    wanted = {"port": "0", "appendonly": "yes", "appendfsync": "everysec", "maxmemory-policy": "noeviction", "save": ""}
    async with redis.asyncio.from_url(running.redis_url) as client:
        found = await client.config_get("*")
    assert {name: found[name] for name in wanted} == wanted


async def test_server_when_a_statement_fails_then_its_text_and_values_stay_out_of_the_log(running: Running) -> None:
    with pytest.raises(asyncpg.InvalidTextRepresentationError):
        await ask(running.database_url, "SELECT 'typed-secret-4711'::int")
    log = (running.home / "logs" / "postgres.log").read_text()
    assert "ready to accept connections" in log
    assert "4711" not in log


async def test_start_when_stopped_and_started_again_then_the_data_are_there(home: Path) -> None:
    async with await start(home) as lease, redis.asyncio.from_url(lease.servers.redis_url) as client:
        await ask(lease.servers.database_url, "CREATE TABLE kept AS SELECT 7 AS value")
        await client.set("kept", "yes")
    assert_nothing_left(home)
    async with await start(home) as lease, redis.asyncio.from_url(lease.servers.redis_url) as client:
        assert await ask(lease.servers.database_url, "SELECT value FROM kept") == 7
        assert await client.get("kept") == b"yes"


async def test_start_when_only_one_is_asked_for_then_the_other_comes_when_somebody_wants_it(home: Path) -> None:
    async with await start(home, postgres=False) as talk:
        assert talk.servers.database_url == ""
        assert [found.program for found in processes_on(home)] == [REDIS]
        async with await start(home, redis=False) as money:
            assert money.servers.redis_url == ""
            assert await ask(money.servers.database_url, "SELECT 1") == 1
        assert server_pid(home, "postgres")


async def test_start_when_two_homes_are_used_at_once_then_each_has_its_own_data(
    home: Path, finished_home: Path, folder: Path
) -> None:
    other = copy_home(finished_home, folder / "other")
    async with await start(home) as mine, await start(other) as theirs:
        await ask(mine.servers.database_url, "CREATE TABLE mine AS SELECT 1 AS value")
        assert await ask(theirs.servers.database_url, "SELECT to_regclass('mine')") is None
        assert mine.servers.redis_url != theirs.servers.redis_url
    assert_nothing_left(other)


async def test_start_when_the_path_is_long_and_unusual_then_the_data_are_kept_there(finished_home: Path, folder: Path) -> None:
    home = copy_home(finished_home, folder.joinpath(*UNUSUAL))
    async with await start(home) as lease, redis.asyncio.from_url(lease.servers.redis_url) as client:
        await ask(lease.servers.database_url, "CREATE TABLE kept AS SELECT 7 AS value")
        assert await client.set("kept", "yes") is True
    assert_nothing_left(home)
    async with await start(home) as lease, redis.asyncio.from_url(lease.servers.redis_url) as client:
        assert await ask(lease.servers.database_url, "SELECT value FROM kept") == 7
        assert await client.get("kept") == b"yes"
    assert_nothing_left(home)


async def test_start_when_the_home_is_reached_by_another_name_then_the_servers_are_shared(home: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(home)
    async with await start(home) as straight, await start(tmp_path / "link") as around:
        assert straight.servers == around.servers
