"""Africa's Talking's callbacks about SMS, over HTTP and behind the web process's own guard."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import FormData
from aiohttp.test_utils import TestClient, TestServer

from core.kernel.db import Database
from core.kernel.settings import Settings
from core.web import sms
from core.web.server import build_server
from tests.notifications.post_office import PostOffice
from tests.notifications.test_sms import queue

TOKEN = "a-token-that-nobody-guesses"
CANARY = "739205"
REPORT = {"id": "ATXid_1", "status": "Success", "phoneNumber": "+254712000001", "networkCode": "63902", "retryCount": "0"}
LETTER = {"from": "+254712000001", "to": "38477", "text": f"PIN {CANARY}", "id": "x1", "linkId": "", "date": "2026-11-23"}


class Services:
    def __init__(self, database: Database) -> None:
        self.database = database


@pytest.fixture
async def client(db: Database) -> AsyncIterator[Any]:
    server = build_server(Settings(callback_token=TOKEN), sms.routes(Services(db)))
    async with TestClient(TestServer(server)) as client:
        yield client


@pytest.fixture
async def office(db: Database) -> PostOffice:
    return PostOffice(db)


async def report(client: Any, path: str = "delivery", *, token: str = TOKEN, form: Any = REPORT, **given: Any) -> int:
    async with client.post(f"/sms/{token}/{path}", data=form, **given) as response:
        await response.read()
        return int(response.status)


async def test_report_when_message_is_known_then_delivered(client: Any, db: Database, office: PostOffice) -> None:
    await queue(db)
    await office.work()
    assert await report(client) == 200
    row = await office.row()
    assert (row["status"], row["metadata"]["network"]) == ("delivered", "63902")


async def test_report_when_repeated_many_times_at_once_then_always_200_and_written_once(
    client: Any, db: Database, office: PostOffice
) -> None:
    await queue(db)
    await office.work()
    assert set(await asyncio.gather(*(report(client) for _ in range(20)))) == {200}
    first = await office.row()
    assert await report(client, form={**REPORT, "status": "Sent"}) == 200
    assert await office.row() == first


async def test_report_when_faster_than_the_sends_own_record_then_counted_later(
    client: Any, db: Database, office: PostOffice
) -> None:
    await queue(db)
    assert await report(client) == 200
    await office.work()
    assert (await office.row())["status"] == "delivered"


async def test_report_when_message_stays_unknown_then_200_and_ignored(
    client: Any, office: PostOffice, caplog: pytest.LogCaptureFixture
) -> None:
    assert await report(client, form={**REPORT, "id": "ATXid_forged"}) == 200
    assert await office.work() == 1
    assert await office.rows("sms_delivery_log") == []
    assert "isn't known" in caplog.text


async def test_report_when_it_failed_then_its_reason_is_kept(client: Any, db: Database, office: PostOffice) -> None:
    await queue(db)
    await office.work()
    await report(client, form={**REPORT, "status": "Failed", "failureReason": "UserDoesNotExist"})
    assert (await office.row())["error_message"] == "UserDoesNotExist"


async def test_report_when_status_is_new_to_us_then_200_and_noted(
    client: Any, db: Database, office: PostOffice, caplog: pytest.LogCaptureFixture
) -> None:
    await queue(db)
    await office.work()
    assert await report(client, form={**REPORT, "status": "Teleported"}) == 200
    assert (await office.row())["status"] == "sent"
    assert "Teleported" in caplog.text


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"id": "ATXid_1"},
        {"status": "Success"},
        {**REPORT, "id": ""},
        {**REPORT, "id": "a\x00b"},
        {**REPORT, "id": "a b"},
        {**REPORT, "id": "é"},
        {**REPORT, "id": "x" * 101},
        {**REPORT, "status": "Suc\ncess"},
    ],
)
async def test_report_when_it_cannot_be_read_then_400(client: Any, form: dict[str, str]) -> None:
    assert await report(client, form=form) == 400


async def test_report_when_fields_are_doubled_then_the_first_counts(client: Any, db: Database, office: PostOffice) -> None:
    await queue(db)
    await office.work()
    doubled = FormData([("id", "ATXid_1"), ("id", "ATXid_2"), ("status", "Success"), ("status", "Failed")])
    assert await report(client, form=doubled) == 200
    assert (await office.row())["status"] == "delivered"


@pytest.mark.parametrize("path", ["delivery", "inbound"])
@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"\xff\xfe%ff%00=", "application/x-www-form-urlencoded"),
        (b"id=%ff%fe&status=Success&from=%ff", "application/x-www-form-urlencoded"),
        (b"id=1", "application/x-www-form-urlencoded; charset=no-such-charset"),
        (b"not multipart", "multipart/form-data; boundary=x"),
        (b"--x\r\nbroken", "multipart/form-data"),
        (b'{"id": 1}', "application/json"),
        (b"", "text/plain"),
    ],
)
async def test_body_when_it_is_not_a_form_then_4xx(client: Any, path: str, body: bytes, content_type: str) -> None:
    status = await report(client, path, form=body, headers={"Content-Type": content_type})
    assert 400 <= status < 500


@pytest.mark.parametrize("path", ["delivery", "inbound"])
async def test_body_when_over_64_kib_then_4xx(client: Any, path: str) -> None:
    assert await report(client, path, form={**REPORT, **LETTER, "text": "x" * 70_000}) == 413

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"text=" + b"x" * 5000

    chunked = {"Content-Type": "application/x-www-form-urlencoded"}
    assert await report(client, path, form=chunks(), headers=chunked) == 413


@pytest.mark.parametrize("path", ["delivery", "inbound"])
async def test_callback_when_token_is_wrong_then_404_and_nothing_happens(
    client: Any, db: Database, office: PostOffice, path: str
) -> None:
    await queue(db)
    await office.work()
    before = await office.row()
    for token in ("wrong", TOKEN[:-1], TOKEN + "x", TOKEN.upper()):
        assert await report(client, path, token=token) == 404
    assert (await office.row(), await office.waiting()) == (before, [])


async def test_callback_when_asked_by_get_then_405(client: Any) -> None:
    async with client.get(f"/sms/{TOKEN}/delivery") as response:
        assert response.status == 405


async def test_inbound_when_a_person_writes_then_200_and_her_words_are_nowhere(
    client: Any, db: Database, office: PostOffice, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        assert await report(client, "inbound", form=LETTER) == 200
    assert "+2547XX***001" in caplog.text
    assert CANARY not in caplog.text
    assert "+254712000001" not in caplog.text
    assert await office.waiting() == []


@pytest.mark.parametrize("sender", ["", "SAFARICOM", "+255712000001", "+254712000001\n"])
async def test_inbound_when_sender_is_no_kenyan_phone_then_400(client: Any, sender: str) -> None:
    assert await report(client, "inbound", form={**LETTER, "from": sender}) == 400
