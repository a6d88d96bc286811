"""E-mail: sealed until sent, then forgotten."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from core.kernel.db import Database
from core.kernel.texts import text
from core.notifications.ports import Rejected, Unknown
from core.notifications.service import queue_email

from .fake_senders import LOST
from .post_office import PostOffice

LETTER = {"to": "wanjiru@example.org", "subject": text("chat-telegram-unlinked"), "language": "en", "template": "security"}
SECRET = "Kipepeo"


async def queue(db: Database) -> UUID:
    async with db.unit() as uow:
        return await queue_email(uow, body=text("sms-telegram-linked", name=SECRET), **LETTER)


async def test_email_when_queued_then_its_body_is_nowhere_to_read(db: Database, office: PostOffice) -> None:
    await queue(db)
    row = await office.row("email_delivery_log")
    assert SECRET not in str(row)
    assert SECRET not in str(await office.waiting())


async def test_email_when_sent_then_logged_and_body_forgotten(db: Database, office: PostOffice) -> None:
    await queue(db)
    await office.work()
    row = await office.row("email_delivery_log")
    assert (row["status"], row["provider"], row["provider_message_id"]) == ("sent", "smtp", "<1@localhost>")
    assert row["sealed_body"] is None
    assert SECRET in office.email.sent[0].body


async def test_email_when_refused_for_now_then_tried_again(db: Database, office: PostOffice) -> None:
    await queue(db)
    office.email.then(Rejected("451", retry=True))
    await office.work()
    assert ((await office.row("email_delivery_log"))["status"], len(office.email.sent)) == ("sent", 1)


async def test_email_when_answers_are_lost_then_unknown_and_body_forgotten(db: Database, office: PostOffice) -> None:
    await queue(db)
    office.email.then(LOST)
    office.email.then(LOST)
    await office.work()
    row = await office.row("email_delivery_log")
    assert (row["status"], row["sealed_body"], office.email.calls) == ("unknown", None, 2)


@pytest.mark.parametrize("said", ["482913", "482 913", "4829 1376", "48-29-13-76"])
@pytest.mark.parametrize("outcome", [Rejected, Unknown])
async def test_email_when_the_server_says_again_what_was_in_it_then_no_code_is_kept(
    db: Database, office: PostOffice, caplog: pytest.LogCaptureFixture, outcome: Any, said: str
) -> None:
    await queue(db)
    office.email.then(outcome(f"554 spam: your code is {said}, code 554"))
    office.email.then(outcome(f"554 spam: your code is {said}, code 554"))
    await office.work()
    row = await office.row("email_delivery_log")
    assert row["error_message"] == "554 spam: your code is ******, code 554"
    assert said not in caplog.text
