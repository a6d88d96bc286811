"""The private PostgreSQL server: no TCP, safe writes, a role and a database named `mtaa`."""

from __future__ import annotations

import logging
import signal
from pathlib import Path
from urllib.parse import quote

import asyncpg  # type: ignore[import-untyped]

from core.kernel.embedded import binaries, cluster
from core.kernel.embedded.accounts import Account
from core.kernel.embedded.daemon import Daemon, ensure_running
from core.kernel.embedded.errors import EmbeddedFailed
from core.kernel.embedded.launch import Program, start_daemon
from core.kernel.embedded.layout import Layout, open_log

NAME = "mtaa"
APPLICATION_ROLE = "mtaa_app"
PORT = 5432  # Only a part of the socket's name.
_log = logging.getLogger(__name__)

_SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_buffers": "128MB",
    "max_connections": "100",
    "jit": "off",
    "idle_in_transaction_session_timeout": "60s",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Errors go to the program that made them; in a log they would hold what people typed. It keeps the server's own news.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
}


def daemon(layout: Layout) -> Daemon:
    """SIGINT is a fast shutdown: open transactions are rolled back, and the next start needs no recovery."""
    return Daemon(
        name="PostgreSQL",
        lock=layout.lock("postgres"),
        log=layout.log("postgres"),
        pid_file=layout.pid_file("postgres"),
        argument=str(layout.postgres),
        signals=((signal.SIGINT, 30.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0)),
    )


def socket_file(sockets: Path) -> Path:
    return sockets / f".s.PGSQL.{PORT}"


def url(sockets: Path) -> str:
    """For asyncpg as it is; for SQLAlchemy with the scheme postgresql+asyncpg."""
    return f"postgresql://{NAME}@/{NAME}?host={quote(str(sockets))}&port={PORT}"


async def ensure(layout: Layout, sockets: Path, account: Account) -> None:
    """Makes the data if there are none, starts the server if it doesn't run, and sees to role and database.

    Raises:
        EmbeddedFailed: with the reason.
    """

    async def begin() -> None:
        await _begin(layout, sockets, account)

    async def ping() -> str | None:
        return await _ping(sockets)

    await ensure_running(daemon(layout), ping, begin)


async def _begin(layout: Layout, sockets: Path, account: Account) -> None:
    written_by = cluster.major_of(layout)
    major, programs = binaries.find_postgres(written_by)
    if written_by is None:
        await cluster.create(layout, programs, account)
    cluster.clear_stale_pid(layout)
    _clear_stale_socket(sockets)
    pid = await start_daemon(_program(layout, sockets, programs), account)
    _log.info("PostgreSQL %d starts, pid %d, data in %s", major, pid, layout.postgres)


def _clear_stale_socket(sockets: Path) -> None:
    """The socket has a pid file of its own, in which a number that is used again would stop PostgreSQL as well."""
    file = socket_file(sockets)
    for path in (file, file.with_name(f"{file.name}.lock")):
        path.unlink(missing_ok=True)


def _program(layout: Layout, sockets: Path, programs: Path) -> Program:
    server = daemon(layout)
    settings = {**_SETTINGS, "unix_socket_directories": str(sockets)}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return Program(
        argv=(str(programs / "postgres"), "-D", str(layout.postgres), *options),
        log=open_log(layout, "postgres"),
        lock=server.lock,
        needed=(str(programs / "postgres"), f"{layout.postgres}/", f"{sockets}/"),
        pid_file=server.pid_file,
    )


async def _ping(sockets: Path) -> str | None:
    """One query as the application would make it; a new server gets its roles and database on the way, an old one the newer."""
    try:
        await _query(sockets, f"SET ROLE {APPLICATION_ROLE}", user=NAME, database=NAME)
    except (
        asyncpg.InvalidAuthorizationSpecificationError,
        asyncpg.InvalidCatalogNameError,
        asyncpg.InvalidParameterValueError,
    ):
        return await _furnish(sockets)
    except asyncpg.TooManyConnectionsError:
        return None
    except (asyncpg.CannotConnectNowError, asyncpg.PostgresConnectionError, OSError, TimeoutError) as error:
        return str(error) or type(error).__name__
    except asyncpg.PostgresError as error:
        raise EmbeddedFailed(f"PostgreSQL runs but refuses: {error}") from error
    return None


async def _furnish(sockets: Path) -> str | None:
    """The role is no superuser, like in production. Tests need the rest: to create databases, and to empty guarded tables.

    It may not make roles either, so the one with the application's rights (docs/operating.md) is made here for it to take on.
    """
    for statement in (
        f"CREATE ROLE {NAME} LOGIN CREATEDB",
        f"GRANT SET ON PARAMETER session_replication_role TO {NAME}",
        f"CREATE ROLE {APPLICATION_ROLE} NOLOGIN ROLE {NAME}",
        f"CREATE DATABASE {NAME} OWNER {NAME}",
    ):
        try:
            await _query(sockets, statement, user=cluster.SUPERUSER, database="postgres")
        except (asyncpg.DuplicateObjectError, asyncpg.DuplicateDatabaseError):
            continue
        except (asyncpg.PostgresError, OSError) as error:
            raise EmbeddedFailed(f"PostgreSQL runs but can't make the database: {error}") from error
    return None


async def _query(sockets: Path, statement: str, *, user: str, database: str) -> None:
    connection = await asyncpg.connect(host=str(sockets), port=PORT, user=user, database=database, ssl=False, timeout=10)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
