"""One bot with its chats, updates, webhook and profile, remembered together."""

from dataclasses import dataclass
from typing import Any

from core.sandbox import identifiers
from core.sandbox.people import Person
from core.sandbox.telegram.chats import Chat, Chats
from core.sandbox.telegram.files import Files
from core.sandbox.telegram.messages import Message, chat_wire, user_wire
from core.sandbox.telegram.profile import Profile
from core.sandbox.telegram.updates import CALLBACK_SECONDS, MESSAGE_SECONDS, Updates
from core.sandbox.telegram.webhook import Webhook
from core.sandbox.world import World


@dataclass
class Query:
    """A tap that waits for an answer. `at` is elapsed seconds of the sandbox's clock."""

    user_id: int
    at: float
    answered: bool = False


class Bot:
    """Everything that belongs to the one bot of this sandbox."""

    def __init__(self, world: World) -> None:
        self.world = world
        remembered = world.store.load("telegram") or {}
        self.files = Files(world)
        self.chats = Chats(world, self.files, remembered)
        self.updates = Updates(world, remembered)
        self.webhook = Webhook(world, self.updates, remembered)
        self.profile = Profile(self.chats, world.settings.telegram_name, remembered)
        self._queries: dict[str, Query] = {}
        self._section = world.store.section("telegram", self._dump)
        self.updates.section = self._section

    def _dump(self) -> dict[str, Any]:
        parts = (self.chats, self.updates, self.webhook, self.profile)
        return {name: value for part in parts for name, value in part.dump().items()}

    def me(self) -> dict[str, Any]:
        """The User object of getMe."""
        lacks = ("can_read_all_group_messages", "supports_inline_queries", "can_connect_to_business", "has_main_web_app")
        return {**self.sender(), "can_join_groups": True, **dict.fromkeys(lacks, False)}

    def sender(self) -> dict[str, Any]:
        return self.chats.bot_user(self.profile.name)

    def wire(self, person: Person, message: Message) -> dict[str, Any]:
        return self.chats.wire(person, message, self.sender())

    def changed(self, person: Person | None = None) -> None:
        """Something of the bot's is different now, and this person's phone shows it."""
        self._section.changed()
        if person is not None:
            self.world.changed(person.phone)

    async def report_message(self, person: Person, message: Message) -> None:
        """Tell the bot of a message that a person wrote."""
        content, chat = self.wire(person, message), str(person.telegram.id)
        await self.updates.add("message", content, queue=f"chat:{chat}", lifetime=MESSAGE_SECONDS, phone=person.phone)

    async def report_tap(self, person: Person, message: dict[str, Any], data: str) -> str:
        """Tell the bot of a tap; returns the query's id."""
        query_id = identifiers.large_number()
        self._queries[query_id] = Query(person.telegram.id, self.world.clock.elapsed())
        content = {
            "id": query_id,
            "from": user_wire(person),
            "message": message,
            "chat_instance": str(person.telegram.id * 7 + self.chats.bot_id),
            "data": data,
        }
        queue = f"user:{person.telegram.id}"
        await self.updates.add("callback_query", content, queue=queue, lifetime=CALLBACK_SECONDS, phone=person.phone)
        return query_id

    def query(self, query_id: str) -> Query | None:
        """A tap that can still be answered."""
        deadline = self.world.clock.elapsed() - CALLBACK_SECONDS
        self._queries = {known: query for known, query in self._queries.items() if query.at > deadline}
        return self._queries.get(query_id)

    async def report_membership(self, person: Person, chat: Chat) -> None:
        """Tell the bot that a person blocked it or let it back in."""
        bot = self.sender()
        member, kicked = {"status": "member", "user": bot}, {"status": "kicked", "user": bot, "until_date": 0}
        content = {
            "chat": chat_wire(person),
            "from": user_wire(person),
            "date": self.world.clock.unix(),
            "old_chat_member": member if chat.blocked else kicked,
            "new_chat_member": kicked if chat.blocked else member,
        }
        queue = f"chat:{person.telegram.id}"
        await self.updates.add("my_chat_member", content, queue=queue, lifetime=MESSAGE_SECONDS, phone=person.phone)
