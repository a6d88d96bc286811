"""A payment to an M-PESA number outside: from the treasury's hold by the machinery of withdrawals, to a certain end."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from core.kernel.money import Money
from core.kernel.texts import catalogue
from core.payments.group_payouts import GroupPayoutTooLarge
from core.payments.reversing import Undone, undo_payment
from core.payments.withdrawal_limits import withdrawn_since
from core.payments.withdrawal_quotes import WithdrawalTooSmall
from core.treasury.approving import OwnRequest
from core.treasury.minutes import Payments
from core.treasury.models import TreasuryRequest
from core.treasury.requests import Request, RequestClosed, RequestVoid, digest_again
from tests.payments.counter import failed

from .chama import Chama, shillings


async def sent(chama: Chama, amount: Money | None = None) -> tuple[Request, str]:
    """A payment that M-Pesa was asked to make, and the name under which it knows it."""
    request = await chama.approved(amount or shillings(2_000), to=await chama.outside())
    await chama.wait(hours=24)
    request = await chama.find(request)
    return request, list(chama.mpesa.sent)[-1]


async def test_paid_outside_takes_amount_and_fees_from_the_treasury_and_is_told_with_its_receipt(chama: Chama) -> None:
    await chama.found()
    request, name = await sent(chama)
    on_its_way = await chama.money()
    await chama.hear(request.payout or "", chama.mpesa.finish(name, charge=Money(9_00)))

    done = await chama.find(request)
    assert (request.status, done.status) == ("paying", "paid")
    assert (request.fee, request.charge, request.total) == (Money(5_00), Money(9_00), Money(2_014_00))
    assert (on_its_way.available, on_its_way.pending) == (Money(97_986_00), Money(2_014_00))
    money = await chama.money()
    assert (money.available, money.pending) == (Money(97_986_00), Money(0))
    receipt = chama.mpesa.paid[0][1]
    for person in chama.persons:
        last = (await chama.sms(person))[-1]
        assert last.startswith(f"Umoja: paid KES 2,000 to Duka la Vitabu. Request 1 {receipt}")
    fees = await chama.rows("SELECT fee_category, fee_amount, paid_by, dao_id FROM transaction_fees ORDER BY fee_category")
    assert [tuple(row) for row in fees] == [
        ("mpesa_charge", Decimal(9), None, chama.group),
        ("mpesa_withdrawal", Decimal(5), None, chama.group),
    ]
    await chama.books_agree()
    await chama.audit_is_clean()


async def test_minutes_of_the_day_say_what_was_paid_to_whom_and_for_what(chama: Chama) -> None:
    await chama.found()
    request, name = await sent(chama)
    now = chama.clock.now()
    day = {"group": chama.group, "since": now - timedelta(hours=1), "until": now + timedelta(hours=1)}
    async with chama.database.unit() as uow:
        assert await Payments().entries(uow, **day) == []
    await chama.hear(request.payout or "", chama.mpesa.finish(name))
    async with chama.database.unit() as uow:
        [line] = await Payments().entries(uow, **day)
        later = {**day, "since": day["until"], "until": now + timedelta(days=1)}
        assert await Payments().entries(uow, **later) == []
    said = {language: catalogue().say(language, line) for language in ("en", "sw")}
    assert said["en"] == f"Paid KES 2,000 to Duka la Vitabu for {request.reason} (request 1)."
    assert said["sw"] == f"Ksh 2,000 zimelipwa Duka la Vitabu kwa {request.reason} (ombi 1)."


async def test_unknown_is_not_failed_and_nothing_comes_back_before_mpesa_has_proven_it(chama: Chama) -> None:
    await chama.found()
    chama.mpesa.troubles = ["answer-lost"]
    request, name = await sent(chama)
    await chama.wait(hours=3)

    assert (await chama.find(request)).status == "paying"
    assert (await chama.money()).pending == Money(2_014_00)
    with pytest.raises(RequestClosed):
        await chama.again(request, chama.chair)
    await chama.hear(request.payout or "", chama.mpesa.finish(name))
    assert (await chama.find(request)).status == "paid"
    assert len(chama.mpesa.requests) == 1
    await chama.audit_is_clean()


async def test_failed_is_tried_again_without_new_approvals_while_its_time_lasts(chama: Chama) -> None:
    await chama.found()
    request, name = await sent(chama)
    await chama.hear(request.payout or "", chama.mpesa.finish(name, "8"))
    denied, back = await chama.find(request), await chama.money()

    again = await chama.again(request, chama.secretary)
    for _ in range(2):
        assert (await chama.again(request, chama.secretary)).status == "waiting"
    await chama.work()
    second = await chama.find(request)
    await chama.hear(second.payout or "", chama.mpesa.finish(list(chama.mpesa.sent)[-1]))

    assert (denied.status, denied.because, back.available) == ("failed", "limit", shillings(100_000))
    assert again.status == "waiting"
    assert second.payout != request.payout
    assert (await chama.find(request)).status == "paid"
    assert (await chama.money()).available == Money(97_986_00)
    assert "You can try again until" in "".join(await chama.sms(chama.chair))
    assert "You can try again until" not in "".join(await chama.sms(chama.members[0]))
    await chama.books_agree()
    await chama.audit_is_clean()


async def test_failed_is_not_tried_again_when_signers_changed_or_its_time_is_over(chama: Chama) -> None:
    await chama.found()
    request, name = await sent(chama)
    await chama.hear(request.payout or "", chama.mpesa.finish(name, "8"))
    await chama.role(chama.secretary, "auditor")
    with pytest.raises(RequestVoid):
        await chama.again(request, chama.chair)
    await chama.role(chama.secretary, "secretary")
    await chama.wait(hours=72)
    with pytest.raises(RequestClosed):
        await chama.again(request, chama.chair)
    await chama.minute()

    assert (await chama.find(request)).status == "expired"
    await chama.audit_is_clean()


async def test_paid_after_it_was_denied_is_never_paid_again(chama: Chama) -> None:
    await chama.found()
    request, name = await sent(chama)
    result = chama.mpesa.finish(name)
    await chama.hear(request.payout or "", failed(result, 8))
    assert (await chama.find(request)).status == "failed"
    await chama.hear(request.payout or "", result)

    late = await chama.find(request)
    assert (late.status, late.because) == ("expired", "paid-after-release")
    with pytest.raises(RequestClosed):
        await chama.again(request, chama.chair)
    assert "after all" in (await chama.sms(chama.chair))[-1]


async def test_payout_counts_for_the_group_and_not_against_the_limits_of_who_asked(chama: Chama) -> None:
    await chama.found()
    await sent(chama)

    async with chama.database.unit() as uow:
        gone = await withdrawn_since(uow, chama.treasurer.id, chama.clock.now().replace(day=1))

    assert gone == Money(0)


async def test_amounts_that_mpesa_does_not_send_are_refused_when_asked_for(chama: Chama) -> None:
    await chama.found(money=shillings(900_000), daily_limit=shillings(900_000), weekly_limit=shillings(900_000))
    payee = await chama.outside()

    with pytest.raises(WithdrawalTooSmall):
        await chama.ask(shillings(9), to=payee)
    with pytest.raises(GroupPayoutTooLarge):
        await chama.ask(shillings(500_001), to=payee)
    request, name = await sent(chama)
    await chama.hear(request.payout or "", chama.mpesa.finish(name, "8"))
    await chama.rows("UPDATE members SET phone = '+254799000001' WHERE id = :id RETURNING id", id=chama.chair.id)
    with pytest.raises(OwnRequest):
        await chama.again(request, chama.chair)


async def test_petty_cash_goes_to_a_number_at_once(chama: Chama) -> None:
    await chama.found()
    request = await chama.ask(shillings(300), to=await chama.outside(), path="petty")
    await chama.work()
    [name] = chama.mpesa.sent
    await chama.hear((await chama.find(request)).payout or "", chama.mpesa.finish(name))

    assert (await chama.find(request)).status == "paid"
    assert "petty cash KES 300" in (await chama.sms(chama.members[0]))[-1]
    await chama.audit_is_clean()


async def test_an_earlier_attempt_that_was_paid_after_all_is_told_and_nothing_is_sent_again(chama: Chama) -> None:
    """Denied, tried again, and then M-Pesa says of the first attempt that it was paid: the group hears of it."""
    await chama.found()
    request, name = await sent(chama)
    result = chama.mpesa.finish(name)
    await chama.hear(request.payout or "", failed(result, 8))
    await chama.again(request, chama.secretary)
    await chama.work()
    second = await chama.find(request)
    assert (second.status, second.payout != request.payout) == ("paying", True)
    await chama.hear(request.payout or "", result)

    assert "after all" in (await chama.sms(chama.chair))[-1]
    # The second attempt is denied: it would be the payee's money twice if it were made once more.
    await chama.hear(second.payout or "", chama.mpesa.finish(list(chama.mpesa.sent)[-1], "8"))
    late = await chama.find(request)
    assert (late.status, late.because) == ("expired", "paid-after-release")
    with pytest.raises(RequestClosed):
        await chama.again(request, chama.chair)
    await chama.audit_is_clean()


async def test_an_earlier_attempt_that_was_paid_stops_what_waits_to_be_sent_again(chama: Chama) -> None:
    await chama.found()
    request, name = await sent(chama)
    result = chama.mpesa.finish(name)
    await chama.hear(request.payout or "", failed(result, 8))
    await chama.again(request, chama.secretary)
    await chama.rows("DELETE FROM pgqueuer WHERE entrypoint = 'pay-treasury-request' RETURNING id")
    assert (await chama.find(request)).status == "waiting"
    await chama.hear(request.payout or "", result)

    late = await chama.find(request)
    assert (late.status, late.because) == ("expired", "paid-after-release")
    assert (await chama.money()).pending == Money(0)
    assert len(chama.mpesa.requests) == 1
    assert "after all" in (await chama.sms(chama.chair))[-1]
    await chama.audit_is_clean()


LARGE: dict[str, Any] = {
    "money": shillings(2_000_000),
    "daily_limit": shillings(2_000_000),
    "weekly_limit": shillings(2_000_000),
    "vote_above": shillings(1_000_000),
}


async def parts(chama: Chama, request: Request) -> list[Any]:
    """The payments of the newest attempt, in order: their id, M-Pesa's name for each, amount, fees and what the books hold."""
    return list(
        await chama.rows(
            "SELECT p.id::text AS id, m.originator_conversation_id AS name, m.amount, m.fee_amount, p.charge_amount, p.books"
            " FROM treasury_payouts o JOIN treasury_requests r ON r.id = o.request_id AND o.attempt = r.attempts"
            " JOIN payouts p ON p.id = o.payout_id JOIN mpesa_transactions m ON m.id = p.id"
            " WHERE r.id = :id ORDER BY o.part",
            id=request.id,
        )
    )


