"""Statements that are asked so often that a session of SQLAlchemy for each would cost more than their answer.

A question is prepared once and asked over a few connections of its own, each statement a transaction of its own. It goes the
same way as everything else, in the unit's own transaction, where there is one. Several questions can be asked in one statement,
whose only row has a list of rows for each.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Generic, TypeVarTuple, cast

import asyncpg  # type: ignore[import-untyped]
from sqlalchemy import BindParameter, ClauseElement, Executable, Select, bindparam, inspect, text
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.orm import Mapper
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

# A row by the names of its columns; its values have Python's types for them.
Row = Mapping[Any, Any]
Columns = TypeVarTuple("Columns")

CONNECT_SECONDS = 5
# Long enough for the server's own limit to be the one that is met.
ANSWER_SECONDS = 10
# Of what is asked together there are as many statements as rooms of the conversation.
COMPOSED = 500
# Of these there may be lists in a row.
LISTED = ("uuid", "text", "varchar", "smallint", "integer", "bigint", "numeric", "date", "timestamptz")
PARAMETER = re.compile(r"\$(\d+)")


class Question:
    """A statement with `:named` parameters, in PostgreSQL's own types: UUID, datetime, Decimal. JSON goes in as text.

    Its columns have names that differ, and are named in it.
    """

    def __init__(self, sql: str) -> None:
        self.named: Executable = text(sql)
        # The names of its columns, as soon as they were needed.
        self.columns: tuple[str, ...] | None = None
        self._number(text(sql))

    def _number(self, statement: ClauseElement) -> None:
        compiled = statement.compile(
            dialect=PGDialect_asyncpg(),  # type: ignore[no-untyped-call]
            compile_kwargs={"render_postcompile": True},
        )
        self.numbered = str(compiled)
        self._order: Sequence[str] = getattr(compiled, "positiontup", None) or ()
        # What SQLAlchemy makes of constants is a parameter too.
        known = compiled.construct_params({}, _check=False) if isinstance(compiled, SQLCompiler) else {}
        self._fixed = {name: value for name, value in known.items() if value is not None}

    def values(self, about: Mapping[str, Any]) -> list[Any]:
        """The parameters as they are numbered. Raises KeyError for one that is missing."""
        return [about[name] if name in about else self._fixed[name] for name in self._order]

    def about(self, **about: Any) -> Asked:
        """The question about these, to be asked together with others; or in place of a parameter of theirs."""
        return Asked(self, about)


def given(name: str, type_: TypeEngine[Any] | None = None) -> BindParameter[Any]:
    """A parameter of what SQLAlchemy writes."""
    return bindparam(name, type_=type_, required=False)


class Selected(Question, Generic[*Columns]):
    """A question that SQLAlchemy writes, with `given` for each parameter: its answer is rows of objects and values."""

    def __init__(self, wanted: Select[*Columns]) -> None:
        self.named = wanted
        described = wanted.column_descriptions
        self._parts = [(inspect(one["entity"]) if one["expr"] is one.get("entity") else None) for one in described]
        # Each column by a name of its own: the place of what it belongs to, and its name there.
        labelled = [
            column.label(f"{place}_{name}")
            for place, (mapper, one) in enumerate(zip(self._parts, described, strict=True))
            for name, column in ([("", one["expr"])] if mapper is None else _columns(mapper))
        ]
        self.columns = tuple(one.name for one in labelled)
        self._number(wanted.with_only_columns(*labelled, maintain_column_froms=True))

    def about(self, **about: Any) -> AskedRows:
        """As of any question."""
        return AskedRows(self, about)

    def read(self, row: Row, objects: Callable[[Any], Any]) -> tuple[*Columns]:
        """A row as the session would give it. objects: takes a new object to the one that the session has of it."""
        found = (
            row[f"{place}_"]
            if mapper is None
            else objects(mapper.class_(**{name: row[f"{place}_{name}"] for name, _ in _columns(mapper)}))
            for place, mapper in enumerate(self._parts)
        )
        return cast("tuple[*Columns]", tuple(found))


def _columns(mapper: Mapper[Any]) -> list[tuple[str, Any]]:
    return [(one.key, one.class_attribute) for one in mapper.column_attrs]


@dataclass(frozen=True, eq=False)
class Asked:
    """A question about something. A parameter may be what another question answers, which has one value then."""

    question: Question
    parameters: Mapping[str, Any] = field(repr=False)

    def knowing(self, answers: Mapping[Asked, Any]) -> Mapping[str, Any]:
        """The parameters, now that these answers are known."""
        return {name: answers.get(one, one) if isinstance(one, Asked) else one for name, one in self.parameters.items()}

    @property
    def shape(self) -> Any:
        """What it is as a statement: the question, and the shape of each parameter that is asked for itself."""
        given = self.question.values(self.parameters)
        return self.question, tuple(one.shape if isinstance(one, Asked) else None for one in given)

    def flat(self) -> list[Any]:
        """The parameters in their order, those of parameters that are asked for in their place."""
        given = self.question.values(self.parameters)
        return [part for one in given for part in (one.flat() if isinstance(one, Asked) else (one,))]


@dataclass(frozen=True, eq=False)
class AskedRows(Asked):
    """A question of SQLAlchemy's about something."""

    question: Selected[*tuple[Any, ...]]


