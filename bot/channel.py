"""One update of Telegram's from beginning to end: what it means, what the conversation answers, what she sees.

Everything here can happen twice. The conversation remembers its reply to each event, a keypad counts each tap once, and
showing the same again changes nothing, so an update is simply handled again after a crash.
"""

from __future__ import annotations

import html
import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Update

from bot.calls import Calls, ChatClosed, Pauses
from bot.keypad import Keypads
from bot.notes import Notes
from bot.render import TelegramRenderer, View
from bot.showing import RememberLive, Screens
from bot.updates import (
    BACK,
    HOME,
    GroupGone,
    Heard,
    InGroup,
    Keyed,
    NotUnderstood,
    Person,
    Said,
    Spilt,
    StrangeTap,
    Tapped,
    hear,
)
from core.dialogue.engine import Conversation
from core.dialogue.holding import Overloaded
from core.dialogue.turn import TELEGRAM, Incoming, Input, Kind
from core.kernel.secrets import Busy, Vault
from core.kernel.texts import DEFAULT_LANGUAGE, Text, Texts, text

log = logging.getLogger(__name__)

# No turn has this number: a button that carries it gets the present screen shown again.
NO_TURN = -1
LOOK = Input(Kind.CHOSE, turn=NO_TURN)
PIN_ASKED = "pin-needed"
GROUP_ANSWER_SECONDS = 7 * 86_400


class GroupChats(Protocol):
    """What is known of groups' chats."""

    async def link(self, *, token: str, telegram: int, chat: int) -> tuple[Text, str]:
        """What to say in the chat that somebody brought us into with this token, and in which language ("": hers)."""
        ...

    async def gone(self, chat: int, *, moved_to: int | None) -> None:
        """We are no longer in this chat, or it has another number now."""
        ...


class PinsInGroups(Protocol):
    """What knows whether a number is somebody's PIN."""

    async def look(self, *, telegram: int, typed: str) -> bool:
        """Whether it's hers; then it is locked now, and she was told. Raises Busy."""
        ...


