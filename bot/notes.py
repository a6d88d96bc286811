"""Short-lived notes between two updates. Losing them costs a new message instead of an edited one, never money."""

from __future__ import annotations

import logging
from typing import Protocol

from core.kernel.errors import StoreUnavailable

log = logging.getLogger(__name__)


class NoteStore(Protocol):
    """Where notes are kept. Each may raise StoreUnavailable."""

    async def get(self, key: str) -> str | None: ...

    async def set(self, key: str, value: str, *, seconds: int) -> None: ...

    async def delete(self, key: str) -> None: ...


class Notes:
    """Notes of the Telegram channel; a store that can't be reached reads as empty."""

    def __init__(self, store: NoteStore) -> None:
        self._store = store

    async def get(self, key: str) -> str | None:
        """The note, if there is one and it can be read."""
        try:
            return await self._store.get(f"telegram:{key}")
        except StoreUnavailable:
            log.warning("a note could not be read")
            return None

    async def set(self, key: str, value: str, *, seconds: int) -> None:
        """Keep a note, if that's possible."""
        try:
            await self._store.set(f"telegram:{key}", value, seconds=seconds)
        except StoreUnavailable:
            log.warning("a note could not be kept")

    async def delete(self, key: str) -> None:
        """Forget a note; one that can't be reached now expires."""
        try:
            await self._store.delete(f"telegram:{key}")
        except StoreUnavailable:
            log.warning("a note could not be deleted")
