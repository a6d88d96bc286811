"""Groups' chats for the process that hears Telegram: each question in a unit of its own."""

from __future__ import annotations

from core.daos.group_chats import LinkRefused, chat_closed, chat_moved, link_chat
from core.identity.members import find_by_telegram
from core.kernel.db import Database
from core.kernel.texts import Text, text


class GroupChats:
    """What happened in groups, written down."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def link(self, *, token: str, telegram: int, chat: int) -> tuple[Text, str]:
        """Link the chat, where the token allows it; what to say there, and in which language ("": unknown)."""
        try:
            async with self._database.unit() as uow:
                member = await find_by_telegram(uow, telegram)
                said = await link_chat(uow, token=token, telegram=telegram, chat=chat)
                return said, member.language if member else ""
        except LinkRefused:
            return text("group-chat-refused"), ""

    async def gone(self, chat: int, *, moved_to: int | None) -> None:
        """Forget the chat, or remember its new number."""
        async with self._database.unit() as uow:
            if moved_to is None:
                await chat_closed(uow, chat=chat)
            else:
                await chat_moved(uow, chat=chat, to=moved_to)
