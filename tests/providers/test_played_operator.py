"""Money out, questions and paybill payments: the adapter against the played Daraja, over real HTTP."""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.kernel.money import Money
from core.kernel.phone import Phone
from core.payments.outcomes import Accepted, Failed, Pending, Succeeded, Unknown
from core.payments.ports import BalanceQuestion, PayoutRequest, RefundRequest, StatementPage, TransactionQuestion
from core.payments.reports import AnswerReport, BalanceReport, PaymentReport, PayoutReport, RefundReport, Report, Topic

from .companies import PlayedDaraja, played_daraja

PHONE = Phone("+254712000001")


@pytest.fixture
async def company(tmp_path: Path) -> AsyncIterator[PlayedDaraja]:
    async with played_daraja(tmp_path) as played:
        assert played.mpesa is not None
        await played.mpesa.bring_float(100_000)
        yield played


def wanted(company: PlayedDaraja, **changed: Any) -> PayoutRequest:
    given: dict[str, Any] = {"payout": "p-1", "phone": PHONE, "amount": Money(1_600_00), "remarks": "Withdrawal"}
    urls = {"result_url": f"{company.url}/b2c/result", "timeout_url": f"{company.url}/b2c/timeout"}
    return PayoutRequest(**{**given, **urls, **changed})


def question(company: PlayedDaraja, **named: str) -> TransactionQuestion:
    return TransactionQuestion(f"{company.url}/status/result", f"{company.url}/status/timeout", **named)


async def reported(company: PlayedDaraja, topic: Topic, *, at: str = "result") -> Report:
    where, body = await company.report()
    assert where == at
    return company.port.read_report(topic, body)


async def test_payout_when_taken_moves_money_once_and_reports_what_moved(company: PlayedDaraja) -> None:
    accepted = await company.port.payout(wanted(company))
    report = await reported(company, "payout")

    assert isinstance(accepted, Accepted)
    assert isinstance(report, PayoutReport)
    assert (report.payout, report.reference) == ("p-1", accepted.reference)
    assert isinstance(report.outcome, Succeeded)
    assert (report.outcome.amount, report.outcome.party) == (Money(1_600_00), "Wanjiru")
    assert (report.payee, report.held) == ("+2547XX***001", Money(98_400_00))
    _, entry = company.mpesa.book.entries
    assert (entry.receipt, entry.amount, entry.charge, entry.originator) == (report.outcome.receipt, 1_600, 9, "p-1")
    assert company.mpesa.book.account(PHONE).balance == 21_600


async def test_payout_when_repeated_under_its_name_is_accepted_and_pays_nothing(company: PlayedDaraja) -> None:
    await company.port.payout(wanted(company))
    await reported(company, "payout")

    assert await company.port.payout(wanted(company)) == Accepted("")

    assert len(company.mpesa.payouts.all) == 1
    assert company.mpesa.book.balance == 98_400


@pytest.mark.parametrize(
    ("changed", "code", "reason"),
    [
        ({"phone": Phone("+254799999999")}, "2040", "unregistered"),
        ({"amount": Money(9_00)}, "2", "refused"),
        ({"amount": Money(200_000_00)}, "1", "our-funds"),
    ],
)
async def test_payout_when_refused_by_its_result_is_proven_failed(
    company: PlayedDaraja, changed: dict[str, Any], code: str, reason: str
) -> None:
    await company.port.payout(wanted(company, **changed))
    report = await reported(company, "payout")

    assert isinstance(report, PayoutReport)
    assert isinstance(report.outcome, Failed)
    assert (report.outcome.code, report.outcome.reason) == (code, reason)
    assert company.mpesa.book.balance == 100_000


async def test_payout_when_the_password_is_wrong_is_refused_by_its_result(company: PlayedDaraja, tmp_path: Path) -> None:
    company.port._settings = dataclasses.replace(company.port._settings, initiator_password="not-it")

    await company.port.payout(wanted(company))
    report = await reported(company, "payout")

    assert isinstance(report, PayoutReport)
    assert report.outcome == Failed("2001", "The initiator information is invalid.", "refused")


