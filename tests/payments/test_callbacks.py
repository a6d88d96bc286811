"""Callbacks that don't fit: forged, repeated, reordered, unreadable. None of them moves money twice or wrongly."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from core.kernel.money import Money
from core.payments.reading import process_callback
from core.providers.daraja.reports import read_report

from .desk import Desk, new_id
from .fake_mobile_money import NOT_REACHED, body, failure, success


def forged(desk: Desk, **changed: Any) -> bytes:
    wanted = {"amount": 500, "receipt": "SGFORGED01", "paid_at": desk.clock.now(), **changed}
    return success(desk.mobile_money.last, **wanted)


async def test_callback_when_it_arrives_twenty_times_at_once_credits_once(desk: Desk) -> None:
    wanjiru = await desk.person()
    deposit = await desk.prompted(wanjiru)
    paid = desk.mobile_money.pay(desk.mobile_money.last)

    fresh = await asyncio.gather(*(desk.receive(deposit, paid) for _ in range(20)))
    (stored,) = await desk.rows("SELECT id, times_received FROM payment_callbacks")
    outcomes = await asyncio.gather(*(process(desk, stored.id) for _ in range(20)))

    assert (sum(fresh), stored.times_received) == (1, 20)
    assert set(outcomes) == {"credited"}
    assert await desk.has(wanjiru) == Money(487_50)
    await desk.work()
    assert len(await desk.sms(wanjiru)) == 1
    await desk.books_add_up()


async def process(desk: Desk, callback: Any) -> str | None:
    async with desk.database.unit() as uow:
        return await process_callback(uow, callback=callback, read_report=read_report)


async def test_callback_when_twenty_differ_but_name_one_payment_credits_once(desk: Desk) -> None:
    wanjiru = await desk.person()
    deposit = await desk.prompted(wanjiru)
    paid = json.loads(desk.mobile_money.pay(desk.mobile_money.last))
    bodies = [json.dumps({**paid, "attempt": number}).encode() for number in range(20)]

    await asyncio.gather(*(desk.receive(deposit, one) for one in bodies))
    stored = await desk.rows("SELECT id FROM payment_callbacks")
    outcomes = await asyncio.gather(*(process(desk, one.id) for one in stored))

    assert sorted(outcomes, key=str) == ["credited"] + ["repeated"] * 19
    assert await desk.has(wanjiru) == Money(487_50)
    assert len(await desk.rows("SELECT id FROM transaction_fees")) == 1
    await desk.books_add_up()


async def test_callback_when_one_receipt_is_claimed_for_many_deposits_credits_one(desk: Desk) -> None:
    people = [await desk.person() for _ in range(10)]
    deposits = [await desk.prompted(person) for person in people]
    prompts = list(desk.mobile_money.prompts.values())
    for deposit, prompt in zip(deposits, prompts, strict=True):
        await desk.receive(deposit, desk.mobile_money.pay(prompt, receipt="SG722NMVXQ"))
    stored = await desk.rows("SELECT id FROM payment_callbacks")

    outcomes = await asyncio.gather(*(process(desk, one.id) for one in stored))

    assert sorted(outcomes, key=str) == ["credited"] + ["quarantined: receipt-reused"] * 9
    assert await desk.system() == (Money(-500_00), Money(12_50))
    events = await desk.rows("SELECT severity FROM security_events")
    assert [event.severity for event in events] == ["critical"] * 9


async def test_callback_when_it_comes_before_the_answer_is_settled_and_the_answer_changes_nothing(desk: Desk) -> None:
    wanjiru = await desk.person()
    deposit = await desk.start(wanjiru)
    real_push = desk.mobile_money.collect

    async def push_and_settle(request: Any) -> Any:
        answer = await real_push(request)
        await desk.receive(deposit, desk.mobile_money.pay(desk.mobile_money.last))
        (stored,) = await desk.rows("SELECT id FROM payment_callbacks")
        assert await process(desk, stored.id) == "credited"
        return answer

    desk.mobile_money.collect = push_and_settle  # type: ignore[method-assign]
    await desk.work()

    row = await desk.row(deposit)
    assert (row.status, row.answer) == ("completed", "accepted")
    assert row.checkout_request_id == desk.mobile_money.last.checkout_request_id
    assert await desk.has(wanjiru) == Money(487_50)


async def test_callback_when_paid_after_a_failure_was_told_credits_and_tells_that_too(desk: Desk) -> None:
    wanjiru = await desk.person()
    deposit = await desk.prompted(wanjiru)
    prompt = desk.mobile_money.last
    await desk.receive(deposit, desk.mobile_money.fail(prompt, "1032"))
    await desk.work()
    await desk.receive(deposit, desk.mobile_money.pay(prompt))
    await desk.work()

    first, second = await desk.sms(wanjiru)
    assert "cancelled" in first
    assert "received" in second
    assert (await desk.find(deposit)).status == "completed"
    assert (await desk.row(deposit)).failure_reason is None
    assert await desk.has(wanjiru) == Money(487_50)


async def test_callback_when_a_failure_follows_a_success_changes_no_money(desk: Desk) -> None:
    wanjiru = await desk.person()
    deposit = await desk.prompted(wanjiru)
    prompt = desk.mobile_money.last
    await desk.receive(deposit, desk.mobile_money.pay(prompt))
    await desk.receive(deposit, failure(prompt, "1032"))
    await desk.receive(deposit, failure(prompt, "1037"))
    await desk.work()

    assert await desk.outcomes() == ["credited", "ignored-after-success", "ignored-not-proof"]
    assert await desk.events() == ["failure-after-success"]
    assert ((await desk.find(deposit)).status, (await desk.row(deposit)).attention) == ("completed", "contradicted")
    assert await desk.has(wanjiru) == Money(487_50)
    assert len(await desk.sms(wanjiru)) == 1


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"amount": 501}, "amount-mismatch"),
        ({"amount": 499.99}, "amount-mismatch"),
        ({"amount": 250_000}, "amount-mismatch"),
        ({"amount": None}, "no-amount"),
        ({"amount": "five hundred"}, "no-amount"),
        ({"amount": True}, "no-amount"),
        ({"amount": -500}, "no-amount"),
        ({"receipt": None}, "no-receipt"),
        ({"receipt": "x"}, "no-receipt"),
        ({"receipt": "'; DROP TABLE--"}, "no-receipt"),
    ],
)
async def test_callback_when_forged_credits_nothing_and_is_put_aside(desk: Desk, changes: dict[str, Any], why: str) -> None:
    wanjiru = await desk.person()
    deposit = await desk.prompted(wanjiru)

    await desk.receive(deposit, forged(desk, **changes))
    await desk.work()

    assert await desk.outcomes() == [f"quarantined: {why}"]
    assert await desk.events() == [why]
    assert (await desk.find(deposit)).status == "processing"
    assert (await desk.row(deposit)).attention is not None
    assert await desk.has(wanjiru) == Money(0)
    assert await desk.sms(wanjiru) == []


async def test_callback_when_the_real_one_follows_a_forged_one_credits_it(desk: Desk) -> None:
    wanjiru = await desk.person()
    deposit = await desk.prompted(wanjiru)
    await desk.receive(deposit, forged(desk, amount=100_000))
    await desk.receive(deposit, desk.mobile_money.pay(desk.mobile_money.last))
    await desk.work()

    assert await desk.outcomes() == ["quarantined: amount-mismatch", "credited"]
    assert (await desk.row(deposit)).attention is None
    assert await desk.has(wanjiru) == Money(487_50)


async def test_callback_when_a_second_receipt_comes_for_a_completed_deposit_is_put_aside(desk: Desk) -> None:
    wanjiru = await desk.person()
    deposit = await desk.prompted(wanjiru)
    await desk.receive(deposit, desk.mobile_money.pay(desk.mobile_money.last, receipt="SG722NMVXQ"))
    await desk.work()
    await desk.receive(deposit, forged(desk, receipt="SGANOTHER1"))
    await desk.work()

    assert await desk.outcomes() == ["credited", "quarantined: second-receipt"]
    assert (await desk.find(deposit)).receipt == "SG722NMVXQ"
    assert await desk.has(wanjiru) == Money(487_50)


async def test_callback_when_it_names_another_prompt_is_put_aside(desk: Desk) -> None:
    wanjiru, otieno = await desk.person(), await desk.person()
    hers, his = await desk.prompted(wanjiru), await desk.prompted(otieno)
    first, second = desk.mobile_money.prompts.values()

    await desk.receive(hers, desk.mobile_money.pay(second))
    await desk.work()
    assert await desk.outcomes() == ["quarantined: checkout-mismatch"]

    await desk.receive(his, desk.mobile_money.pay(second))
    await desk.receive(hers, desk.mobile_money.pay(first))
    await desk.work()
    assert await desk.outcomes() == ["quarantined: checkout-mismatch", "credited", "credited"]


async def test_callback_when_our_request_was_never_sent_is_put_aside(desk: Desk) -> None:
    wanjiru, otieno = await desk.person(), await desk.person()
    await desk.prompted(otieno)
    waiting = await desk.start(wanjiru)

    await desk.receive(waiting, forged(desk))
    (stored,) = await desk.rows("SELECT id FROM payment_callbacks")

    assert await process(desk, stored.id) == "quarantined: never-sent"
    assert await desk.has(wanjiru) == Money(0)


@pytest.mark.parametrize(
    "intent",
    [
        "019a0000-0000-7000-8000-00000000dead",
        "not-an-intent",
        "",
        "a\0b",
        "x" * 5000,
        "\udcff",
        "../../etc",
        "{0198-}",
        "Ünïcode",
    ],
)
async def test_callback_when_the_intent_is_unknown_is_kept_and_put_aside(desk: Desk, intent: str) -> None:
    wanjiru = await desk.person()
    await desk.prompted(wanjiru)

    assert await desk.receive(intent, forged(desk)) is True
    assert await desk.receive(intent, forged(desk)) is False
    await desk.work()

    assert await desk.outcomes() == ["quarantined: unknown-intent"]
    assert await desk.events() == ["unknown-intent"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not-json"),
        (b"\xff\xfe\x00", "not-json"),
        (b"[" * 60_000, "not-json"),
        (b'{"a": NaN}', "not-json"),
        (b'{"a": ' + b"9" * 5000 + b"}", "no-result-code"),
        (b"null", "no-result-code"),
        (b"{}", "no-result-code"),
        (b'{"Body": {"stkCallback": {"ResultCode": false, "CheckoutRequestID": "x"}}}', "no-result-code"),
        (b'{"Body": {"stkCallback": {"ResultCode": 0}}}', "no-checkout-id"),
    ],
)
async def test_callback_when_unreadable_is_kept_as_it_came_and_put_aside(desk: Desk, content: bytes, why: str) -> None:
    wanjiru = await desk.person()
    deposit = await desk.prompted(wanjiru)

    await desk.receive(deposit, content)
    await desk.work()

    (kept,) = await desk.rows("SELECT body, outcome, remote FROM payment_callbacks")
    assert (bytes(kept.body), kept.outcome, kept.remote) == (content, f"quarantined: {why}", "196.201.214.200")
    assert (await desk.find(deposit)).status == "processing"


async def test_callback_when_texts_hold_what_a_database_refuses_is_still_understood(desk: Desk) -> None:
    wanjiru = await desk.person()
    deposit = await desk.prompted(wanjiru)
    await desk.receive(deposit, body(desk.mobile_money.last, 1032, "bad\0 \ud800 text" * 100))
    await desk.work()

    assert await desk.outcomes() == ["failed"]
    assert (await desk.find(deposit)).reason == "cancelled"


async def test_callback_when_the_intent_is_spelt_in_capitals_is_the_same(desk: Desk) -> None:
    wanjiru = await desk.person()
    deposit = await desk.prompted(wanjiru)
    paid = desk.mobile_money.pay(desk.mobile_money.last)

    await desk.receive(str(deposit.intent).upper(), paid)
    assert await desk.receive(deposit, paid) is False
    await desk.work()

    assert await desk.outcomes() == ["credited"]


async def test_callback_when_phone_was_not_reached_proves_nothing_but_frees_the_phone(desk: Desk) -> None:
    wanjiru = await desk.person()
    deposit = await desk.prompted(wanjiru)
    desk.mobile_money.query_trouble = "no-answer"

    await desk.receive(deposit, desk.mobile_money.fail(desk.mobile_money.last, NOT_REACHED))
    await desk.wait(minutes=10)

    assert (await desk.find(deposit)).status == "processing"
    (said,) = await desk.sms(wanjiru)
    assert "got no answer from your phone" in said
    assert "No money was taken" not in said
    await desk.receive(deposit, desk.mobile_money.pay(desk.mobile_money.last))
    await desk.work()
    assert await desk.has(wanjiru) == Money(487_50)


async def test_callback_when_the_code_is_unknown_proves_nothing(desk: Desk) -> None:
    wanjiru = await desk.person()
    deposit = await desk.prompted(wanjiru)

    await desk.receive(deposit, failure(desk.mobile_money.last, "SFC_NEW99"))
    await desk.work()

    row = await desk.row(deposit)
    assert (row.status, row.result_code) == ("processing", "SFC_NEW99")
    assert row.next_check_at is not None
    assert await desk.sms(wanjiru) == []


async def test_callback_when_processed_but_unknown_to_us_is_none(desk: Desk) -> None:
    assert await process(desk, new_id()) is None
