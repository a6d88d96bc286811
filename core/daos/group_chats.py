"""A group's Telegram chat: brought in by the chair or another official, proven by a token, spoken to in its own language.

Whoever adds us to a chat says nothing by it. The token that she was given in private says which group is meant, works once and
for an hour, and only from the account of the official who asked for it. Nothing personal is ever said in a group's chat.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from core.daos.group_chat_models import BoardName, GroupChatRow, GroupChatToken
from core.daos.groups import NotAMember, find_group, require_member
from core.daos.people import NotYourRole, require_role
from core.identity.members import find_by_telegram
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import DaoId, MemberId
from core.kernel.questions import Selected, given
from core.kernel.secrets import random_token
from core.kernel.texts import Text, catalogue, text
from core.notifications.chat import write_chat
from core.notifications.preferences import quiet_until

REFRESH_BOARD = "refresh-board"
# What a link that brings us into a chat begins with.
LINK = "group_"
VALID = timedelta(hours=1)
EVERY = timedelta(seconds=5)
PURPOSE = "group chat"


@dataclass
class LinkRefused(CoreError):
    """The token is none, is old or used, isn't hers, or the chat belongs to another group."""

    code = "group-chat-refused"
    kind = Kind.INVALID


@dataclass(frozen=True)
class GroupChat:
    """Where a group talks."""

    group: DaoId
    chat: int
    language: str


async def mint_token(uow: UnitOfWork, *, group: DaoId, official: MemberId) -> str:
    """What brings us into the group's chat when she adds us with it. Raises NotAMember, NotYourRole."""
    await require_role(uow, member=official, group=group)
    token = random_token()
    digest = uow.vault.digest(token, context=PURPOSE)
    uow.session.add(GroupChatToken(digest=digest, dao_id=group, user_id=official, created_at=uow.clock.now()))
    await uow.session.flush()
    return token


async def link_chat(uow: UnitOfWork, *, token: str, telegram: int, chat: int) -> Text:
    """This chat is the group's from now on; what to say there. `telegram`: who brought us. Raises LinkRefused.

    The same token from the same person in the same chat again changes nothing.
    """
    member = await find_by_telegram(uow, telegram)
    digests = uow.vault.digests(token, context=PURPOSE)
    query = select(GroupChatToken).where(GroupChatToken.digest.in_(digests)).with_for_update()
    found = await uow.session.scalar(query)
    if member is None or found is None or found.user_id != member.id or uow.clock.now() - found.created_at > VALID:
        raise LinkRefused
    group = DaoId(found.dao_id)
    there = await uow.session.scalar(select(GroupChatRow.dao_id).where(GroupChatRow.chat == chat).with_for_update())
    if there not in (None, group) or (found.used_at is not None and there != group):
        raise LinkRefused
    await _check_still_official(uow, group, member.id)
    found.used_at = found.used_at or uow.clock.now()
    if there is None:
        await _link(uow, group, chat, member.language, member.id)
    return text("group-chat-linked", group=(await find_group(uow, group=group)).name)


async def unlink_chat(uow: UnitOfWork, *, group: DaoId, official: MemberId) -> bool:
    """The group has no chat any more; whether it had one. Raises NotAMember, NotYourRole."""
    await require_role(uow, member=official, group=group)
    return await _gone(uow, GroupChatRow.dao_id == group)


async def chat_closed(uow: UnitOfWork, *, chat: int) -> bool:
    """We were taken out of this chat; whether it was a group's."""
    return await _gone(uow, GroupChatRow.chat == chat)


async def chat_moved(uow: UnitOfWork, *, chat: int, to: int) -> None:
    """Telegram gave the chat another number (it became a supergroup); its messages stay behind."""
    moved = update(GroupChatRow).where(GroupChatRow.chat == chat).values(chat=to, board_message=None, shown=None)
    group = await uow.session.scalar(moved.returning(GroupChatRow.dao_id))
    if group is not None:
        await refresh_soon(uow, group=DaoId(group))


async def chat_of(uow: UnitOfWork, *, group: DaoId) -> GroupChat | None:
    """The group's chat, if it has one."""
    row = await uow.scalar(CHAT, group=group)
    return GroupChat(group, row.chat, row.language) if row else None


CHAT = Selected(select(GroupChatRow).where(GroupChatRow.dao_id == given("group")))
NAME_SHOWN = Selected(select(BoardName.user_id).where(BoardName.dao_id == given("group"), BoardName.user_id == given("member")))


async def tell_chat(uow: UnitOfWork, *, group: DaoId, what: Text, template: str) -> None:
    """Say this in the group's chat, if it has one. Only what every member of the group may know, and whoever looks in."""
    found = await chat_of(uow, group=group)
    if found is not None:
        said = catalogue().say(found.language, what)
        later = quiet_until(template, uow.clock.now())
        await write_chat(uow, chat=found.chat, message=said, not_before=later, is_broadcast=True)


async def refresh_soon(uow: UnitOfWork, *, group: DaoId, again: bool = False) -> None:
    """Have the board brought up to date, with everything else that changes within the same few seconds.

    again: asked for by the very job that does it, which would otherwise find itself in the queue.
    """
    next_edit = await uow.session.scalar(select(GroupChatRow.next_edit_at).where(GroupChatRow.dao_id == group))
    if next_edit is not None:
        wait = max(next_edit - uow.clock.now(), timedelta(0))
        key = f"{REFRESH_BOARD} {group}{' again' if again else ''}"
        await uow.enqueue(REFRESH_BOARD, {"group": str(group)}, after=wait, key=key)


async def shows_name(uow: UnitOfWork, *, group: DaoId, member: MemberId) -> bool:
    """Whether her name stands on the board in the group's chat."""
    return await uow.scalar(NAME_SHOWN, group=group, member=member) is not None


async def show_name(uow: UnitOfWork, *, group: DaoId, member: MemberId, shows: bool) -> None:
    """Her own choice, which she may change at any time. Raises NotAMember."""
    await require_member(uow, member=member, group=group)
    if shows:
        row = insert(BoardName).values(dao_id=group, user_id=member, agreed_at=uow.clock.now())
        await uow.session.execute(row.on_conflict_do_nothing())
    else:
        await uow.session.execute(delete(BoardName).where(BoardName.dao_id == group, BoardName.user_id == member))
    await refresh_soon(uow, group=group)


async def _check_still_official(uow: UnitOfWork, group: DaoId, member: MemberId) -> None:
    try:
        await require_role(uow, member=member, group=group)
    except (NotAMember, NotYourRole):
        raise LinkRefused from None


async def _link(uow: UnitOfWork, group: DaoId, chat: int, language: str, official: MemberId) -> None:
    now = uow.clock.now()
    place = {
        "chat": chat,
        "language": language,
        "linked_by": official,
        "linked_at": now,
        "board_message": None,
        "shown": None,
        "next_edit_at": now,
    }
    row = insert(GroupChatRow).values(dao_id=group, **place)
    await uow.session.execute(row.on_conflict_do_update(index_elements=[GroupChatRow.dao_id], set_=place))
    await refresh_soon(uow, group=group)


async def _gone(uow: UnitOfWork, which: object) -> bool:
    gone = delete(GroupChatRow).where(which).returning(GroupChatRow.dao_id)  # type: ignore[arg-type]
    return await uow.session.scalar(gone) is not None
