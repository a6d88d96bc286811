"""The private Redis server: no TCP, every write in its append-only file within a second."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from pathlib import Path
from urllib.parse import quote

from core.kernel.embedded import binaries
from core.kernel.embedded.accounts import Account
from core.kernel.embedded.daemon import Daemon, ensure_running
from core.kernel.embedded.errors import from_os_error
from core.kernel.embedded.launch import Program, start_daemon
from core.kernel.embedded.layout import Layout, open_log

SIGNALS = ((signal.SIGTERM, 20.0), (signal.SIGKILL, 10.0))
_log = logging.getLogger(__name__)

# Given as arguments: a configuration file's path would be taken for a pattern where it has a ? or * in it.
_SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "daemonize": "no",
    "appendonly": "yes",
    "appendfsync": "everysec",
    "maxmemory-policy": "noeviction",
    "save": "",
    # Keeps the arguments that it was started with, by which we know it again.
    "set-proc-title": "no",
}


def daemon(layout: Layout) -> Daemon:
    """On SIGTERM Redis writes out what it holds and ends."""
    return Daemon(
        name="Redis",
        lock=layout.lock("redis"),
        log=layout.log("redis"),
        pid_file=layout.pid_file("redis"),
        argument=str(layout.redis),
        signals=SIGNALS,
    )


def socket_file(sockets: Path) -> Path:
    return sockets / "redis.sock"


def url(sockets: Path) -> str:
    """As redis-py's from_url takes it; `?db=1` picks another of its 16 databases."""
    return f"unix://{quote(str(socket_file(sockets)))}"


async def ensure(layout: Layout, sockets: Path, account: Account) -> None:
    """Starts the server if it doesn't run.

    Raises:
        EmbeddedFailed: with the reason.
    """

    async def begin() -> None:
        await _begin(layout, sockets, account)

    async def ping() -> str | None:
        return await _ping(socket_file(sockets))

    await ensure_running(daemon(layout), ping, begin)


async def _begin(layout: Layout, sockets: Path, account: Account) -> None:
    program = await asyncio.to_thread(binaries.find_redis)
    try:
        _furnish(layout, account)
    except OSError as error:
        raise from_os_error("make Redis's data in", error) from error
    pid = await start_daemon(_program(layout, sockets, program), account)
    _log.info("Redis starts, pid %d, data in %s", pid, layout.redis)


def _program(layout: Layout, sockets: Path, program: Path) -> Program:
    server = daemon(layout)
    settings = {**_SETTINGS, "unixsocket": str(socket_file(sockets)), "dir": str(layout.redis)}
    options = [part for name, value in settings.items() for part in (f"--{name}", value)]
    return Program(
        argv=(str(program), *options),
        log=open_log(layout, "redis"),
        lock=server.lock,
        needed=(str(program), f"{layout.redis}/", f"{sockets}/"),
        pid_file=server.pid_file,
    )


def _furnish(layout: Layout, account: Account) -> None:
    """The data folder, all of it the account's own."""
    layout.redis.mkdir(mode=0o700, exist_ok=True)
    if account.way == "drop":
        for path in (layout.redis, *layout.redis.rglob("*")):
            os.chown(path, account.uid, account.gid, follow_symlinks=False)


async def _ping(path: Path) -> str | None:
    try:
        async with asyncio.timeout(5):
            reader, writer = await asyncio.open_unix_connection(str(path))
            try:
                writer.write(b"PING\r\n")
                answer = await reader.readline()
            finally:
                writer.close()
                await writer.wait_closed()
    except (OSError, TimeoutError) as error:
        return str(error) or type(error).__name__
    return None if answer.startswith(b"+PONG") else answer.decode(errors="replace").strip()
