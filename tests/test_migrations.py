"""The migrations make exactly what the models say, from nothing, and wait for nobody for long."""

from __future__ import annotations

import asyncpg
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from core.kernel.db import Base, async_url
from migrations import tables
from tests.conftest import run_migrations

# PgQueuer's tables are the library's own; the migration runs the library's own statements.
LIBRARY = "pgqueuer"


async def test_models_and_migrations_agree(database_url: str) -> None:
    assert tables.MODULES

    def differences(connection: Connection) -> list[object]:
        def ours(thing: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
            return not (kind == "table" and (name or "").startswith((LIBRARY, "alembic")))

        options = {"include_object": ours, "compare_type": True}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata))

    engine = create_async_engine(async_url(database_url))
    async with engine.connect() as connection:
        found = await connection.run_sync(differences)
    await engine.dispose()

    assert found == []


async def test_a_second_upgrade_changes_nothing(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    before = await connection.fetch("SELECT table_name, column_name FROM information_schema.columns ORDER BY 1, 2")

    run_migrations(database_url)

    after = await connection.fetch("SELECT table_name, column_name FROM information_schema.columns ORDER BY 1, 2")
    await connection.close()
    assert before == after


async def test_every_constraint_of_ours_has_a_name_of_ours(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    unnamed = await connection.fetch(
        "SELECT conname FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid"
        " WHERE connamespace = 'public'::regnamespace AND relname NOT LIKE 'pgqueuer%' AND relname <> 'alembic_version'"
        " AND contype IN ('c', 'f', 'u', 'p') AND conname !~ '^(ck|fk|uq|pk)_'"
    )
    await connection.close()

    assert [row["conname"] for row in unnamed] == []
