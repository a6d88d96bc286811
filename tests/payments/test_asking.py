"""When nobody tells us: sending at most once, asking until it is known, and never leaving anything without a next look."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from core.kernel.money import Money
from core.payments.asking import QUESTIONS, next_question, record_push
from core.payments.jobs import JOBS, sweep
from core.payments.outcomes import Failed
from core.payments.settlement import lock_deposit
from core.payments.telling import tell_failed

from .desk import Desk
from .fake_mobile_money import CANCELLED, NOT_REACHED, WorkerDied


async def test_push_when_the_job_is_delivered_many_times_at_once_asks_the_phone_once(desk: Desk) -> None:
    wanjiru = await desk.person()
    deposit = await desk.start(wanjiru)
    payload = {"intent": str(deposit.intent)}

    await asyncio.gather(*(JOBS["push-deposit"](desk, payload) for _ in range(10)))

    assert list(desk.mobile_money.asked.values()) == [1]


@pytest.mark.parametrize(("moment", "prompts"), [("worker-dies-before", 0), ("worker-dies-after", 1)])
async def test_push_when_the_worker_dies_around_it_is_never_sent_again(desk: Desk, moment: str, prompts: int) -> None:
    wanjiru = await desk.person()
    deposit = await desk.start(wanjiru)
    desk.mobile_money.trouble = moment  # type: ignore[assignment]
    (job,) = await desk.jobs()
    await desk.take(job)
    desk.mobile_money.trouble = None

    await desk.wait(minutes=5)

    assert sum(desk.mobile_money.asked.values()) == prompts
    found = await desk.row(deposit)
    assert (found.status, found.answer) == ("processing", None)
    (said,) = await desk.sms(wanjiru)
    assert "has not told us yet" in said
    if prompts:
        await desk.receive(deposit, desk.mobile_money.pay(desk.mobile_money.last))
        await desk.work()
        assert await desk.has(wanjiru) == Money(487_50)


async def test_push_when_the_answer_is_lost_is_unknown_and_the_callback_still_credits(desk: Desk) -> None:
    wanjiru = await desk.person()
    desk.mobile_money.trouble = "answer-lost"
    deposit = await desk.prompted(wanjiru)

    assert (await desk.row(deposit)).answer == "unknown"
    assert (await desk.find(deposit)).status == "processing"
    assert await desk.sms(wanjiru) == []

    await desk.receive(deposit, desk.mobile_money.pay(desk.mobile_money.last))
    await desk.work()
    assert await desk.has(wanjiru) == Money(487_50)


@pytest.mark.parametrize(
    ("trouble", "reason", "words"),
    [("unreachable", "not-sent", "could not reach M-PESA"), ("refused", "refused", "M-PESA refused our request")],
)
async def test_push_when_rejected_at_once_fails_and_says_so(desk: Desk, trouble: str, reason: str, words: str) -> None:
    wanjiru = await desk.person()
    desk.mobile_money.trouble = trouble  # type: ignore[assignment]
    deposit = await desk.prompted(wanjiru)
    await desk.wait(hours=1)

    assert ((await desk.find(deposit)).status, (await desk.find(deposit)).reason) == ("failed", reason)
    (said,) = await desk.sms(wanjiru)
    assert words in said
    assert (await desk.row(deposit)).attention == ("our-configuration" if reason == "refused" else None)
    desk.mobile_money.trouble = None
    assert (await desk.start(wanjiru)).status == "pending"


async def test_push_when_rejected_although_the_callback_credited_it_stays_credited(desk: Desk) -> None:
    wanjiru = await desk.person()
    deposit = await desk.prompted(wanjiru)
    await desk.receive(deposit, desk.mobile_money.pay(desk.mobile_money.last))
    await desk.work()

    async with desk.database.unit() as uow:
        await record_push(uow, intent=deposit.intent, outcome=Failed("400.002.02", "Bad Request"))

    assert (await desk.find(deposit)).status == "completed"
    assert len(await desk.sms(wanjiru)) == 1


async def test_telling_when_asked_to_tell_the_same_again_tells_once(desk: Desk) -> None:
    wanjiru = await desk.person()
    deposit = await desk.prompted(wanjiru)

    for _ in range(2):
        async with desk.database.unit() as uow:
            row = await lock_deposit(uow, deposit.intent)
            assert row is not None
            await tell_failed(uow, row, "cancelled")

    assert len(await desk.sms(wanjiru)) == 1


async def test_push_when_the_worker_was_away_too_long_is_not_sent_at_all(desk: Desk) -> None:
    wanjiru = await desk.person()
    deposit = await desk.start(wanjiru)
    desk.clock.advance(minutes=2)

    await desk.work()

    assert desk.mobile_money.prompts == {}
    assert ((await desk.find(deposit)).status, (await desk.find(deposit)).reason) == ("failed", "not-sent")
    assert len(await desk.sms(wanjiru)) == 1


async def test_asking_when_the_callback_is_lost_finds_a_failure(desk: Desk) -> None:
    wanjiru = await desk.person()
    deposit = await desk.prompted(wanjiru)
    desk.mobile_money.fail(desk.mobile_money.last, CANCELLED)

    await desk.wait(seconds=20)

    found = await desk.row(deposit)
    assert (found.status, found.failure_reason, found.retry_count, found.result_code) == ("failed", "cancelled", 1, "1032")
    assert len(await desk.sms(wanjiru)) == 1


async def test_asking_when_it_says_paid_without_receipt_credits_nothing_and_asks_for_a_person(desk: Desk) -> None:
    wanjiru = await desk.person()
    deposit = await desk.prompted(wanjiru)
    late = desk.mobile_money.pay(desk.mobile_money.last)

    await desk.wait(minutes=3)

    found = await desk.row(deposit)
    assert (found.status, found.attention) == ("processing", "paid-without-receipt")
    assert found.next_check_at is not None
    assert await desk.has(wanjiru) == Money(0)
    (said,) = await desk.sms(wanjiru)
    assert "has not told us yet" in said

    await desk.receive(deposit, late)
    await desk.work()
    assert await desk.has(wanjiru) == Money(487_50)
    assert len(await desk.sms(wanjiru)) == 2


async def test_asking_when_it_contradicts_the_callback_never_undoes_a_success(desk: Desk) -> None:
    wanjiru = await desk.person()
    deposit = await desk.prompted(wanjiru)
    desk.mobile_money.query_trouble = "contradict"
    paid = desk.mobile_money.pay(desk.mobile_money.last)

    await desk.wait(minutes=1)
    assert (await desk.find(deposit)).status == "failed"
    await desk.receive(deposit, paid)
    await desk.wait(hours=2)

    assert (await desk.find(deposit)).status == "completed"
    assert await desk.has(wanjiru) == Money(487_50)


async def test_asking_when_nothing_is_ever_known_tells_once_and_ends_with_a_person(desk: Desk) -> None:
    wanjiru = await desk.person()
    deposit = await desk.prompted(wanjiru)

    await desk.wait(seconds=119)
    assert await desk.sms(wanjiru) == []
    await desk.wait(seconds=1)
    (said,) = await desk.sms(wanjiru)
    assert "If you paid, it will show" in said
    for _ in range(7):
        assert (await desk.row(deposit)).next_check_at > desk.clock.now()
        await desk.wait(days=1)

    found = await desk.row(deposit)
    assert (found.status, found.attention, found.next_check_at) == ("processing", "unresolved", None)
    assert found.retry_count == len(QUESTIONS)
    assert await desk.sms(wanjiru) == [said]
    await desk.receive(deposit, desk.mobile_money.pay(desk.mobile_money.last))
    await desk.work()
    assert (await desk.find(deposit)).status == "completed"


async def test_asking_when_the_phone_was_not_reached_stays_open(desk: Desk) -> None:
    wanjiru = await desk.person()
    deposit = await desk.prompted(wanjiru)
    desk.mobile_money.fail(desk.mobile_money.last, NOT_REACHED)

    await desk.wait(minutes=30)

    found = await desk.row(deposit)
    assert (found.status, found.details["answer"]["code"]) == ("processing", "1037")


async def test_question_when_delivered_twice_is_put_once(desk: Desk) -> None:
    wanjiru = await desk.person()
    deposit = await desk.prompted(wanjiru)
    payload = {"intent": str(deposit.intent), "number": 0}

    await asyncio.gather(*(JOBS["ask-about-deposit"](desk, payload) for _ in range(5)))

    assert ((await desk.row(deposit)).retry_count, desk.mobile_money.questions) == (1, 1)


async def test_question_when_the_worker_dies_in_it_is_followed_by_the_next(desk: Desk) -> None:
    wanjiru = await desk.person()
    deposit = await desk.prompted(wanjiru)
    asked = desk.mobile_money.query_collection

    async def die(**_given: object) -> object:
        desk.mobile_money.query_collection = asked  # type: ignore[method-assign]
        raise WorkerDied

    desk.mobile_money.query_collection = die  # type: ignore[method-assign,assignment]
    desk.mobile_money.fail(desk.mobile_money.last, CANCELLED)
    await desk.wait(seconds=44)
    assert (await desk.find(deposit)).status == "processing"

    await desk.wait(seconds=1)
    assert (await desk.find(deposit)).status == "failed"


async def test_sweep_when_the_queue_lost_everything_puts_all_of_it_back(desk: Desk) -> None:
    never_sent, unasked, unread = [await desk.person() for _ in range(3)]
    asked = await desk.prompted(unasked)
    desk.mobile_money.fail(desk.mobile_money.last, CANCELLED)
    paying = await desk.prompted(unread)
    await desk.receive(paying, desk.mobile_money.pay(desk.mobile_money.last))
    waiting = await desk.start(never_sent)
    await desk.forget_jobs()

    await sweep(desk, {})
    assert await desk.jobs() == []
    desk.clock.advance(minutes=5)
    await sweep(desk, {})
    await sweep(desk, {})
    assert sorted(job.entrypoint for job in await desk.jobs()) == [
        "ask-about-deposit",
        "ask-about-deposit",
        "push-deposit",
        "read-payment-callback",
    ]
    await desk.work()

    assert [(await desk.find(deposit)).status for deposit in (asked, paying, waiting)] == ["failed", "completed", "failed"]


def test_questions_when_nobody_worked_for_an_hour_are_not_caught_up_on() -> None:
    sent = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    assert next_question(sent, sent) == sent + timedelta(seconds=20)
    assert next_question(sent, sent + timedelta(minutes=59)) == sent + timedelta(hours=1)
    assert next_question(sent, sent + timedelta(hours=1)) == sent + timedelta(hours=6)
    assert next_question(sent, sent + timedelta(days=7)) is None
