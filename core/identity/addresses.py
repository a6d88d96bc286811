"""Everywhere that a member can be told something about her own safety: an attacker rarely holds all of it.

Whoever asks for a change of how she proves who she is may hold one of her addresses, so every one of them is told
(NIST SP 800-63B-4, 4.6). What is told says what to do if it wasn't her.
"""

from __future__ import annotations

from sqlalchemy import select

from core.identity.email_models import EmailAddress
from core.identity.models import MemberRow
from core.kernel.db import UnitOfWork
from core.kernel.ids import MemberId
from core.kernel.phone import Phone
from core.kernel.questions import Selected, given
from core.kernel.texts import Text, text
from core.notifications.service import queue_chat, queue_email, queue_sms

TEMPLATE = "security"


async def tell_everywhere(uow: UnitOfWork, *, member: MemberId, what: Text) -> None:
    """Tell her by SMS, in her linked chat and at her proven e-mail, in her language. Raises NoResultFound."""
    row = await uow.session.get_one(MemberRow, member)
    await queue_sms(uow, to=Phone(row.phone), what=what, language=row.language, template=TEMPLATE, member=member)
    if row.telegram_chat is not None:
        await queue_chat(uow, chat=row.telegram_chat, what=what, language=row.language, member=member)
    email = await email_of(uow, member=member)
    if email is not None:
        await tell_by_email(uow, row, to=email, what=what)


async def email_of(uow: UnitOfWork, *, member: MemberId) -> str | None:
    """The e-mail address that she has proven and that is still hers."""
    return await uow.scalar(EMAIL, member=member)


EMAIL = Selected(
    select(EmailAddress.address).where(
        EmailAddress.user_id == given("member"), EmailAddress.verified_at.is_not(None), EmailAddress.ended_at.is_(None)
    )
)


async def tell_by_email(uow: UnitOfWork, row: MemberRow, *, to: str, what: Text) -> None:
    """Tell one address, which may be hers no longer."""
    await queue_email(
        uow,
        to=to,
        subject=text("mail-notice-subject"),
        body=what,
        language=row.language,
        template=TEMPLATE,
        member=MemberId(row.id),
    )
