"""What a Telegram update means to us: who did what, in which private chat. Nothing is acted upon here.

Callback data and contacts are whatever the sender wants them to be, so both are checked: data must have our shape, a contact
must be the sender's own, freshly shared. Edited messages mean nothing, groups are told to come to a private chat.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from telegram import CallbackQuery, ChatMemberUpdated, Message, Update, User
from telegram.constants import ChatMemberStatus, ChatType

from bot.commands import COMMANDS, LINKS
from core.dialogue.turn import Input, Kind

KEY_PREFIX = "key:"
BACK, HOME = "<back", "<home"
# An option's id is whatever the flow calls it ("vote yes", "r:" and an id); whether it was shown, the conversation knows.
BUTTON = re.compile(r"(?P<turn>[0-9]{1,6}):(?P<choice>[!-~][ -~]{0,56})", re.ASCII)
KEY = re.compile(rf"{KEY_PREFIX}(?P<token>[A-Za-z0-9_-]{{1,32}})", re.ASCII)
COMMAND = re.compile(r"/(?P<name>[A-Za-z0-9_]{1,32})(?:@(?P<bot>[A-Za-z0-9_]{1,32}))?(?:\s.*)?", re.ASCII | re.DOTALL)
# What Telegram makes of a link: core.telegram.org/bots/features#deep-linking.
START_WITH = re.compile(
    r"/start(?:@[A-Za-z0-9_]{1,32})?\s+(?P<what>join|check)_(?P<token>[A-Za-z0-9_-]{1,58})\s*", re.ASCII | re.IGNORECASE
)
BROUGHT = re.compile(r"/start(?:@[A-Za-z0-9_]{1,32})?\s+group_(?P<token>[A-Za-z0-9_-]{1,58})\s*", re.ASCII | re.IGNORECASE)
# Four to eight digits in any script, however they are spaced: a PIN, even one with a slip in it.
PIN_LIKE = re.compile(r"\s*(?:\d[\s.,-]*){4,8}")
LONGEST_NAME = 64


@dataclass(frozen=True)
class Person:
    """Who did it, and the private chat in which."""

    id: int
    chat: int
    name: str = field(repr=False)
    language: str


@dataclass(frozen=True)
class Said:
    """A message that goes into the conversation. looks_secret: it may be a PIN that somebody typed."""

    inputs: tuple[Input, ...] = field(repr=False)
    message: int
    looks_secret: bool = False


@dataclass(frozen=True)
class NotUnderstood:
    """A command that we don't have, or a message without text: she is shown where she is, with this note."""

    note: str


@dataclass(frozen=True)
class Tapped:
    """A button of a screen."""

    query: str
    message: int
    turn: int
    choice: str


@dataclass(frozen=True)
class Keyed:
    """A key of a PIN pad."""

    query: str
    message: int
    token: str


@dataclass(frozen=True)
class StrangeTap:
    """A tap that no button of ours can have sent to this person. is_forged: nor does any button of ours say that."""

    query: str
    is_forged: bool = False


What = Said | NotUnderstood | Tapped | Keyed | StrangeTap


@dataclass(frozen=True)
class Heard:
    """Something that a person did in her private chat."""

    who: Person
    what: What


@dataclass(frozen=True)
class InGroup:
    """Somebody spoke to us, or brought us, into a group. `token`: what came with the link that did so, by whom it was used."""

    chat: int
    language: str
    token: str = field(default="", repr=False)
    by: int = 0


@dataclass(frozen=True)
class Spilt:
    """Six digits and nothing else that somebody wrote into a group: they may be her PIN."""

    who: Person
    group: int
    message: int
    digits: str = field(repr=False)
    otherwise: InGroup | None = None


@dataclass(frozen=True)
class GroupGone:
    """We were taken out of a group, or it got another number."""

    chat: int
    moved_to: int | None = None


def hear(update: Update, *, bot_name: str) -> Heard | InGroup | Spilt | GroupGone | None:
    """What the update means; None for what means nothing to us. bot_name: our username, without the @."""
    if update.callback_query is not None:
        return _hear_tap(update.callback_query)
    if update.my_chat_member is not None:
        return _hear_membership(update.my_chat_member)
    message = update.message
    if message is not None and message.migrate_to_chat_id is not None:
        return GroupGone(message.chat.id, message.migrate_to_chat_id)
    if message is None or message.from_user is None or message.from_user.is_bot:
        return None
    if message.chat.type != ChatType.PRIVATE:
        return _spilt(message, message.from_user, bot_name) or _in_group(message, message.from_user, bot_name)
    what = _read(message, bot_name)
    return Heard(person(message.from_user, message.chat.id), what) if what else None


