"""How a payment can end, and the JSON that tells it to the application.

The callback's shape is Safaricom's: names in a list, the amount as a decimal number, the balance as an item without a value,
date and phone as plain numbers, and no metadata at all when nothing was paid.
"""

from dataclasses import dataclass, field
from typing import Any

PAID, SHORT_OF_MONEY, SAME_AMOUNT, LOCKED = 0, 1, 17, 1001
CANCELLED, UNREACHABLE, WRONG_PIN, WRONG_PRODUCT = 1032, 1037, 2001, 2028
TEXTS = {
    PAID: "The service request is processed successfully.",
    SHORT_OF_MONEY: "The balance is insufficient for the transaction.",
    SAME_AMOUNT: "Rule limited.",
    LOCKED: "Unable to lock subscriber, a transaction is already in process for the current subscriber",
    CANCELLED: "Request cancelled by user",
    UNREACHABLE: "DS timeout user cannot be reached",
    WRONG_PIN: "The initiator information is invalid.",
    WRONG_PRODUCT: "The request is not permitted according to product assignment",
}


@dataclass
class Checkout:
    """One STK push from its acceptance to its result. Times are ISO 8601 in UTC, `amount` whole shillings."""

    id: str
    merchant_id: str
    phone: str
    amount: int
    account: str
    callback_url: str
    fits_product: bool
    began: str
    state: str = "accepted"
    expires: str | None = None
    code: int | None = None
    receipt: str | None = None
    settled: str | None = None
    callbacks: list[dict[str, Any]] = field(default_factory=list)

    def shown(self) -> dict[str, Any]:
        """For whoever compares; the callback's address carries a secret and stays out."""
        hidden = ("callback_url", "fits_product")
        return {name: value for name, value in vars(self).items() if name not in hidden}


def stamp(moment_in_eat: str) -> int:
    """`2026-11-23T14:42:31+03:00` as the number 20261123144231."""
    return int("".join(char for char in moment_in_eat[:19] if char.isdigit()))


def callback(
    checkout: Checkout,
    *,
    code: int,
    receipt: str | None,
    paid_at: str,
    amount: int | None = None,
    masked: bool = False,
) -> dict[str, Any]:
    """The body for a result. `paid_at` is the payment's moment in East Africa Time, `amount` what it claims was paid."""
    result: dict[str, Any] = {
        "MerchantRequestID": checkout.merchant_id,
        "CheckoutRequestID": checkout.id,
        "ResultCode": code,
        "ResultDesc": TEXTS[code],
    }
    if code == PAID and receipt is not None:
        items: list[dict[str, Any]] = [
            {"Name": "Amount", "Value": float(checkout.amount if amount is None else amount)},
            {"Name": "MpesaReceiptNumber", "Value": receipt},
            {"Name": "Balance"},
            {"Name": "TransactionDate", "Value": stamp(paid_at)},
            {"Name": "PhoneNumber", "Value": mask(checkout.phone) if masked else int(checkout.phone[1:])},
        ]
        result["CallbackMetadata"] = {"Item": items}
    return {"Body": {"stkCallback": result}}


def mask(phone: str) -> str:
    """`2547*****126`, as Safaricom writes a number that it doesn't want to tell."""
    return f"{phone[1:5]}*****{phone[-3:]}"


def query_answer(checkout: Checkout, code: int) -> dict[str, Any]:
    """What a query says of a settled payment. `ResultCode` is text here; the double s is Safaricom's own."""
    return {
        "ResponseCode": "0",
        "ResponseDescription": "The service request has been accepted successsfully",
        "MerchantRequestID": checkout.merchant_id,
        "CheckoutRequestID": checkout.id,
        "ResultCode": str(code),
        "ResultDesc": TEXTS[code],
    }