class TelegramChannel:
    """Handles updates for one bot."""

    def __init__(
        self,
        *,
        bot: Bot,
        conversation: Conversation,
        notes: Notes,
        vault: Vault,
        texts: Texts,
        remember_live: RememberLive,
        groups: GroupChats,
        exposed: PinsInGroups,
        pauses: Pauses,
    ) -> None:
        self._bot, self._conversation, self._notes, self._texts = bot, conversation, notes, texts
        self._groups, self._exposed = groups, exposed
        self._calls, self._keypads = Calls(bot, pauses), Keypads(notes, vault)
        self._render = TelegramRenderer(texts)
        self._screens = Screens(calls=self._calls, notes=notes, keypads=self._keypads, texts=texts, remember_live=remember_live)

    async def handle(self, payload: dict[str, Any], *, event: str) -> None:
        """Do what this update asks for. Raises Overloaded, NotDelivered, and whatever a bug raises."""
        heard = hear(Update.de_json(payload, self._bot), bot_name=self._bot.username)
        try:
            match heard:
                case None:
                    log.info("an update that means nothing to us")
                case InGroup():
                    await self._in_group(heard)
                case Spilt():
                    await self._spilt(heard)
                case GroupGone(chat, moved_to):
                    await self._groups.gone(chat, moved_to=moved_to)
                case Heard():
                    await self._respond(heard.who, heard, event)
        except ChatClosed:
            log.info("a chat is closed to us")

    async def apologise(self, payload: dict[str, Any], *, key: str) -> None:
        """Say one calm sentence to the person whose update was given up. Raises ChatClosed, NotDelivered."""
        heard = hear(Update.de_json(payload, self._bot), bot_name=self._bot.username)
        if isinstance(heard, Heard):
            language = await self._language(heard.who)
            await self._calls.send(heard.who.chat, self._texts.say(language, text(key)))

    async def show_again(self, telegram: int, *, event: str) -> None:
        """Send the open screen of this account anew, if there is one. Raises Overloaded, ChatClosed, NotDelivered."""
        who = Person(telegram, telegram, "", "")
        shown = await self._screens.current(who)
        if shown.message is None or not await self._conversation.is_underway(TELEGRAM, key=str(telegram)):
            return
        view = await self._converse(replace(who, language=shown.language), event, [LOOK])
        await self._screens.show(who, view.noted(await self._say(who, "bot-was-away")), event=event)

    async def _respond(self, who: Person, heard: Heard, event: str) -> None:
        match heard.what:
            case Said():
                await self._said(who, heard.what, event)
            case NotUnderstood(note):
                view = await self._converse(who, event, [LOOK])
                await self._screens.show(who, view.noted(await self._say(who, note)), event=event)
            case Tapped():
                await self._tapped(who, heard.what, event)
            case Keyed():
                await self._keyed(who, heard.what, event)
            case StrangeTap(query, is_forged):
                if is_forged:
                    await self._conversation.note_forged_button(telegram=who.id)
                await self._calls.answer(query, await self._say(who, "bot-not-your-button"))

    async def _said(self, who: Person, said: Said, event: str) -> None:
        """A message. What may be a PIN, typed where one is asked for, is taken out of the chat at once."""
        before = await self._screens.current(who)
        view = await self._converse(who, event, said.inputs)
        is_secret = said.looks_secret and (before.is_secret or view.about == PIN_ASKED)
        if not is_secret:
            await self._screens.show(who, view, event=event)
            return
        deleted = await self._calls.delete(who.chat, said.message)
        note = await self._say(who, "bot-pin-deleted" if deleted else "bot-pin-not-deleted")
        await self._screens.show(who, view.noted(note), event=event, stays=deleted)

    async def _tapped(self, who: Person, tap: Tapped, event: str) -> None:
        """A button of the screen, or of a message that is no longer the screen."""
        before = await self._screens.current(who)
        is_current = tap.message == before.message
        one = _input(tap) if is_current or tap.choice == HOME else LOOK
        view = await self._answering(tap.query, who, event, one)
        await self._screens.show(who, view, event=event, tapped=tap.message)

    async def _keyed(self, who: Person, key: Keyed, event: str) -> None:
        """A key of the PIN pad; the sixth digit hands the PIN in."""
        pad = await self._keypads.find(who.id, token=key.token)
        if pad is None:
            view = await self._answering(key.query, who, event, LOOK, toast="bot-keypad-expired")
            await self._screens.show(who, view, event=event, tapped=key.message)
            return
        pad = pad.tapped(key.token, event=event)
        if pad.pin is not None:
            view = await self._answering(key.query, who, event, Input(Kind.TYPED, pad.pin, turn=pad.turn))
            await self._screens.show(who, view, event=event, tapped=key.message)
            return
        await self._keypads.keep(who.id, pad)
        await self._calls.answer(key.query)
        await self._screens.show_dots(who, pad, message=key.message)

    async def _answering(self, query: str, who: Person, event: str, one: Input, *, toast: str = "") -> View:
        """The conversation's answer to a tap. The button is let go whatever happens, before anything is shown."""
        said = ""
        try:
            view = await self._converse(who, event, [one])
            said = await self._say(who, toast) if toast else view.note
        finally:
            await self._calls.answer(query, said)
        return view

    async def _converse(self, who: Person, event: str, inputs: Sequence[Input]) -> View:
        incoming = Incoming(
            channel=TELEGRAM,
            key=str(who.id),
            event=event,
            read=lambda _memory: inputs,
            telegram=who.id,
            chat=who.chat,
            display_name=who.name,
            language=who.language,
            bot=self._bot.username,
        )
        return View.load(await self._conversation.handle(incoming, self._render))

    async def _spilt(self, spilt: Spilt) -> None:
        """A number in a group. If it is her PIN it's locked before anything else, and taken out of the chat where we may."""
        try:
            is_hers = await self._exposed.look(telegram=spilt.who.id, typed=spilt.digits)
        except Busy as problem:
            raise Overloaded from problem
        if not is_hers and spilt.otherwise is not None:
            await self._in_group(spilt.otherwise)
        if is_hers and not await self._calls.delete(spilt.group, spilt.message):
            await self._calls.send(spilt.who.chat, html.escape(await self._say(spilt.who, "bot-pin-stays-in-group")))

    async def _in_group(self, group: InGroup) -> None:
        if not group.token:
            await self._point_to_private(group)
            return
        said, language = await self._groups.link(token=group.token, telegram=group.by, chat=group.chat)
        await self._calls.send(group.chat, html.escape(self._texts.say(language or group.language or DEFAULT_LANGUAGE, said)))

    async def _point_to_private(self, group: InGroup) -> None:
        """In a group nothing personal is said; once in a while the way to a private chat is."""
        key = f"group:{group.chat}"
        if await self._notes.get(key) is not None:
            return
        language = group.language or DEFAULT_LANGUAGE
        link = InlineKeyboardButton(self._texts.say(language, text("bot-open-private")), url=self._bot.link)
        said = self._texts.say(language, text("bot-write-in-private"))
        await self._calls.send(group.chat, said, InlineKeyboardMarkup([[link]]))
        await self._notes.set(key, "told", seconds=GROUP_ANSWER_SECONDS)

    async def _language(self, who: Person) -> str:
        return (await self._screens.current(who)).language or who.language or DEFAULT_LANGUAGE

    async def _say(self, who: Person, key: str) -> str:
        return self._texts.say(await self._language(who), text(key))


def _input(tap: Tapped) -> Input:
    if tap.choice == BACK:
        return Input(Kind.BACK, turn=tap.turn)
    if tap.choice == HOME:
        return Input(Kind.HOME, turn=tap.turn)
    return Input(Kind.CHOSE, tap.choice, turn=tap.turn)