@pytest.mark.parametrize("fault", ["http_500_after", "html_after", "hang"])
async def test_payout_when_taken_but_not_answered_is_unknown_and_paid_once(company: PlayedDaraja, fault: str) -> None:
    company.goes_wrong("daraja.payout", fault)

    assert isinstance(await company.port.payout(wanted(company)), Unknown)

    await reported(company, "payout")
    assert await company.port.payout(wanted(company)) == Accepted("")
    assert company.mpesa.book.balance == 98_400


async def test_payout_when_its_queue_times_out_is_reported_there_and_may_be_paid(company: PlayedDaraja) -> None:
    company.goes_wrong("daraja.payout", "queue_timeout", seconds=0.05)

    await company.port.payout(wanted(company))

    await reported(company, "payout", at="timeout")
    report = await reported(company, "payout")
    assert isinstance(report, PayoutReport)
    assert isinstance(report.outcome, Succeeded)


async def test_question_about_a_payout_finds_its_receipt_amount_and_fee(company: PlayedDaraja) -> None:
    company.goes_wrong("daraja.result", "lose")
    await company.port.payout(wanted(company))
    while company.mpesa.payouts.all[0].state != "settled":
        await asyncio.sleep(0.01)

    accepted = await company.port.query_transaction(question(company, payout="p-1"))
    report = await reported(company, "answer")

    assert isinstance(accepted, Accepted)
    assert isinstance(report, AnswerReport)
    assert (report.payout, report.reference) == ("p-1", accepted.reference)
    receipt = company.mpesa.payouts.all[0].receipt
    assert report.receipt == receipt
    assert isinstance(report.outcome, Succeeded)
    assert (report.outcome.receipt, report.outcome.amount, report.outcome.fee) == (receipt, Money(1_600_00), Money(9_00))


@pytest.mark.parametrize(("named", "outcome"), [({"payout": "p-9"}, Unknown), ({"receipt": "UKN7RT61SV"}, Unknown)])
async def test_question_about_what_nobody_knows_proves_nothing(
    company: PlayedDaraja, named: dict[str, str], outcome: type
) -> None:
    await company.port.query_transaction(question(company, **named))
    report = await reported(company, "answer")

    assert isinstance(report, AnswerReport)
    assert isinstance(report.outcome, outcome)


async def test_question_before_and_after_a_payout_failed_says_open_and_then_declined(company: PlayedDaraja) -> None:
    company._world.behaviour.change({"payout_seconds": 600})
    await company.port.payout(wanted(company, phone=Phone("+254799999999")))

    await company.port.query_transaction(question(company, payout="p-1"))
    report = await reported(company, "answer")
    assert isinstance(report, AnswerReport)
    assert report.outcome == Pending()

    company._world.clock.advance(601)
    await reported(company, "payout")
    await company.port.query_transaction(question(company, payout="p-1"))
    report = await reported(company, "answer")
    assert isinstance(report, AnswerReport)
    assert isinstance(report.outcome, Failed)


async def test_balance_tells_every_account(company: PlayedDaraja) -> None:
    await company.port.payout(wanted(company))
    await reported(company, "payout")

    await company.port.ask_balance(BalanceQuestion(f"{company.url}/balance/result", f"{company.url}/balance/timeout"))
    report = await reported(company, "balance")

    assert isinstance(report, BalanceReport)
    assert report.accounts["Utility Account"] == Money(98_400_00)
    assert report.accounts["Charges Paid Account"] == Money(-9_00)


async def test_paybill_when_paid_by_hand_and_by_prompt_confirms_each_receipt_once(company: PlayedDaraja) -> None:
    await company.port.register_paybill(
        validation_url=f"{company.url}/c2b/validation", confirmation_url=f"{company.url}/c2b/confirmation"
    )
    company._world.behaviour.change({"validation": True})

    entry = await company.mpesa.paybill.pay(PHONE, amount=700, account=" umoja 7 ", pin="1234")

    asked = await reported(company, "validation", at="validation")
    report = await reported(company, "payment", at="confirmation")
    assert isinstance(asked, PaymentReport)
    assert isinstance(report, PaymentReport)
    assert (asked.receipt, asked.held) == (report.receipt, None)
    assert (report.receipt, report.amount, report.account) == (entry.receipt, Money(700_00), "umoja 7")
    assert (report.payer, report.payer_digest, report.name) == ("2547*****001", "", "WANJIRU")
    assert report.held == Money(100_700_00)


