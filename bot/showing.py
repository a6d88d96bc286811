"""Which message of a chat is the screen, and how the next one takes its place.

After a tap the screen changes in place; after something was typed a new message appears below it and the old one loses its
buttons. A message that will tell the news of a payment is left alone from then on: it is the worker's to edit.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, replace
from uuid import UUID

from telegram import ReplyKeyboardRemove

from bot.calls import Calls
from bot.keypad import Keypad, Keypads
from bot.notes import Notes
from bot.picture import qr_png
from bot.render import Markup, View
from bot.updates import Person
from core.kernel.texts import Texts, text

log = logging.getLogger(__name__)

# Longer than a conversation lasts, so that its last message is still known when its buttons are tapped.
REMEMBERED_SECONDS = 7 * 86_400
# The note of a stale button passes by as a toast: what is on the screen didn't change.
PASSING = frozenset({"menu-expired"})
RememberLive = Callable[[UUID, int, int], Awaitable[None]]


@dataclass(frozen=True)
class Shown:
    """What stands in a chat: the message that is the screen, if any, and whether it asks for a PIN.

    has_keyboard: the key that shares a contact is below the chat. left_alone: the worker's message. event: what it answered.
    vanishes: it shows a secret, so the message goes when she goes on. has_picture: its text can't be changed in place.
    """

    message: int | None = None
    is_secret: bool = False
    has_keyboard: bool = False
    left_alone: int | None = None
    event: str = ""
    language: str = ""
    vanishes: bool = False
    has_picture: bool = False


class Screens:
    """Shows views, one screen per chat."""

    def __init__(self, *, calls: Calls, notes: Notes, keypads: Keypads, texts: Texts, remember_live: RememberLive) -> None:
        self._calls, self._notes, self._keypads, self._texts = calls, notes, keypads, texts
        self._remember_live = remember_live

    async def current(self, who: Person) -> Shown:
        """What stands in her chat, as far as we know."""
        stored = await self._notes.get(_key(who))
        return Shown(**json.loads(stored)) if stored else Shown()

    async def show(self, who: Person, view: View, *, event: str, tapped: int | None = None, stays: bool = False) -> None:
        """Show this as the answer to `event`. Raises ChatClosed, NotDelivered.

        tapped: the message whose button she tapped. stays: nothing stands below the screen, so it may change in place.
        """
        before = await self.current(who)
        if before.event == event:
            return
        if tapped is not None and view.about in PASSING:
            view = view.noted("")
        message = await self._place(who, view, before, tapped=tapped, stays=stays)
        if view.live is not None:
            await self._remember_live(view.live, who.chat, message)
        await self._keep(who, view, message, event)

    async def show_dots(self, who: Person, pad: Keypad, *, message: int) -> None:
        """Show how much of the PIN was entered, if that works at once."""
        view = View.load(pad.question)
        markup = view.markup(pad.rows())
        if markup is not None:
            await self._calls.try_edit(who.chat, message, view.html(below=pad.dots), markup)

    async def _place(self, who: Person, view: View, before: Shown, *, tapped: int | None, stays: bool) -> int:
        """Put the view where it belongs; the id of its message."""
        html, markup = await self._composed(who, view)
        target = before.message if before.message is not None else tapped
        in_place = (tapped is not None or stays) and target is not None and target != before.left_alone
        in_place = in_place and not view.picture and not before.has_picture
        if tapped is not None and tapped not in (target, before.left_alone):
            await self._calls.strip(who.chat, tapped)
        if in_place and target is not None and await self._calls.edit(who.chat, target, html, markup):
            return target
        await self._lower_keyboard(who, view, before)
        message = await self._send(who, view, html, markup)
        if before.message is not None and before.vanishes:
            await self._calls.delete(who.chat, before.message)
        elif before.message is not None and not before.has_keyboard:
            await self._calls.strip(who.chat, before.message)
        return message

    async def _send(self, who: Person, view: View, html: str, markup: Markup | None) -> int:
        if view.picture:
            return await self._calls.send_picture(who.chat, qr_png(view.picture), html, markup)
        return await self._calls.send(who.chat, html, markup)

    async def _composed(self, who: Person, view: View) -> tuple[str, Markup | None]:
        if not view.is_secret:
            await self._keypads.close(who.id)
            return view.html(), view.markup()
        pad = await self._keypads.open(who.id, turn=view.turn, question=view.dump())
        return view.html(below=pad.dots), view.markup(pad.rows())

    async def _lower_keyboard(self, who: Person, view: View, before: Shown) -> None:
        """A message has either a keyboard to lower or buttons, so lowering needs one of its own."""
        if before.has_keyboard and not view.contact:
            said = self._texts.say(view.language, text("bot-keyboard-lowered"))
            await self._calls.send(who.chat, said, ReplyKeyboardRemove())

    async def _keep(self, who: Person, view: View, message: int, event: str) -> None:
        shown = Shown(
            message,
            view.is_secret,
            bool(view.contact),
            event=event,
            language=view.language,
            vanishes=view.vanishes,
            has_picture=bool(view.picture),
        )
        if view.live is not None:
            shown = replace(shown, message=None, left_alone=message)
        await self._notes.set(_key(who), json.dumps(asdict(shown)), seconds=REMEMBERED_SECONDS)


def _key(who: Person) -> str:
    return f"screen:{who.id}"
