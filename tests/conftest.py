"""What every test stands on: real PostgreSQL and Redis, a clock that is turned by hand, a database built by the migrations.

With DATABASE_URL / REDIS_URL set those servers are used, otherwise the embedded ones. Each xdist worker has a database of
its own; between tests it's put back to what the migrations left. Its connections, and the loop that they live in, outlast a
test as they outlast a call in the application: a server's process that knows no table yet, and statements that nobody has
compiled, cost more than most tests do.
"""

from __future__ import annotations

import asyncio
import gc
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from copy import copy
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from hypothesis import settings
from redis.asyncio import Redis

from core.kernel import db as db_limits
from core.kernel import secrets
from core.kernel.db import Database
from core.kernel.ids import TimeOrderedIds
from core.kernel.secrets import PinHasher, Vault
from core.providers.redis_store import RedisStore

ROOT = Path(__file__).parents[1]

# How long an example takes, or a lock or a connection on a busy machine, is the machine's affair, and no test's. Whatever waits
# in vain still fails.
settings.register_profile("of the suite", deadline=None)
settings.load_profile("of the suite")
db_limits.SERVER_SETTINGS.update(lock_timeout="30s", statement_timeout="45s")
db_limits.WAIT_FOR_A_CONNECTION = 30

# A PIN's hash is made to be slow, which is felt where thousands are made and none is searched for. Tests of the hash, and of what
# is raced for while it's being made, ask for the cost that it has in service.
IN_SERVICE = secrets.ARGON2_MEMORY_KIB, secrets.ARGON2_PASSES
secrets.ARGON2_MEMORY_KIB, secrets.ARGON2_PASSES = 64, 1

# What is imported and collected stays to the end. To look through it for garbage meanwhile takes as long as all the rest of it.
gc.disable()


def pytest_collection_finish() -> None:
    """From now on there is garbage, among what is made from now on."""
    gc.freeze()
    gc.enable()


# So many connections of a pool are kept from test to test; the server has a hundred for all workers.
KEPT_CONNECTIONS = 5

# Rows are deleted, not tables truncated: to cut one off that everything refers to makes new files for nearly all tables and their
# indexes, which takes fifteen times as long. What has grown, by what is dead in it as well, is cut off once in a while.
REMEMBER_SEED = """
DO $do$
DECLARE found record; filled boolean; columns text; emptied text := ''; refilled text := '';
BEGIN
  CREATE SCHEMA seed;
  FOR found IN SELECT tablename AS name, format('public.%I', tablename) AS place
    FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
    emptied := emptied || format(E'  IF %L = ANY (used) THEN DELETE FROM %s; END IF;\n', found.place, found.place);
    EXECUTE format('SELECT EXISTS (SELECT FROM %s)', found.place) INTO filled;
    IF filled THEN
      EXECUTE format('CREATE TABLE seed.%I AS TABLE %s', found.name, found.place);
      SELECT string_agg(quote_ident(attname), ', ') INTO columns FROM pg_attribute
        WHERE attrelid = found.place::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
      refilled := refilled || format(E'  INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM seed.%I;\n',
        found.place, columns, columns, found.name);
    END IF;
  END LOOP;
  EXECUTE format(
    'CREATE FUNCTION seed.put_back() RETURNS void LANGUAGE plpgsql SET session_replication_role = replica AS %L',
    $$DECLARE used text[]; grown text[];
BEGIN
  SELECT array_agg(place) FILTER (WHERE size BETWEEN 1 AND 262144), array_agg(place) FILTER (WHERE size > 262144)
    INTO used, grown
    FROM (SELECT format('public.%I', relname) AS place, pg_relation_size(oid) AS size FROM pg_class
      WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version') AS tables;
$$ || emptied || $$
  IF grown <> '{}' THEN EXECUTE 'TRUNCATE ' || array_to_string(grown, ', ') || ' CASCADE'; END IF;
  PERFORM setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
    FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL;
$$ || refilled || 'END');
END $do$
"""

# Puts the tables back to what the migrations left. Cheap only over a connection that has done it before.
RESET = "SELECT seed.put_back()"


class FakeClock:
    """A clock that stands still until it is turned."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def advance(self, **by: float) -> None:
        self.moment += timedelta(**by)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="session")
def vault() -> Vault:
    return Vault(["test-key-that-is-long-enough-0123456789"])


@pytest.fixture
def hasher(vault: Vault) -> PinHasher:
    return PinHasher(vault)


@pytest.fixture
def dear_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every hasher that is made from now on works as hard as in service."""
    memory, passes = IN_SERVICE
    monkeypatch.setattr(secrets, "ARGON2_MEMORY_KIB", memory)
    monkeypatch.setattr(secrets, "ARGON2_PASSES", passes)


