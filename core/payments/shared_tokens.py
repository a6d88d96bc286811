"""One access token for all processes, kept in PostgreSQL under a lease.

Whoever renews it holds a lease that ends by itself, so a process that died in the middle blocks nobody for long, and no
transaction is open while the provider is called. The token is sealed; Redis has no part in it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import or_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError

from core.kernel.db import Database, UnitOfWork
from core.kernel.secrets import CannotOpen, random_token
from core.payments.provider_models import ProviderToken
from core.payments.tokens import Token, TokensUnavailable

# Longer than a provider is waited for, which is 15 seconds.
LEASE = timedelta(seconds=20)
POLL_SECONDS = 0.1
POLLS = 300


class SharedTokens:
    """A TokenStore for one account. `account` names it and, by a digest, its credentials."""

    def __init__(self, database: Database, *, account: str) -> None:
        self._database, self._account = database, account

    async def load(self) -> Token | None:
        """The token as it stands. Raises TokensUnavailable."""
        async with self._unit() as uow:
            row = await uow.session.get(ProviderToken, self._account)
            if row is None or row.token is None or row.good_until is None:
                return None
            try:
                value = uow.vault.open(row.token, context=self._context)
            except CannotOpen:
                return None
            return Token(value.decode(), row.good_until)

    async def save(self, token: Token) -> None:
        """Put a new token in the place of the old one. Raises TokensUnavailable."""
        async with self._unit() as uow:
            sealed = uow.vault.seal(token.value.encode(), context=self._context)
            await self._put(uow, {"token": sealed, "good_until": token.until})

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Let nobody else renew the token meanwhile. Raises TokensUnavailable."""
        holder = random_token()
        await self._wait_for_lease(holder)
        try:
            yield
        finally:
            await self._release(holder)

    @property
    def _context(self) -> str:
        return f"provider token {self._account}"

    async def _wait_for_lease(self, holder: str) -> None:
        for _ in range(POLLS):
            if await self._claim(holder):
                return
            await asyncio.sleep(POLL_SECONDS)
        raise TokensUnavailable("somebody else has been renewing the token for too long")

    async def _claim(self, holder: str) -> bool:
        async with self._unit() as uow:
            now = uow.clock.now()
            free = or_(ProviderToken.held_until.is_(None), ProviderToken.held_until <= now)
            claimed = await self._put(uow, {"holder": holder, "held_until": now + LEASE}, where=free)
            return claimed is not None

    async def _put(self, uow: UnitOfWork, values: dict[str, Any], *, where: Any = None) -> str | None:
        new = insert(ProviderToken).values(account=self._account, **values)
        changed = new.on_conflict_do_update(index_elements=["account"], set_=values, where=where)
        found: str | None = await uow.session.scalar(changed.returning(ProviderToken.account))
        return found

    async def _release(self, holder: str) -> None:
        mine = update(ProviderToken).where(ProviderToken.account == self._account, ProviderToken.holder == holder)
        async with self._unit() as uow:
            await uow.session.execute(mine.values(holder=None, held_until=None))

    @asynccontextmanager
    async def _unit(self) -> AsyncIterator[UnitOfWork]:
        try:
            async with self._database.unit() as uow:
                yield uow
        except (SQLAlchemyError, OSError) as problem:
            raise TokensUnavailable(f"the token store doesn't answer ({type(problem).__name__})") from problem
