"""SMS: written with the decision, sent by the worker, never twice by accident."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from core.kernel.db import Database
from core.kernel.ids import MemberId, TimeOrderedIds
from core.kernel.phone import Phone
from core.kernel.texts import Text
from core.kernel.texts import text as say
from core.notifications.attempts import CALL_AT_MOST, WAITS
from core.notifications.jobs import deliver_sms
from core.notifications.ports import Rejected, Unknown
from core.notifications.service import queue_code_sms, queue_sms
from core.notifications.sms import claim_sms

from .fake_senders import LOST
from .post_office import PostOffice

WANJIRU = Phone("+254712000001")
MEMBER = MemberId(TimeOrderedIds().new())
LINKED = say("sms-telegram-linked", name="Wanjiru K")
CODE = say("sms-code", purpose="telegram-link")


async def queue(db: Database, what: Text = LINKED, language: str = "en") -> UUID:
    async with db.unit() as uow:
        return await queue_sms(uow, to=WANJIRU, what=what, language=language, template="security", member=MEMBER)


async def queue_code(db: Database, code: str = "482913") -> UUID:
    async with db.unit() as uow:
        return await queue_code_sms(
            uow, to=WANJIRU, what=CODE, language="en", code=code, lifetime=timedelta(minutes=5), member=MEMBER
        )


async def test_sms_when_sent_then_its_row_has_id_cost_and_time(db: Database, office: PostOffice, clock: Any) -> None:
    await queue(db)
    assert (await office.row())["status"] == "pending"
    await office.work()
    row = await office.row()
    assert (row["status"], row["provider"], row["provider_message_id"]) == ("sent", "africas_talking", "ATXid_1")
    assert (row["cost"], row["sent_at"], row["user_id"]) == (Decimal("0.8"), clock.now(), MEMBER)
    assert office.sms.to(WANJIRU) == [row["message"]]
    assert "Wanjiru K" in row["message"]


async def test_sms_when_language_is_swahili_then_the_sentence_is(db: Database, office: PostOffice) -> None:
    await queue(db, language="sw")
    await office.work()
    assert office.sms.sent[0].message.startswith("Mtaa DAO: akaunti ya Telegram")


async def test_sms_when_unit_rolls_back_then_nothing_is_sent(db: Database, office: PostOffice) -> None:
    with pytest.raises(RuntimeError):  # noqa: PT012 - the unit as a whole fails
        async with db.unit() as uow:
            await queue_sms(uow, to=WANJIRU, what=LINKED, language="en", template="security")
            raise RuntimeError("changed my mind")
    assert await office.work() == 0
    assert await office.rows("sms_delivery_log") == []


async def test_cost_query_of_the_dashboard_when_messages_were_sent_then_adds_up(db: Database, office: PostOffice) -> None:
    for _ in range(3):
        await queue(db)
    office.sms.then(Rejected("406 UserInBlacklist"))
    await office.work()
    async with db.unit() as uow:
        total, count = (
            await uow.session.execute(
                text(
                    "SELECT SUM(CAST(cost AS DECIMAL)) as total_cost, COUNT(*) as total_sms FROM sms_delivery_log"
                    " WHERE created_at > TIMESTAMPTZ '2026-11-23' - INTERVAL '30 days'"
                )
            )
        ).one()
    assert (total, count) == (Decimal("1.6"), 3)


async def test_sms_when_refused_for_good_then_failed_and_not_tried_again(db: Database, office: PostOffice) -> None:
    await queue(db)
    office.sms.then(Rejected("403 InvalidPhoneNumber"))
    assert await office.work() == 1
    row = await office.row()
    assert (row["status"], row["error_message"], row["cost"]) == ("failed", "403 InvalidPhoneNumber", None)


async def test_sms_when_gateway_is_away_then_tried_again_until_it_is_back(db: Database, office: PostOffice) -> None:
    await queue(db)
    for _ in range(3):
        office.sms.then(Rejected("no connection", retry=True))
    waits = []
    for _ in range(3):
        await office.work_once()
        ((_, _, wait),) = await office.waiting()
        waits.append(wait)
    assert waits == list(WAITS[:3])
    await office.work_once()
    assert ((await office.row())["status"], len(office.sms.sent)) == ("sent", 1)


async def test_sms_when_gateway_stays_away_then_failed_in_the_end(db: Database, office: PostOffice) -> None:
    await queue(db)
    for _ in range(20):
        office.sms.then(Rejected("no connection", retry=True))
    assert await office.work() == len(WAITS) + 1
    assert (await office.row())["status"] == "failed"


async def test_sms_when_its_answer_is_lost_then_sent_once_more_and_no_more(db: Database, office: PostOffice) -> None:
    await queue(db)
    office.sms.then(LOST, arrives=True)
    office.sms.then(LOST, arrives=True)
    await office.work()
    row = await office.row()
    assert (row["status"], row["doubts"], len(office.sms.sent)) == ("unknown", 2, 2)


async def test_sms_when_second_try_after_a_doubt_works_then_sent(db: Database, office: PostOffice) -> None:
    await queue(db)
    office.sms.then(LOST)
    await office.work()
    assert ((await office.row())["status"], len(office.sms.sent)) == ("sent", 1)


async def test_sms_when_same_job_runs_twenty_times_at_once_then_one_message(db: Database, office: PostOffice) -> None:
    sms = await queue(db)
    await asyncio.gather(*(deliver_sms(office, {"id": str(sms)}) for _ in range(20)))
    assert office.sms.calls == 1


async def test_sms_when_worker_died_while_sending_then_doubt_is_resolved_by_one_more(
    db: Database, office: PostOffice, clock: Any
) -> None:
    sms = await queue(db)
    async with db.unit() as uow:
        await claim_sms(uow, sms=sms)  # … and the worker is gone, whether it had sent or not
    await office.work_once()
    assert office.sms.calls == 0, "whoever is sending may still be at it"
    clock.advance(seconds=CALL_AT_MOST.total_seconds())
    await office.work()
    row = await office.row()
    assert (row["status"], row["doubts"], office.sms.calls) == ("sent", 1, 1)


async def test_sms_when_first_worker_answers_late_then_its_acceptance_counts(
    db: Database, office: PostOffice, clock: Any
) -> None:
    """The slow worker's message did arrive: its id and cost are kept, and nothing more is sent."""
    sms = await queue(db)
    office.sms.then(LOST)
    office.sms.then(LOST)
    await office.work()
    assert (await office.row())["status"] == "unknown"
    from core.notifications.ports import Accepted
    from core.notifications.sms import record_sms

    async with db.unit() as uow:
        await record_sms(uow, sms=sms, outcome=Accepted("ATXid_late", Decimal("0.8")))
    row = await office.row()
    assert (row["status"], row["provider_message_id"]) == ("sent", "ATXid_late")
    assert await office.work() == 0