async def test_what_mpesa_does_not_send_at_once_goes_in_parts_each_exactly_once(chama: Chama) -> None:
    await chama.found(**LARGE)
    request, _ = await sent(chama, shillings(400_010))
    first, second = await parts(chama, request)

    assert [first.amount, second.amount] == [Decimal(250_000), Decimal(150_010)]
    assert first.fee_amount + second.fee_amount == request.fee.as_decimal()
    assert first.charge_amount + second.charge_amount == request.charge.as_decimal()
    assert (await chama.money()).pending == request.total, "set aside part by part, and all of it"
    assert len(chama.mpesa.requests) == 2
    await chama.hear(second.id, chama.mpesa.finish(second.name))
    assert (await chama.find(request)).status == "paying", "one has no certain end yet"
    for _ in range(2):
        await chama.hear(second.id, chama.mpesa.finish(second.name))
        await chama.minute()
    await chama.hear(first.id, chama.mpesa.finish(first.name))

    assert (await chama.find(request)).status == "paid"
    money = await chama.money()
    assert (money.available, money.pending) == (shillings(2_000_000) - request.total, Money(0))
    told = (await chama.sms(chama.members[0]))[-1]
    assert all(receipt in told for _, receipt, *_ in chama.mpesa.paid), "the receipts of both"
    await chama.books_agree()
    await chama.audit_is_clean()


