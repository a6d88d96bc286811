"""`python -m tests.simulation.process web|worker`: one of the product's processes, with a shared clock and points to die at.

The process is the product's own, from its own entry point. Changed are only the clock, how long it waits for a dead worker and
for Daraja (all else would take hours), and that SMS go nowhere.
"""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web as http

from core import app
from core.notifications.ports import Accepted
from core.providers.africastalking_sms import AfricasTalkingSms
from core.providers.daraja.client import Daraja
from tests.simulation.clock import TurnedClock
from tests.simulation.notes import UP, Pen
from tests.simulation.points import Points, install

CLOCK, NOTES, DANGER = "SIMULATION_CLOCK", "SIMULATION_NOTES", "SIMULATION_DANGER"
ARMED, SKIP = "SIMULATION_ARMED", "SIMULATION_SKIP"
HEARTBEAT = timedelta(seconds=3)
PATIENCE = aiohttp.ClientTimeout(total=1.5, connect=1)


def prepare(role: str, pen: Pen) -> None:
    """Change what has to be changed, before the entry point is looked at."""
    environ = os.environ
    armed, skip, danger = environ[ARMED], int(environ[SKIP]), Path(environ[DANGER])
    install(Points(pen, role=role, armed=armed, skip=skip, danger=danger))
    clock = TurnedClock(Path(environ[CLOCK]))
    app.SystemClock = lambda: clock  # type: ignore[assignment, misc]
    assert Daraja.__init__.__kwdefaults__ is not None
    Daraja.__init__.__kwdefaults__["timeout"] = PATIENCE
    numbers = itertools.count()

    async def send(_sms: AfricasTalkingSms, **_message: Any) -> Accepted:
        return Accepted(f"{os.getpid()}-{clock.now().timestamp()}-{next(numbers)}")

    AfricasTalkingSms.send = send  # type: ignore[method-assign, assignment]


def telling(pen: Pen, verb: Callable[..., Awaitable[None]], *, afterwards: bool = False) -> Callable[..., Awaitable[None]]:
    """The verb, and a note that the process is up, before it begins or when it is done."""

    async def act(*given: Any, **named: Any) -> None:
        if not afterwards:
            pen.note(UP)
        await verb(*given, **named)
        if afterwards:
            pen.note(UP)

    return act


def main(role: str) -> int:
    pen = Pen(Path(os.environ[NOTES]), role)
    prepare(role, pen)
    if role == "web":
        from ussd import __main__ as web

        http.TCPSite.start = telling(pen, http.TCPSite.start, afterwards=True)  # type: ignore[method-assign, assignment]
        return web.main()
    from core.jobs import __main__ as worker

    worker.run_worker = telling(pen, partial(worker.run_worker, heartbeat=HEARTBEAT))  # type: ignore[assignment]
    return worker.main()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
