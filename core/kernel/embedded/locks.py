"""File locks: who uses the embedded servers, and whether a server lives.

A lock lives exactly as long as an open file that carries it, so kill -9 of its holder frees it and no stale pid can
pretend otherwise. Servers inherit theirs: it is held until the last process of that server is gone.
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from core.kernel.embedded.errors import EmbeddedFailed, from_os_error

START_SECONDS = 150
_POLL_SECONDS = 0.02


def open_lock(path: Path) -> int:
    """A descriptor to lock with; children don't inherit it."""
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise from_os_error("open the lock", error) from error


def try_lock(descriptor: int, *, exclusive: bool) -> bool:
    """Takes the lock, or turns a held one into the other kind, unless somebody else's stands against it."""
    kind = fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EWOULDBLOCK, errno.EAGAIN):
            return False
        raise from_os_error("lock a file in", error) from error
    return True


def is_held(path: Path) -> bool:
    """Whether somebody holds the lock; a file that isn't there is held by nobody."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise from_os_error("open the lock", error) from error
    try:
        return not try_lock(descriptor, exclusive=True)
    finally:
        os.close(descriptor)


@asynccontextmanager
async def alone(descriptor: int) -> AsyncIterator[None]:
    """Only one process at a time starts or stops servers.

    Raises:
        EmbeddedFailed: another process has been at it for START_SECONDS.
    """
    await _wait_for(descriptor)
    try:
        yield
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


async def _wait_for(descriptor: int) -> None:
    try:
        async with asyncio.timeout(START_SECONDS):
            while True:
                if try_lock(descriptor, exclusive=True):
                    return
                await asyncio.sleep(_POLL_SECONDS)
    except TimeoutError as error:
        raise EmbeddedFailed(
            f"Another process has been starting or stopping the same embedded servers for {START_SECONDS} s. "
            "See what hangs there, or use another MTAA_HOME."
        ) from error
