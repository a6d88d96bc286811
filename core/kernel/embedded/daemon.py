"""A running server: is it alive, does it answer, make it stop.

Alive means that its lock is held; the kernel keeps that true. A pid is believed only when the process in /proc has our data
in its arguments, since numbers are used again.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import struct
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.kernel.embedded.errors import EmbeddedFailed, from_log, length_of
from core.kernel.embedded.locks import is_held

READY_SECONDS = 120
LEFTOVER_SECONDS = 30
_POLL_SECONDS = 0.02
_log = logging.getLogger(__name__)

Signals = Sequence[tuple[signal.Signals, float]]
# Answers why it isn't ready yet, or None when it is.
Ping = Callable[[], Awaitable[str | None]]


@dataclass(frozen=True, kw_only=True)
class Daemon:
    """One server of one home. `argument` stands in the command line of that server and of no other."""

    name: str
    lock: Path
    log: Path
    pid_file: Path
    argument: str
    # Polite first; each with the seconds that it is given.
    signals: Signals

    def is_running(self) -> bool:
        return is_held(self.lock)

    def pid(self) -> int | None:
        """The server's process, if the noted one still is that server."""
        pid = read_pid(self.pid_file)
        return pid if pid is not None and has_argument(pid, self.argument) else None


def read_pid(file: Path) -> int | None:
    """The number in the first line of a pid file."""
    try:
        return int(file.read_text(errors="replace").split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def has_argument(pid: int, argument: str) -> bool:
    """Whether this process runs with this argument. A dead or unreaped one has no arguments."""
    try:
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return os.fsencode(argument) in arguments


def is_ending(pid: int) -> bool:
    """Whether the first of its threads has ended; it keeps its locks until the last one has."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state in {"Z", "X"}


async def becomes_true(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait for it; False when it didn't become so in that time."""
    for _ in range(int(seconds / _POLL_SECONDS)):
        if condition():
            return True
        await asyncio.sleep(_POLL_SECONDS)
    return False


async def wait_until_ready(daemon: Daemon, ping: Ping) -> bool:
    """True once it answers; False when it died first.

    Raises:
        EmbeddedFailed: it lives but doesn't answer for READY_SECONDS.
    """
    reason: str | None = "it was never asked"
    try:
        async with asyncio.timeout(READY_SECONDS):
            while (reason := await ping()) is not None:
                if not daemon.is_running():
                    return False
                await asyncio.sleep(_POLL_SECONDS)
    except TimeoutError as error:
        raise EmbeddedFailed(
            f"{daemon.name} runs but hasn't answered for {READY_SECONDS} s ({reason}). Log: {daemon.log}"
        ) from error
    return True


async def ensure_running(daemon: Daemon, ping: Ping, begin: Callable[[], Awaitable[None]]) -> None:
    """Attaches to the server if it runs, waits if it is about to end, and begins it otherwise.

    Raises:
        EmbeddedFailed: it can't be started, or dies at once.
    """
    if daemon.is_running() and await wait_until_ready(daemon, ping):
        return
    before = length_of(daemon.log)
    await begin()
    if not await wait_until_ready(daemon, ping):
        raise from_log(f"{daemon.name} stopped while starting", daemon.log, since=before)


async def stop(daemon: Daemon) -> None:
    """Stops it and waits until its last process is gone.

    Raises:
        EmbeddedFailed: it runs where we can't see it, or not even SIGKILL ends it.
    """
    server = daemon.pid()
    if server is None:
        await _wait_for_leftovers(daemon)
        return
    for kind, seconds in daemon.signals:
        _log.debug("%s to %s, pid %d", kind.name, daemon.name, server)
        _send(server, kind)
        if await _gone(daemon, server, seconds):
            return
        _log.warning("%s didn't stop within %.0f s of %s", daemon.name, seconds, kind.name)
    raise EmbeddedFailed(f"{daemon.name} can't be stopped. Log: {daemon.log}")


async def _wait_for_leftovers(daemon: Daemon) -> None:
    """Children of a killed server end by themselves."""
    if not await _gone(daemon, None, LEFTOVER_SECONDS):
        raise EmbeddedFailed(
            f"{daemon.name} runs on {daemon.lock.parent.parent}, but not where this process can see or reach it; in another "
            "container, perhaps. Stop it there, or set another MTAA_HOME."
        )


async def stop_stray(daemon: Daemon, listening: Path) -> bool:
    """Stops a server whose home was deleted under it: it still has the socket that the next one wants. False: there is none."""
    pid = listener(listening)
    if pid is None or not has_argument(pid, daemon.argument):
        return False
    _log.warning("%s, pid %d, runs on a folder that was deleted: stopping it", daemon.name, pid)
    await end(pid, daemon.argument, daemon.signals)
    return True


async def end(pid: int, argument: str, signals: Signals) -> None:
    """Ends a process as long as it is the one with this argument."""
    for kind, seconds in signals:
        _send(pid, kind)
        if await _ended(pid, argument, seconds):
            return


def listener(path: Path) -> int | None:
    """The process that listens on this socket, as the kernel knows it."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
        peer.settimeout(1)
        try:
            peer.connect(str(path))
            credentials = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
        except OSError:
            return None
    return int(struct.unpack("iII", credentials)[0]) or None


async def _ended(pid: int, argument: str, seconds: float) -> bool:
    return await becomes_true(lambda: not has_argument(pid, argument) and _reaped(pid), seconds)


def _send(pid: int, kind: signal.Signals) -> None:
    try:
        os.kill(pid, kind)
    except ProcessLookupError:
        return
    except PermissionError as error:
        raise EmbeddedFailed(f"Process {pid} belongs to another user and can't be stopped.") from error


async def _gone(daemon: Daemon, pid: int | None, seconds: float) -> bool:
    return await becomes_true(lambda: not daemon.is_running() and _reaped(pid), seconds)


def _reaped(pid: int | None) -> bool:
    """False while it is a child of ours that still ends: we began it, or we are a container's first process."""
    if pid is None:
        return True
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return True
