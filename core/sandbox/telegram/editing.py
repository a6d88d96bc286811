"""Calls that change or take away what is already in a chat."""

from typing import Any

from core.sandbox.people import Person
from core.sandbox.telegram.answers import bad_request
from core.sandbox.telegram.arguments import Arguments
from core.sandbox.telegram.bot import Bot
from core.sandbox.telegram.chats import Chat, find_message
from core.sandbox.telegram.markup import read_inline_markup
from core.sandbox.telegram.messages import DELETE_SECONDS, Message
from core.sandbox.telegram.sending import read_caption, read_message_text

_MOST_DELETED = 100
_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current content "
    "and reply markup of the message"
)


async def edit_message_text(bot: Bot, arguments: Arguments) -> dict[str, Any]:
    text, entities = read_message_text(arguments)
    inline = read_inline_markup(arguments)
    person, message = _editable(bot, arguments)
    if message.has_media:
        raise bad_request("there is no text in the message to edit")
    return _change(bot, person, message, text=text, entities=entities, inline=inline)


async def edit_message_caption(bot: Bot, arguments: Arguments) -> dict[str, Any]:
    text, entities = read_caption(arguments)
    inline = read_inline_markup(arguments)
    person, message = _editable(bot, arguments)
    if not message.has_media:
        raise bad_request("there is no caption in the message to edit")
    return _change(bot, person, message, text=text, entities=entities, inline=inline)


async def edit_message_reply_markup(bot: Bot, arguments: Arguments) -> dict[str, Any]:
    inline = read_inline_markup(arguments)
    person, message = _editable(bot, arguments)
    return _change(bot, person, message, text=message.text, entities=message.entities, inline=inline)


async def delete_message(bot: Bot, arguments: Arguments) -> bool:
    if not arguments.text("chat_id"):
        raise bad_request("chat identifier is not specified")
    if arguments.integer("message_id") == 0:
        raise bad_request("message identifier is not specified")
    person, chat = bot.chats.resolve(arguments.text("chat_id"))
    message = find_message(chat, arguments.integer("message_id"), "message to delete")
    if not _is_young(bot, message) or not _is_ours_to_delete(chat, message):
        raise bad_request("message can't be deleted for everyone")
    _delete(bot, person, chat, message)
    return True


def _is_ours_to_delete(chat: Chat, message: Message) -> bool:
    """In a private chat everything is; in a group what others wrote only where the bot is an administrator."""
    return chat.user_id > 0 or not message.out or chat.bot_is_admin


async def delete_messages(bot: Bot, arguments: Arguments) -> bool:
    """Several at once; those that aren't there any more are passed over."""
    ids = arguments.parsed("message_ids", "can't parse message identifiers JSON object")
    if not ids:
        raise bad_request("message identifiers are not specified")
    if not isinstance(ids, list) or not all(isinstance(number, int) for number in ids):
        raise bad_request("expected an Array of message identifiers")
    if len(ids) > _MOST_DELETED:
        raise bad_request("too many message identifiers specified")
    person, chat = bot.chats.resolve(arguments.text("chat_id"))
    found = [chat.messages[number] for number in ids if number in chat.messages]
    if not all(_is_young(bot, message) for message in found):
        raise bad_request("message can't be deleted for everyone")
    for message in found:
        _delete(bot, person, chat, message)
    return True


def _editable(bot: Bot, arguments: Arguments) -> tuple[Person, Message]:
    if not arguments.text("chat_id") and arguments.integer("message_id") == 0:
        # Inline messages belong to no chat; a bot without inline mode has none.
        is_inline = bool(arguments.text("inline_message_id"))
        raise bad_request("MESSAGE_ID_INVALID" if is_inline else "message identifier is not specified")
    person, chat = bot.chats.writable(arguments.text("chat_id"))
    message = find_message(chat, arguments.integer("message_id"), "message to edit")
    if message.out or message.had_keyboard:
        raise bad_request("message can't be edited")
    return person, message


def _change(bot: Bot, person: Person, message: Message, **content: Any) -> dict[str, Any]:
    before = message.content()
    if before == (content["text"], content["entities"], content["inline"]):
        raise bad_request(_NOT_MODIFIED)
    message.text, message.entities, message.inline = content["text"], content["entities"], content["inline"]
    message.edited = bot.world.clock.unix()
    bot.changed(person)
    return bot.wire(person, message)


def _is_young(bot: Bot, message: Message) -> bool:
    return bot.world.clock.unix() - message.date < DELETE_SECONDS


def _delete(bot: Bot, person: Person, chat: Chat, message: Message) -> None:
    del chat.messages[message.id]
    if chat.pinned == message.id:
        chat.pinned = None
    bot.changed(person)
