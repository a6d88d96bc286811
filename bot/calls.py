"""Calls of the Bot API as a conversation needs them: patient with floods and outages, calm about what is gone.

A flood limit concerns one chat, so only that chat waits. Editing is repeated without harm; a message whose answer was lost
may appear twice, which is why nothing that moves money depends on a message. No content of a call is ever logged.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol, TypeVar, cast

from telegram import Bot, LinkPreviewOptions, ReplyKeyboardRemove
from telegram.constants import ParseMode
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from bot.render import Markup
from core.kernel.settings import TelegramSettings

# The library's own switch for durations as timedelta, which its next version has anyway.
os.environ.setdefault("PTB_TIMEDELTA", "true")

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")

POLL_SECONDS = 30
ANSWER_SECONDS = 10.0
CONNECTIONS = 32
TRIES = 4
PAUSE_SECONDS = 0.4
# Someone who waits longer than this for a screen has gone; her update is tried again later.
LONGEST_FLOOD_SECONDS = 60.0
LONGEST_TOAST = 200

UNCHANGED = "message is not modified"
GONE = ("message to edit not found", "message can't be edited", "message_id_invalid", "no text in the message to edit")
CLOSED = ("chat not found", "user not found", "peer_id_invalid", "bot was kicked", "have no rights to send")


class ChatClosed(Exception):
    """Nothing can be said in this chat: the person blocked us, or it doesn't exist."""


class NotDelivered(Exception):
    """Telegram couldn't be reached, or kept refusing for the moment. Later may be better."""


class Pauses(Protocol):
    """Which chats Telegram wants left alone for a while, as all processes know it."""

    async def seconds(self, chat: int) -> float: ...

    async def pause(self, chat: int, seconds: float) -> None: ...


class QuietRequest(HTTPXRequest):
    """The library's HTTP client, except that an answer that can't be read is never logged: it may hold what people wrote."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:
        """The answer's JSON. Raises NetworkError."""
        try:
            return json.loads(payload.decode("utf-8", "replace"))
        except ValueError:
            raise NetworkError("an answer that isn't JSON") from None


class TelegramBot(Bot):
    """The library's bot, with updates as they came: one that can't be understood must not take its whole batch along."""

    async def raw_updates(self, *, offset: int | None, kinds: Sequence[str], wait: bool = True) -> list[dict[str, Any]]:
        """Wait for updates from this number on, or take what is there; all below it is confirmed. Raises TelegramError."""
        wanted = {"offset": offset, "timeout": POLL_SECONDS if wait else 0, "allowed_updates": list(kinds)}
        found = await self._post("getUpdates", wanted, read_timeout=POLL_SECONDS + ANSWER_SECONDS)
        return cast("list[dict[str, Any]]", found)


def open_bot(settings: TelegramSettings) -> TelegramBot:
    """The bot of this account. Raises InvalidToken for a token that can't be one."""
    return TelegramBot(
        settings.token,
        base_url=f"{settings.base_url}/bot",
        base_file_url=f"{settings.base_url}/file/bot",
        request=_request(CONNECTIONS),
        get_updates_request=_request(1),
    )


def _request(connections: int) -> QuietRequest:
    return QuietRequest(
        connection_pool_size=connections,
        read_timeout=ANSWER_SECONDS,
        write_timeout=ANSWER_SECONDS,
        connect_timeout=ANSWER_SECONDS,
        pool_timeout=ANSWER_SECONDS,
    )


