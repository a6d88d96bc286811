"""Money by paybill: credited to the number that was typed, once per receipt, and never guessed."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core.daos.groups import create_group
from core.kernel.check_digit import is_intact
from core.kernel.ids import DaoId, IntentId
from core.kernel.money import Money
from core.kernel.phone import national
from core.payments.account_numbers import find_destination, spaced
from core.payments.reading import process_callback
from core.providers.daraja.reports import read_report

from .desk import Desk, Person, new_id, paybill_body
from .fake_mobile_money import CANCELLED, failure

RECEIPT = "SGC2B00001"


async def process(desk: Desk, callback: Any) -> str | None:
    async with desk.database.unit() as uow:
        return await process_callback(uow, callback=callback, read_report=read_report)


async def group_of(desk: Desk, person: Person, name: str = "Umoja") -> DaoId:
    async with desk.database.unit() as uow:
        return (await create_group(uow, intent=IntentId(new_id()), founder=person.id, name=name)).id


async def test_number_is_the_same_for_ever_and_a_group_has_its_own(desk: Desk) -> None:
    wanjiru = await desk.person()
    group = await group_of(desk, wanjiru)

    own, again, shared = await desk.number(wanjiru), await desk.number(wanjiru), await desk.number(wanjiru, group)

    assert own == again != shared
    assert all(len(number) == 7 and is_intact(number) for number in (own, shared))
    assert spaced("4829137") == "482 9137"


async def test_number_when_asked_for_many_times_at_once_is_one(desk: Desk) -> None:
    wanjiru = await desk.person()

    assert len(set(await asyncio.gather(*(desk.number(wanjiru) for _ in range(10))))) == 1


async def test_number_when_letters_are_typed_for_the_digits_that_they_look_like_is_the_same(desk: Desk) -> None:
    numbers = [await desk.number(await desk.person()) for _ in range(40)]
    asked = [number for number in numbers if {"0", "1"} <= set(number)] or [numbers[0]]

    async with desk.database.unit() as uow:
        for number in asked:
            exact = await find_destination(uow, number)
            for letters in ("OI", "ol", "Oi", "oL"):
                assert await find_destination(uow, number.translate(str.maketrans("01", letters))) == exact
        assert await find_destination(uow, "LILOOIL") is None


async def test_number_when_any_digit_is_wrong_or_two_are_swapped_leads_nowhere(desk: Desk) -> None:
    number = await desk.number(await desk.person())
    slips = {number[:place] + digit + number[place + 1 :] for place in range(7) for digit in "0123456789"}
    slips |= {number[:place] + number[place + 1] + number[place] + number[place + 2 :] for place in range(6)}
    slips |= {
        number[:-1],
        number + "0",
        "0" + number,
        "",
        " ",
        "Wanjiru",
        number.translate({48 + n: 0x660 + n for n in range(10)}),
    }

    async with desk.database.unit() as uow:
        found = {slip for slip in slips - {number} if await find_destination(uow, slip) is not None}

    assert found == set()


@pytest.mark.parametrize("spelling", ["plain", "spaced", "dashed", "phone", "international"])
async def test_payment_when_the_number_is_hers_however_it_is_spaced_is_credited_and_told(desk: Desk, spelling: str) -> None:
    wanjiru = await desk.person()
    number = await desk.number(wanjiru)
    typed = {
        "plain": number,
        "spaced": f" {spaced(number)} ",
        "dashed": f"{number[:3]}-{number[3:]}",
        "phone": national(wanjiru.phone),
        "international": wanjiru.phone[1:],
    }[spelling]

    await desk.confirm(account=typed)
    await desk.work()

    assert await desk.outcomes() == ["credited"]
    assert (await desk.has(wanjiru), await desk.suspense()) == (Money(487_50), Money(0))
    assert await desk.system() == (Money(-500_00), Money(12_50))
    (said,) = await desk.sms(wanjiru)
    assert all(word in said for word in ("KES 500", RECEIPT, "12.50", "487.50"))
    await desk.audit_is_clean()


async def test_payment_when_it_belongs_to_nobody_waits_in_suspense(desk: Desk) -> None:
    number = await desk.number(await desk.person())
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)

    await desk.confirm(account=wrong, receipt="SGC2B00001")
    await desk.confirm(account="", receipt="SGC2B00002", amount=20)
    await desk.work()

    assert await desk.outcomes() == ["suspense", "suspense"]
    assert await desk.suspense() == Money(520_00)
    assert await desk.system() == (Money(-520_00), Money(0))
    rows = await desk.rows("SELECT receipt, suspense_reason, account, payer FROM payments_received ORDER BY receipt")
    assert [(row.receipt, row.suspense_reason) for row in rows] == [
        ("SGC2B00001", "unknown account"),
        ("SGC2B00002", "no account typed"),
    ]
    assert (rows[0].account, rows[0].payer) == (wrong, "2547 ***** 126")
    await desk.audit_is_clean()


@pytest.mark.parametrize("order", ["callback-first", "confirmation-first"])
@pytest.mark.parametrize("known_by", ["reference", "merchant-id"])
async def test_prompt_when_both_its_notifications_come_is_credited_once(desk: Desk, order: str, known_by: str) -> None:
    wanjiru = await desk.person()
    deposit = await desk.prompted(wanjiru)
    prompt = desk.mobile_money.last
    callback = desk.mobile_money.pay(prompt, receipt=RECEIPT)
    by_id = {"account": "x", "ThirdPartyTransID": prompt.merchant_request_id}
    told = paybill_body(desk, **({"account": prompt.request.reference} if known_by == "reference" else by_id))

    if order == "callback-first":
        await desk.receive(deposit, callback)
        await desk.work()
    await desk.receive_paybill(told)
    await desk.work()
    await desk.receive(deposit, callback)
    await desk.work()

    assert await desk.outcomes() == ["credited", "repeated"]
    assert await desk.has(wanjiru) == Money(487_50)
    assert len(await desk.sms(wanjiru)) == 1
    assert (await desk.find(deposit)).receipt == RECEIPT
    (row,) = await desk.rows("SELECT sources FROM payments_received")
    assert set(row.sources) == ({"stk", "c2b"} if order == "callback-first" else {"c2b"})
    await desk.audit_is_clean()


async def test_prompt_when_its_callback_was_lost_is_credited_by_the_confirmation(desk: Desk) -> None:
    wanjiru = await desk.person()
    deposit = await desk.prompted(wanjiru)
    desk.mobile_money.pay(desk.mobile_money.last)
    await desk.wait(minutes=1)
    assert (await desk.row(deposit)).attention == "paid-without-receipt"

    await desk.confirm(account=desk.mobile_money.last.request.reference.lower())
    await desk.work()

    row = await desk.row(deposit)
    assert (row.status, row.attention, row.mpesa_receipt_number) == ("completed", None, RECEIPT)
    assert await desk.has(wanjiru) == Money(487_50)
    assert len(await desk.sms(wanjiru)) == 1


async def test_prompt_when_it_failed_but_a_receipt_proves_it_paid_is_credited(desk: Desk) -> None:
    wanjiru = await desk.person()
    deposit = await desk.prompted(wanjiru)
    await desk.receive(deposit, desk.mobile_money.fail(desk.mobile_money.last, CANCELLED))
    await desk.work()

    await desk.confirm(account=desk.mobile_money.last.request.reference)
    await desk.receive(deposit, failure(desk.mobile_money.last, "2001"))
    await desk.work()

    assert (await desk.find(deposit)).status == "completed"
    assert await desk.has(wanjiru) == Money(487_50)
    assert "received" in (await desk.sms(wanjiru))[-1]
    assert (await desk.row(deposit)).attention == "contradicted"


async def test_prompt_when_its_reference_is_paid_again_or_with_another_amount_is_money_of_her_own(desk: Desk) -> None:
    wanjiru = await desk.person()
    deposit = await desk.prompted(wanjiru)
    reference = desk.mobile_money.last.request.reference

    await desk.confirm(account=reference, receipt="SGC2B00001", amount="40.00")
    await desk.confirm(account=reference, receipt="SGC2B00002", amount="500.00")
    await desk.confirm(account=reference, receipt="SGC2B00003", amount="500.00")
    await desk.work()

    assert await desk.outcomes() == ["credited"] * 3
    assert (await desk.find(deposit)).receipt == "SGC2B00002"
    assert await desk.has(wanjiru) == Money(39_00 + 487_50 + 487_50)
    await desk.audit_is_clean()


async def test_suspense_when_the_callback_says_whose_it_is_leaves_for_the_prompt(desk: Desk) -> None:
    wanjiru = await desk.person()
    deposit = await desk.prompted(wanjiru)
    callback = desk.mobile_money.pay(desk.mobile_money.last, receipt=RECEIPT)
    await desk.confirm(account="chama yetu")
    await desk.work()
    assert await desk.suspense() == Money(500_00)

    await desk.receive(deposit, callback)
    await desk.work()

    assert await desk.outcomes() == ["suspense", "credited"]
    assert (await desk.suspense(), await desk.has(wanjiru)) == (Money(0), Money(487_50))
    assert await desk.system() == (Money(-500_00), Money(12_50))
    await desk.audit_is_clean()


async def test_payment_when_all_notifications_come_at_once_many_times_is_credited_once(desk: Desk) -> None:
    wanjiru = await desk.person()
    deposit = await desk.prompted(wanjiru)
    paid = json.loads(desk.mobile_money.pay(desk.mobile_money.last, receipt=RECEIPT))
    reference = desk.mobile_money.last.request.reference
    for number in range(16):
        await desk.receive(deposit, json.dumps({**paid, "attempt": number}).encode())
        await desk.confirm(account=reference, InvoiceNumber=str(number))
    stored = await desk.rows("SELECT id FROM payment_callbacks ORDER BY digest")

    outcomes = await asyncio.gather(*(process(desk, one.id) for one in stored))

    assert sorted(outcomes, key=str) == ["credited"] + ["repeated"] * 31
    await desk.work()
    assert await desk.has(wanjiru) == Money(487_50)
    assert len(await desk.sms(wanjiru)) == 1
    await desk.audit_is_clean()


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"receipt": None}, "no-receipt"),
        ({"receipt": "x"}, "no-receipt"),
        ({"amount": None}, "no-amount"),
        ({"amount": "0.00"}, "no-amount"),
        ({"amount": "-5"}, "no-amount"),
        ({"amount": "1.005"}, "no-amount"),
        ({"amount": {"value": 5}}, "no-amount"),
        ({"BusinessShortCode": "600000"}, "other-shortcode"),
        ({"BusinessShortCode": None}, "other-shortcode"),
    ],
)
async def test_confirmation_when_it_does_not_fit_credits_nothing_and_is_reported(
    desk: Desk, changed: dict[str, Any], why: str
) -> None:
    wanjiru = await desk.person()

    await desk.confirm(account=await desk.number(wanjiru), **changed)
    await desk.work()

    assert await desk.outcomes() == [f"quarantined: {why}"]
    assert await desk.events() == [why]
    assert (await desk.has(wanjiru), await desk.suspense()) == (Money(0), Money(0))


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b'"text"', b"\xff", b"[" * 50_000, b'{"TransID": {}}'])
async def test_confirmation_when_it_is_garbage_is_kept_and_reported(desk: Desk, body: bytes) -> None:
    await desk.receive_paybill(body)
    await desk.work()

    (outcome,) = await desk.outcomes()
    assert outcome in ("quarantined: no-receipt", "quarantined: not-json")


async def test_payment_when_reported_with_two_amounts_keeps_the_first_and_alarms(desk: Desk) -> None:
    wanjiru = await desk.person()
    number = await desk.number(wanjiru)
    await desk.confirm(account=number, amount="100")
    await desk.confirm(account=number, amount="100000")
    await desk.work()

    assert await desk.outcomes() == ["credited", "quarantined: amount-contradicted"]
    assert await desk.has(wanjiru) == Money(97_50)
    events = await desk.rows("SELECT event_type, severity FROM security_events ORDER BY id")
    assert (events[0].event_type, events[0].severity) == ("payment_contradicted", "critical")


async def test_payment_straight_to_a_group_is_her_contribution(desk: Desk) -> None:
    wanjiru = await desk.person()
    group = await group_of(desk, wanjiru)

    await desk.confirm(account=await desk.number(wanjiru, group), amount="1000")
    await desk.work()

    (made,) = await desk.rows("SELECT user_id, dao_id, amount FROM contributions")
    assert (made.user_id, made.dao_id, Money.from_decimal(made.amount)) == (wanjiru.id, group, Money(975_00))
    assert await desk.has(wanjiru) == Money(0)
    (said,) = await desk.sms(wanjiru)
    assert all(word in said for word in ("KES 1,000", RECEIPT, "KES 25", "KES 975", "Umoja"))
    await desk.audit_is_clean()


async def test_payment_when_she_has_left_the_group_stays_hers_and_she_is_told(desk: Desk) -> None:
    wanjiru = await desk.person()
    group = await group_of(desk, wanjiru)
    number = await desk.number(wanjiru, group)
    await desk.rows("UPDATE dao_memberships SET status = 'left' RETURNING id")

    await desk.confirm(account=number, amount="1000")
    await desk.work()

    assert await desk.rows("SELECT id FROM contributions") == []
    assert await desk.has(wanjiru) == Money(975_00)
    (said,) = await desk.sms(wanjiru)
    assert "New balance KES 975" in said


async def test_payment_for_a_group_when_the_queue_forgot_it_is_passed_on_by_the_sweep(desk: Desk) -> None:
    wanjiru = await desk.person()
    group = await group_of(desk, wanjiru)
    await desk.confirm(account=await desk.number(wanjiru, group))
    (stored,) = await desk.rows("SELECT id FROM payment_callbacks")
    await process(desk, stored.id)
    await desk.forget_jobs()

    desk.clock.advance(minutes=2)
    await desk.take_named("sweep-payments")
    await desk.work()

    assert len(await desk.rows("SELECT id FROM contributions")) == 1
    await desk.audit_is_clean()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payments_received SET amount = amount + 1",
        "UPDATE payments_received SET receipt = 'SGOTHER001'",
        "UPDATE payments_received SET transaction_id = NULL, suspense_reason = 'taken back'",
        "UPDATE payments_received SET sources = '{statement}'",
        "DELETE FROM payments_received",
        "UPDATE mpesa_transactions SET for_dao = NULL, passed_on_at = now()",
    ],
)
async def test_received_payment_can_not_be_changed_or_forgotten(desk: Desk, statement: str) -> None:
    await desk.confirm(account=await desk.number(await desk.person()))
    await desk.work()

    with pytest.raises(IntegrityError):
        await desk.rows(statement)


async def test_deposit_when_no_receipt_was_received_can_not_be_completed(desk: Desk) -> None:
    await desk.prompted(await desk.person())

    with pytest.raises(IntegrityError):
        async with desk.database.unit() as uow:
            await uow.session.execute(
                text("UPDATE mpesa_transactions SET status = 'completed', mpesa_receipt_number = 'SGFORGED01'")
            )


async def test_prompt_when_paid_for_somebody_is_hers_and_tells_both(desk: Desk) -> None:
    otieno, wanjiru = await desk.person(), await desk.person()
    deposit = await desk.start(Person(wanjiru.id, otieno.phone), paid_by=otieno.id)
    await desk.work()

    await desk.receive(deposit, desk.mobile_money.pay(desk.mobile_money.last, receipt=RECEIPT))
    await desk.work()

    assert (await desk.has(wanjiru), await desk.has(otieno)) == (Money(487_50), Money(0))
    (hers,), (his,) = await desk.sms(wanjiru), await desk.sms(otieno)
    assert "487.50" in hers
    assert RECEIPT in his
    assert "487.50" not in his
    await desk.audit_is_clean()


async def test_prompt_when_paid_for_somebody_and_cancelled_tells_the_payer_alone(desk: Desk) -> None:
    otieno, wanjiru = await desk.person(), await desk.person()
    deposit = await desk.start(Person(wanjiru.id, otieno.phone), paid_by=otieno.id)
    await desk.work()

    await desk.receive(deposit, desk.mobile_money.fail(desk.mobile_money.last, CANCELLED))
    await desk.work()

    assert await desk.sms(wanjiru) == []
    assert "cancelled" in (await desk.sms(otieno))[0]