async def test_code_when_sent_then_phone_gets_it_and_log_has_stars(db: Database, office: PostOffice) -> None:
    await queue_code(db)
    before = await office.row()
    assert "482913" not in str(before)
    assert before["sealed_message"]
    await office.work()
    (message,) = office.sms.to(WANJIRU)
    after = await office.row()
    assert "482913" in message
    assert (after["message"], after["template"]) == (message.replace("482913", "******"), "otp")
    assert after["sealed_message"] is None


async def test_code_when_queued_then_no_job_carries_it(db: Database, office: PostOffice) -> None:
    await queue_code(db)
    assert "482913" not in str(await office.waiting())


@pytest.mark.parametrize("arrives", [True, False])
async def test_code_when_answer_is_lost_then_never_sent_again(db: Database, office: PostOffice, arrives: bool) -> None:
    await queue_code(db)
    office.sms.then(LOST, arrives=arrives)
    await office.work()
    row = await office.row()
    assert (row["status"], row["sealed_message"], office.sms.calls) == ("unknown", None, 1)


async def test_code_when_worker_died_while_sending_then_given_up(db: Database, office: PostOffice, clock: Any) -> None:
    sms = await queue_code(db)
    async with db.unit() as uow:
        await claim_sms(uow, sms=sms)
    clock.advance(minutes=1)
    await office.work()
    row = await office.row()
    assert (row["status"], row["sealed_message"], office.sms.calls) == ("unknown", None, 0)


async def test_code_when_gateway_was_away_then_sent_once_it_is_back(db: Database, office: PostOffice) -> None:
    await queue_code(db)
    office.sms.then(Rejected("no connection", retry=True))
    await office.work()
    assert ((await office.row())["status"], len(office.sms.sent)) == ("sent", 1)


async def test_code_when_its_time_is_over_then_dropped(db: Database, office: PostOffice, clock: Any) -> None:
    await queue_code(db)
    clock.advance(minutes=5)
    await office.work()
    row = await office.row()
    assert (row["status"], row["sealed_message"], office.sms.calls) == ("failed", None, 0)


async def test_code_message_when_written_then_the_code_is_its_only_six_digit_number(db: Database, office: PostOffice) -> None:
    import re

    for language in ("en", "sw"):
        async with db.unit() as uow:
            await queue_code_sms(uow, to=WANJIRU, what=CODE, language=language, code="482913", lifetime=timedelta(minutes=5))
    await office.work()
    for message in office.sms.to(WANJIRU):
        assert re.findall(r"(?<!\d)\d{6}(?!\d)", message) == ["482913"]


async def test_sms_when_unknown_reason_is_long_then_kept_short(db: Database, office: PostOffice) -> None:
    await queue(db)
    office.sms.then(Unknown("x" * 5000))
    await office.work_once()
    assert len((await office.row())["error_message"]) <= 200
