"""Servers that nobody will ever join again: their users were killed, and then their home was deleted under them.

PostgreSQL notices and ends by itself within a minute. Redis doesn't, so each start looks for such ones of its own user.
"""

from __future__ import annotations

import logging
import os
import shutil
from pathlib import Path

from core.kernel.embedded import redis_server
from core.kernel.embedded.daemon import end, has_argument, listener
from core.kernel.embedded.layout import socket_bases, socket_folder_prefix

_log = logging.getLogger(__name__)


async def sweep() -> None:
    """Stops them and removes their socket folders."""
    for base in socket_bases():
        for folder in base.glob(f"{socket_folder_prefix()}*"):
            await _sweep(folder)


async def _sweep(folder: Path) -> None:
    socket = str(redis_server.socket_file(folder))
    pid = listener(Path(socket))
    if pid is None or not has_argument(pid, socket) or not _works_nowhere(pid):
        return
    _log.info("Redis, pid %d, runs on a folder that was deleted: stopping it", pid)
    await end(pid, socket, redis_server.SIGNALS)
    shutil.rmtree(folder, ignore_errors=True)


def _works_nowhere(pid: int) -> bool:
    """The kernel marks a working folder that is gone. Redis works in its data folder."""
    try:
        return os.fsencode(Path(f"/proc/{pid}/cwd").readlink()).endswith(b" (deleted)")
    except OSError:
        return False
