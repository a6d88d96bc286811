"""Work that goes on after an answer was given: callbacks on their way, timers, retries.

Everything is stopped together when the sandbox stops; a failure is logged with its kind and never brings a server down.
"""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

_log = logging.getLogger(__name__)


class Errands:
    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def run(self, errand: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Start it beside everything else. The returned task may be cancelled; nobody has to wait for it."""
        task = asyncio.get_running_loop().create_task(errand)
        self._running.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (problem := task.exception()) is not None:
            _log.error("errand failed: %s", type(problem).__name__, exc_info=problem)

    async def stop(self) -> None:
        """Cancel what is still running and wait until it has let go."""
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
