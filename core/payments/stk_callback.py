"""Reads the body of an STK callback, however it is written.

Anyone who knows the address can post anything, and Safaricom's own bodies vary: numbers as text, items without a value, a
single item instead of a list. So reading never raises: it gives a result or says what is wrong. Numbers stay exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from core.payments.loose_json import (
    inside,
    read_amount,
    read_code,
    read_json,
    read_named,
    read_phone,
    read_receipt,
    read_stamp,
    read_text,
)


@dataclass(frozen=True)
class StkResult:
    """What a callback claims. `amount`, `receipt` and `paid_at` are only ever there for a success.

    `phone` is masked: it is for display, never for recognising the member.
    """

    merchant_request_id: str
    checkout_request_id: str
    result_code: str
    description: str
    amount: Decimal | None
    receipt: str | None
    paid_at: datetime | None
    phone: str | None

    def shown(self) -> dict[str, str]:
        """For the record: everything that was understood, without the payer's full number."""
        everything = {
            "MerchantRequestID": self.merchant_request_id,
            "CheckoutRequestID": self.checkout_request_id,
            "ResultCode": self.result_code,
            "ResultDesc": self.description,
            "Amount": None if self.amount is None else str(self.amount),
            "MpesaReceiptNumber": self.receipt,
            "TransactionDate": None if self.paid_at is None else self.paid_at.isoformat(),
            "PhoneNumber": self.phone,
        }
        return {name: value for name, value in everything.items() if value is not None}


@dataclass(frozen=True)
class Malformed:
    """Not an STK callback; `reason` is a word for the operator."""

    reason: str


def read_stk_callback(body: bytes) -> StkResult | Malformed:
    """Understand a callback. Never raises."""
    try:
        content = read_json(body)
    except ValueError:
        return Malformed("not-json")
    callback = inside(inside(content, "Body"), "stkCallback")
    code, checkout = read_code(callback.get("ResultCode")), read_text(callback.get("CheckoutRequestID"))
    if code is None:
        return Malformed("no-result-code")
    if not checkout:
        return Malformed("no-checkout-id")
    items = _items(callback.get("CallbackMetadata"))
    return StkResult(
        merchant_request_id=read_text(callback.get("MerchantRequestID")),
        checkout_request_id=checkout,
        result_code=code,
        description=read_text(callback.get("ResultDesc")),
        amount=read_amount(items.get("Amount")),
        receipt=read_receipt(items.get("MpesaReceiptNumber")),
        paid_at=read_stamp(items.get("TransactionDate")),
        phone=read_phone(items.get("PhoneNumber")),
    )


def _items(metadata: Any) -> dict[str, Any]:
    """The metadata by name."""
    inner = metadata.get("Item", metadata) if isinstance(metadata, dict) else metadata
    return read_named(inner, name="Name", value="Value")