@lru_cache(COMPOSED)
def _together(shapes: tuple[Any, ...]) -> str:
    """One statement for all: a column for each, with its rows in their order."""
    first, lists = 1, []
    for shape in shapes:
        written, first = _written(shape, first)
        lists.append(f"ARRAY(SELECT ROW(q.*) FROM ({written}) q)")
    return "SELECT " + ",\n".join(lists)


def _written(shape: Any, first: int) -> tuple[str, int]:
    """A question with its parameters numbered from `first`, and the number after its last."""
    question, inner = shape
    places = []
    for one in inner:
        if one is None:
            places.append(f"${first}")
            first += 1
        else:
            written, first = _written(one, first)
            places.append(f"({written})")
    return PARAMETER.sub(lambda found: places[int(found[1]) - 1], question.numbered), first


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

    async def rows_together(self, asked: Sequence[Asked]) -> list[Sequence[Row]]:
        """What the database answers to each of these, of one moment and in one round trip. Raises as `rows` does."""
        pool = self._pool or await self._opened()
        columns = [one.question.columns or await self._named(pool, one.question) for one in asked]
        values = [value for one in asked for value in one.flat()]
        (answers,) = await pool.fetch(_together(tuple(one.shape for one in asked)), *values)
        return [[dict(zip(names, row, strict=True)) for row in rows] for names, rows in zip(columns, answers, strict=True)]

    async def _named(self, pool: asyncpg.Pool, question: Question) -> tuple[str, ...]:
        """How the columns are called: rows in a list come without their names. Asked once in a process."""
        async with pool.acquire() as connection:
            prepared = await connection.prepare(question.numbered)
            names = tuple(one.name for one in prepared.get_attributes())
        question.columns = names
        return names

    async def _opened(self) -> asyncpg.Pool:
        async with self._opening:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(
                    self._address,
                    min_size=0,
                    max_size=self._connections,
                    # Several questions in one may be long.
                    max_cacheable_statement_size=0,
                    init=_introduce,
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


async def _introduce(connection: asyncpg.Connection) -> None:
    """Tell a new connection how to read what rows in a list may hold: of those it asks nothing by itself.

    JSON as bytes, which is how it comes there; PostgreSQL's binary format has its version in front.
    """
    about = {"schema": "pg_catalog", "format": "binary"}
    await connection.set_type_codec("json", encoder=str.encode, decoder=json.loads, **about)
    await connection.set_type_codec("jsonb", encoder=_to_jsonb, decoder=_from_jsonb, **about)
    await connection.prepare("SELECT " + ", ".join(f"NULL::{name}[]" for name in LISTED))


def _to_jsonb(written: str) -> bytes:
    return b"\x01" + written.encode()


def _from_jsonb(found: bytes) -> Any:
    return json.loads(found[1:])


async def _as_it_is(connection: asyncpg.Connection) -> None:
    """Nothing is left behind on a connection by statements that are transactions of their own: there is nothing to reset."""
