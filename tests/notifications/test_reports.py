"""Delivery reports: repeated, reordered, unknown."""

from __future__ import annotations

from typing import Any

import pytest

from core.kernel.db import Database
from core.notifications.sms import SmsReport, record_sms_report

from .post_office import PostOffice
from .test_sms import queue


async def report(db: Database, status: str, *, message_id: str = "ATXid_1", reason: str = "") -> bool:
    async with db.unit() as uow:
        return await record_sms_report(uow, report=SmsReport(message_id, status, reason, "63902"))


@pytest.fixture
async def sent(db: Database, office: PostOffice) -> PostOffice:
    await queue(db)
    await office.work()
    return office


async def test_report_when_success_then_delivered_with_time(db: Database, sent: PostOffice, clock: Any) -> None:
    clock.advance(seconds=7)
    assert await report(db, "Success")
    row = await sent.row()
    assert (row["status"], row["delivered_at"], row["metadata"]["network"]) == ("delivered", clock.now(), "63902")


async def test_report_when_repeated_later_then_first_time_stays(db: Database, sent: PostOffice, clock: Any) -> None:
    await report(db, "Success")
    first = await sent.row()
    clock.advance(hours=2)
    assert await report(db, "Success")
    assert await sent.row() == first


@pytest.mark.parametrize("late", ["Sent", "Buffered", "Submitted", "AbsentSubscriber", "Failed", "Expired"])
async def test_report_when_other_news_follows_success_then_ignored(db: Database, sent: PostOffice, late: str) -> None:
    await report(db, "Success")
    assert await report(db, late)
    assert (await sent.row())["status"] == "delivered"


@pytest.mark.parametrize("status", ["Failed", "Rejected", "Expired"])
async def test_report_when_it_failed_then_failed_with_reason(db: Database, sent: PostOffice, status: str) -> None:
    await report(db, status, reason="UserDoesNotExist")
    row = await sent.row()
    assert (row["status"], row["error_message"], row["delivered_at"]) == ("failed", "UserDoesNotExist", None)


async def test_report_when_success_follows_failure_then_delivered(db: Database, sent: PostOffice) -> None:
    await report(db, "Failed", reason="DeliveryFailure")
    await report(db, "Success")
    row = await sent.row()
    assert (row["status"], row["error_message"]) == ("delivered", None)


@pytest.mark.parametrize("status", ["Sent", "Submitted", "Buffered", "AbsentSubscriber"])
async def test_report_when_still_on_its_way_then_noted_as_sent(db: Database, sent: PostOffice, status: str) -> None:
    await report(db, status)
    row = await sent.row()
    assert (row["status"], row["metadata"]["report"]) == ("sent", status)


async def test_report_when_message_is_unknown_then_says_so_and_changes_nothing(db: Database, sent: PostOffice) -> None:
    before = await sent.row()
    assert not await report(db, "Success", message_id="ATXid_forged")
    assert await sent.row() == before
