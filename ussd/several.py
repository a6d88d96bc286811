"""Several web processes behind one address: the first listens and starts the others, which all answer on its socket.

One Python process uses one core. Nothing is shared between them but the socket: each has its own connections, and a hop may
reach any of them (docs/decisions/0026). When one ends unasked, all end, so that whoever watches the first starts them anew; and
when the first is no more, so are they: nobody keeps an address that isn't watched.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
from asyncio.subprocess import Process

from core.kernel.settings import Settings

log = logging.getLogger(__name__)

# The number of the open socket that a process is handed, under which it looks for it.
HANDED = "WEB_SOCKET"
WAITING = 1_024


def listening(settings: Settings) -> socket.socket:
    """The address's socket, for as many processes as there are. Raises OSError when the address can't be had."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    return socket.create_server((settings.host, settings.port), family=family, backlog=WAITING)


def handed() -> socket.socket | None:
    """The socket that this process was started with, if it is one of several."""
    number = os.environ.get(HANDED)
    return socket.socket(fileno=int(number)) if number else None


def stop_with_the_first(stop: asyncio.Event) -> None:
    """Set `stop` when the process that started this one is gone, which its end of our standard input tells."""
    loop, ours = asyncio.get_running_loop(), sys.stdin.fileno()

    def told() -> None:
        if not os.read(ours, 1):
            loop.remove_reader(ours)
            stop.set()

    loop.add_reader(ours, told)


async def run_several(settings: Settings, stop: asyncio.Event) -> bool:
    """Have several answer until `stop`, then end them. Whether they ended because they were asked to. Raises OSError."""
    with listening(settings) as shared:
        shared.set_inheritable(True)
        processes = [await _started(shared) for _ in range(settings.web_processes)]
    endings = [asyncio.create_task(process.wait()) for process in processes]
    asked = asyncio.create_task(stop.wait())
    await asyncio.wait({asked, *endings}, return_when=asyncio.FIRST_COMPLETED)
    if not asked.done():
        log.error("one of %d web processes ended unasked; so do the others", len(processes))
    for process in processes:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
    await asyncio.gather(*endings)
    return asked.done()


async def _started(shared: socket.socket) -> Process:
    environment = {**os.environ, HANDED: str(shared.fileno())}
    command, number = (sys.executable, "-m", "ussd"), shared.fileno()
    return await asyncio.create_subprocess_exec(*command, env=environment, pass_fds=[number], stdin=asyncio.subprocess.PIPE)
