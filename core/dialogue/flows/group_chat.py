"""A group's Telegram chat: bring us in or out (officials), and whether my name stands on the board there (each for herself)."""

from __future__ import annotations

from core.daos.group_chats import LINK, chat_of, mint_token, show_name, shows_name, unlink_chat
from core.daos.groups import find_group, require_member
from core.daos.people import OFFICIALS
from core.dialogue.definitions import action, screen
from core.dialogue.screens import Assurance, End, Screen, Step, go, option
from core.dialogue.turn import Turn
from core.kernel.texts import text

STARTGROUP = "https://t.me/{bot}?startgroup={link}{token}"


@screen("group_chat.menu")
async def ask_menu(turn: Turn) -> Screen:
    """Whether the group has a chat, and what she may do about it."""
    group = turn.group
    role = (await require_member(turn.uow, member=turn.me.id, group=group)).role
    linked = await chat_of(turn.uow, group=group) is not None
    shows = await shows_name(turn.uow, group=group, member=turn.me.id)
    name = "hide" if shows else "show"
    acts = (option("unlink" if linked else "link", text(f"group-chat-{'unlink' if linked else 'link'}")),)
    return Screen(
        text("group-chat-menu", group=(await find_group(turn.uow, group=group)).name, linked=int(linked), named=int(shows)),
        choices=(option(name, text(f"group-chat-{name}")), *(acts if role in OFFICIALS else ())),
    )


@ask_menu.answered
async def take_menu(_turn: Turn, chosen: str) -> Step:
    """Her name is her own; the chat is the officials' business."""
    return go(f"group_chat.{chosen}") if chosen in ("link", "unlink") else go("group_chat.name", shows=chosen)


@action("group_chat.name", needs=Assurance.RECENT_PIN, why="pin-why-private")
async def choose_name(turn: Turn) -> Step:
    """From now on so."""
    shows = turn.values["shows"] == "show"
    await show_name(turn.uow, group=turn.group, member=turn.me.id, shows=shows)
    return End(text("group-chat-named", named=int(shows)))


@action("group_chat.link", needs=Assurance.RECENT_PIN, why="pin-why-private")
async def link(turn: Turn) -> Step:
    """The address by which she adds us to the chat. It's for her alone, so it goes when she goes on."""
    if not turn.incoming.bot:
        return End(text("group-chat-on-telegram"))
    token = await mint_token(turn.uow, group=turn.group, official=turn.me.id)
    address = STARTGROUP.format(bot=turn.incoming.bot, link=LINK, token=token)
    return End(text("group-chat-how"), rows=(text("invite-link", link=address),), secret=True)


@action("group_chat.unlink", needs=Assurance.RECENT_PIN, why="pin-why-private")
async def unlink(turn: Turn) -> Step:
    """Nothing is said there any more."""
    await unlink_chat(turn.uow, group=turn.group, official=turn.me.id)
    return End(text("group-chat-unlinked"))
