"""Reading callbacks: Safaricom's own variations are understood, anything else never raises."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.payments.stk_callback import Malformed, StkResult, read_stk_callback

ITEMS = [
    {"Name": "Amount", "Value": 500.0},
    {"Name": "MpesaReceiptNumber", "Value": "SG722NMVXQ"},
    {"Name": "Balance"},
    {"Name": "TransactionDate", "Value": 20191219102115},
    {"Name": "PhoneNumber", "Value": 254708374149},
]
EXPECTED = StkResult(
    merchant_request_id="29115-34620561-1",
    checkout_request_id="ws_CO_191220191020363925",
    result_code="0",
    description="The service request is processed successfully.",
    amount=Decimal(500),
    receipt="SG722NMVXQ",
    paid_at=datetime(2019, 12, 19, 7, 21, 15, tzinfo=UTC),
    phone="+2547XX***149",
)
NEVER = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(["Amount", "MpesaReceiptNumber", "TransactionDate", "PhoneNumber", "Balance", "Else"])


def written(items: Any = ITEMS, **changed: Any) -> bytes:
    content = {
        "MerchantRequestID": "29115-34620561-1",
        "CheckoutRequestID": "ws_CO_191220191020363925",
        "ResultCode": 0,
        "ResultDesc": "The service request is processed successfully.",
        "CallbackMetadata": {"Item": items},
        **changed,
    }
    return json.dumps({"Body": {"stkCallback": content}}).encode()


@pytest.mark.parametrize(
    "body",
    [
        written(),
        written(list(reversed(ITEMS))),
        written([*ITEMS, {"Name": "NewField", "Value": {"deep": [1]}}, "noise", None, {"Value": 1}]),
        written([{**item, "Value": str(item["Value"])} if "Value" in item else item for item in ITEMS]),
        written({item["Name"]: item.get("Value") for item in ITEMS}),
        written([*ITEMS, ITEMS[0]]),
        written(ResultCode="0"),
        written(ResultCode=0.0),
        written(ResultCode="00"),
        b"\xef\xbb\xbf" + written(),
    ],
    ids=["as documented", "reordered", "unknown items", "all text", "an object", "repeated item", "text code", "decimal code",
         "double zero", "byte order mark"],
)  # fmt: skip
def test_success_when_written_in_any_known_way_reads_the_same(body: bytes) -> None:
    assert read_stk_callback(body) == EXPECTED


def test_amount_when_it_has_cents_stays_exact() -> None:
    result = read_stk_callback(written([{"Name": "Amount", "Value": 0.1}]))

    assert isinstance(result, StkResult)
    assert result.amount == Decimal("0.1")


@pytest.mark.parametrize(
    "value", ["1e3", 1e30, "NaN", "Infinity", "\u0665\u0660\u0660", "5 00", "", " ", [], {}, True, "0x1f4", "5_00"]
)
def test_amount_when_not_a_plain_number_is_absent(value: object) -> None:
    result = read_stk_callback(written([{"Name": "Amount", "Value": value}]))

    assert isinstance(result, StkResult)
    assert result.amount is None


def test_items_when_two_contradict_are_not_believed() -> None:
    result = read_stk_callback(written([*ITEMS, {"Name": "Amount", "Value": 600.0}]))

    assert isinstance(result, StkResult)
    assert (result.amount, result.receipt) == (None, "SG722NMVXQ")


@pytest.mark.parametrize("phone", [254708374149, "254708374149", "+254708374149", 254708374149.0])
def test_phone_when_given_in_full_is_masked(phone: object) -> None:
    result = read_stk_callback(written([{"Name": "PhoneNumber", "Value": phone}]))

    assert isinstance(result, StkResult)
    assert result.phone == "+2547XX***149"


@pytest.mark.parametrize("phone", ["2547 ***** 126", "", None, 7])
def test_phone_when_masked_already_or_absent_is_nothing(phone: object) -> None:
    result = read_stk_callback(written([{"Name": "PhoneNumber", "Value": phone}]))

    assert isinstance(result, StkResult)
    assert result.phone is None


@given(st.binary(max_size=300))
def test_bytes_of_any_kind_never_raise(body: bytes) -> None:
    assert isinstance(read_stk_callback(body), Malformed | StkResult)


@given(NEVER)
def test_json_of_any_kind_never_raises(content: Any) -> None:
    assert isinstance(read_stk_callback(json.dumps(content).encode()), Malformed | StkResult)


@given(
    code=NEVER,
    checkout=NEVER,
    metadata=NEVER | st.lists(st.fixed_dictionaries({"Name": NAMES | NEVER}, optional={"Value": NEVER}), max_size=6),
)
def test_callback_with_anything_in_its_fields_reads_as_text_that_a_database_keeps(
    code: Any, checkout: Any, metadata: Any
) -> None:
    body = written(metadata, ResultCode=code, CheckoutRequestID=checkout, ResultDesc=checkout, MerchantRequestID=code)

    result = read_stk_callback(body)

    if isinstance(result, StkResult):
        for text in result.shown().values():
            assert "\0" not in text
            text.encode()
