"""A deposit from its quote to its outcome, in the order in which it usually goes."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text

from core.kernel.ids import reference
from core.kernel.money import Money
from core.payments.deposits import (
    DepositTooLarge,
    DepositTooSmall,
    DepositUnderway,
    IntentReused,
    QuoteExpired,
    WholeShillingsOnly,
    quote_deposit,
)
from core.payments.fees import NoFeeSchedule

from .desk import FIVE_HUNDRED, Desk, new_id

DEARER = "INSERT INTO fee_schedules VALUES (gen_random_uuid(), 'mpesa_deposit', 'KES', {bp}, {low}, {high}, '{since}', NULL)"


async def quote(desk: Desk, minor: int) -> tuple[int, int]:
    async with desk.database.unit() as uow:
        quoted = await quote_deposit(uow, amount=Money(minor))
    assert quoted.amount == quoted.fee + quoted.credited
    return quoted.fee.minor, quoted.credited.minor


async def schedule(desk: Desk, *, bp: int, low: str = "0", high: str = "NULL", since: object) -> None:
    async with desk.database.unit() as uow:
        await uow.session.execute(text(DEARER.format(bp=bp, low=low, high=high, since=since)))


@pytest.mark.parametrize(
    ("minor", "fee"),
    [(500_00, 12_50), (1_00, 2), (3_00, 8), (5_00, 12), (7_00, 18), (250_000_00, 6_250_00)],
)
async def test_quote_takes_two_and_a_half_percent_rounded_half_to_even(desk: Desk, minor: int, fee: int) -> None:
    assert await quote(desk, minor) == (fee, minor - fee)


async def test_quote_when_amount_is_outside_the_limits_is_refused(desk: Desk) -> None:
    for minor, refusal in ((0, DepositTooSmall), (99, DepositTooSmall), (-500_00, DepositTooSmall)):
        with pytest.raises(refusal):
            await quote(desk, minor)
    with pytest.raises(DepositTooLarge) as too_large:
        await quote(desk, 250_001_00)
    assert too_large.value.details() == {"high": Money(250_000_00)}
    with pytest.raises(WholeShillingsOnly):
        await quote(desk, 12_34)


async def test_quote_when_a_later_schedule_began_uses_it_with_its_bounds(desk: Desk) -> None:
    now = desk.clock.now()
    await schedule(desk, bp=100, low="20", high="50", since=now)

    assert await quote(desk, 500_00) == (20_00, 480_00)
    assert await quote(desk, 3_000_00) == (30_00, 2_970_00)
    assert await quote(desk, 100_000_00) == (50_00, 99_950_00)
    assert await quote(desk, 10_00) == (10_00, 0)

    desk.clock.moment = now - timedelta(seconds=1)
    assert await quote(desk, 500_00) == (12_50, 487_50)


async def test_quote_when_no_schedule_is_valid_is_a_mistake_of_ours(desk: Desk) -> None:
    async with desk.database.unit() as uow:
        await uow.session.execute(text("UPDATE fee_schedules SET valid_to = :now"), {"now": desk.clock.now()})

    with pytest.raises(NoFeeSchedule):
        await quote(desk, 500_00)


async def test_start_writes_the_intent_and_one_job_and_asks_nobody_yet(desk: Desk) -> None:
    wanjiru = await desk.person()

    deposit = await desk.start(wanjiru)

    row = await desk.row(deposit)
    assert (row.status, row.amount, row.fee_amount, row.fee_percentage) == ("pending", 500, Decimal("12.5"), Decimal("0.025"))
    assert (row.account_reference, row.transaction_desc) == (reference(deposit.intent), "Deposit")
    assert [job.entrypoint for job in await desk.jobs()] == ["push-deposit"]
    assert desk.mobile_money.prompts == {}


async def test_start_when_rolled_back_leaves_neither_intent_nor_job(desk: Desk) -> None:
    wanjiru = await desk.person()

    with pytest.raises(DepositTooSmall):
        await desk.start(wanjiru, amount=Money(0))
    with pytest.raises(ZeroDivisionError):
        await start_and_fail(desk, wanjiru)

    assert await desk.jobs() == []
    assert await desk.rows("SELECT id FROM mpesa_transactions") == []


async def start_and_fail(desk: Desk, person: object) -> None:
    from core.payments.deposits import start_deposit

    async with desk.database.unit() as uow:
        await start_deposit(
            uow, intent=new_id(), member=person.id, phone=person.phone, amount=FIVE_HUNDRED, language="en", channel="ussd"
        )
        raise ZeroDivisionError


async def test_start_when_repeated_returns_the_same_and_asks_once(desk: Desk) -> None:
    wanjiru, intent = await desk.person(), new_id()

    started = await asyncio.gather(*(desk.start(wanjiru, intent=intent) for _ in range(8)))
    await desk.work()
    again = await desk.start(wanjiru, intent=intent)
    await desk.work()

    assert len(set(started)) == 1
    assert again.status == "processing"
    assert list(desk.mobile_money.asked.values()) == [1]


async def test_start_when_the_intent_stands_for_something_else_is_a_bug(desk: Desk) -> None:
    wanjiru, intent = await desk.person(), new_id()
    await desk.start(wanjiru, intent=intent)

    with pytest.raises(IntentReused):
        await desk.start(wanjiru, intent=intent, amount=Money(600_00))


async def test_start_when_a_prompt_is_open_is_refused_for_two_minutes_at_most(desk: Desk) -> None:
    wanjiru, otieno = await desk.person(), await desk.person()
    await desk.prompted(wanjiru)

    with pytest.raises(DepositUnderway) as underway:
        await desk.start(wanjiru, amount=Money(100_00))
    assert underway.value.details() == {"amount": FIVE_HUNDRED}
    assert (await desk.start(otieno)).status == "pending"

    desk.clock.advance(seconds=119)
    with pytest.raises(DepositUnderway):
        await desk.start(wanjiru)
    desk.clock.advance(seconds=1)
    assert (await desk.start(wanjiru)).status == "pending"


async def test_start_when_twenty_confirm_at_once_lets_one_through(desk: Desk) -> None:
    wanjiru = await desk.person()

    results = await asyncio.gather(*(desk.start(wanjiru) for _ in range(20)), return_exceptions=True)

    assert sorted(type(result).__name__ for result in results) == ["Deposit"] + ["DepositUnderway"] * 19


async def test_start_when_the_first_prompt_was_answered_is_allowed_at_once(desk: Desk) -> None:
    wanjiru = await desk.person()
    first = await desk.prompted(wanjiru)
    await desk.receive(first, desk.mobile_money.fail(desk.mobile_money.last, "1032"))
    await desk.work()

    assert (await desk.start(wanjiru)).status == "pending"


async def test_start_when_the_fee_was_raised_after_the_quote_charges_the_quote(desk: Desk) -> None:
    wanjiru, quoted_at = await desk.person(), desk.clock.now()
    desk.clock.advance(minutes=1)
    await schedule(desk, bp=900, since=desk.clock.now())

    async with desk.database.unit() as uow:
        shown_again = await quote_deposit(uow, amount=FIVE_HUNDRED, at=quoted_at)
    deposit = await desk.start(wanjiru, quoted_at=quoted_at)
    await desk.work()
    await desk.receive(deposit, desk.mobile_money.pay(desk.mobile_money.last))
    await desk.work()

    assert (shown_again.fee, deposit.fee, await desk.has(wanjiru)) == (Money(12_50), Money(12_50), Money(487_50))
    with pytest.raises(QuoteExpired):
        await desk.start(wanjiru, quoted_at=quoted_at - timedelta(days=2))


async def test_push_says_who_how_much_and_where_to_report(desk: Desk) -> None:
    wanjiru = await desk.person()

    deposit = await desk.prompted(wanjiru)

    request = desk.mobile_money.last.request
    assert (request.phone, request.amount, request.reference) == (wanjiru.phone, FIVE_HUNDRED, reference(deposit.intent))
    assert request.callback_url == f"https://mtaa.example/pay/a-token/stk/{deposit.intent}"
    assert (await desk.row(deposit)).checkout_request_id == desk.mobile_money.last.checkout_request_id


async def test_deposit_when_paid_credits_once_and_tells_amount_receipt_and_balance(desk: Desk) -> None:
    wanjiru = await desk.person()
    deposit = await desk.prompted(wanjiru)

    await desk.receive(deposit, desk.mobile_money.pay(desk.mobile_money.last, receipt="SG722NMVXQ"))
    await desk.work()

    assert await desk.has(wanjiru) == Money(487_50)
    assert await desk.system() == (Money(-500_00), Money(12_50))
    assert await desk.sms(wanjiru) == [
        "Deposit of KES 500 received. M-PESA receipt SG722NMVXQ. Fee KES 12.50, credited KES 487.50. New balance KES 487.50."
    ]
    found = await desk.find(deposit)
    assert (found.status, found.receipt, found.reason) == ("completed", "SG722NMVXQ", None)
    await desk.books_add_up()


async def test_deposit_when_paid_fills_the_tables_that_others_read(desk: Desk) -> None:
    wanjiru = await desk.person()
    deposit = await desk.prompted(wanjiru)
    await desk.receive(deposit, desk.mobile_money.pay(desk.mobile_money.last, receipt="SG722NMVXQ"))
    await desk.work()

    row = await desk.row(deposit)
    assert (row.status, row.result_code, row.callback_received, row.next_check_at) == ("completed", "0", True, None)
    assert (row.transaction_date, row.callback_at) == (desk.clock.now(), desk.clock.now())
    assert row.callback_data["PhoneNumber"] == "+2547XX***001"
    assert wanjiru.phone[1:] not in str(row.callback_data)
    (fee,) = await desk.rows("SELECT * FROM transaction_fees")
    assert (fee.fee_category, fee.fee_type, fee.transaction_type) == ("mpesa_deposit", "platform_fee", "payment")
    assert (fee.transaction_id, fee.paid_by) == (deposit.intent, wanjiru.id)
    assert (fee.base_amount, fee.fee_amount, fee.platform_revenue) == (500, Decimal("12.5"), Decimal("12.5"))
    assert fee.fee_percentage == Decimal("0.0250")


async def test_deposit_when_the_fee_is_nothing_credits_all_and_writes_no_fee(desk: Desk) -> None:
    wanjiru = await desk.person()
    await schedule(desk, bp=0, since=desk.clock.now())
    deposit = await desk.prompted(wanjiru)

    await desk.receive(deposit, desk.mobile_money.pay(desk.mobile_money.last))
    await desk.work()

    assert await desk.has(wanjiru) == FIVE_HUNDRED
    assert await desk.rows("SELECT id FROM transaction_fees") == []


@pytest.mark.parametrize(
    ("code", "reason", "words"),
    [
        ("1032", "cancelled", "was cancelled in M-PESA"),
        ("2001", "wrong-pin", "wrong M-PESA PIN"),
        ("1", "insufficient", "not enough money in your M-PESA"),
        ("1019", "expired", "not answered in time"),
        ("17", "too-soon", "same amount within 2 minutes"),
        ("8", "limit", "above a limit"),
        ("1001", "busy", "busy with your line"),
        ("2028", "refused", "M-PESA refused"),
    ],
)
async def test_deposit_when_it_fails_says_so_plainly_and_takes_nothing(desk: Desk, code: str, reason: str, words: str) -> None:
    wanjiru = await desk.person()
    deposit = await desk.prompted(wanjiru)

    await desk.receive(deposit, desk.mobile_money.fail(desk.mobile_money.last, code))
    await desk.wait(hours=2)

    found = await desk.find(deposit)
    assert (found.status, found.reason) == ("failed", reason)
    (said,) = await desk.sms(wanjiru)
    assert words in said
    assert "No money was taken" in said
    assert await desk.has(wanjiru) == Money(0)
    assert (await desk.row(deposit)).attention == ("our-configuration" if code == "2028" else None)


async def test_deposit_when_swahili_is_spoken_tells_in_swahili(desk: Desk) -> None:
    wanjiru = await desk.person(language="sw")
    deposit = await desk.prompted(wanjiru, language="sw")

    await desk.receive(deposit, desk.mobile_money.pay(desk.mobile_money.last, receipt="SG722NMVXQ"))
    await desk.work()

    assert await desk.sms(wanjiru) == [
        "Umeweka Ksh 500. Risiti ya M-PESA SG722NMVXQ. Ada Ksh 12.50, zilizoingia Ksh 487.50. Salio jipya Ksh 487.50."
    ]


async def test_deposit_when_started_on_telegram_changes_the_live_message_and_sends_no_sms(desk: Desk) -> None:
    wanjiru = await desk.person()
    deposit = await desk.prompted(wanjiru, channel="telegram", chat=77)

    await desk.receive(deposit, desk.mobile_money.pay(desk.mobile_money.last, receipt="SG722NMVXQ"))
    await desk.work()

    message, kept = await desk.rows("SELECT * FROM chat_delivery_log ORDER BY position")
    assert (message.ref, message.chat) == (deposit.intent, 77)
    assert "M-PESA receipt: SG722NMVXQ" in message.message
    assert (kept.ref, kept.chat, kept.message) == (None, 77, message.message)
    assert kept.card["amount"] == "KES 500"
    assert ["M-PESA receipt", "SG722NMVXQ"] in kept.card["rows"]
    assert await desk.sms(wanjiru) == []