def person(user: User, chat: int) -> Person:
    """The sender, with the language of her app when it's one of ours."""
    return Person(user.id, chat, user.full_name[:LONGEST_NAME], language_of(user))


def language_of(user: User) -> str:
    """The language of her app, from a tag such as "sw-KE", when it's "en" or "sw"; otherwise ""."""
    found = (user.language_code or "").partition("-")[0].lower()
    return found if found in ("en", "sw") else ""


def _read(message: Message, bot_name: str) -> What | None:
    if message.contact is not None:
        return Said((Input(Kind.CONTACT, own_number(message)),), message.message_id)
    if message.text is None:
        return NotUnderstood("bot-text-only") if message.effective_attachment is not None else None
    command = COMMAND.fullmatch(message.text)
    if command is None:
        # Marked as dialled, because what is typed into a chat is never taken as a PIN.
        typed = Input(Kind.TYPED, message.text.strip(), dialled=True)
        return Said((typed,), message.message_id, looks_secret=PIN_LIKE.fullmatch(message.text) is not None)
    if command["bot"] and command["bot"].lower() != bot_name.lower():
        return None
    payload = START_WITH.fullmatch(message.text)
    if payload is not None:
        opened = Input(Kind.COMMAND, LINKS[payload["what"].lower()], argument=payload["token"])
        return Said((opened,), message.message_id)
    found = COMMANDS.get(command["name"].lower())
    return Said((found,), message.message_id) if found else NotUnderstood("bot-unknown-command")


def own_number(message: Message) -> str:
    """The number of a contact that the sender shared as her own in a private chat; "" for any other contact."""
    contact = message.contact
    if contact is None or message.from_user is None or message.chat.type != ChatType.PRIVATE:
        return ""
    is_hers = contact.user_id == message.from_user.id == message.chat.id
    is_fresh = message.forward_origin is None and message.via_bot is None
    return contact.phone_number if is_hers and is_fresh else ""


def _hear_tap(query: CallbackQuery) -> Heard:
    message, user = query.message, query.from_user
    who = person(user, user.id)
    if message is None or message.chat.id != user.id:
        return Heard(who, StrangeTap(query.id))
    if (key := KEY.fullmatch(query.data or "")) is not None:
        return Heard(who, Keyed(query.id, message.message_id, key["token"]))
    if (button := BUTTON.fullmatch(query.data or "")) is not None:
        return Heard(who, Tapped(query.id, message.message_id, int(button["turn"]), button["choice"]))
    return Heard(who, StrangeTap(query.id, is_forged=True))


def _spilt(message: Message, sender: User, bot_name: str) -> Spilt | None:
    """What may be a PIN in a group: alone, or beside our name or a command. otherwise: what it means if it is none."""
    said = re.sub(rf"^/\w+|@{re.escape(bot_name)}\b", " ", message.text or "", flags=re.IGNORECASE)
    digits = re.sub(r"[\s.,-]", "", said)
    if re.fullmatch(r"[0-9]{6}", digits) is None:
        return None
    otherwise = _in_group(message, sender, bot_name)
    return Spilt(person(sender, sender.id), message.chat.id, message.message_id, digits, otherwise)


def _in_group(message: Message, sender: User, bot_name: str) -> InGroup | None:
    """What was said to us in a group. An administrator who stays hidden is a bot to Telegram, and was left out before."""
    if not _addresses(message, bot_name):
        return None
    brought = BROUGHT.fullmatch(message.text or "")
    token = brought["token"] if brought else ""
    return InGroup(message.chat.id, language_of(sender), token, sender.id if token else 0)


def _hear_membership(change: ChatMemberUpdated) -> InGroup | GroupGone | None:
    """Only being brought into a group matters: who blocks us finds out nothing, and who comes back writes."""
    is_group = change.chat.type in (ChatType.GROUP, ChatType.SUPERGROUP)
    outside = (ChatMemberStatus.LEFT, ChatMemberStatus.BANNED)
    came = change.old_chat_member.status in outside and change.new_chat_member.status not in outside
    if is_group and not came and change.new_chat_member.status in outside:
        return GroupGone(change.chat.id)
    return InGroup(change.chat.id, language_of(change.from_user)) if is_group and came else None


def _addresses(message: Message, bot_name: str) -> bool:
    """Whether a message in a group is meant for us: a command, by name or to whoever listens, or a mention."""
    text = (message.text or message.caption or "").lower()
    command = COMMAND.fullmatch(text)
    if command is not None:
        return (command["bot"] or bot_name.lower()) == bot_name.lower()
    return re.search(rf"@{re.escape(bot_name.lower())}\b", text) is not None
