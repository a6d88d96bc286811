"""Chat messages: new ones, and live ones whose content changes in place when news comes.

News about the same thing is told in order and only the latest: an older one that still waits is dropped. When a chat can't
be reached, its news goes to the member's phone instead.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core.kernel.db import UnitOfWork
from core.kernel.ids import MemberId
from core.kernel.phone import Phone
from core.notifications.attempts import CALL_AT_MOST, TOO_LATE, Claim, again, claim, conclude
from core.notifications.cards import Card
from core.notifications.models import OPEN, ChatDelivery, LiveMessage
from core.notifications.pacing import pause, slot_for
from core.notifications.ports import Accepted, Outcome, Rejected
from core.notifications.sms import write_sms

DELIVER_CHAT = "deliver-chat"
# Changing a message to the same content twice is one change; a second new message is a second message.
DOUBTS_OF_AN_EDIT, DOUBTS_OF_A_MESSAGE = 4, 1
SHORTLY = timedelta(seconds=2)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class OutgoingChat:
    """What the worker hands to the carrier. `message_id` is the message to change, None for a new one.

    card: what a picture above the message shows. is_copy: it may have been sent before.
    """

    chat: int
    message: str = field(repr=False)
    message_id: int | None = None
    card: Card | None = field(default=None, repr=False)
    is_copy: bool = False


async def write_chat(
    uow: UnitOfWork,
    *,
    chat: int,
    message: str,
    ref: UUID | None = None,
    fallback: tuple[Phone, str] | None = None,
    member: MemberId | None = None,
    not_before: datetime | None = None,
    send_before: datetime | None = None,
    card: Card | None = None,
    is_broadcast: bool = False,
) -> UUID:
    """Write down a chat message and have it sent. `fallback` is a phone and what it is told when the chat is closed.

    card: what a picture shows beside it; the words are the message whatever becomes of the picture. is_broadcast: it is one of
    many, and lets what is urgent pass. send_before: it isn't sent any more then.
    """
    row = ChatDelivery(
        id=uow.ids.new(),
        user_id=member,
        chat=chat,
        ref=ref,
        message=message,
        status="pending",
        attempts=0,
        doubts=0,
        fallback_phone=fallback and fallback[0],
        fallback_message=fallback and fallback[1],
        card=card and card.dump(),
        is_broadcast=is_broadcast,
        send_before=send_before,
        created_at=uow.clock.now(),
    )
    uow.session.add(row)
    await uow.session.flush()
    await again(uow, DELIVER_CHAT, row, not_before=not_before)
    return row.id


async def claim_chat(uow: UnitOfWork, *, message: UUID) -> OutgoingChat | None:
    """Take a message to send it now. None when there's nothing to do (any more, or yet)."""
    row, others = await _with_its_like(uow, message)
    now = uow.clock.now()
    waits = row.status in OPEN and not _is_being_sent(row, now)
    if waits and (over := _is_over(row, others, now)):
        row.status, row.error_message = over
        return None
    if waits and any(_is_being_sent(other, now) for other in others):
        await again(uow, DELIVER_CHAT, row, after=SHORTLY)
        return None
    live = await uow.session.get(LiveMessage, row.ref) if row.ref else None
    if row.status == "pending" and not await _has_its_turn(uow, row, live.chat if live else row.chat):
        return None
    found = claim(row, now=now, doubts=_doubts(live))
    if found is Claim.ELSEWHERE:
        await again(uow, DELIVER_CHAT, row, after=CALL_AT_MOST)
    await _fall_back(uow, row)
    if found is not Claim.OURS:
        return None
    if live:
        return OutgoingChat(live.chat, row.message, live.message_id)
    card = Card.load(row.card) if row.card else None
    return OutgoingChat(row.chat, row.message, card=card, is_copy=row.doubts > 0)


async def _has_its_turn(uow: UnitOfWork, row: ChatDelivery, chat: int) -> bool:
    """Whether the message may go now; if not, it comes again when it may."""
    row.slot_at = await slot_for(uow, chat=chat, is_broadcast=row.is_broadcast, booked=row.slot_at)
    if row.slot_at <= uow.clock.now():
        return True
    await again(uow, DELIVER_CHAT, row, not_before=row.slot_at)
    return False


