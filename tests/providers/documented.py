"""Daraja's callbacks as Safaricom documents them, and the same with something else in their places."""

from __future__ import annotations

import copy
from datetime import datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

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
