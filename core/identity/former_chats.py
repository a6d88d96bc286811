"""Chats that spoke for a member until a short while ago: they are told of changes that wait, and can stop them.

Whoever holds her phone and knows her PIN can let her chat go before he changes her contacts; the chat may be the one address
that he doesn't hold. It says nothing else for her any more. Stopping gives nobody anything, so a chat that she let go herself,
because it was in other hands, can at worst make her wait.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, select, update

from core.identity.models import MemberRow, UserDevice
from core.kernel.db import UnitOfWork
from core.kernel.ids import MemberId
from core.kernel.texts import Text
from core.notifications.service import queue_chat

TELEGRAM = "telegram:"
# Three days in which a change may be asked for unnoticed, and three that it waits (`waiting_time`).
HEARD_FOR = timedelta(days=6)
# One that was linked a moment ago may be the thief's own (as with an authenticator, `waiting_time`).
LINKED_FOR = timedelta(hours=72)


def keep_hearing(uow: UnitOfWork, device: UserDevice) -> None:
    """Let this chat, which is being let go, hear of changes for a while."""
    now = uow.clock.now()
    if device.created_at <= now - LINKED_FOR:
        device.heard_until = now + HEARD_FOR


async def members_of_former_chat(uow: UnitOfWork, *, telegram_id: int) -> list[MemberId]:
    """For whom this chat account spoke until lately."""
    mine = UserDevice.device_fingerprint == f"{TELEGRAM}{telegram_id}", *_is_heard(uow)
    return [MemberId(one) for one in await uow.session.scalars(select(UserDevice.user_id).where(*mine))]


async def tell_former_chats(uow: UnitOfWork, *, member: MemberId, what: Text) -> None:
    """Tell the chats that spoke for her until lately. Raises NoResultFound."""
    row = await uow.session.get_one(MemberRow, member)
    found = select(UserDevice.device_fingerprint).where(UserDevice.user_id == member, *_is_heard(uow))
    for fingerprint in await uow.session.scalars(found):
        # A private chat has the number of its person (core.telegram.org/bots/api#chat).
        chat = int(fingerprint.removeprefix(TELEGRAM))
        await queue_chat(uow, chat=chat, what=what, language=row.language, member=member)


async def hear_no_more(uow: UnitOfWork, *, member: MemberId) -> None:
    """Her contacts have said who she is: no chat of before has a word in it any more."""
    mine = UserDevice.user_id == member, UserDevice.heard_until.is_not(None)
    await uow.session.execute(update(UserDevice).where(*mine).values(heard_until=None))


def _is_heard(uow: UnitOfWork) -> tuple[ColumnElement[bool], ...]:
    return UserDevice.revoked_at.is_not(None), UserDevice.heard_until > uow.clock.now(), UserDevice.device_type == "telegram"
