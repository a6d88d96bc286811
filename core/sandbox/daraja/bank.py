"""What every part of M-PESA shares: the book, one file for all of it, fresh receipts, and its messages to customers."""

from collections.abc import Callable
from typing import Any

from core.sandbox import identifiers
from core.sandbox.clock import EAST_AFRICA
from core.sandbox.daraja.book import Book, Entry
from core.sandbox.inbox import Inboxes
from core.sandbox.world import World


class Bank:
    """The book and what belongs to it on the disk, so that a crash never separates a movement from its request."""

    def __init__(self, world: World, inboxes: Inboxes) -> None:
        self._world = world
        self._inboxes = inboxes
        self.remembered: dict[str, Any] = world.store.load("daraja") or {}
        self.book = Book(self.remembered)
        self._parts: dict[str, Callable[[], Any]] = {}
        self._section = world.store.section("daraja", self._dump)

    def _dump(self) -> dict[str, Any]:
        return {**self.book.dump(), **{name: dump() for name, dump in self._parts.items()}}

    def keep(self, part: str, dump: Callable[[], Any]) -> Any:
        """Have a part of M-PESA written down with the book; returns what the last run left of it, or None."""
        self._parts[part] = dump
        return self.remembered.get(part)

    def changed(self, phone: str = "") -> None:
        """Something is to be written down soon, and this phone may look different."""
        self._section.changed()
        self._world.changed(phone)

    async def saved(self) -> None:
        """Everything so far is on the disk."""
        await self._section.saved()

    def new_receipt(self) -> str:
        while self.book.has(receipt := identifiers.receipt(self._world.clock.now())):
            continue
        return receipt

    def now(self) -> str:
        return self._world.clock.now().isoformat()

    def tell(self, entry: Entry, sentence: str) -> None:
        """M-PESA's own SMS about a movement."""
        local = self._world.clock.now().astimezone(EAST_AFRICA)
        text = (
            f"{entry.receipt} Confirmed. {sentence} on {local.day}/{local.month}/{local:%y} at {local:%I:%M %p}. "
            f"New M-PESA balance is Ksh{self.book.account(entry.phone).balance:,}.00. Transaction cost, Ksh0.00."
        )
        self.write(entry.phone, text)

    def write(self, phone: str, text: str) -> None:
        """Any SMS of M-PESA's."""
        self._inboxes.put(phone=phone, sender="MPESA", text=text)
