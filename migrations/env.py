"""Runs migrations: one at a time across processes, with timeouts, each in its own transaction.

A migration that waits for a lock blocks every member behind it, so it gives up after seconds and is run again instead.
"""

import asyncio
import os

from alembic import context
from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from core.kernel.db import Base, async_url
from migrations import tables  # noqa: F401 - loads every capability's tables for the models-against-migrations test

LOCK_TIMEOUT = "4s"
STATEMENT_TIMEOUT = "60s"
# Any constant: names the lock under which only one process migrates.
ADVISORY_LOCK = 7_209_384_771
# What came new gets the application's rights with the migration that brought it; nobody has to think of it.
GRANT = """
DO $$
BEGIN
  IF to_regprocedure('grant_application_rights(name)') IS NOT NULL THEN
    PERFORM grant_application_rights(rolname) FROM pg_roles WHERE rolname IN ('mtaa_app', '{role}');
  END IF;
END
$$
"""


def run(connection: Connection) -> None:
    connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": ADVISORY_LOCK})
    connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
    connection.execute(text(f"SET statement_timeout = '{STATEMENT_TIMEOUT}'"))
    connection.commit()
    context.configure(connection=connection, target_metadata=Base.metadata, transaction_per_migration=True, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()
    role = os.environ.get("DATABASE_APP_ROLE", "").replace("'", "''")
    connection.execute(text(GRANT.format(role=role)))
    connection.commit()
    connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": ADVISORY_LOCK})
    connection.commit()


async def run_online() -> None:
    # Without an alembic.ini, asking the configuration for a main option is an error, so the environment comes first.
    url = os.environ.get("DATABASE_URL") or context.config.get_main_option("sqlalchemy.url", "")
    engine = create_async_engine(async_url(url), poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(run)
    await engine.dispose()


if context.is_offline_mode():
    context.configure(dialect_name="postgresql", target_metadata=Base.metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
else:
    asyncio.run(run_online())
