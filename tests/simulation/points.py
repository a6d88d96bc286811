"""Named points at which a process can be made to die as if it were killed: around each commit, posting and provider call.

Only `tests.simulation.process` puts them there; the product knows nothing of them. A point is named by what is about to happen
or has just happened, and in which job: "after commit 1 of push-deposit", "before call paymentrequest of send-payout".
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from core.kernel.db import Database, UnitOfWork
from core.kernel.logs import turn_id
from core.ledger.batcher import Batcher
from core.providers.daraja.exchange import Exchange
from tests.simulation.notes import DIED, SEEN, Pen

# Commits of one task are told apart up to here; a long one has hundreds.
MOST_COMMITS = 4


class Points:
    """Notes each point that this process passes for the first time, and dies at the one that is armed.

    armed: its name; "" for none. skip: how often it is passed unharmed before. danger: nobody dies while this file isn't there.
    """

    def __init__(self, pen: Pen, *, role: str, armed: str, skip: int, danger: Path) -> None:
        self._danger, self._pen = danger, pen
        self._role, self._armed, self._left = role, armed, skip
        self._seen: set[str] = set()
        self._commits: WeakKeyDictionary[asyncio.Task[Any], int] = WeakKeyDictionary()

    def passing(self, what: str) -> None:
        """This process is at a point."""
        name = f"{what} of {self.job}"
        if name not in self._seen:
            self._seen.add(name)
            self._pen.note(SEEN, name)
        if name != self._armed or not self._danger.exists():
            return
        self._left -= 1
        if self._left < 0:
            self._pen.note(DIED, name)
            os.kill(os.getpid(), signal.SIGKILL)

    @property
    def job(self) -> str:
        """What this process is doing now: a job by its name, or its role."""
        turn = turn_id.get().partition(" ")[0]
        return self._role if turn == "-" or self._role == "web" else turn

    def next_commit(self) -> int:
        """Which commit of its task this will be; a web process's tasks serve many requests, so there it says nothing."""
        task = asyncio.current_task()
        if task is None or self._role == "web":
            return 1
        self._commits[task] = self._commits.get(task, 0) + 1
        return min(self._commits[task], MOST_COMMITS)


def install(points: Points) -> None:
    """Put the points into this process: around each unit's commit, each posting of the batcher, each exchange with Daraja."""
    Database.unit = _around_commits(points, Database.unit)  # type: ignore[method-assign]
    Batcher.post = _around(points, Batcher.post, lambda *_: "posting")  # type: ignore[method-assign]
    Exchange._send = _around(points, Exchange._send, _called)  # type: ignore[method-assign]


def _called(_exchange: Any, _method: str, path: str, *_rest: Any) -> str:
    return f"call {path.rpartition('/')[2]}"


def _around_commits(points: Points, unit: Callable[..., Any]) -> Any:
    @asynccontextmanager
    async def open_unit(database: Database) -> AsyncIterator[UnitOfWork]:
        async with unit(database) as uow:
            yield uow
            number = points.next_commit()
            points.passing(f"before commit {number}")
        points.passing(f"after commit {number}")

    return open_unit


def _around(points: Points, verb: Callable[..., Any], named: Callable[..., str]) -> Any:
    async def act(*given: Any, **named_ones: Any) -> Any:
        what = named(*given)
        points.passing(f"before {what}")
        answer = await verb(*given, **named_ones)
        points.passing(f"after {what}")
        return answer

    return act
