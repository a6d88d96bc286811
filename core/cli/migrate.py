"""`mtaa migrate`: bring the database to the newest shape."""

from __future__ import annotations

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config

from core.app import addresses
from core.kernel.settings import Settings

ROOT = Path(__file__).parents[2]


async def migrate(settings: Settings) -> int:
    """Upgrade to the newest migration; safe to run twice at once."""
    async with addresses(settings) as where:
        await upgrade(where.owner_url)
    print("The database is up to date.")
    return 0


async def upgrade(database_url: str) -> None:
    """Run every migration that is missing. In a thread, because Alembic's environment runs an event loop of its own."""
    config = Config(toml_file=ROOT / "pyproject.toml")
    # Config interpolates per cent signs, which an address may hold.
    config.set_main_option("sqlalchemy.url", database_url.replace("%", "%%"))
    await asyncio.to_thread(command.upgrade, config, "head")
