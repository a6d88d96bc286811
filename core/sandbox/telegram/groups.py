"""Group chats: people write in them, the bot hears what is meant for it (as in Telegram's privacy mode) and may be taken out.

To the chats a group is like a person whose number is negative, so that sending and editing are the same calls.
"""

from typing import Any

from core.sandbox.people import Person
from core.sandbox.telegram.bot import Bot
from core.sandbox.telegram.messages import chat_wire, command_entities, user_wire
from core.sandbox.telegram.updates import MESSAGE_SECONDS

_LONGEST_TITLE = 128


class Groups:
    """Acts for people in groups."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def add_bot(self, person: Person, title: str, payload: str) -> int:
        """Make a group with the bot in it, as a startgroup link does; returns its number."""
        group = self._bot.chats.add_group(title.strip()[:_LONGEST_TITLE] or "Group")
        await self._membership(person, group, came=True)
        name = self._bot.world.settings.telegram_username
        await self.write(person, group.telegram.id, f"/start@{name} {payload}".strip())
        return group.telegram.id

    async def write(self, person: Person, chat: int, text: str, *, anonymous: bool = False) -> None:
        """Write in a group. `anonymous`: as an administrator who stays hidden."""
        group = self._bot.chats.group(chat)
        hidden = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
        sender = hidden if anonymous else user_wire(person)
        message = self._bot.chats.add(group, out=True, text=text, entities=command_entities(text), sender=sender)
        self._bot.changed(group)
        name = self._bot.world.settings.telegram_username
        if self._bot.chats.of(group).bot_is_admin or text.startswith("/") or f"@{name}".lower() in text.lower():
            content = self._bot.wire(group, message)
            await self._bot.updates.add("message", content, queue=f"chat:{chat}", lifetime=MESSAGE_SECONDS, phone=person.phone)

    def promote_bot(self, chat: int) -> None:
        """Make it an administrator who may delete messages."""
        self._bot.chats.of(self._bot.chats.group(chat)).bot_is_admin = True

    async def remove_bot(self, person: Person, chat: int) -> None:
        """Take the bot out."""
        group = self._bot.chats.group(chat)
        self._bot.chats.of(group).blocked = True
        await self._membership(person, group, came=False)

    async def upgrade(self, person: Person, chat: int) -> int:
        """Make it a supergroup, which has another number; returns that. Its messages stay behind."""
        old = self._bot.chats.group(chat)
        new = self._bot.chats.add_group(old.telegram.first_name)
        self._bot.chats.of(old).started = False
        content = {
            "message_id": 1,
            "from": user_wire(person),
            "chat": chat_wire(old),
            "date": self._bot.world.clock.unix(),
            "migrate_to_chat_id": new.telegram.id,
        }
        await self._bot.updates.add("message", content, queue=f"chat:{chat}", lifetime=MESSAGE_SECONDS, phone=person.phone)
        return new.telegram.id

    async def _membership(self, person: Person, group: Person, *, came: bool) -> None:
        bot = self._bot.sender()
        member, left = {"status": "member", "user": bot}, {"status": "left", "user": bot}
        content: dict[str, Any] = {
            "chat": chat_wire(group),
            "from": user_wire(person),
            "date": self._bot.world.clock.unix(),
            "old_chat_member": left if came else member,
            "new_chat_member": member if came else left,
        }
        queue = f"chat:{group.telegram.id}"
        await self._bot.updates.add("my_chat_member", content, queue=queue, lifetime=MESSAGE_SECONDS, phone=person.phone)