async def record_chat(uow: UnitOfWork, *, message: UUID, outcome: Outcome) -> None:
    """Write down how the send ended; have it tried again, or tell the phone, where that makes sense."""
    row = await uow.session.get_one(ChatDelivery, message, with_for_update=True)
    if row.status != "sending":
        return
    live = await uow.session.get(LiveMessage, row.ref) if row.ref else None
    wait = conclude(row, outcome, now=uow.clock.now(), doubts=_doubts(live))
    row.slot_at = None
    if isinstance(outcome, Rejected) and outcome.after is not None:
        await pause(uow, chat=live.chat if live else row.chat, until=uow.clock.now() + outcome.after)
    if isinstance(outcome, Accepted):
        row.provider_message_id = int(outcome.message_id)
        if row.ref is not None:
            chat = live.chat if live else row.chat
            await _point_at(uow, ref=row.ref, chat=chat, message_id=row.provider_message_id)
    if wait is not None:
        await again(uow, DELIVER_CHAT, row, after=wait)
    await _fall_back(uow, row)


async def remember_live_message(uow: UnitOfWork, *, ref: UUID, chat: int, message_id: int) -> None:
    """Remember which message shows `ref`, so that its news appears there.

    News that was faster than this, and so went out as a message of its own, is written into the remembered one as well:
    it would show old content for ever otherwise.
    """
    await _point_at(uow, ref=ref, chat=chat, message_id=message_id)
    told = select(ChatDelivery).where(ChatDelivery.ref == ref, ChatDelivery.status.in_(("sent", "unknown")))
    latest = await uow.session.scalar(told.order_by(ChatDelivery.position.desc()).limit(1))
    if latest is not None and latest.provider_message_id != message_id:
        await write_chat(uow, chat=chat, message=latest.message, ref=ref)


async def _with_its_like(uow: UnitOfWork, message: UUID) -> tuple[ChatDelivery, Sequence[ChatDelivery]]:
    """The message and all others about the same thing, locked in one order."""
    ref = select(ChatDelivery.ref).where(ChatDelivery.id == message).scalar_subquery()
    about = select(ChatDelivery).where((ChatDelivery.id == message) | (ChatDelivery.ref == ref))
    rows = (await uow.session.scalars(about.order_by(ChatDelivery.position).with_for_update())).all()
    return next(row for row in rows if row.id == message), [row for row in rows if row.id != message]


def _is_over(row: ChatDelivery, others: Sequence[ChatDelivery], now: datetime) -> tuple[str, str | None] | None:
    """What it ends as, when it is news no more."""
    if row.send_before is not None and row.send_before <= now:
        return "failed", TOO_LATE
    return ("superseded", None) if any(other.position > row.position for other in others) else None


def _is_being_sent(row: ChatDelivery, now: datetime) -> bool:
    return row.status == "sending" and row.claimed_at is not None and now - row.claimed_at < CALL_AT_MOST


def _doubts(live: LiveMessage | None) -> int:
    return DOUBTS_OF_AN_EDIT if live else DOUBTS_OF_A_MESSAGE


async def _point_at(uow: UnitOfWork, *, ref: UUID, chat: int, message_id: int) -> None:
    now = uow.clock.now()
    row = insert(LiveMessage).values(ref=ref, chat=chat, message_id=message_id, created_at=now, updated_at=now)
    place = {"chat": chat, "message_id": message_id, "updated_at": now}
    await uow.session.execute(row.on_conflict_do_update(index_elements=[LiveMessage.ref], set_=place))


async def _fall_back(uow: UnitOfWork, row: ChatDelivery) -> None:
    """Tell the phone what the chat wasn't told."""
    if row.status not in ("failed", "unknown"):
        return
    log.warning("chat message %s is %s: %s", row.id, row.status, row.error_message)
    if row.fallback_phone is None or row.fallback_message is None:
        return
    member = MemberId(row.user_id) if row.user_id else None
    phone, told = Phone(row.fallback_phone), row.fallback_message
    row.fallback_phone = row.fallback_message = None
    await write_sms(uow, to=phone, message=told, template="chat-fallback", member=member)
