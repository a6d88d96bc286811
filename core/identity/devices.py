"""What speaks for a member besides her phone: the Telegram account that she linked.

Whoever calls `link_telegram` has seen both proofs: the contact shared by its owner, and the code sent to that number. The
phone is told of each new link, because the one who holds it may not be the one who linked.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError

from core.identity.addresses import email_of, tell_by_email
from core.identity.events import record_security_event, record_session
from core.identity.former_chats import keep_hearing
from core.identity.members import locked
from core.identity.models import MemberRow, UserDevice
from core.identity.names import display_name
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import MemberId
from core.kernel.phone import Phone
from core.kernel.texts import text
from core.notifications.service import queue_chat, queue_sms

TEMPLATE = "security"
CHANNEL, LINKED = "telegram", "telegram_linked"
# Long enough to recognise an account by, short enough for one SMS.
SHOWN_OF_A_NAME = 24


@dataclass
class TelegramTaken(CoreError):
    """This Telegram account speaks for another member."""

    code = "telegram-taken"
    kind = Kind.CONFLICT


async def link_telegram(uow: UnitOfWork, *, member: MemberId, telegram_id: int, chat: int, name: str) -> None:
    """Let this Telegram account speak for the member. Raises TelegramTaken. Linking it again changes nothing.

    `name` is what the account calls itself. An account that was linked before is let go and told so.
    """
    row = await locked(uow, member)
    if row.telegram_id == telegram_id:
        row.telegram_chat = chat
        return
    await unlink_telegram(uow, member=member, still_heard=True)
    await _take(uow, row, telegram_id=telegram_id, chat=chat)
    shown = display_name(name)
    device = await _remember_device(uow, member=member, telegram_id=telegram_id, name=shown)
    await _note(uow, member=member, device=device, event=LINKED, action="session_created")
    what = text("sms-telegram-linked", name=shown[:SHOWN_OF_A_NAME] or str(telegram_id))
    await queue_sms(uow, to=Phone(row.phone), what=what, language=row.language, template=TEMPLATE, member=member)
    # Whoever links with a stolen SIM reads that SMS himself; the mailbox may be the one address that he doesn't hold.
    email = await email_of(uow, member=member)
    if email is not None:
        await tell_by_email(uow, row, to=email, what=what)


async def unlink_telegram(uow: UnitOfWork, *, member: MemberId, still_heard: bool = False) -> None:
    """Take her voice from the linked Telegram account and tell it. Without one, nothing happens.

    still_heard: it may be hers although she seems to let it go, so it can stop changes for a while (`former_chats`).
    """
    row = await locked(uow, member)
    if row.telegram_id is None or row.telegram_chat is None:
        return
    old, chat = row.telegram_id, row.telegram_chat
    row.telegram_id = row.telegram_chat = None
    row.updated_at = uow.clock.now()
    device = await uow.session.scalar(_device(member, old))
    if device is not None:
        device.revoked_at = device.updated_at = uow.clock.now()
        if still_heard:
            keep_hearing(uow, device)
    await uow.session.flush()
    await _note(
        uow, member=member, device=device.id if device else None, event="telegram_unlinked", action="session_terminated"
    )
    await queue_chat(uow, chat=chat, what=text("chat-telegram-unlinked"), language=row.language, member=member)


async def _take(uow: UnitOfWork, row: MemberRow, *, telegram_id: int, chat: int) -> None:
    """Claim the account for this member. Raises TelegramTaken when another member has it, even since a moment ago."""
    try:
        async with uow.session.begin_nested():
            row.telegram_id, row.telegram_chat, row.updated_at = telegram_id, chat, uow.clock.now()
            await uow.session.flush()
    except IntegrityError:
        raise TelegramTaken from None


async def _remember_device(uow: UnitOfWork, *, member: MemberId, telegram_id: int, name: str) -> UUID:
    now = uow.clock.now()
    device = await uow.session.scalar(_device(member, telegram_id))
    if device is None:
        device = UserDevice(
            id=uow.ids.new(),
            user_id=member,
            device_fingerprint=telegram_fingerprint(telegram_id),
            device_type="telegram",
            trusted=False,
            created_at=now,
        )
        uow.session.add(device)
    device.device_name = name or None
    device.last_used_at = device.updated_at = now
    device.revoked_at = device.heard_until = None
    await uow.session.flush()
    return device.id


async def _note(uow: UnitOfWork, *, member: MemberId, device: UUID | None, event: str, action: str) -> None:
    details = {"device": str(device)}
    await record_session(uow, member=member, action=action, address=CHANNEL, device=device, details=details)
    await record_security_event(uow, event_type=event, severity="medium", member=member, address=CHANNEL, details=details)


def _device(member: MemberId, telegram_id: int) -> Select[UserDevice]:
    mine = UserDevice.user_id == member
    return select(UserDevice).where(mine, UserDevice.device_fingerprint == telegram_fingerprint(telegram_id))


def telegram_fingerprint(telegram_id: int) -> str:
    """How a Telegram account is named among devices."""
    return f"telegram:{telegram_id}"