async def test_paybill_when_registered_by_the_older_api_tells_a_digest_of_the_phone(company: PlayedDaraja) -> None:
    await company.port.register_paybill(
        validation_url=f"{company.url}/c2b/validation", confirmation_url=f"{company.url}/c2b/confirmation"
    )
    registered = company.mpesa.paybill._registered
    company.mpesa.paybill._registered = type(registered)(**{**vars(registered), "hashes_phones": True})

    await company.mpesa.paybill.pay(PHONE, amount=700, account="UMOJA7", pin="1234")

    report = await reported(company, "payment", at="confirmation")
    assert isinstance(report, PaymentReport)
    assert (report.payer, report.payer_digest) == ("", hashlib.sha256(b"254712000001").hexdigest())


async def test_refund_gives_back_once_and_never_again(company: PlayedDaraja) -> None:
    entry = await company.mpesa.paybill.pay(PHONE, amount=700, account="UMOJA7", pin="1234")
    urls = (f"{company.url}/reversal/result", f"{company.url}/reversal/timeout")
    request = RefundRequest(entry.receipt, Money(700_00), "Paid twice", *urls)

    accepted = await company.port.refund(request)
    report = await reported(company, "refund")

    assert isinstance(accepted, Accepted)
    assert isinstance(report, RefundReport)
    assert (report.reference, report.receipt) == (accepted.reference, entry.receipt)
    assert isinstance(report.outcome, Succeeded)
    assert report.outcome.amount == Money(700_00)
    assert (company.mpesa.book.balance, company.mpesa.book.account(PHONE).balance) == (100_000, 20_000)

    await company.port.refund(request)
    again = await reported(company, "refund")
    assert isinstance(again, RefundReport)
    assert isinstance(again.outcome, Failed)
    assert (again.outcome.code, again.outcome.reason) == ("R000001", "already-done")
    assert company.mpesa.book.balance == 100_000


async def test_statement_is_told_page_by_page_and_only_to_who_may_ask(company: PlayedDaraja) -> None:
    entries = [await company.mpesa.paybill.pay(PHONE, amount=10 + n, account=f"A{n}", pin="1234") for n in range(5)]
    company._world.behaviour.change({"pull_page": 2})
    until = company._world.clock.now() + timedelta(minutes=1)
    since = until - timedelta(days=5)
    assert await company.port.statement(since=since, until=until) == StatementPage((), None, is_doubtful=True)

    assert isinstance(
        await company.port.register_statement(nominated_phone=PHONE, callback_url=f"{company.url}/pull"), Accepted
    )
    lines, page = [], 0
    while page is not None:
        found = await company.port.statement(since=since, until=until, page=page)
        assert isinstance(found, StatementPage)
        lines, page = [*lines, *found.lines], found.next_page

    assert [(line.receipt, line.amount, line.account) for line in lines] == [
        (entry.receipt, Money(entry.amount * 100), entry.account) for entry in entries
    ]
    assert all(line.at is not None and abs(line.at - until) < timedelta(minutes=2) for line in lines)
    earlier = await company.port.statement(since=since, until=until - timedelta(hours=1))
    assert earlier == StatementPage((), None, is_doubtful=True)


async def test_statement_when_the_answer_is_no_answer_is_unknown(company: PlayedDaraja) -> None:
    company.goes_wrong("daraja.pull", "html")

    until = company._world.clock.now()
    assert isinstance(await company.port.statement(since=until - timedelta(hours=1), until=until), Unknown)


async def test_payment_code_is_a_picture(company: PlayedDaraja) -> None:
    picture = await company.port.payment_code(reference="UMOJA7", amount=Money(50_00), name="Umoja")

    assert isinstance(picture, bytes)
    assert picture.startswith(b"\x89PNG")
    assert isinstance(await company.port.payment_code(reference="", amount=Money(50_00), name="Umoja"), Failed)
