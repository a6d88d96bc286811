"""What every adapter of the port promises, whatever the company behind it is like."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest

from core.kernel.ids import IntentId
from core.kernel.money import Money
from core.payments.outcomes import Accepted, Failed, Pending, Succeeded, Unknown
from core.payments.ports import (
    BalanceQuestion,
    CollectRequest,
    Limits,
    PayoutRequest,
    RefundRequest,
    StatementPage,
    TransactionQuestion,
)
from core.payments.reports import AnswerReport, BalanceReport, CollectionReport, PayoutReport, RefundReport, Topic, Unreadable
from tests.payments.desk import new_id

from .contract import FLOAT, RAILS, WANJIRU, Rail, collect

THOUSAND = Money(1_000_00)


@pytest.fixture(params=list(RAILS))
async def rail(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Rail]:
    async with RAILS[request.param](tmp_path) as company:
        yield company


def urls(rail: Rail, topic: Topic) -> dict[str, str]:
    return {"result_url": f"{rail.url}/{topic}/result", "timeout_url": f"{rail.url}/{topic}/timeout"}


def payout(rail: Rail, **changed: Any) -> PayoutRequest:
    given: dict[str, Any] = {"payout": "w-1", "phone": WANJIRU, "amount": THOUSAND, "remarks": "Withdrawal"}
    return PayoutRequest(**{**given, **urls(rail, "payout"), **changed})


def test_capabilities_are_of_one_piece(rail: Rail) -> None:
    can = rail.port.capabilities

    assert can.name
    for limits in (can.collect, can.payout):
        assert isinstance(limits, Limits)
        assert Money(0) < limits.granularity <= limits.low < limits.high
        assert limits.low.minor % limits.granularity.minor == limits.high.minor % limits.granularity.minor == 0


async def test_collection_is_open_until_it_is_paid_and_reports_what_was_paid(rail: Rail) -> None:
    reference = await collect(rail, THOUSAND, f"{rail.url}/collection/result")
    assert await rail.port.query_collection(reference=reference) == Pending()


async def test_collection_when_paid_is_reported_under_its_reference(rail: Rail) -> None:
    receipt = await rail.payment(THOUSAND)

    report = await rail.report("collection")

    assert isinstance(report, CollectionReport)
    assert isinstance(report.outcome, Succeeded)
    assert (report.outcome.receipt, report.outcome.amount) == (receipt, THOUSAND)
    assert isinstance(await rail.port.query_collection(reference=report.reference), Succeeded)
    assert rail.held() == FLOAT + THOUSAND


async def test_payout_moves_money_and_reports_it_under_our_name(rail: Rail) -> None:
    taken = await rail.port.payout(payout(rail))
    report = await rail.report("payout")

    assert isinstance(taken, Accepted)
    assert isinstance(report, PayoutReport)
    assert (report.payout, report.reference) == ("w-1", taken.reference)
    assert isinstance(report.outcome, Succeeded)
    assert rail.sent() == [(report.outcome.receipt, THOUSAND)]
    assert report.outcome.amount == THOUSAND
    assert rail.held() == FLOAT - THOUSAND


async def test_payout_when_repeated_under_its_name_pays_nothing_twice(rail: Rail) -> None:
    assert rail.port.capabilities.pays_once
    for _ in range(3):
        assert isinstance(await rail.port.payout(payout(rail)), Accepted)
    await rail.report("payout")

    assert len(rail.sent()) == 1
    assert isinstance(await rail.port.payout(payout(rail, payout="w-2")), Accepted)
    await rail.report("payout")
    assert len(rail.sent()) == 2


async def test_payout_when_its_answer_is_lost_is_unknown_and_found_by_our_name(rail: Rail) -> None:
    rail.lose_answers()
    assert isinstance(await rail.port.payout(payout(rail)), Unknown)
    await rail.report("payout")

    await rail.port.query_transaction(TransactionQuestion(**urls(rail, "answer"), payout="w-1"))
    answer = await rail.report("answer")

    assert isinstance(answer, AnswerReport)
    assert isinstance(answer.outcome, Succeeded)
    assert [(answer.receipt, answer.outcome.amount)] == rail.sent()
    assert answer.payout == "w-1"


async def test_payout_when_nobody_is_there_is_proven_unsent(rail: Rail) -> None:
    rail.go_away()

    outcome = await rail.port.payout(payout(rail))

    assert isinstance(outcome, Failed)
    assert (outcome.code, outcome.reason) == ("unreachable", "not-sent")
    assert rail.sent() == []


async def test_payout_when_we_hold_too_little_fails_by_its_report(rail: Rail) -> None:
    await rail.port.payout(payout(rail, amount=FLOAT + Money(1_00)))
    report = await rail.report("payout")

    assert isinstance(report, PayoutReport)
    assert isinstance(report.outcome, Failed)
    assert report.outcome.reason == "our-funds"
    assert (rail.sent(), rail.held()) == ([], FLOAT)


async def test_payout_of_a_fraction_is_a_bug_of_the_caller(rail: Rail) -> None:
    with pytest.raises(ValueError, match="whole"):
        await rail.port.payout(payout(rail, amount=Money(1_000_50)))
    assert rail.sent() == []


async def test_question_about_what_the_company_does_not_know_proves_nothing(rail: Rail) -> None:
    await rail.port.query_transaction(TransactionQuestion(**urls(rail, "answer"), payout="never"))
    answer = await rail.report("answer")

    assert isinstance(answer, AnswerReport)
    assert isinstance(answer.outcome, Unknown | Pending)


async def test_question_about_a_receipt_finds_the_payment(rail: Rail) -> None:
    receipt = await rail.payment(THOUSAND)

    await rail.port.query_transaction(TransactionQuestion(**urls(rail, "answer"), receipt=receipt))
    answer = await rail.report("answer")

    assert isinstance(answer, AnswerReport)
    assert isinstance(answer.outcome, Succeeded)
    assert (answer.receipt, answer.outcome.amount) == (receipt, THOUSAND)


async def test_refund_gives_back_once(rail: Rail) -> None:
    receipt = await rail.payment(THOUSAND)
    request = RefundRequest(receipt, THOUSAND, "Paid twice", **urls(rail, "refund"))

    assert isinstance(await rail.port.refund(request), Accepted)
    report = await rail.report("refund")
    assert isinstance(report, RefundReport)
    assert isinstance(report.outcome, Succeeded)
    assert (report.receipt, rail.held()) == (receipt, FLOAT)

    again = await rail.port.refund(request)
    if isinstance(again, Accepted):
        report = await rail.report("refund")
        assert isinstance(report, RefundReport)
        again = report.outcome  # type: ignore[assignment]
    assert isinstance(again, Failed)
    assert (again.reason, rail.held()) == ("already-done", FLOAT)


async def test_balance_is_what_the_company_holds(rail: Rail) -> None:
    await rail.payment(THOUSAND)

    await rail.port.ask_balance(BalanceQuestion(**urls(rail, "balance")))
    report = await rail.report("balance")

    assert isinstance(report, BalanceReport)
    assert rail.held() in report.accounts.values()


async def test_statement_tells_each_payment_once_over_all_pages(rail: Rail) -> None:
    receipts = [await rail.payment(Money((10 + number) * 100)) for number in range(5)]
    # Payments are made in the company's own time, which is a little after ours.
    until = datetime.now(UTC) + timedelta(minutes=1)

    lines, page = [], 0
    async with asyncio.timeout(10):
        while page is not None:
            found = await rail.port.statement(since=until - timedelta(hours=1), until=until, page=page)
            assert isinstance(found, StatementPage)
            lines, page = [*lines, *found.lines], found.next_page

    assert [line.receipt for line in lines] == receipts
    assert [line.amount for line in lines] == [Money((10 + number) * 100) for number in range(5)]


async def test_every_question_when_nobody_is_there_is_an_answer_and_no_exception(rail: Rail) -> None:
    rail.go_away()
    now = datetime.now(UTC)

    assert isinstance(await rail.port.query_collection(reference="ws_CO_1"), Unknown)
    assert isinstance(await rail.port.statement(since=now, until=now), Unknown)
    for asked in (
        rail.port.query_transaction(TransactionQuestion(**urls(rail, "answer"), payout="w-1")),
        rail.port.ask_balance(BalanceQuestion(**urls(rail, "balance"))),
    ):
        assert isinstance(await asked, Failed | Unknown)


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{}", b'"', b"\xff\x00", b"[" * 100_000, b'{"said": 1, "Result": 2}'])
async def test_reading_garbage_is_unreadable_for_every_topic(rail: Rail, body: bytes) -> None:
    for topic in get_args(Topic):
        assert isinstance(rail.port.read_report(topic, body), Unreadable)


def by_report(rail: Rail, taken: Any, topic: Topic) -> Any:
    """How a request ended: at once, or by its report."""

    async def end() -> Any:
        if not isinstance(taken, Accepted):
            return taken
        report = await rail.report(topic)
        assert isinstance(report, PayoutReport | RefundReport)
        return report.outcome

    return end()


@pytest.mark.parametrize("step", [-1, 1])
async def test_payout_outside_the_limits_that_are_told_is_refused_and_moves_nothing(rail: Rail, step: int) -> None:
    limits = rail.port.capabilities.payout
    assert limits is not None
    amount = limits.high + limits.granularity if step > 0 else limits.low - limits.granularity

    outcome = await by_report(rail, await rail.port.payout(payout(rail, amount=amount)), "payout")

    assert isinstance(outcome, Failed)
    assert (rail.sent(), rail.held()) == ([], FLOAT)


async def test_collection_when_repeated_under_its_name_does_what_the_flag_says(rail: Rail) -> None:
    intent, url = IntentId(new_id()), f"{rail.url}/collection/result"

    first, again = [
        await rail.port.collect(CollectRequest(intent, WANJIRU, THOUSAND, "7K3M9QFX", "Deposit", url)) for _ in "12"
    ]

    assert isinstance(first, Accepted)
    assert (again == first) == rail.port.capabilities.collects_once


async def test_reports_that_were_tampered_with_are_unreadable_where_the_flag_says_that_they_are_signed(rail: Rail) -> None:
    await rail.payment(THOUSAND)
    body = await rail.raw("collection")

    tampered = rail.port.read_report("collection", body.replace(b"1000", b"9000"))

    assert isinstance(rail.port.read_report("collection", body), CollectionReport)
    assert isinstance(tampered, Unreadable) == rail.port.capabilities.signs_reports


async def test_no_report_carries_a_whole_phone_number(rail: Rail) -> None:
    receipt = await rail.payment(THOUSAND)
    await rail.port.payout(payout(rail))
    await rail.port.query_transaction(TransactionQuestion(**urls(rail, "answer"), receipt=receipt))

    told = [vars(await rail.report(topic)) for topic in ("collection", "payout", "answer")]

    # An id of the company's may have digits of it inside; that is nobody's to show.
    parties = [one.get(name, "") for one in told for name in ("payer", "payer_name", "payee")]
    assert WANJIRU[4:] not in str([*parties, *(one["outcome"] for one in told)])
    assert any(parties)


async def test_no_report_read_under_another_topic_raises(rail: Rail) -> None:
    await rail.payment(THOUSAND)
    await rail.port.payout(payout(rail))
    await rail.port.ask_balance(BalanceQuestion(**urls(rail, "balance")))
    bodies = {topic: await rail.raw(topic) for topic in ("collection", "payout", "balance")}

    for came_to, body in bodies.items():
        read = {topic: rail.port.read_report(topic, body) for topic in get_args(Topic)}
        assert not isinstance(read.pop(came_to), Unreadable)
        assert not any(isinstance(one, CollectionReport) for topic, one in read.items() if topic != "collection")


async def test_refund_of_what_was_never_paid_moves_nothing(rail: Rail) -> None:
    request = RefundRequest("SGNEVER001", THOUSAND, "Paid twice", **urls(rail, "refund"))

    outcome = await by_report(rail, await rail.port.refund(request), "refund")

    assert isinstance(outcome, Failed | Unknown)
    assert rail.held() == FLOAT


async def test_what_the_flags_deny_is_refused_and_not_tried(rail: Rail) -> None:
    """All that there are can everything; an adapter that can't says so here as it does in its flags."""
    can, now = rail.port.capabilities, datetime.now(UTC)
    if not can.refunds:
        assert isinstance(await rail.port.refund(RefundRequest("R", THOUSAND, "Why", **urls(rail, "refund"))), Failed)
    if not can.tells_balance:
        assert isinstance(await rail.port.ask_balance(BalanceQuestion(**urls(rail, "balance"))), Failed)
    if can.statement_hours is None:
        assert isinstance(await rail.port.statement(since=now, until=now), Unknown)
    else:
        long_ago = now - timedelta(hours=can.statement_hours + 1)
        old = await rail.port.statement(since=long_ago - timedelta(hours=1), until=long_ago)
        assert isinstance(old, StatementPage)
        assert old.lines == ()
    assert rail.held() == FLOAT
