"""What a turn may do: everything, or nothing but read. And which turns are tried as reading ones.

The database itself refuses whatever a reading turn would write, so nothing depends on guessing right: a wrong guess costs the
attempt. What turned out to write is remembered, by the place and the sort of answer and nothing that was typed but an option.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

from core.dialogue.answers import LONGEST_NUMBER
from core.dialogue.endings import where
from core.dialogue.session import Session
from core.dialogue.turn import Checks, Input, Kind
from core.kernel.db import NotJustReading, UnitOfWork
from core.kernel.errors import CoreError

# There are fewer places than this; should there be more, the rest is tried each time.
MOST_KNOWN = 20_000
MOST_PASSED = 64

Place = tuple[object, ...]
Lay = Callable[[UnitOfWork], Awaitable[None]]


@dataclass(frozen=True)
class Means:
    """What a turn works with."""

    unit: Callable[[], AbstractAsyncContextManager[UnitOfWork]]
    checks: Checks
    only_reads: bool = False


class NoChecks:
    """Proofs count their attempts, which is no reading. Only whether there is a crowd may be asked."""

    def __init__(self, checks: Checks) -> None:
        self._checks = checks

    @property
    def is_crowded(self) -> bool:
        """As those who count say."""
        return self._checks.is_crowded

    def __getattr__(self, name: str) -> Any:
        raise NotJustReading


class OneReading:
    """All that one hop reads, in one unit: what a step of it was told, the next needn't ask again.

    lay: lays at hand what the hop is known to ask for, as soon as it asks for anything; again: what it asks for when refused.
    """

    def __init__(self, uow: UnitOfWork, checks: Checks, lay: Lay, again: Lay) -> None:
        self._uow, self._lay, self._again, self._is_laid = uow, lay, again, False
        self.means = Means(self._step, cast("Checks", NoChecks(checks)), only_reads=True)

    @asynccontextmanager
    async def _step(self) -> AsyncIterator[UnitOfWork]:
        """Of a step that is refused nothing remains, as if it had had a unit of its own. Raises NotJustReading."""
        uow, noted = self._uow, len(self._uow.left)
        try:
            if not self._is_laid:
                await self._lay(uow)
                self._is_laid = True
            yield uow
        except CoreError as refusal:
            if uow.would_write:
                raise NotJustReading from refusal
            del uow.left[noted:]
            self._lay, self._is_laid = self._again, False
            raise


class Habits:
    """Which answers at which places have turned out to write. After 1, 2, 4 ... such answers the next one is tried again."""

    def __init__(self) -> None:
        self._passes: dict[Place, tuple[int, int]] = {}  # how many more pass untried, and how many did so last

    def is_worth_trying(self, place: Place) -> bool:
        """Whether an answer of this sort, at this place, is to be tried as one that only reads."""
        left, last = self._passes.get(place, (0, 0))
        if left:
            self._passes[place] = left - 1, last
        return not left

    def wrote(self, place: Place) -> None:
        """It would have written."""
        last = min(2 * self._passes.get(place, (0, 0))[1] or 1, MOST_PASSED)
        if place in self._passes or len(self._passes) < MOST_KNOWN:
            self._passes[place] = last, last

    def only_read(self, place: Place) -> None:
        """It did nothing but read."""
        self._passes.pop(place, None)


def place_of(session: Session, inputs: Sequence[Input]) -> Place:
    """Where she is and which sort of answer she gives."""
    first = inputs[0].value if inputs else ""
    option = first if session.asks in ("choice", "nothing") and len(first) <= LONGEST_NUMBER else ""
    sorts = tuple((one.kind, len(one.parts)) for one in inputs)
    return where(session), session.asks, session.kept, bool(session.draft), option, sorts


def hands_in_a_pin(session: Session, inputs: Sequence[Input]) -> bool:
    """Whether a PIN may be among this: it's counted before anything else, by a turn that has the session to itself."""
    return bool(session.pending) and any(one.kind is Kind.TYPED for one in inputs)
