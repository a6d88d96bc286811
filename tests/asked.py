"""How often PostgreSQL is asked in each hop that only reads, by the name of the place that it leads to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import asyncpg
import pytest

from core.dialogue.endings import where
from core.dialogue.engine import Conversation
from core.dialogue.session import load
from core.dialogue.turn import Incoming, Render
from core.kernel.db import UnitOfWork
from core.kernel.questions import Asked, Question, Row

Run = Callable[..., Awaitable[Any]]


def see_every_question(monkeypatch: pytest.MonkeyPatch, seen: Callable[[Run], Run]) -> None:
    """Have every way in which asyncpg asks PostgreSQL pass through this."""
    for kind, name in (
        *((asyncpg.Connection, name) for name in ("execute", "fetch", "fetchrow", "fetchval")),
        (asyncpg.prepared_stmt.PreparedStatement, "fetch"),
    ):
        monkeypatch.setattr(kind, name, seen(getattr(kind, name)))


def count_asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[int]]:
    """For each place, what every hop there has asked so far; hops come one after another. What is noted afterwards counts too."""
    found: dict[str, list[int]] = defaultdict(list)
    asked = 0

    def counting(run: Run) -> Run:
        async def counted(*args: Any, **named: Any) -> Any:
            nonlocal asked
            asked += 1
            return await run(*args, **named)

        return counted

    set_type_codec = asyncpg.Connection.set_type_codec

    async def introduce(*args: Any, **named: Any) -> None:
        """What a connection asks as it is opened is no question of the hop's."""
        nonlocal asked
        before = asked
        await set_type_codec(*args, **named)
        asked = before

    monkeypatch.setattr(asyncpg.Connection, "set_type_codec", introduce)
    see_every_question(monkeypatch, counting)
    only_reading, read = Conversation._only_reading, Conversation._read

    async def one_more(self: Conversation, *given: Any) -> str | None:
        """A hop that began with an older session is read once more; how it was read with the right one is what counts."""
        nonlocal asked
        asked = 0
        return await read(self, *given)

    monkeypatch.setattr(Conversation, "_read", one_more)

    async def hop(self: Conversation, incoming: Incoming, render: Render) -> str | None:
        nonlocal asked
        asked = 0
        reply = await only_reading(self, incoming, render)
        if reply is not None:
            found[where(load(await self._sessions.recall(incoming)))].append(asked)
        return reply

    monkeypatch.setattr(Conversation, "_only_reading", hop)
    return found


class Laid:
    """Which questions were asked ahead, for whoever would ask them, and which of these somebody did ask."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._laid: set[Question] = set()
        self._asked: set[Question] = set()
        together, ask = UnitOfWork.ask_together, UnitOfWork.ask

        async def ask_together(uow: UnitOfWork, asked: Sequence[Asked]) -> list[Sequence[Row]]:
            self._laid |= {one.question for one in asked[1:]}
            self._asked |= {one.question for other in asked for one in other.parameters.values() if isinstance(one, Asked)}
            return await together(uow, asked)

        async def one(uow: UnitOfWork, question: Question, /, **about: Any) -> Sequence[Row]:
            if uow.knows(question, **about):
                self._asked.add(question)
            return await ask(uow, question, **about)

        monkeypatch.setattr(UnitOfWork, "ask_together", ask_together)
        monkeypatch.setattr(UnitOfWork, "ask", one)

    def never_asked(self) -> list[str]:
        """Those that nobody asked, nor asked another with."""
        return sorted(question.numbered for question in self._laid - self._asked)
