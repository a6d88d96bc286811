"""What the worker does by the clock for the books: seals every minute, a look at a sample every hour, Muhuri every evening."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol
from uuid import UUID

from core.daos.muhuri import seal_group, sealed_book, unsealed_groups
from core.kernel.db import Database
from core.kernel.ids import DaoId
from core.ledger.seals import seal
from core.monitoring.coherence import look_and_alarm
from core.monitoring.receipt_codes import write_receipt_codes
from core.notifications.documents import has_turn, went
from core.notifications.ports import ChatSender

SEAL = "seal-the-books"
LOOK = "look-at-the-books"
SEAL_GROUPS, SEAL_GROUP, SEND_BOOK = "seal-groups", "seal-group", "send-sealed-book"
BOOK = "muhuri.txt"
# A job is given a minute; what is left is sealed by the next one.
MOST_ROUNDS = 50


class Services(Protocol):
    """What this needs from outside."""

    @property
    def database(self) -> Database: ...
    @property
    def chat(self) -> ChatSender: ...


async def seal_books(services: Services, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler is called alike
    """Seal what was posted, a few blocks to a unit, until nothing waits."""
    for _ in range(MOST_ROUNDS):
        async with services.database.unit() as uow:
            made = await seal(uow)
        if not made.more:
            break
    async with services.database.unit() as uow:
        await write_receipt_codes(uow)


async def look_at_books(services: Services, payload: dict[str, Any]) -> None:  # noqa: ARG001 - as above
    """Look at a sample of the books and raise the alarm when something is wrong."""
    async with services.database.unit() as uow:
        await look_and_alarm(uow)


async def seal_groups(services: Services, payload: dict[str, Any]) -> None:  # noqa: ARG001 - as above
    """A job for each group whose money moved, so that one that fails stops no other."""
    async with services.database.unit() as uow:
        for group in await unsealed_groups(uow):
            await uow.enqueue(SEAL_GROUP, {"group": str(group)}, key=f"{SEAL_GROUP} {group}")


async def seal_one_group(services: Services, payload: dict[str, Any]) -> None:
    """Seal a group's day and tell its members."""
    async with services.database.unit() as uow:
        await seal_group(uow, group=DaoId(UUID(payload["group"])))


async def send_book(services: Services, payload: dict[str, Any]) -> None:
    """Send a group's sealed book to a member's private chat. Raises TryAgain."""
    chat = int(payload["chat"])
    async with services.database.unit() as uow:
        if not await has_turn(uow, SEND_BOOK, payload):
            return
        content = await sealed_book(uow, group=DaoId(UUID(payload["group"])))
    outcome = await services.chat.send_document(chat=chat, name=BOOK, content=content.encode())
    await went(services.database, chat=chat, outcome=outcome)


Handler = Callable[[Services, dict[str, Any]], Awaitable[None]]
JOBS: dict[str, Handler] = {
    SEAL: seal_books,
    LOOK: look_at_books,
    SEAL_GROUPS: seal_groups,
    SEAL_GROUP: seal_one_group,
    SEND_BOOK: send_book,
}
# Groups are sealed at 20:00 East Africa Time, before the hours in which nobody is written to.
REGULARLY = {SEAL: "* * * * *", LOOK: "41 * * * *", SEAL_GROUPS: "0 17 * * *"}
