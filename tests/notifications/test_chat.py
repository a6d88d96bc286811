"""Chat news: into the message that waits for it, in order, and to the phone when the chat is closed."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest

from core.kernel.db import Database
from core.kernel.ids import TimeOrderedIds
from core.kernel.phone import Phone
from core.kernel.texts import text
from core.notifications.chat import claim_chat
from core.notifications.jobs import deliver_chat
from core.notifications.ports import Rejected
from core.notifications.service import queue_chat, remember_live_message, update_live_message
from tests.conftest import FakeClock

from .fake_senders import LOST
from .post_office import PostOffice

CHAT = 501
PHONE = Phone("+254712000001")
TELEGRAM_MOVED = text("chat-telegram-unlinked")


@pytest.fixture
def ref() -> UUID:
    return TimeOrderedIds().new()


async def tell(db: Database, ref: UUID | None, name: str, *, fallback: Phone | None = None) -> UUID:
    """News with a recognisable sentence: the SMS text of a linked account, which takes a name."""
    what = text("sms-telegram-linked", name=name)
    async with db.unit() as uow:
        if ref is None:
            return await queue_chat(uow, chat=CHAT, what=what, language="en", fallback=fallback)
        return await update_live_message(uow, ref=ref, chat=CHAT, what=what, language="en", fallback=fallback)


async def remember(db: Database, ref: UUID, message_id: int) -> None:
    async with db.unit() as uow:
        await remember_live_message(uow, ref=ref, chat=CHAT, message_id=message_id)


def only(messages: list[str], name: str) -> bool:
    return len(messages) == 1 and name in messages[0]


async def test_news_when_message_is_remembered_then_edited_in_place(db: Database, office: PostOffice, ref: UUID) -> None:
    await remember(db, ref, office.chat.say(CHAT, "waiting …"))
    await tell(db, ref, "Paid")
    await office.work()
    assert only(office.chat.shown(CHAT), "Paid")
    row = await office.row("chat_delivery_log")
    assert (row["status"], row["provider_message_id"]) == ("sent", 1)


async def test_news_when_no_message_is_remembered_then_sent_and_later_news_edits_it(
    db: Database, office: PostOffice, ref: UUID
) -> None:
    await tell(db, ref, "First")
    await office.work()
    await tell(db, ref, "Second")
    await office.work()
    assert only(office.chat.shown(CHAT), "Second")


async def test_news_when_message_was_deleted_then_sent_anew(db: Database, office: PostOffice, ref: UUID) -> None:
    message = office.chat.say(CHAT, "waiting …")
    await remember(db, ref, message)
    office.chat.delete(CHAT, message)
    await tell(db, ref, "Paid")
    await office.work()
    assert only(office.chat.shown(CHAT), "Paid")
    assert office.chat.calls == ["edit", "send"]


async def test_news_when_faster_than_the_memory_then_the_waiting_message_shows_it_too(
    db: Database, office: PostOffice, ref: UUID
) -> None:
    waiting = office.chat.say(CHAT, "waiting …")
    await tell(db, ref, "Paid")
    await office.work()
    await remember(db, ref, waiting)
    await office.work()
    assert "Paid" in office.chat.messages[CHAT, waiting]


async def test_news_when_two_wait_then_only_the_later_is_told(db: Database, office: PostOffice, ref: UUID) -> None:
    await remember(db, ref, office.chat.say(CHAT, "waiting …"))
    await tell(db, ref, "Prompted")
    await tell(db, ref, "Paid")
    await office.work()
    assert only(office.chat.shown(CHAT), "Paid")
    assert office.chat.calls == ["edit"]
    assert [row["status"] for row in await office.rows("chat_delivery_log")] == ["superseded", "sent"]


async def test_news_when_an_older_one_is_being_sent_then_waits_for_it(
    db: Database, office: PostOffice, ref: UUID, clock: Any
) -> None:
    await remember(db, ref, office.chat.say(CHAT, "waiting …"))
    older = await tell(db, ref, "Prompted")
    async with db.unit() as uow:
        await claim_chat(uow, message=older)
    newer = await tell(db, ref, "Paid")
    await deliver_chat(office, {"id": str(newer)})
    assert office.chat.calls == []
    clock.advance(minutes=1)
    await office.work()
    assert only(office.chat.shown(CHAT), "Paid")


async def test_news_when_same_job_runs_twenty_times_at_once_then_told_once(db: Database, office: PostOffice) -> None:
    message = await tell(db, None, "Paid")
    await asyncio.gather(*(deliver_chat(office, {"id": str(message)}) for _ in range(20)))
    assert office.chat.calls == ["send"]


async def test_news_when_chat_is_closed_then_goes_to_the_phone_once(db: Database, office: PostOffice, ref: UUID) -> None:
    office.chat.closed.add(CHAT)
    await tell(db, ref, "Paid", fallback=PHONE)
    await office.work()
    assert only(office.sms.to(PHONE), "Paid")
    assert (await office.row("chat_delivery_log"))["status"] == "failed"
    assert (await office.row("sms_delivery_log"))["template"] == "chat-fallback"


async def test_news_when_chat_is_closed_and_no_phone_is_given_then_failed(db: Database, office: PostOffice) -> None:
    office.chat.closed.add(CHAT)
    await tell(db, None, "Paid")
    await office.work()
    row = await office.row("chat_delivery_log")
    assert (row["status"], row["error_message"], office.sms.sent) == ("failed", "chat-blocked", [])


async def test_news_when_too_many_messages_then_waits_as_told(db: Database, office: PostOffice, clock: FakeClock) -> None:
    from datetime import timedelta

    await tell(db, None, "Paid")
    office.chat.then(Rejected("too many messages", retry=True, after=timedelta(seconds=90)))
    await office.work_once()
    ((_, _, wait),) = await office.waiting()
    assert wait == timedelta(seconds=90)
    clock.advance(seconds=90)
    await office.work()
    assert only(office.chat.shown(CHAT), "Paid")


async def test_new_message_when_answers_are_lost_then_at_most_one_more_and_then_the_phone(
    db: Database, office: PostOffice
) -> None:
    await tell(db, None, "Paid", fallback=PHONE)
    office.chat.then(LOST, arrives=True)
    office.chat.then(LOST)
    await office.work()
    assert (len(office.chat.shown(CHAT)), len(office.sms.to(PHONE))) == (1, 1)
    assert (await office.row("chat_delivery_log"))["status"] == "unknown"


async def test_edit_when_answers_are_lost_then_repeated_as_often_as_needed(db: Database, office: PostOffice, ref: UUID) -> None:
    await remember(db, ref, office.chat.say(CHAT, "waiting …"))
    await tell(db, ref, "Paid")
    for _ in range(3):
        office.chat.then(LOST)
    await office.work()
    assert only(office.chat.shown(CHAT), "Paid")


async def test_news_when_unit_rolls_back_then_none(db: Database, office: PostOffice) -> None:
    with pytest.raises(RuntimeError):  # noqa: PT012 - the unit as a whole fails
        async with db.unit() as uow:
            await queue_chat(uow, chat=CHAT, what=TELEGRAM_MOVED, language="sw")
            raise RuntimeError("changed my mind")
    assert (await office.work(), office.chat.calls) == (0, [])
