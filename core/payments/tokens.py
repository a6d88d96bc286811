"""A provider's access token, of which there is one: a new one makes the old one useless, also in other processes."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True)
class Token:
    """An access token and when it stops being useful."""

    value: str = field(repr=False)
    until: datetime


class TokensUnavailable(Exception):
    """The store can't be asked, or somebody has been renewing the token for too long; the message says which."""


class TokenStore(Protocol):
    """Keeps the one token. Whoever shares an account shares the store. Every method raises TokensUnavailable."""

    async def load(self) -> Token | None: ...

    async def save(self, token: Token) -> None: ...

    def held(self) -> AbstractAsyncContextManager[Any]:
        """A lock around looking and renewing."""
        ...


class ProcessTokens:
    """The token of one process."""

    def __init__(self) -> None:
        self._token: Token | None = None
        self._lock = asyncio.Lock()

    async def load(self) -> Token | None:
        return self._token

    async def save(self, token: Token) -> None:
        self._token = token

    def held(self) -> AbstractAsyncContextManager[Any]:
        return self._lock