class Calls:
    """Sends, edits, deletes and answers. Raises ChatClosed or NotDelivered where its methods say so."""

    def __init__(self, bot: Bot, pauses: Pauses) -> None:
        self._bot, self._pauses = bot, pauses

    async def send(self, chat: int, html: str, markup: Markup | ReplyKeyboardRemove | None = None) -> int:
        """A new message; its id. Raises ChatClosed, NotDelivered."""
        sent = await self._in_time(
            chat,
            lambda: self._bot.send_message(
                chat,
                html,
                parse_mode=ParseMode.HTML,
                reply_markup=markup,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            ),
        )
        return sent.message_id

    async def send_picture(self, chat: int, png: bytes, html: str, markup: Markup | None = None) -> int:
        """A new message with a picture above its text; its id. Raises ChatClosed, NotDelivered."""
        sent = await self._in_time(
            chat, lambda: self._bot.send_photo(chat, png, caption=html, parse_mode=ParseMode.HTML, reply_markup=markup)
        )
        return sent.message_id

    async def _in_time(self, chat: int, call: Callable[[], Awaitable[Answer]]) -> Answer:
        """The call's answer, once the chat isn't paused; a pause that Telegram asks for is told to all processes."""
        seconds = await self._pauses.seconds(chat)
        if seconds:
            await _wait(seconds, last=False)

        async def told() -> Answer:
            try:
                return await call()
            except RetryAfter as flood:
                await self._pauses.pause(chat, _seconds(flood))
                raise

        return await patiently(told)

    async def edit(self, chat: int, message: int, html: str, markup: Markup | None = None) -> bool:
        """Change a message; False when it can't be any more. Raises ChatClosed, NotDelivered."""
        if markup is not None and not hasattr(markup, "inline_keyboard"):
            return False

        async def change() -> object:
            return await self._bot.edit_message_text(
                html,
                chat_id=chat,
                message_id=message,
                parse_mode=ParseMode.HTML,
                reply_markup=cast("Any", markup),
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )

        return await _still_there(change)

    async def try_edit(self, chat: int, message: int, html: str, markup: Markup) -> None:
        """Change a message if that works at once; a passing sign isn't worth waiting for."""
        try:
            await self._bot.edit_message_text(
                html, chat_id=chat, message_id=message, parse_mode=ParseMode.HTML, reply_markup=cast("Any", markup)
            )
        except TelegramError as problem:
            log.debug("a passing edit was left out: %s", type(problem).__name__)

    async def strip(self, chat: int, message: int) -> None:
        """Take a message's buttons away, if it's still there. What they'd send is refused anyway."""
        try:
            await _still_there(lambda: self._bot.edit_message_reply_markup(chat_id=chat, message_id=message))
        except (ChatClosed, NotDelivered):
            log.info("the buttons of an old message stayed")

    async def delete(self, chat: int, message: int) -> bool:
        """Whether the message is gone now."""
        try:
            await patiently(lambda: self._bot.delete_message(chat, message))
        except BadRequest as refusal:
            return "not found" in refusal.message.lower()
        except (ChatClosed, NotDelivered):
            return False
        return True

    async def answer(self, query: str, toast: str = "") -> None:
        """Let a button rest, saying something for a moment. One try: it is soon too old, and nothing depends on it."""
        try:
            await self._bot.answer_callback_query(query, text=toast[:LONGEST_TOAST] or None)
        except TelegramError as problem:
            log.info("a tap could not be answered: %s", type(problem).__name__)


async def _still_there(change: Callable[[], Awaitable[object]]) -> bool:
    """Carry out an edit; an edit to what is there already counts as done."""
    try:
        await patiently(change)
    except BadRequest as refusal:
        said = refusal.message.lower()
        if UNCHANGED in said:
            return True
        if any(words in said for words in GONE):
            return False
        raise
    return True


async def patiently(call: Callable[[], Awaitable[Answer]]) -> Answer:
    """The call's answer, tried again after floods and outages. Raises ChatClosed, NotDelivered, BadRequest."""
    for attempt in range(1, TRIES + 1):
        try:
            return await call()
        except Forbidden:
            raise ChatClosed from None
        except BadRequest as refusal:
            if any(words in refusal.message.lower() for words in CLOSED):
                raise ChatClosed from None
            raise
        except RetryAfter as flood:
            await _wait(_seconds(flood), last=attempt == TRIES)
        except NetworkError:
            await _wait(PAUSE_SECONDS * 2**attempt, last=attempt == TRIES)
    raise NotDelivered


async def _wait(seconds: float, *, last: bool) -> None:
    if last or seconds > LONGEST_FLOOD_SECONDS:
        raise NotDelivered
    await asyncio.sleep(seconds)


def _seconds(flood: RetryAfter) -> float:
    after = flood.retry_after
    return float(after) if isinstance(after, int) else after.total_seconds()