@pytest.fixture(scope="session")
async def loop() -> asyncio.AbstractEventLoop:
    """The loop that all tests of a worker run in."""
    return asyncio.get_running_loop()


@pytest.fixture(autouse=True)
def nothing_goes_on(loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """What a test has begun and not ended ends with it, as it would with a loop of its own."""
    before = asyncio.all_tasks(loop)
    yield
    if left := asyncio.all_tasks(loop) - before:
        for task in left:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))


class Servers:
    """Addresses of the servers that this run uses."""

    def __init__(self, database_url: str, redis_url: str) -> None:
        self.database_url, self.redis_url = database_url, redis_url


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """The given servers, or embedded ones shared by all workers of this run."""
    given = os.environ.get("DATABASE_URL"), os.environ.get("REDIS_URL")
    if given[0] and given[1]:
        yield Servers(given[0], given[1])
        return
    from core.kernel.embedded import start

    base = tmp_path_factory.getbasetemp()
    home = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "servers"
    loop = asyncio.new_event_loop()
    lease = loop.run_until_complete(start(home))
    loop.run_until_complete(do_not_wait_for_the_disk(lease.servers.database_url))
    yield Servers(lease.servers.database_url, lease.servers.redis_url)
    loop.run_until_complete(lease.release())
    loop.close()


async def do_not_wait_for_the_disk(url: str) -> None:
    """Nothing here outlives a power cut; what must survive a killed server is tested on servers with everything on.

    Embedded servers are told to wait on their command line, over which ALTER SYSTEM has no power; a setting of all roles has.
    """
    connection = await asyncpg.connect(url.replace("//mtaa@", "//postgres@"))
    await connection.execute("ALTER ROLE ALL SET synchronous_commit = off")
    await connection.close()


def run_migrations(url: str) -> None:
    """`alembic upgrade head` as an operator runs it."""
    subprocess.run(
        [sys.executable, "-m", "alembic", "upgrade", "head"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url},
        check=True,
        capture_output=True,
        text=True,
    )


async def recreate(server_url: str, name: str) -> str:
    """An empty database of this name on the server; returns its address."""
    connection = await asyncpg.connect(server_url)
    await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    await connection.execute(f'CREATE DATABASE "{name}"')
    await connection.close()
    head, _, query = server_url.partition("?")
    return head.rsplit("/", 1)[0] + f"/{name}" + (f"?{query}" if query else "")


@pytest.fixture(scope="session")
def database_url(servers: Servers) -> str:
    """A database of this worker's own, built by the migrations."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    url = asyncio.run(recreate(servers.database_url, f"mtaa_test_{worker}_{os.getpid()}"))
    run_migrations(url)

    async def remember() -> None:
        connection = await asyncpg.connect(url)
        await connection.execute(REMEMBER_SEED)
        await connection.close()

    asyncio.run(remember())
    return url


@pytest.fixture(scope="session")
def put_back(database_url: str) -> Iterator[Callable[[], None]]:
    """Puts the worker's database back to what the migrations left."""
    loop = asyncio.new_event_loop()
    connection = loop.run_until_complete(asyncpg.connect(database_url))
    yield lambda: loop.run_until_complete(connection.execute(RESET))
    loop.run_until_complete(connection.close())
    loop.close()


@pytest.fixture
def empty_database(database_url: str, put_back: Callable[[], None]) -> str:
    """The worker's database as the migrations left it."""
    put_back()
    return database_url


@pytest.fixture(scope="session")
async def kept_database(database_url: str, vault: Vault) -> AsyncIterator[Database]:
    """What outlasts a test: connections and compiled statements."""
    database = Database(database_url, clock=FakeClock(), ids=TimeOrderedIds(), vault=vault, pool_size=20)
    yield database
    await database.close()


@pytest.fixture
async def db(empty_database: str, kept_database: Database, clock: FakeClock) -> AsyncIterator[Database]:
    """Units of work on a clean database; commits are real. Whoever cuts its connections off closes it."""
    database = copy(kept_database)
    database._clock, database._ids = clock, TimeOrderedIds()
    yield database
    for engine in (database.engine, database.reading_engine):
        # What is still in use belongs to something that was begun and not ended.
        if engine.pool.checkedout() or engine.pool.checkedin() > KEPT_CONNECTIONS:
            await engine.dispose()


@pytest.fixture
def redis_url(servers: Servers) -> str:
    """A Redis database of this worker's own."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    number = (int(worker) if worker.isdigit() else 0) + 1
    return servers.redis_url + (f"?db={number}" if servers.redis_url.startswith("unix") else f"/{number}")


@pytest.fixture
async def store(redis_url: str) -> AsyncIterator[RedisStore]:
    """Where sessions are kept, empty."""
    raw = Redis.from_url(redis_url)
    await raw.flushdb()
    await raw.aclose()
    store = RedisStore(redis_url)
    yield store
    await store.aclose()
