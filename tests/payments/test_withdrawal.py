"""A withdrawal from its start to its end: what is set aside, sent, settled or given back, told and charged."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core.kernel.money import Money
from core.payments.breaker import payouts_stopped, resume_payouts
from core.payments.payout_charges import charge_in_statement
from core.payments.withdrawal_limits import WithdrawalAboveLimit, WithdrawalBelowLimit, set_tier
from core.payments.withdrawals import WithdrawalQuoteExpired, WithdrawalReused, WithdrawalShort, known_payee

from .counter import Counter, failed
from .desk import new_id


def shillings(whole: int) -> Money:
    return Money(whole * 100)


async def test_withdrawal_when_paid_takes_what_was_quoted_and_tells_everything(counter: Counter) -> None:
    wanjiru = await counter.rich()
    started = await counter.sent(wanjiru)
    held = await counter.holdings(wanjiru)
    [name] = await counter.names(started)

    await counter.hear(started.payouts[0].id, counter.mpesa.finish(name, charge=Money(5_00)))

    assert (held.available, held.locked) == (shillings(9_490), shillings(510))
    done = await counter.see(started)
    assert (done.is_open, done.paid, done.payouts[0].books) == (False, shillings(500), "paid")
    assert (await counter.holdings(wanjiru)).total == shillings(9_490)
    assert await counter.sms(wanjiru) == [
        f"{done.payouts[0].receipt} Confirmed. KES 500 paid to WANJIRU KAMAU. Fee KES 5, M-PESA KES 5. New balance KES 9,490."
    ]
    assert await counter.revenue() == [("mpesa_withdrawal", Decimal(5), 1), ("mpesa_charge", Decimal(0), 1)]
    assert await counter.outcomes() == ["paid"]
    await counter.books_agree()


async def test_charge_is_booked_as_mpesa_says_it_was_not_as_the_tariff_foretold(counter: Counter) -> None:
    wanjiru = await counter.rich()
    started = await counter.sent(wanjiru)
    [name] = await counter.names(started)
    # The example of Safaricom's own page, which fits no band.
    await counter.hear(started.payouts[0].id, counter.mpesa.finish(name, charge=Money(22_40)))
    before = await counter.accounts()

    await counter.wait(minutes=2)
    await counter.answer_questions()
    await counter.hear(started.payouts[0].id, counter.mpesa.answer(name), "status-result")

    after = await counter.accounts()
    assert (before["charges"], after["charges"]) == (Money(0), Money(-22_40))
    assert after["recovered"] == shillings(5)
    assert (await counter.see(started)).payouts[0].real_charge == Money(22_40)
    assert (await counter.holdings(wanjiru)).total == shillings(9_490)
    await counter.books_agree()


async def test_charge_that_only_the_statement_tells_is_booked_once(counter: Counter) -> None:
    wanjiru = await counter.rich()
    started = await counter.sent(wanjiru)
    [name] = await counter.names(started)
    await counter.hear(started.payouts[0].id, counter.mpesa.finish(name))
    receipt = counter.mpesa.paid[0][1]

    for _ in range(2):
        async with counter.database.unit() as uow:
            assert await charge_in_statement(uow, receipt=receipt, charge=Money(5_00))
            assert not await charge_in_statement(uow, receipt="SZ00000000", charge=Money(5_00))
        await counter.work()

    assert (await counter.accounts())["charges"] == Money(-5_00)


async def test_charge_that_nobody_tells_is_asked_for_three_times(counter: Counter) -> None:
    wanjiru = await counter.rich()
    started = await counter.sent(wanjiru)
    [name] = await counter.names(started)
    await counter.hear(started.payouts[0].id, counter.mpesa.finish(name))

    await counter.wait(days=3)

    assert [bool(question.receipt) for question in counter.mpesa.about] == [True] * 3


async def test_question_about_a_charge_that_the_queue_lost_is_put_again_by_the_sweep(counter: Counter) -> None:
    wanjiru = await counter.rich()
    started = await counter.sent(wanjiru)
    [name] = await counter.names(started)
    await counter.hear(started.payouts[0].id, counter.mpesa.finish(name, charge=Money(22_40)))

    await counter.forget_jobs()
    counter.clock.advance(seconds=90)
    await counter.sweep()
    await counter.work()
    assert counter.mpesa.about == [], "it isn't overdue yet"
    for hours in (1, 2, 26):
        counter.clock.advance(hours=hours)
        await counter.sweep()
        await counter.forget_jobs() if hours == 2 else await counter.work()
        await counter.forget_jobs()
    await counter.sweep()
    await counter.work()
    assert [bool(question.receipt) for question in counter.mpesa.about] == [True] * 3
    await counter.answer_questions()
    await counter.sweep()
    await counter.work()

    assert (await counter.accounts())["charges"] == Money(-22_40)
    assert await counter.jobs() == []
    await counter.books_agree()


async def test_withdrawal_when_the_balance_is_short_says_how_much_could_go(counter: Counter) -> None:
    wanjiru = await counter.rich(Money(487_50))

    with pytest.raises(WithdrawalShort) as refused:
        await counter.ask_for(wanjiru)

    assert (refused.value.available, refused.value.needed, refused.value.possible) == (
        Money(487_50),
        Money(510_00),
        Money(477_00),
    )
    assert await counter.rows("SELECT 1 FROM withdrawals") == []
    assert (await counter.sent(wanjiru, refused.value.possible)).is_open


async def test_withdrawal_when_only_its_second_payment_is_short_starts_nothing(counter: Counter) -> None:
    wanjiru = await counter.rich(shillings(280_000))

    with pytest.raises(WithdrawalShort) as refused:
        await counter.ask_for(wanjiru, shillings(300_000))

    assert (refused.value.available, refused.value.needed) == (shillings(280_000), shillings(300_031))
    assert (await counter.holdings(wanjiru)).available == shillings(280_000)


async def test_the_same_intent_again_is_the_same_withdrawal(counter: Counter) -> None:
    wanjiru = await counter.rich()
    intent = new_id()
    first = await counter.ask_for(wanjiru, intent=intent)

    again = await counter.ask_for(wanjiru, intent=intent)
    await counter.work()

    assert [payout.id for payout in again.payouts] == [payout.id for payout in first.payouts]
    assert len(counter.mpesa.requests) == 1
    with pytest.raises(WithdrawalReused):
        await counter.ask_for(wanjiru, shillings(600), intent=intent)


async def test_thirty_two_withdrawals_of_most_of_it_at_once_one_succeeds(counter: Counter) -> None:
    wanjiru = await counter.rich(shillings(1_000))

    answers = await asyncio.gather(*(counter.ask_for(wanjiru, shillings(800)) for _ in range(32)), return_exceptions=True)
    await counter.work()

    assert sum(not isinstance(answer, BaseException) for answer in answers) == 1
    # They queue up; on a busy machine some give up waiting, which is a refusal too.
    refusals = [answer for answer in answers if isinstance(answer, BaseException)]
    assert all(isinstance(one, WithdrawalShort) or "lock timeout" in str(one) for one in refusals)
    assert len(counter.mpesa.requests) == 1
    assert (await counter.holdings(wanjiru)).locked == shillings(810)


async def test_twenty_withdrawals_at_once_never_pass_the_limit_of_the_day(counter: Counter) -> None:
    wanjiru = await counter.rich(shillings(100_000))
    async with counter.database.unit() as uow:
        await set_tier(uow, member=wanjiru.id, tier="none", reason="a test")

    answers = await asyncio.gather(*(counter.ask_for(wanjiru, shillings(4_000)) for _ in range(20)), return_exceptions=True)
    await counter.work()

    refusals = [answer for answer in answers if isinstance(answer, BaseException)]
    assert all(isinstance(one, WithdrawalAboveLimit) or "lock timeout" in str(one) for one in refusals)
    # This tier may withdraw 13,000 a day.
    assert sum(request.amount.minor for request in counter.mpesa.requests) == 12_000_00


async def test_limits_count_what_is_on_its_way_but_not_what_failed_by_east_african_days(counter: Counter) -> None:
    wanjiru = await counter.rich(shillings(100_000))
    async with counter.database.unit() as uow:
        await set_tier(uow, member=wanjiru.id, tier="none", reason="a test")
    counter.clock.moment = counter.clock.moment.replace(hour=20, minute=50)
    failing = await counter.sent(wanjiru, shillings(12_000))
    [name] = await counter.names(failing)

    with pytest.raises(WithdrawalAboveLimit) as refused:
        await counter.ask_for(wanjiru, shillings(2_000))
    await counter.hear(failing.payouts[0].id, counter.mpesa.finish(name, "8"))
    await counter.sent(wanjiru, shillings(12_000))
    with pytest.raises(WithdrawalAboveLimit):
        await counter.ask_for(wanjiru, shillings(1_001))
    # Midnight in Nairobi is 21:00 UTC.
    counter.clock.advance(minutes=15)
    await counter.ask_for(wanjiru, shillings(13_000))

    assert (refused.value.period, refused.value.left) == ("day", shillings(1_000))
    with pytest.raises(WithdrawalBelowLimit):
        await counter.ask_for(wanjiru, shillings(5))


async def test_limit_of_the_month_holds_over_many_days(counter: Counter) -> None:
    counter.clock.moment = counter.clock.moment.replace(day=2)
    wanjiru = await counter.rich(shillings(100_000))
    async with counter.database.unit() as uow:
        await set_tier(uow, member=wanjiru.id, tier="none", reason="a test")
    for _ in range(5):
        await counter.ask_for(wanjiru, shillings(13_000))
        counter.clock.advance(days=1)

    with pytest.raises(WithdrawalAboveLimit) as refused:
        await counter.ask_for(wanjiru, shillings(10))

    assert (refused.value.period, refused.value.left) == ("month", Money(0))


async def test_quote_that_was_shown_too_long_ago_is_shown_again(counter: Counter) -> None:
    wanjiru = await counter.rich()

    with pytest.raises(WithdrawalQuoteExpired):
        await counter.ask_for(wanjiru, quoted_at=counter.clock.now() - timedelta(hours=25))


async def test_withdrawal_above_one_payment_goes_in_parts_and_one_that_fails_comes_back(counter: Counter) -> None:
    wanjiru = await counter.rich(shillings(400_000))
    started = await counter.sent(wanjiru, shillings(300_000))
    first, second = await counter.names(started)
    assert [one.amount for one in counter.mpesa.requests] == [shillings(250_000), shillings(50_000)]

    await counter.hear(started.payouts[1].id, counter.mpesa.finish(second, "8"))
    assert await counter.sms(wanjiru) == []
    await counter.hear(started.payouts[0].id, counter.mpesa.finish(first))

    # 250,000, its M-Pesa charge of 13 and its five sixths of our fee of 5.
    assert (await counter.holdings(wanjiru)).total == shillings(400_000) - shillings(250_013) - Money(4_17)
    [said] = await counter.sms(wanjiru)
    assert "KES 250,000 of KES 300,000 was paid to your M-PESA" in said
    assert "New balance KES 149,982.83" in said
    await counter.books_agree()


async def test_payment_in_that_names_the_receipt_of_a_payment_out_is_put_aside(counter: Counter) -> None:
    wanjiru = await counter.rich(shillings(10_000))
    started = await counter.sent(wanjiru, shillings(500))
    [name] = await counter.names(started)
    await counter.hear(started.payouts[0].id, counter.mpesa.finish(name))
    receipt, before = counter.mpesa.paid[-1][1], await counter.holdings(wanjiru)

    for account in (await counter.number(wanjiru), "nobody's"):
        await counter.confirm(account=account, receipt=receipt, amount="700.00")
        await counter.work()

    assert (await counter.outcomes())[-2:] == ["quarantined: receipt-reused"] * 2
    assert (await counter.holdings(wanjiru), await counter.suspense()) == (before, Money(0))
    events = await counter.rows(
        "SELECT details->>'why' AS why FROM security_events WHERE event_type = 'payment_callback_doubted'"
    )
    assert [event.why for event in events] == ["receipt-reused"] * 2


async def test_withdrawal_in_parts_when_all_are_paid_tells_once_with_both_receipts(counter: Counter) -> None:
    wanjiru = await counter.rich(shillings(400_000), language="sw")
    started = await counter.sent(wanjiru, shillings(300_000), language="sw")
    for payout, name in zip(started.payouts, await counter.names(started), strict=True):
        await counter.hear(payout.id, counter.mpesa.finish(name))

    [said] = await counter.sms(wanjiru)
    receipts = ", ".join(receipt for _, receipt, _ in counter.mpesa.paid)
    assert said == f"{receipts} Umetoa Ksh 300,000 kwa WANJIRU KAMAU. Ada Ksh 5, M-PESA Ksh 26. Salio jipya Ksh 99,969."
    await counter.books_agree()


@pytest.mark.parametrize(
    ("code", "word"),
    [("1", "could not pay"), ("8", "above a limit"), ("2040", "not registered"), ("2001", "refused"), ("4", "above a limit")],
)
async def test_payment_when_proven_to_have_failed_gives_everything_back_once(counter: Counter, code: str, word: str) -> None:
    wanjiru = await counter.rich()
    started = await counter.sent(wanjiru)
    [name] = await counter.names(started)
    body = counter.mpesa.finish(name, code)

    for _ in range(2):
        await counter.hear(started.payouts[0].id, body)
    await counter.hear(started.payouts[0].id, counter.mpesa.answer(name), "status-result")

    held = await counter.holdings(wanjiru)
    assert (held.available, held.locked) == (shillings(10_000), Money(0))
    [said] = await counter.sms(wanjiru)
    assert word in said
    assert "KES 10,000" in said
    assert await counter.revenue() == []
    [row] = await counter.rows("SELECT attention FROM mpesa_transactions")
    assert (row.attention is not None) == (code in {"1", "2001"})
    await counter.books_agree()


@pytest.mark.parametrize(
    ("kind", "code"), [("b2c-result", 17), ("b2c-result", 4999), ("b2c-timeout", 1), ("status-timeout", 1)]
)
async def test_payment_when_nothing_is_proven_stays_held(counter: Counter, kind: str, code: int) -> None:
    wanjiru = await counter.rich()
    started = await counter.sent(wanjiru)
    [name] = await counter.names(started)

    await counter.hear(started.payouts[0].id, failed(counter.mpesa.result(name), code), kind)

    assert (await counter.see(started)).is_open
    assert (await counter.holdings(wanjiru)).locked == shillings(510)
    assert await counter.outcomes() == ["not-proof"]


async def test_payment_when_its_result_is_lost_is_found_by_asking_and_told_meanwhile(counter: Counter) -> None:
    wanjiru = await counter.rich()
    started = await counter.sent(wanjiru)
    [name] = await counter.names(started)

    await counter.wait(minutes=3)
    counter.mpesa.finish(name, charge=Money(5_00))
    await counter.wait(minutes=3)
    await counter.answer_questions()

    waiting, paid = await counter.sms(wanjiru)
    assert "has not confirmed" in waiting
    assert "Confirmed" in paid
    assert len(counter.mpesa.requests) == 1
    assert (await counter.accounts())["charges"] == Money(-5_00)
    await counter.books_agree()


async def test_payment_that_nobody_can_explain_is_left_to_a_person_and_stays_held(counter: Counter) -> None:
    wanjiru = await counter.rich()
    counter.mpesa.troubles = ["lost"]
    started = await counter.sent(wanjiru)

    await counter.wait(days=8)

    [row] = await counter.rows("SELECT status, attention, retry_count FROM mpesa_transactions")
    assert (row.status, row.attention) == ("processing", "unresolved")
    assert row.retry_count == len(counter.mpesa.about) == 15
    assert len(counter.mpesa.requests) == 1
    assert (await counter.holdings(wanjiru)).locked == started.total


async def test_payment_that_mpesa_turns_away_unprocessed_is_sent_again_under_its_name(counter: Counter) -> None:
    wanjiru = await counter.rich()
    counter.mpesa.troubles = ["unreachable", "busy", "unreachable"]
    started = await counter.sent(wanjiru)
    [name] = await counter.names(started)

    await counter.wait(minutes=10)
    await counter.hear(started.payouts[0].id, counter.mpesa.finish(name))

    assert [one.payout for one in counter.mpesa.requests] == [name] * 4
    assert (await counter.see(started)).paid == shillings(500)
    await counter.books_agree()


async def test_payment_that_can_not_be_sent_for_a_day_comes_back(counter: Counter) -> None:
    wanjiru = await counter.rich()
    counter.mpesa.troubles = ["unreachable"] * 200
    await counter.sent(wanjiru)

    await counter.wait(days=2)

    assert counter.mpesa.sent == {}
    assert (await counter.holdings(wanjiru)).available == shillings(10_000)
    assert "could not reach" in (await counter.sms(wanjiru))[-1]


async def test_payment_that_mpesa_refuses_at_once_comes_back(counter: Counter) -> None:
    wanjiru = await counter.rich()
    counter.mpesa.troubles = ["refused"]
    started = await counter.sent(wanjiru)

    assert not started.is_open
    assert (await counter.holdings(wanjiru)).available == shillings(10_000)
    assert "refused" in (await counter.sms(wanjiru))[0]


async def test_queue_that_lost_everything_is_filled_again(counter: Counter) -> None:
    wanjiru = await counter.rich()
    started = await counter.ask_for(wanjiru)
    await counter.forget_jobs()
    counter.clock.advance(minutes=2)

    await counter.sweep()
    await counter.work()
    [name] = await counter.names(started)
    await counter.forget_jobs()
    counter.mpesa.finish(name)
    counter.clock.advance(minutes=5)
    await counter.sweep()
    await counter.work()
    await counter.answer_questions()

    assert (await counter.see(started)).paid == shillings(500)
    await counter.books_agree()


async def test_name_that_mpesa_told_is_known_the_next_time(counter: Counter) -> None:
    wanjiru = await counter.rich()
    started = await counter.sent(wanjiru)
    [name] = await counter.names(started)
    async with counter.database.unit() as uow:
        assert await known_payee(uow, phone=wanjiru.phone) is None

    await counter.hear(started.payouts[0].id, counter.mpesa.finish(name))

    async with counter.database.unit() as uow:
        assert await known_payee(uow, phone=wanjiru.phone) == "WANJIRU KAMAU"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE mpesa_transactions SET amount = 501",
        "UPDATE mpesa_transactions SET status = 'failed'",
        "UPDATE mpesa_transactions SET mpesa_receipt_number = 'SW99999999'",
        "UPDATE payouts SET books = 'gone'",
        "UPDATE payouts SET real_charge = -1, charge_source = 'x'",
        "UPDATE withdrawals SET amount = 0.5",
    ],
)
async def test_database_refuses_to_unsay_a_payment(counter: Counter, statement: str) -> None:
    wanjiru = await counter.rich()
    started = await counter.sent(wanjiru)
    [name] = await counter.names(started)
    await counter.hear(started.payouts[0].id, counter.mpesa.finish(name))

    with pytest.raises(IntegrityError):
        async with counter.database.unit() as uow:
            await uow.session.execute(text(statement))


async def test_one_name_is_never_used_for_two_payments(counter: Counter) -> None:
    wanjiru: Any = await counter.rich()
    await counter.sent(wanjiru)
    await counter.sent(wanjiru)

    with pytest.raises(IntegrityError):
        async with counter.database.unit() as uow:
            await uow.session.execute(text("UPDATE mpesa_transactions SET originator_conversation_id = 'the same'"))


async def test_payment_while_payouts_are_stopped_waits_held_and_goes_when_they_go_on(counter: Counter) -> None:
    wanjiru, otieno = await counter.rich(), await counter.rich()
    first = await counter.sent(wanjiru)
    [name] = await counter.names(first)
    await counter.hear(first.payouts[0].id, counter.mpesa.finish(name, "8006"))

    waiting = await counter.sent(otieno)
    await counter.wait(hours=1)
    sent_while_stopped = len(counter.mpesa.requests)
    async with counter.database.unit() as uow:
        assert await payouts_stopped(uow) == "operator-locked"
        await resume_payouts(uow)
    await counter.wait(minutes=2)
    [other] = await counter.names(waiting)
    await counter.hear(waiting.payouts[0].id, counter.mpesa.finish(other))

    assert sent_while_stopped == 1
    assert (await counter.see(waiting)).paid == shillings(500)
    await counter.books_agree()


async def test_five_requests_without_an_answer_stop_the_sixth_for_a_minute(counter: Counter) -> None:
    people = [await counter.rich() for _ in range(6)]
    counter.mpesa.troubles = ["answer-lost"] * 5
    for person in people:
        await counter.sent(person)
    sent = len(counter.mpesa.requests)

    await counter.wait(minutes=2)

    assert (sent, len(counter.mpesa.requests)) == (5, 6)
