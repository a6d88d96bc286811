"""Statements that are asked so often that a session of SQLAlchemy for each would cost more than their answer.

A question is prepared once and asked over a few connections of its own, each statement a transaction of its own. It goes the
same way as everything else, in the unit's own transaction, where there is one.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg  # type: ignore[import-untyped]
from sqlalchemy import TextClause, text
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg

# A row by the names of its columns; its values have Python's types for them.
Row = Mapping[Any, Any]

CONNECT_SECONDS = 5
# Long enough for the server's own limit to be the one that is met.
ANSWER_SECONDS = 10


class Question:
    """A statement with `:named` parameters, in PostgreSQL's own types: UUID, datetime, Decimal. JSON goes in as text."""

    def __init__(self, sql: str) -> None:
        self.named: TextClause = text(sql)
        numbered = self.named.compile(dialect=PGDialect_asyncpg())  # type: ignore[no-untyped-call]
        self.numbered = str(numbered)
        self._order: Sequence[str] = numbered.positiontup or ()

    def values(self, about: Mapping[str, Any]) -> list[Any]:
        """The parameters as they are numbered."""
        return [about[name] for name in self._order]


class Asker:
    """Asks questions over connections of its own, which are opened when there is something to ask."""

    def __init__(self, address: str, *, connections: int, **settings: str) -> None:
        self._address, self._connections, self._settings = address, connections, settings
        self._pool: asyncpg.Pool | None = None
        self._opening = asyncio.Lock()

    async def rows(self, question: Question, about: Mapping[str, Any]) -> Sequence[Row]:
        """What the database answers. Raises asyncpg's errors, OSError and TimeoutError."""
        pool = self._pool or await self._opened()
        found: Sequence[Row] = await pool.fetch(question.numbered, *question.values(about))
        return found

    async def _opened(self) -> asyncpg.Pool:
        async with self._opening:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(
                    self._address,
                    min_size=0,
                    max_size=self._connections,
                    init=_with_json,
                    reset=_as_it_is,
                    timeout=CONNECT_SECONDS,
                    command_timeout=ANSWER_SECONDS,
                    server_settings=self._settings,
                )
            return self._pool

    async def close(self) -> None:
        """Close the connections; another question opens them again."""
        pool, self._pool = self._pool, None
        if pool is not None:
            await pool.close()


async def _with_json(connection: asyncpg.Connection) -> None:
    for name in ("json", "jsonb"):
        await connection.set_type_codec(name, encoder=str, decoder=json.loads, schema="pg_catalog")


async def _as_it_is(connection: asyncpg.Connection) -> None:
    """Nothing is left behind on a connection by statements that are transactions of their own: there is nothing to reset."""
