"""Daraja's callbacks as they are documented and as they come: read right, and never raising whatever is in them."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime, timedelta, timezone
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

TOPICS: tuple[Topic, ...] = get_args(Topic)
EAT = timezone(timedelta(hours=3))


def result(code: object = 0, parameters: object = None, **changed: object) -> dict[str, Any]:
    content: dict[str, Any] = {
        "ResultType": 0,
        "ResultCode": code,
        "ResultDesc": "The service request is processed successfully.",
        "OriginatorConversationID": "p-1",
        "ConversationID": "AG_20261123_1",
        "TransactionID": "SG722NMVXQ",
        "ReferenceData": {"ReferenceItem": {"Key": "QueueTimeoutURL", "Value": "https://internal.example/timeout"}},
    }
    if parameters is not None:
        content["ResultParameters"] = {"ResultParameter": parameters}
    return {"Result": {**content, **changed}}


def items(**values: object) -> list[dict[str, object]]:
    return [{"Key": key} if value is None else {"Key": key, "Value": value} for key, value in values.items()]


PAID_OUT = items(
    TransactionAmount=1600,
    TransactionReceipt="SG722NMVXQ",
    ReceiverPartyPublicName="254708374149 - John Doe",
    TransactionCompletedDateTime="06.07.2024 22:48:52",
    B2CUtilityAccountAvailableFunds=10116.00,
    B2CRecipientIsRegisteredCustomer="Y",
)
STATUS = items(
    DebitPartyName="600310 - Safaricom",
    CreditPartyName="254708374149 - John Doe",
    OriginatorConversationID="p-1",
    DebitPartyCharges="Fee For B2C Payment|KES|22.40",
    TransactionReason=None,
    TransactionStatus="Completed",
    FinalisedTime=20240706224852,
    Amount="1600.0",
    ReceiptNo="SG722NMVXQ",
)
CONFIRMED = {
    "TransactionType": "Pay Bill",
    "TransID": "SG722NMVXQ",
    "TransTime": "20240706224852",
    "TransAmount": "5.00",
    "BusinessShortCode": "600966",
    "BillRefNumber": "Sample Transaction",
    "OrgAccountBalance": "25.00",
    "ThirdPartyTransID": "29115-1",
    "MSISDN": "2547 ***** 126",
    "FirstName": "NICHOLAS",
    "MiddleName": "",
    "LastName": "Doe",
}
PROMPT = {
    "Body": {
        "stkCallback": {
            "MerchantRequestID": "29115-1",
            "CheckoutRequestID": "ws_CO_1",
            "ResultCode": 0,
            "ResultDesc": "ok",
            "CallbackMetadata": {
                "Item": [{"Name": "Amount", "Value": 1.00}, {"Name": "MpesaReceiptNumber", "Value": "SG722NMVXQ"}]
            },
        }
    }
}
BALANCE = (
    "Working Account|KES|700000.00|700000.00|0.00|0.00&Float Account|KES|0.00|0.00|0.00|0.00&"
    "Utility Account|KES|228037.00|228037.00|0.00|0.00&Charges Paid Account|KES|-1540.00|-1540.00|0.00|0.00&"
    "Organization Settlement Account|KES|0.00|0.00|0.00|0.00"
)
WHEN = datetime(2024, 7, 6, 22, 48, 52, tzinfo=EAT)


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


LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["0", 0, "1", "Completed", "5.00", "1e5", "20240706224852", "06.07.2024 22:48:52", "99999999999999"])
    | st.sampled_from([BALANCE, "a|KES|1.2.3|", "Fee|KES|1.005", "Fee|KES|9&Fee|KES|1.", "254708374149 - \x00", "9" * 60])
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
)
SAMPLES = [result(0, PAID_OUT), result(0, STATUS), result(0, items(AccountBalance=BALANCE)), result(1), CONFIRMED, PROMPT]


def places(content: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a body where something else could stand."""
    inner: Any = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    return [path, *(place for key, value in inner for place in places(value, (*path, key)))]


@st.composite
def nearly_right(draw: st.DrawFn) -> Any:
    """A documented body in which some places hold something else."""
    body = copy.deepcopy(draw(st.sampled_from(SAMPLES)))
    for _ in range(draw(st.integers(1, 3))):
        *way, last = draw(st.sampled_from([place for place in places(body) if place]))
        inside = body
        for key in way:
            inside = inside[key]
        inside[last] = draw(VALUES)
    return body


@settings(max_examples=1_500, deadline=None)
@given(body=nearly_right() | VALUES, topic=st.sampled_from(TOPICS))
def test_reading_never_raises_and_what_it_gives_can_be_kept(body: Any, topic: Topic) -> None:
    report = read_report(topic, json.dumps(body).encode("utf-8", "surrogatepass"))

    # No NUL and no half character would get into a database.
    repr(report).encode()
    assert "\\x00" not in repr(report)


@settings(max_examples=300, deadline=None)
@given(body=st.binary(max_size=200), topic=st.sampled_from(TOPICS))
def test_reading_bytes_never_raises(body: bytes, topic: Topic) -> None:
    assert isinstance(read_report(topic, body), Unreadable)


PAGE = {
    "ResponseRefID": "26178-42530161-2",
    "ResponseCode": "1000",
    "ResponseMessage": "Success",
    "Response": [[{"transactionId": "SG722NMVXQ", "trxDate": "2020-08-05T10:13:00Z", "msisdn": 722000000, "amount": "168.00"}]],
}


@settings(max_examples=500, deadline=None)
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
