"""The private chats between people and the bot, with everything that is on their screens."""

from dataclasses import asdict, dataclass, field
from typing import Any

from core.sandbox.people import Person, TelegramUser
from core.sandbox.telegram.answers import Refused, bad_request, blocked, kicked
from core.sandbox.telegram.files import Files
from core.sandbox.telegram.messages import Message
from core.sandbox.world import World

# Older messages of one chat are forgotten, as if the person had cleared the history.
MOST_MESSAGES = 1_000
# What the phone page is told at once.
MOST_SHOWN = 200
TYPING_SECONDS = 5
FIRST_GROUP = -1_001_000_000_001


@dataclass
class Chat:
    """One person's chat. It exists for the bot once she wrote to it. `keyboard` is the reply keyboard now shown.

    bot_is_admin: of a group; then the bot hears everything there and may delete what others wrote.
    """

    user_id: int
    started: bool = False
    blocked: bool = False
    messages: dict[int, Message] = field(default_factory=dict)
    keyboard: dict[str, Any] | None = None
    toast: dict[str, Any] | None = None
    # The button that waits for the bot's answer: message id and data.
    tapping: dict[str, Any] | None = None
    action: str | None = None
    action_until: float = 0.0
    pinned: int | None = None
    bot_is_admin: bool = False

    def dump(self) -> dict[str, Any]:
        kept = asdict(self)
        for passing in ("toast", "tapping", "action", "action_until"):
            del kept[passing]
        kept["messages"] = [asdict(message) for message in self.messages.values()]
        return kept

    @classmethod
    def load(cls, kept: dict[str, Any]) -> "Chat":
        messages = {item["id"]: Message(**item) for item in kept.pop("messages")}
        return cls(messages=messages, **kept)


class Chats:
    """All chats of the one bot, and the numbers its messages get."""

    def __init__(self, world: World, files: Files, remembered: dict[str, Any]) -> None:
        self._world = world
        self.files = files
        self._by_user = {item["user_id"]: Chat.load(item) for item in remembered.get("chats", [])}
        kept = remembered.get("groups", {})
        self._groups = {int(number): _group(int(number), title) for number, title in kept.items()}
        self._next_id: int = remembered.get("next_message_id", 1)
        self.bot_id = int(world.settings.telegram_token.partition(":")[0])

    def dump(self) -> dict[str, Any]:
        chats, groups = list(self._by_user.values()), self._groups.items()
        return {
            "chats": [chat.dump() for chat in chats],
            "groups": {str(number): group.name for number, group in groups},
            "next_message_id": self._next_id,
        }

    def add_group(self, title: str) -> Person:
        """A new group with the bot in it."""
        number = FIRST_GROUP - len(self._groups)
        self._groups[number] = _group(number, title)
        self.of(self._groups[number]).started = True
        return self._groups[number]

    def group(self, number: int) -> Person:
        """Raises Refused for one that there isn't."""
        if number not in self._groups:
            raise bad_request("chat not found")
        return self._groups[number]

    def shown_groups(self) -> list[dict[str, Any]]:
        """All groups, for whoever looks at them."""
        return [self.shown(group) for group in self._groups.values()]

    def of(self, person: Person) -> Chat:
        return self._by_user.setdefault(person.telegram.id, Chat(person.telegram.id))

    def bot_user(self, name: str) -> dict[str, Any]:
        """The bot as a sender."""
        return {"id": self.bot_id, "is_bot": True, "first_name": name, "username": self._world.settings.telegram_username}

    def resolve(self, chat_id: str) -> tuple[Person, Chat]:
        """Whose chat an API call means. Raises Refused for one that the bot never met."""
        if not chat_id:
            raise bad_request("chat_id is empty")
        # A channel's @name is nobody's chat here.
        is_number = chat_id.isascii() and chat_id.removeprefix("-").isdigit()
        number = int(chat_id) if is_number else 0
        person = self._groups.get(number) if number < 0 else self._world.people.by_telegram(number)
        if person is None or not self.of(person).started:
            raise bad_request("chat not found")
        return person, self.of(person)

    def writable(self, chat_id: str) -> tuple[Person, Chat]:
        """The same for a call that writes into the chat. Raises Refused, also when the person blocked the bot."""
        person, chat = self.resolve(chat_id)
        if chat.blocked:
            raise kicked() if person.telegram.id < 0 else blocked()
        return person, chat

    def add(self, person: Person, **content: Any) -> Message:
        """Put a new message at the end of a chat."""
        chat = self.of(person)
        message = Message(id=self._next_id, date=self._world.clock.unix(), **content)
        self._next_id += 1
        chat.messages[message.id] = message
        while len(chat.messages) > MOST_MESSAGES:
            del chat.messages[next(iter(chat.messages))]
        return message

    def wire(self, person: Person, message: Message, bot: dict[str, Any]) -> dict[str, Any]:
        """A message with the one it answers, as the Bot API sends it."""
        wire = message.wire(person, bot, self.files)
        answered = self.of(person).messages.get(message.reply_to) if message.reply_to else None
        if answered is not None:
            wire["reply_to_message"] = answered.wire(person, bot, self.files)
        return wire

    def shown(self, person: Person) -> dict[str, Any]:
        """One chat for the phone page."""
        chat = self.of(person)
        is_acting = chat.action is not None and self._world.clock.elapsed() < chat.action_until
        return {
            "id": person.telegram.id,
            "first_name": person.telegram.first_name,
            "username": person.telegram.username,
            "language_code": person.telegram.language_code,
            "started": chat.started,
            "blocked": chat.blocked,
            "keyboard": chat.keyboard,
            "messages": [message.shown(self.files) for message in list(chat.messages.values())[-MOST_SHOWN:]],
            "toast": chat.toast,
            "tapping": chat.tapping,
            "action": chat.action if is_acting else None,
            "pinned": chat.pinned,
        }


def _group(number: int, title: str) -> Person:
    return Person(f"group {number}", title, "", TelegramUser(number, title, "", ""))


def find_message(chat: Chat, message_id: int, kind: str) -> Message:
    """A message of this chat. Raises Refused: `kind` is what Telegram calls it (`message to edit`)."""
    message = chat.messages.get(message_id)
    if message is None:
        raise Refused(400, f"Bad Request: {kind} not found")
    return message
