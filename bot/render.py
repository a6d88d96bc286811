"""Screens as Telegram shows them: HTML text and inline buttons, as plain JSON that can be remembered and shown again.

Everything said is escaped whole, so a name like "<b>&" reads as itself. A button carries the number of the turn it belongs to
and the id of its choice; what it leads to is decided by the conversation, never by the button.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from uuid import UUID

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, KeyboardButton, ReplyKeyboardMarkup

from bot.updates import BACK, HOME
from core.dialogue.screens import SECRET, Asks
from core.dialogue.turn import Reply
from core.kernel.texts import Text, Texts, text

# Telegram's own limits: Bot API, sendMessage and InlineKeyboardButton.
LONGEST_TEXT = 4096
LONGEST_DATA_BYTES = 64
# Two labels of this length fit beside each other on a narrow phone.
SHORT_LABEL = 16
MOST_BUTTONS = 90
# Room that is left for a note above the text and a keypad's dots below it.
SPARE = 600
# Sentences that speak of numbers and dialling, in words for a chat.
REWORDED = {
    "choose-one": "bot-choose-one",
    "session-too-long": "bot-session-too-long",
    "out-of-step": "bot-out-of-step",
    "register-declined": "bot-register-declined",
    "pin-needed": "bot-use-keypad",
}
Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup


@dataclass(frozen=True)
class Button:
    """A button's label and what comes back when it's tapped."""

    label: str
    data: str

    def __post_init__(self) -> None:
        if not 1 <= len(self.data.encode()) <= LONGEST_DATA_BYTES:
            raise ValueError(f"a button carries 1 to {LONGEST_DATA_BYTES} bytes")


@dataclass(frozen=True)
class View:
    """What a person is to see. `body` and `note` are plain sentences; `contact` labels the key that shares her number.

    about: the note's key, by which it is recognised. live: whose news this message will tell. picture: what a QR code above the
    text says. vanishes: the message is taken out of the chat when she goes on.
    """

    turn: int
    language: str
    body: str
    asks: Asks
    buttons: tuple[tuple[Button, ...], ...] = ()
    note: str = ""
    about: str = ""
    contact: str = ""
    live: UUID | None = None
    picture: str = field(default="", repr=False)
    vanishes: bool = False

    @property
    def is_secret(self) -> bool:
        """Whether it asks for a PIN, which is never typed here."""
        return self.asks in SECRET

    def html(self, below: str = "") -> str:
        """The message: the note, the text, and what goes below it."""
        note = f"<i>{html.escape(self.note)}</i>\n\n" if self.note else ""
        return note + html.escape(self.body, quote=False) + (f"\n\n{html.escape(below)}" if below else "")

    def markup(self, keypad: Sequence[Sequence[Button]] = ()) -> Markup | None:
        """Its buttons, below those of a keypad; or the one key that shares a contact, which goes with no other."""
        if self.contact:
            key = KeyboardButton(self.contact, request_contact=True)
            return ReplyKeyboardMarkup([[key]], resize_keyboard=True, one_time_keyboard=True)
        rows = [*keypad, *self.buttons]
        return inline(rows) if rows else None

    def noted(self, note: str) -> View:
        """The same with this note."""
        return replace(self, note=note)

    def dump(self) -> str:
        """As JSON text."""
        return json.dumps({**asdict(self), "asks": self.asks.value, "live": self.live and str(self.live)})

    @staticmethod
    def load(stored: str) -> View:
        """From what `dump` wrote."""
        found = json.loads(stored)
        rows = tuple(tuple(Button(**button) for button in row) for row in found.pop("buttons"))
        live = found.pop("live")
        return View(**{**found, "asks": Asks(found["asks"])}, buttons=rows, live=UUID(live) if live else None)


def inline(rows: Iterable[Sequence[Button]]) -> InlineKeyboardMarkup:
    """Buttons as the Bot API wants them."""
    return InlineKeyboardMarkup([[InlineKeyboardButton(one.label, callback_data=one.data) for one in row] for row in rows])


@dataclass(frozen=True)
class TelegramRenderer:
    """Renders replies. The conversation remembers what this returns, so it holds no PIN and no key of a keypad."""

    texts: Texts

    def __call__(self, reply: Reply) -> list[str]:
        """The one page of this reply, as a View's JSON."""
        asks = reply.screen.asks
        view = View(
            turn=reply.turn,
            language=reply.language,
            body=self._body(reply),
            asks=asks,
            buttons=() if asks is Asks.CONTACT else tuple(self._rows(reply)),
            note=self._say(reply, reply.note) if reply.note else "",
            about=reply.note.key if reply.note else "",
            contact=self._say(reply, text("bot-share-contact")) if asks is Asks.CONTACT else "",
            live=reply.screen.live,
            picture=reply.screen.picture,
            vanishes=reply.screen.secret,
        )
        return [view.dump()]

    def _say(self, reply: Reply, what: Text) -> str:
        return self.texts.say(reply.language, Text(REWORDED.get(what.key, what.key), what.args))

    def _body(self, reply: Reply) -> str:
        """The text and its rows; rows that Telegram would refuse are counted instead."""
        head = self._say(reply, reply.screen.text)
        rows = [self._say(reply, row) for row in reply.screen.rows]
        for kept in range(len(rows), -1, -1):
            left = len(rows) - kept
            more = [self._say(reply, text("and-more", count=left))] if left else []
            body = "\n".join([head, *rows[:kept], *more])
            if len(body) <= LONGEST_TEXT - SPARE:
                return body
        return head[: LONGEST_TEXT - SPARE]

    def _rows(self, reply: Reply) -> Iterable[tuple[Button, ...]]:
        choices = reply.screen.choices[:MOST_BUTTONS]
        yield from paired([Button(self._say(reply, one.label), f"{reply.turn}:{one.id}") for one in choices])
        way_out = tuple(self._way_out(reply))
        if way_out:
            yield way_out

    def _way_out(self, reply: Reply) -> Iterable[Button]:
        """Back and Home; what leaves a PIN question is called Cancel. A question asked at home has a way out too."""
        if reply.home and reply.screen.asks is Asks.CHOICE:
            return
        if reply.can_go_back and not reply.screen.ends:
            yield Button(self._say(reply, text("bot-back")), f"{reply.turn}:{BACK}")
        home = "cancel" if reply.screen.asks in SECRET else "bot-home"
        yield Button(self._say(reply, text(home)), f"{reply.turn}:{HOME}")


def paired(buttons: Sequence[Button]) -> Iterable[tuple[Button, ...]]:
    """Two short labels beside each other, long ones alone."""
    waiting: Button | None = None
    for button in buttons:
        if len(button.label) > SHORT_LABEL:
            if waiting:
                yield (waiting,)
            yield (button,)
            waiting = None
        elif waiting:
            yield waiting, button
            waiting = None
        else:
            waiting = button
    if waiting:
        yield (waiting,)
