"""News into Telegram chats, through python-telegram-bot's Bot.

Everything is sent as plain text, so that no name or amount can become a link or a style. Telegram's refusals are told apart
by their words (it has one error code for all of them): a message that is gone is sent anew, a closed chat is told as such.
"""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import timedelta

import httpx
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, Message
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.request import HTTPXRequest

from core.kernel.settings import TelegramSettings
from core.notifications.ports import BLOCKED, GONE, Accepted, LinkButton, Outcome, Rejected, Unknown

CONNECTIONS = 16
CONNECT_SECONDS, ANSWER_SECONDS = 5.0, 15.0
LONGEST_MESSAGE, LONGEST_CAPTION = 4096, 1024
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

UNCHANGED = "message is not modified"
GONE_WORDS = ("message to edit not found", "message can't be edited", "message_id_invalid")
CLOSED_WORDS = ("chat not found", "user not found", "peer_id_invalid", "bot was kicked", "not enough rights to send")
# Failures before anything was sent.
NEVER_SENT = (httpx.ConnectTimeout, httpx.ConnectError, httpx.PoolTimeout)
NO_BOT = Rejected("no bot is configured")


class NotAnswering(Exception):
    """Telegram can't be used now; the message says why."""


class TelegramChat:
    """Sends and edits chat messages; without a token it refuses them all."""

    def __init__(self, settings: TelegramSettings) -> None:
        self._request = HTTPXRequest(
            connection_pool_size=CONNECTIONS, connect_timeout=CONNECT_SECONDS, read_timeout=ANSWER_SECONDS
        )
        self._bot = self._bot_of(settings) if settings.token else None
        self._name = ""

    def _bot_of(self, settings: TelegramSettings) -> Bot:
        # The library puts the token right behind its base URL, which therefore ends in /bot.
        base = f"{settings.base_url}/bot"
        return Bot(settings.token, base_url=base, request=self._request, get_updates_request=self._request)

    async def send(self, *, chat: int, message: str, button: LinkButton | None = None) -> Outcome:
        """Send a new message."""
        if self._bot is None:
            return NO_BOT
        text = message[:LONGEST_MESSAGE]
        markup = _markup(button)
        sending = self._bot.send_message(chat_id=chat, text=text, link_preview_options=NO_PREVIEW, reply_markup=markup)
        return await _outcome(sending)

    async def edit(self, *, chat: int, message_id: int, message: str, button: LinkButton | None = None) -> Outcome:
        """Change a message of ours; its buttons go, but for the one given."""
        if self._bot is None:
            return NO_BOT
        change = self._bot.edit_message_text(
            chat_id=chat,
            message_id=message_id,
            text=message[:LONGEST_MESSAGE],
            link_preview_options=NO_PREVIEW,
            reply_markup=_markup(button),
        )
        outcome = await _outcome(change)
        unchanged = isinstance(outcome, Rejected) and outcome.reason == UNCHANGED
        return Accepted(str(message_id)) if unchanged else outcome

    async def pin(self, *, chat: int, message_id: int) -> Outcome:
        """Pin a message without a sound."""
        if self._bot is None:
            return NO_BOT
        return await _outcome(self._bot.pin_chat_message(chat, message_id, disable_notification=True))

    async def send_picture(self, *, chat: int, content: bytes, message: str, protected: bool = False) -> Outcome:
        """Send a picture with these words below it; words that are too long for that follow as a message of their own."""
        if self._bot is None:
            return NO_BOT
        if len(message) <= LONGEST_CAPTION:
            sending = self._bot.send_photo(chat_id=chat, photo=content, caption=message, protect_content=protected)
            return await _outcome(sending)
        said = await self.send(chat=chat, message=message)
        if isinstance(said, Accepted):
            await _outcome(self._bot.send_photo(chat_id=chat, photo=content, protect_content=protected))
        return said

    async def send_document(self, *, chat: int, name: str, content: bytes, protected: bool = False) -> Outcome:
        """Send a file of this name."""
        if self._bot is None:
            return NO_BOT
        sending = self._bot.send_document(chat_id=chat, document=content, filename=name, protect_content=protected)
        return await _outcome(sending)

    async def link(self, start: str) -> str:
        """The address that opens the private chat with the bot; "" when there's no bot or it can't be asked now."""
        if self._bot is None:
            return ""
        try:
            self._name = self._name or str((await self._bot.get_me()).username)
        except TelegramError:
            return ""
        return f"https://t.me/{self._name}?start={start}"

    async def ping(self) -> str:
        """The bot's user name; empty when there's no bot. Raises NotAnswering."""
        if self._bot is None:
            return ""
        try:
            return str((await self._bot.get_me()).username)
        except TelegramError as error:
            raise NotAnswering(f"Telegram: {type(error).__name__}") from None

    async def aclose(self) -> None:
        """Close the connections."""
        await self._request.shutdown()


def _markup(button: LinkButton | None) -> InlineKeyboardMarkup | None:
    if button is None or not button.url:
        return None
    return InlineKeyboardMarkup([[InlineKeyboardButton(button.label, url=button.url)]])


async def _outcome(call: Awaitable[Message | bool]) -> Outcome:
    try:
        sent = await call
    except TelegramError as error:
        return _of_error(error)
    return Accepted(str(sent.message_id) if isinstance(sent, Message) else "0")


def _of_error(error: TelegramError) -> Outcome:
    match error:
        case RetryAfter():
            # The public attribute warns about its own future type; this one is the duration already.
            wait = error._retry_after + timedelta(seconds=1)  # noqa: SLF001
            return Rejected("too many messages", retry=True, after=wait)
        case Forbidden() | ChatMigrated():
            return Rejected(BLOCKED)
        case BadRequest():
            return _of_words(error.message.lower())
        case InvalidToken():
            return Rejected("the bot's token is refused", retry=True)
    cause = error.__cause__ or error
    never_sent = isinstance(error, NetworkError) and isinstance(cause, NEVER_SENT)
    name = type(cause).__name__
    return Rejected(f"no connection: {name}", retry=True) if never_sent else Unknown(name)


def _of_words(said: str) -> Outcome:
    """Telegram has one code for all of these; only its words tell them apart."""
    if UNCHANGED in said:
        return Rejected(UNCHANGED)
    if any(words in said for words in GONE_WORDS):
        return Rejected(GONE)
    if any(words in said for words in CLOSED_WORDS):
        return Rejected(BLOCKED)
    return Rejected(said[:100])
