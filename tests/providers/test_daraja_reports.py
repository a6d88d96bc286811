"""Daraja's callbacks as they are documented and as they come: read right, and never raising whatever is in them."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.kernel.money import Money
from core.payments.outcomes import Failed, Pending, Succeeded, Unknown
from core.payments.reports import (
    AnswerReport,
    BalanceReport,
    CollectionReport,
    PaymentReport,
    PayoutReport,
    RefundReport,
    Topic,
    Unreadable,
)
from core.providers.daraja.answers import Reply, json_object
from core.providers.daraja.reports import read_report
from core.providers.daraja.statement import read_page

from .documented import BALANCE, CONFIRMED, PAID_OUT, PROMPT, STATUS, VALUES, WHEN, items, nearly_right, places, result

TOPICS: tuple[Topic, ...] = get_args(Topic)


def read(topic: Topic, content: object) -> Any:
    return read_report(topic, json.dumps(content).encode())


@pytest.mark.parametrize(
    "body", [result(0, PAID_OUT), result("0", PAID_OUT), result(0, {item["Key"]: item["Value"] for item in PAID_OUT})]
)
def test_payout_result_when_paid_says_everything(body: object) -> None:
    assert read("payout", body) == PayoutReport(
        payout="p-1",
        reference="AG_20261123_1",
        outcome=Succeeded(receipt="SG722NMVXQ", amount=Money(1600_00), at=WHEN, party="John Doe"),
        payee="+2547XX***149",
        held=Money(10_116_00),
    )


@pytest.mark.parametrize(
    ("code", "reason"),
    [(1, "our-funds"), ("2", "refused"), (8, "limit"), (2001, "refused"), ("2040", "unregistered"), ("SFC_IC0003", "refused")],
)
def test_payout_result_when_the_code_is_proof_is_failed(code: object, reason: str) -> None:
    outcome = read("payout", result(code, TransactionID="OAK0000000")).outcome

    assert isinstance(outcome, Failed)
    assert (outcome.code, outcome.reason) == (str(code), reason)


@pytest.mark.parametrize("code", [17, 26, 1001, 1037, 99999, "SFC_9", "R000001"])
def test_payout_result_when_the_code_is_on_no_list_is_unknown(code: object) -> None:
    assert isinstance(read("payout", result(code)).outcome, Unknown)


def test_payout_result_with_a_single_parameter_is_read() -> None:
    report = read("payout", result(0, {"Key": "TransactionAmount", "Value": "10"}))

    assert report.outcome == Succeeded(receipt="SG722NMVXQ", amount=Money(10_00))


def test_answer_when_completed_names_receipt_payout_and_the_fee_that_was_taken() -> None:
    assert read("answer", result(0, STATUS)) == AnswerReport(
        reference="AG_20261123_1",
        receipt="SG722NMVXQ",
        payout="p-1",
        outcome=Succeeded(receipt="SG722NMVXQ", amount=Money(1600_00), at=WHEN, fee=Money(22_40), party="John Doe"),
    )


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        *((word, Failed) for word in ("Cancelled", "Declined", "Expired", "declined")),
        *((word, Pending) for word in ("Initiated", "Authorized")),
        *((word, Unknown) for word in ("", "Sleeping", None)),
    ],
)
def test_answer_when_not_completed_is_failed_open_or_unknown(status: object, outcome: type) -> None:
    assert isinstance(read("answer", result(0, items(TransactionStatus=status))).outcome, outcome)


def test_answer_when_the_question_failed_says_nothing_of_the_money() -> None:
    # Code 1 means "insufficient funds" of a payment; here the question itself didn't work.
    assert isinstance(read("answer", result(1, STATUS)).outcome, Unknown)


def test_refund_results_are_proof_of_done_and_of_done_before() -> None:
    done = read("refund", result(0, items(Amount="5", OriginalTransactionID="SFF722NMVX", TransCompletedTime=20240706224852)))
    assert done == RefundReport("AG_20261123_1", "SFF722NMVX", Succeeded("SG722NMVXQ", Money(5_00), WHEN))

    again = read("refund", result("R000001")).outcome
    assert isinstance(again, Failed)
    assert (again.code, again.reason) == ("R000001", "already-done")


def test_balance_tells_each_account_and_debts_too() -> None:
    report = read("balance", result(0, items(AccountBalance=BALANCE, BOCompletedTime=20240706224852)))

    assert isinstance(report, BalanceReport)
    assert report.at == WHEN
    assert report.accounts == {
        "Working Account": Money(700_000_00),
        "Float Account": Money(0),
        "Utility Account": Money(228_037_00),
        "Charges Paid Account": Money(-1_540_00),
        "Organization Settlement Account": Money(0),
    }


def test_confirmation_is_read_with_what_was_typed_and_masked() -> None:
    assert read("payment", CONFIRMED) == PaymentReport(
        receipt="SG722NMVXQ",
        amount=Money(5_00),
        account="Sample Transaction",
        at=WHEN,
        payer="2547 ***** 126",
        name="NICHOLAS Doe",
        reference="29115-1",
        held=Money(25_00),
        paid_to="600966",
    )


@pytest.mark.parametrize(
    ("msisdn", "payer", "digest"),
    [
        ("25470****149", "25470****149", ""),
        ("254708374149", "+2547XX***149", ""),
        (254708374149, "+2547XX***149", ""),
        ("A" * 64, "", "a" * 64),
        ("<script>", "", ""),
        (None, "", ""),
    ],
)
def test_payer_is_masked_hashed_or_absent_and_never_whole(msisdn: object, payer: str, digest: str) -> None:
    report = read("payment", {**CONFIRMED, "MSISDN": msisdn})

    assert (report.payer, report.payer_digest) == (payer, digest)


@pytest.mark.parametrize(
    "wrong", [{"TransID": ""}, {"TransID": "x"}, {"TransAmount": "0"}, {"TransAmount": "-5"}, {"TransAmount": "5.001"}]
)
def test_confirmation_without_a_receipt_or_an_amount_is_unreadable(wrong: dict[str, str]) -> None:
    assert isinstance(read("payment", {**CONFIRMED, **wrong}), Unreadable)


def test_prompt_result_is_read_like_the_others() -> None:
    report = read("collection", PROMPT)

    assert report == CollectionReport("ws_CO_1", "29115-1", Succeeded("SG722NMVXQ", Money(1_00)))
    cancelled = copy.deepcopy(PROMPT)
    cancelled["Body"]["stkCallback"]["ResultCode"] = "1032"  # type: ignore[assignment]
    assert read("collection", cancelled).outcome == Failed("1032", "ok", "cancelled")
    cancelled["Body"]["stkCallback"]["ResultCode"] = 1037
    assert isinstance(read("collection", cancelled).outcome, Unknown)


@settings(max_examples=400, deadline=None)
@given(body=nearly_right() | VALUES, topic=st.sampled_from(TOPICS))
def test_reading_never_raises_and_what_it_gives_can_be_kept(body: Any, topic: Topic) -> None:
    report = read_report(topic, json.dumps(body).encode("utf-8", "surrogatepass"))

    # No NUL and no half character would get into a database.
    repr(report).encode()
    assert "\\x00" not in repr(report)


@settings(max_examples=150, deadline=None)
@given(body=st.binary(max_size=200), topic=st.sampled_from(TOPICS))
def test_reading_bytes_never_raises(body: bytes, topic: Topic) -> None:
    assert isinstance(read_report(topic, body), Unreadable)


PAGE = {
    "ResponseRefID": "26178-42530161-2",
    "ResponseCode": "1000",
    "ResponseMessage": "Success",
    "Response": [[{"transactionId": "SG722NMVXQ", "trxDate": "2020-08-05T10:13:00Z", "msisdn": 722000000, "amount": "168.00"}]],
}


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_reading_a_statement_never_raises(data: st.DataObject) -> None:
    body = copy.deepcopy(PAGE)
    *way, last = data.draw(st.sampled_from([place for place in places(body) if place]))
    inside: Any = body
    for key in way:
        inside = inside[key]
    inside[last] = data.draw(VALUES)

    read_page(Reply(200, json_object(json.dumps(body).encode())), 0)


def test_statement_line_has_receipt_amount_and_moment() -> None:
    page = read_page(Reply(200, json_object(json.dumps(PAGE).encode())), 0)

    assert not isinstance(page, Unknown)
    (line,) = page.lines
    assert (line.receipt, line.amount, line.at) == ("SG722NMVXQ", Money(168_00), datetime(2020, 8, 5, 10, 13, tzinfo=UTC))
