"""A small disk under the server's write-ahead log: it fills up while members pay, and is enlarged afterwards."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg

from core.kernel.embedded import EmbeddedFailed, binaries
from core.kernel.embedded.cluster import SUPERUSER
from tests.chaos.server import OwnServer

# One more segment of the log (16 MiB) fits, a second one doesn't.
ROOM = 20 << 20
ENLARGED = 256 << 20
# Written into the log without touching a table: fills it in a moment.
FILL = "SELECT pg_logical_emit_message(false, 'fill', repeat('x', 1 << 20))"


def why_not(folder: Path) -> str | None:
    """Why no small disk can be had here, or None."""
    if os.geteuid() != 0:
        return "only root may mount a small disk"
    try:
        _mount(folder, 1 << 20)
    except subprocess.CalledProcessError as problem:
        return f"this machine lets us mount nothing: {problem.stderr.decode().strip()}"
    _call("umount", str(folder))
    return None


@asynccontextmanager
async def small_log_disk(server: OwnServer) -> AsyncIterator[Path]:
    """The server's log on a disk with little room, for the block; the server runs, and runs again afterwards."""
    log = server.home / "postgres" / "pg_wal"
    beside = log.with_name("pg_wal.beside")
    await server.stop()
    _keep_only_what_is_needed(server.home / "postgres")
    log.rename(beside)
    log.mkdir()
    _mount(log, sum(file.stat().st_size for file in beside.rglob("*")) + ROOM)
    _move_all(beside, log)
    try:
        await server.start()
        yield log
    finally:
        await server.stop()
        _move_all(log, beside)
        _call("umount", str(log))
        log.rmdir()
        beside.rename(log)
        await server.start()


def _keep_only_what_is_needed(data: Path) -> None:
    """Of a log that was closed in order, one segment; others are kept by the server for use again, and would be room."""
    programs = binaries.find_postgres()[1]
    told = subprocess.run([programs / "pg_controldata", data], check=True, capture_output=True, text=True).stdout
    needed = next(line.split()[-1] for line in told.splitlines() if "REDO WAL file" in line)
    for segment in (data / "pg_wal").iterdir():
        if segment.is_file() and segment.name != needed:
            segment.unlink()


async def fill(server: OwnServer) -> None:
    """Write until the disk is full and the server has fallen over."""
    connection = await server.connect(SUPERUSER, "postgres")
    try:
        with contextlib.suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            while True:
                await connection.execute(FILL)
    finally:
        connection.terminate()


async def enlarge(server: OwnServer, log: Path) -> None:
    """What an operator does; then the server is started again, if it isn't trying by itself."""
    _call("mount", "-o", f"remount,size={ENLARGED}", str(log))
    # It may be on its way down after it tried to recover on the full disk.
    async with asyncio.timeout(60):
        while True:
            try:
                return await server.start()
            except EmbeddedFailed as problem:
                print(f"not yet: {problem}")
                await asyncio.sleep(0.2)


def _mount(folder: Path, size: int) -> None:
    _call("mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs", str(folder))


def _move_all(source: Path, target: Path) -> None:
    """With owners and modes; the folder itself too takes on the owner."""
    owner = source.stat()
    for path in source.iterdir():
        _call("cp", "-a", str(path), str(target))
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    os.chown(target, owner.st_uid, owner.st_gid)
    target.chmod(0o700)


def _call(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