async def test_a_part_that_came_to_nothing_is_the_treasurys_again_and_the_others_are_paid(chama: Chama) -> None:
    await chama.found(**LARGE)
    request, _ = await sent(chama, shillings(400_000))
    first, second = await parts(chama, request)
    await chama.hear(first.id, chama.mpesa.finish(first.name))
    await chama.hear(second.id, chama.mpesa.finish(second.name, "8"))

    done = await chama.find(request)
    assert (done.status, done.because) == ("paid", "part")
    with pytest.raises(RequestClosed):
        await chama.again(request, chama.chair)
    left = Money.from_decimal(first.amount + first.fee_amount + first.charge_amount)
    money = await chama.money()
    assert (money.available, money.pending) == (shillings(2_000_000) - left, Money(0))
    assert "KES 250,000 of KES 400,000 reached" in (await chama.sms(chama.members[0]))[-1]
    await chama.books_agree()
    await chama.audit_is_clean()


async def test_parts_that_all_failed_are_tried_again_with_names_of_their_own(chama: Chama) -> None:
    await chama.found(**LARGE)
    request, _ = await sent(chama, shillings(400_000))
    for part in await parts(chama, request):
        await chama.hear(part.id, chama.mpesa.finish(part.name, "8"))
    assert (await chama.find(request)).status == "failed"
    assert (await chama.money()).available == shillings(2_000_000)
    await chama.again(request, chama.secretary)
    await chama.work()
    for part in await parts(chama, request):
        await chama.hear(part.id, chama.mpesa.finish(part.name))

    assert (await chama.find(request)).status == "paid"
    assert len({str(one.payout) for one in chama.mpesa.requests}) == 4
    await chama.books_agree()
    await chama.audit_is_clean()


