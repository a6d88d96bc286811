"""Calls that put something new into a chat: text, photo, document, and the passing signs."""

from typing import Any

from core.sandbox.people import Person
from core.sandbox.telegram import formatting
from core.sandbox.telegram.answers import bad_request
from core.sandbox.telegram.arguments import Arguments
from core.sandbox.telegram.bot import Bot
from core.sandbox.telegram.chats import TYPING_SECONDS, Chat
from core.sandbox.telegram.markup import Markup, read_markup

LONGEST_TOAST = 200
_ACTIONS = (
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "record_audio",
    "upload_audio",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
)


async def send_message(bot: Bot, arguments: Arguments) -> dict[str, Any]:
    text, entities = read_message_text(arguments)
    markup = read_markup(arguments)
    person, chat = bot.chats.writable(arguments.text("chat_id"))
    return _send(bot, person, chat, arguments, markup, text=text, entities=entities)


async def send_photo(bot: Bot, arguments: Arguments) -> dict[str, Any]:
    return _send_file(bot, arguments, "photo")


async def send_document(bot: Bot, arguments: Arguments) -> dict[str, Any]:
    return _send_file(bot, arguments, "document")


async def send_chat_action(bot: Bot, arguments: Arguments) -> bool:
    action = arguments.text("action").lower()
    if action not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    person, chat = bot.chats.writable(arguments.text("chat_id"))
    chat.action, chat.action_until = action, bot.world.clock.elapsed() + TYPING_SECONDS
    bot.changed(person)
    bot.world.errands.run(_stop_acting(bot, person))
    return True


async def answer_callback_query(bot: Bot, arguments: Arguments) -> bool:
    """Let the button rest and show what the bot says, once."""
    query = bot.query(arguments.text("callback_query_id"))
    if query is None:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    text = arguments.text("text")
    if len(text) > LONGEST_TOAST:
        raise bad_request("MESSAGE_TOO_LONG")
    person = bot.world.people.by_telegram(query.user_id)
    if person is not None and not query.answered:
        query.answered = True
        chat = bot.chats.of(person)
        chat.tapping = None
        chat.toast = {"text": text, "alert": arguments.flag("show_alert")} if text else None
        bot.changed(person)
    return True


async def pin_chat_message(bot: Bot, arguments: Arguments) -> bool:
    person, chat = bot.chats.writable(arguments.text("chat_id"))
    message_id = arguments.integer("message_id")
    if message_id not in chat.messages:
        raise bad_request("message to pin not found")
    chat.pinned = message_id
    bot.changed(person)
    return True


async def unpin_chat_message(bot: Bot, arguments: Arguments) -> bool:
    person, chat = bot.chats.writable(arguments.text("chat_id"))
    if chat.pinned is None:
        raise bad_request("message to unpin not found")
    chat.pinned = None
    bot.changed(person)
    return True


def read_message_text(arguments: Arguments) -> tuple[str, list[dict[str, Any]]]:
    """The text of a send or edit call with its entities. Raises Refused."""
    text = arguments.text("text")
    if not text:
        raise bad_request("message text is empty")
    given = arguments.parsed("entities", "can't parse entities JSON object")
    plain, entities = formatting.read_text(text, arguments.text("parse_mode"), given, empty="text must be non-empty")
    if len(plain) > formatting.LONGEST_TEXT:
        raise bad_request("message is too long")
    return plain, entities


def read_caption(arguments: Arguments) -> tuple[str, list[dict[str, Any]]]:
    """The caption of a file with its entities; it may be empty. Raises Refused."""
    given = arguments.parsed("caption_entities", "can't parse entities JSON object")
    caption, mode = arguments.text("caption"), arguments.text("parse_mode")
    plain, entities = formatting.read_text(caption, mode, given, empty="text must be non-empty")
    if len(plain) > formatting.LONGEST_CAPTION:
        raise bad_request("message caption is too long")
    return plain, entities


def _send_file(bot: Bot, arguments: Arguments, kind: str) -> dict[str, Any]:
    caption, entities = read_caption(arguments)
    markup = read_markup(arguments)
    person, chat = bot.chats.writable(arguments.text("chat_id"))
    kept = bot.files.take(arguments, kind)
    if kind == "photo" and not kept.width:
        raise bad_request("type of file mismatch")
    return _send(bot, person, chat, arguments, markup, text=caption, entities=entities, **{kind: kept.id})


def _send(bot: Bot, person: Person, chat: Chat, arguments: Arguments, markup: Markup | None, **content: Any) -> dict[str, Any]:
    reply_to = _replied(arguments, chat)
    message = bot.chats.add(
        person,
        out=False,
        reply_to=reply_to,
        inline=markup.content if markup is not None and markup.kind == "inline" else None,
        had_keyboard=markup is not None and markup.kind != "inline",
        protected=arguments.flag("protect_content"),
        **content,
    )
    if markup is not None and markup.kind == "keyboard":
        chat.keyboard = markup.content
    elif markup is not None and markup.kind == "remove":
        chat.keyboard = None
    chat.action = None
    bot.changed(person)
    return bot.wire(person, message)


def _replied(arguments: Arguments, chat: Chat) -> int | None:
    """The message that this one answers, if it is still there. Raises Refused."""
    parameters = arguments.parsed("reply_parameters", "can't parse reply parameters JSON object")
    if parameters is None:
        message_id, may_miss = arguments.integer("reply_to_message_id"), arguments.flag("allow_sending_without_reply")
    elif isinstance(parameters, dict) and isinstance(parameters.get("message_id"), int):
        message_id, may_miss = parameters["message_id"], bool(parameters.get("allow_sending_without_reply"))
    else:
        raise bad_request("object expected as reply parameters")
    if message_id <= 0 or message_id in chat.messages:
        return message_id or None
    if may_miss:
        return None
    raise bad_request("message to be replied not found")


async def _stop_acting(bot: Bot, person: Person) -> None:
    await bot.world.clock.sleep(TYPING_SECONDS)
    bot.world.changed(person.phone)
