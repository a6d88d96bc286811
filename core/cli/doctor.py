"""`mtaa doctor`: what is configured, and whether everything that we depend on answers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from core.app import addresses, open_services
from core.cli.migrate import ROOT
from core.cli.mpesa import funds_told
from core.kernel.db import Database
from core.kernel.logs import redact
from core.kernel.settings import Settings
from core.ledger.rights import rights
from core.payments.funds.proofs import newest_proof
from core.providers.redis_store import RedisStore

PING_SECONDS = 15


async def doctor(settings: Settings) -> int:
    """Print the settings (secrets masked) and ping each provider; 1 when something is wrong."""
    for name, value in settings.masked().items():
        print(f"     {name} = {value}")
    async with addresses(settings) as where, open_services(settings) as services:
        store = RedisStore(where.redis_url)
        pings: dict[str, Callable[[], Awaitable[object]]] = {
            "PostgreSQL and its migrations": lambda: _migrated(services.database),
            "Redis": store.ping,
            "Africa's Talking": services.sms.ping,
            "M-Pesa (Daraja)": services.mobile_money.ping,
            "Telegram": services.chat.ping,
            "SMTP": services.email.ping,
        }
        results = [await _ping(name, ping) for name, ping in pings.items()]
        results.append(await _ping("Proof of funds", lambda: _funds(services.database), says_so=False))
        results.append(await _ping("Rights to the books", lambda: _only_posts(services.database, settings)))
        await store.aclose()
    if settings.daraja.initiator and settings.daraja.initiator_password_set is None:
        print("note nobody is warned before the M-Pesa operator's password ends: set DARAJA_INITIATOR_PASSWORD_SET")
    return 0 if all(results) else 1


async def _ping(name: str, ping: Callable[[], Awaitable[object]], *, says_so: bool = True) -> bool:
    try:
        async with asyncio.timeout(PING_SECONDS):
            await ping()
    except Exception as problem:  # noqa: BLE001 - every kind of failure is an answer here
        print(f"FAIL {name}: {redact(str(problem)) or type(problem).__name__}")
        return False
    if says_so:
        print(f"ok   {name}")
    return True


async def _funds(database: Database) -> None:
    """What M-Pesa holds is what the books say, or the difference is on its way."""
    async with database.unit() as uow:
        told, proof = await funds_told(uow), await newest_proof(uow)
    for line in told:
        print(f"note {line}")
    if proof is not None and proof.unexplained:
        raise RuntimeError(f"{proof.unexplained} unexplained: import M-Pesa's statement (mtaa reconcile)")


async def _only_posts(database: Database, settings: Settings) -> None:
    """The processes may post and nothing else. As the owner of the tables they could do anything: fine to try things out."""
    async with database.unit() as uow:
        found = await rights(uow)
    if not found.may_post:
        raise RuntimeError(f"{found.role} may not post: run mtaa migrate, or SELECT grant_application_rights")
    if found.may_write and settings.environment == "production":
        raise RuntimeError(f"{found.role} could write the books past the guards: set DATABASE_APP_ROLE (docs/operating.md)")
    if found.may_write:
        print(f"note {found.role} could write the books by itself: in production set DATABASE_APP_ROLE")


async def _migrated(database: Database) -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from sqlalchemy import text

    newest = ScriptDirectory.from_config(Config(toml_file=ROOT / "pyproject.toml")).get_current_head()
    async with database.unit() as uow:
        found = await uow.session.scalar(text("SELECT version_num FROM alembic_version"))
    if found != newest:
        raise RuntimeError(f"the database is at {found}, the code at {newest}: run mtaa migrate")