async def test_a_part_without_an_answer_is_not_failed(chama: Chama) -> None:
    await chama.found(**LARGE)
    chama.mpesa.troubles = ["answer-lost"]
    request, _ = await sent(chama, shillings(400_000))
    first, second = await parts(chama, request)
    await chama.hear(second.id, chama.mpesa.finish(second.name, "8"))
    await chama.wait(hours=3)

    assert (await chama.find(request)).status == "paying"
    assert (await chama.money()).pending == Money.from_decimal(first.amount + first.fee_amount + first.charge_amount)
    await chama.hear(first.id, chama.mpesa.finish(first.name))
    assert (await chama.find(request)).because == "part"
    await chama.audit_is_clean()


async def test_results_of_all_parts_and_the_look_of_every_minute_at_once_end_it_once(chama: Chama) -> None:
    await chama.found(**LARGE)
    request, _ = await sent(chama, shillings(500_000))
    results = [(part.id, chama.mpesa.finish(part.name)) for part in await parts(chama, request)]

    await asyncio.gather(*(chama.hear(part, result) for part, result in results * 3), *(chama.minute() for _ in range(3)))
    await chama.work()

    assert (await chama.find(request)).status == "paid"
    assert (await chama.money()).available == shillings(2_000_000) - request.total
    assert sum("paid KES 500,000" in said for said in await chama.sms(chama.members[0])) == 1
    await chama.books_agree()
    await chama.audit_is_clean()


async def test_the_fees_of_parts_are_within_what_was_approved(chama: Chama) -> None:
    await chama.found(**LARGE)
    request = await chama.ask(shillings(400_000), to=await chama.outside())
    async with chama.database.unit() as uow:
        row = await uow.session.get_one(TreasuryRequest, request.id)
        uow.session.expunge(row)
    assert digest_again(row) == request.digest
    row.charge_amount += 1
    assert digest_again(row) != request.digest


async def test_a_part_that_came_back_later_is_the_treasurys_again_and_told_as_that_part(chama: Chama) -> None:
    await chama.found(**LARGE)
    request, _ = await sent(chama, shillings(400_010))
    for part in await parts(chama, request):
        await chama.hear(part.id, chama.mpesa.finish(part.name))
    _, receipt, _ = chama.mpesa.paid[1]
    before = await chama.money()
    async with chama.database.unit() as uow:
        await undo_payment(uow, Undone(receipt, "SWBACK0002", shillings(150_010), "statement"))
    await chama.work()

    assert (await chama.money()).available >= before.available + shillings(150_010)
    assert "KES 150,010 to Duka la Vitabu came back" in (await chama.sms(chama.chair))[-1]
    await chama.audit_is_clean()
