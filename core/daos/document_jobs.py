"""The worker's part for documents of a group: written afresh when they are sent, into the private chat that asked for them."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any, Protocol
from uuid import UUID

from core.daos.documents import NAME, rules_document
from core.kernel.db import Database, UnitOfWork
from core.kernel.errors import CoreError
from core.kernel.ids import DaoId, MemberId
from core.notifications.documents import has_turn, went
from core.notifications.ports import ChatSender

SEND_RULES = "send-group-rules"

log = logging.getLogger(__name__)


class Services(Protocol):
    """What these jobs need from outside."""

    @property
    def database(self) -> Database: ...
    @property
    def chat(self) -> ChatSender: ...


async def ask_for_rules(uow: UnitOfWork, *, group: DaoId, viewer: MemberId, chat: int, language: str) -> None:
    """Have the constitution sent into her chat as a document."""
    await uow.enqueue(SEND_RULES, {"group": str(group), "viewer": str(viewer), "chat": chat, "language": language})


async def send_rules(services: Services, payload: dict[str, Any]) -> None:
    """Send the constitution as it is now. Raises TryAgain."""

    async def written(uow: UnitOfWork) -> str:
        group, viewer = DaoId(UUID(payload["group"])), MemberId(UUID(payload["viewer"]))
        return await rules_document(uow, group=group, viewer=viewer, language=payload["language"])

    await send_written(services, SEND_RULES, payload, name=NAME, written=written)


async def send_written(
    services: Services, job: str, payload: dict[str, Any], *, name: str, written: Callable[[UnitOfWork], Awaitable[str]]
) -> None:
    """Send what `written` gives as a file to `payload["chat"]`, when it is this job's turn there.

    Who has no right to it any more gets nothing. Raises TryAgain.
    """
    chat = int(payload["chat"])
    try:
        async with services.database.unit() as uow:
            if not await has_turn(uow, job, payload):
                return
            content = (await written(uow)).encode()
    except CoreError as refusal:
        log.info("a document was not sent: %s", refusal.code)
        return
    outcome = await services.chat.send_document(chat=chat, name=name, content=content)
    await went(services.database, chat=chat, outcome=outcome)
