"""Everywhere that a member can be told something about her own safety: an attacker rarely holds all of it.

Whoever asks for a change of how she proves who she is may hold one of her addresses, so every one of them is told
(NIST SP 800-63B-4, 4.6). What is told says what to do if it wasn't her.
"""

from __future__ import annotations

from core.identity.models import MemberRow
from core.kernel.db import UnitOfWork
from core.kernel.ids import MemberId
from core.kernel.phone import Phone
from core.kernel.texts import Text
from core.notifications.service import queue_chat, queue_sms

TEMPLATE = "security"


async def tell_everywhere(uow: UnitOfWork, *, member: MemberId, what: Text) -> None:
    """Tell her by SMS and in her linked chat, in her language. Raises NoResultFound: callers know the member."""
    row = await uow.session.get_one(MemberRow, member)
    await queue_sms(uow, to=Phone(row.phone), what=what, language=row.language, template=TEMPLATE, member=member)
    if row.telegram_chat is not None:
        await queue_chat(uow, chat=row.telegram_chat, what=what, language=row.language, member=member)
