"""What a person does in her Telegram app: write, share a contact, tap a button, delete, block the bot."""

from typing import Any

from core.sandbox.people import Person
from core.sandbox.telegram.bot import Bot
from core.sandbox.telegram.chats import Chat
from core.sandbox.telegram.formatting import LONGEST_TEXT
from core.sandbox.telegram.markup import LONGEST_CALLBACK_BYTES, has_button
from core.sandbox.telegram.messages import chat_wire, command_entities


class NotPossible(Exception):
    """The app wouldn't let her do that; the message says why."""


class Owner:
    """Acts for whoever owns the phone."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def write(self, person: Person, text: str) -> None:
        """Send a text, a command, or the words of a key of the reply keyboard."""
        text = text.strip()
        if not 1 <= len(text) <= LONGEST_TEXT:
            raise NotPossible(f"a message has 1 to {LONGEST_TEXT} characters")
        chat = self._open_chat(person)
        message = self._bot.chats.add(person, out=True, text=text, entities=command_entities(text))
        _used_keyboard(chat)
        self._bot.changed(person)
        await self._bot.report_message(person, message)

    async def share_contact(self, person: Person, phone: str | None, *, forwarded: bool = False) -> None:
        """Share her own number, or somebody else's card; a forwarded card shows where it came from."""
        chat = self._open_chat(person)
        contact = _own_card(person) if phone is None else self._card(phone)
        message = self._bot.chats.add(person, out=True, contact=contact, forwarded=forwarded)
        _used_keyboard(chat)
        self._bot.changed(person)
        await self._bot.report_message(person, message)

    async def tap(self, person: Person, message_id: int, data: str, *, forged: bool = False) -> str:
        """Tap a button; returns the query's id. `forged`: send data that no button has, or from a message that is gone."""
        chat = self._open_chat(person)
        message = chat.messages.get(message_id)
        if not forged and (message is None or not has_button(message.inline, data)):
            raise NotPossible("that message has no such button")
        if not 1 <= len(data.encode()) <= LONGEST_CALLBACK_BYTES:
            raise NotPossible(f"a button carries 1 to {LONGEST_CALLBACK_BYTES} bytes")
        if message is None:
            wire: dict[str, Any] = {"message_id": message_id, "chat": chat_wire(person), "date": 0}
        else:
            wire = self._bot.wire(person, message)
        chat.tapping = {"message": message_id, "data": data}
        self._bot.changed(person)
        return await self._bot.report_tap(person, wire, data)

    def delete(self, person: Person, message_id: int) -> None:
        """Delete a message for both; the bot isn't told."""
        chat = self._bot.chats.of(person)
        if chat.messages.pop(message_id, None) is None:
            raise NotPossible("there is no such message")
        self._bot.changed(person)

    async def block(self, person: Person, *, blocked: bool) -> None:
        chat = self._bot.chats.of(person)
        if chat.blocked == blocked:
            return
        if not chat.started:
            raise NotPossible("the chat wasn't started yet")
        chat.blocked = blocked
        self._bot.changed(person)
        await self._bot.report_membership(person, chat)

    def _open_chat(self, person: Person) -> Chat:
        chat = self._bot.chats.of(person)
        if chat.blocked:
            raise NotPossible("the bot is blocked: unblock it first")
        chat.started, chat.toast = True, None
        return chat

    def _card(self, phone: str) -> dict[str, Any]:
        other = self._bot.world.people.by_phone(phone)
        if other is not None:
            return _own_card(other)
        # A card from the address book of somebody who isn't on Telegram has no user id.
        return {"phone_number": phone.lstrip("+"), "first_name": "Somebody"}


def _own_card(person: Person) -> dict[str, Any]:
    """Apps send the number without its plus sign."""
    return {"phone_number": person.digits, "first_name": person.telegram.first_name, "user_id": person.telegram.id}


def _used_keyboard(chat: Chat) -> None:
    if chat.keyboard is not None and chat.keyboard.get("one_time_keyboard"):
        chat.keyboard = None
