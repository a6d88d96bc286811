"""Reads the body of an STK callback, however it is written.

Anyone who knows the address can post anything, and Safaricom's own bodies vary: numbers as text, items without a value, a
single item instead of a list. So reading never raises: it gives a result or says what is wrong. Numbers stay exact.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from core.kernel.clock import EAST_AFRICA
from core.kernel.phone import masked

# Ten characters today (SG722NMVXQ); a little room, since the shape is nowhere promised.
RECEIPT = re.compile(r"[A-Z0-9]{8,16}", re.ASCII)
CODE = re.compile(r"-?[0-9]{1,9}(?:\.0{1,9})?|[A-Z]{1,12}[A-Z0-9_]{1,24}", re.ASCII)
AMOUNT = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,18})?", re.ASCII)
STAMP = re.compile(r"[0-9]{14}", re.ASCII)
WHOLE_NUMBER = re.compile(r"([0-9]+)\.0+", re.ASCII)
LONGEST_TEXT = 200
# Fewer can't be a phone number, and masking would hide nothing of them.
FEWEST_DIGITS = 9


class _Number(str):
    """A JSON number as it was written; Decimal can read it, float never touches it."""

    __slots__ = ()


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
        content = json.loads(
            body.decode("utf-8-sig", "replace"), parse_int=_Number, parse_float=_Number, parse_constant=_refuse
        )
    except (ValueError, RecursionError):
        return Malformed("not-json")
    callback = _inside(_inside(content, "Body"), "stkCallback")
    code, checkout = _code(callback.get("ResultCode")), _text(callback.get("CheckoutRequestID"))
    if code is None:
        return Malformed("no-result-code")
    if not checkout:
        return Malformed("no-checkout-id")
    items = _items(callback.get("CallbackMetadata"))
    return StkResult(
        merchant_request_id=_text(callback.get("MerchantRequestID")),
        checkout_request_id=checkout,
        result_code=code,
        description=_text(callback.get("ResultDesc")),
        amount=_amount(items.get("Amount")),
        receipt=_receipt(items.get("MpesaReceiptNumber")),
        paid_at=_moment(items.get("TransactionDate")),
        phone=_phone(items.get("PhoneNumber")),
    )


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _inside(content: Any, name: str) -> dict[str, Any]:
    inner = content.get(name) if isinstance(content, dict) else None
    return inner if isinstance(inner, dict) else {}


def _text(value: Any) -> str:
    """A string or number as text that PostgreSQL can keep: no NUL, no half characters, not endless."""
    if not isinstance(value, str):
        return ""
    return value.encode("utf-8", "replace").decode().replace("\0", "").strip()[:LONGEST_TEXT]


def _code(value: Any) -> str | None:
    """The result code as text: 0, "0", 0.0 and "00" are the same."""
    code = _text(value).upper()
    if not CODE.fullmatch(code):
        return None
    whole = code.partition(".")[0]
    return str(int(whole)) if whole.lstrip("-").isdigit() else code


def _items(metadata: Any) -> dict[str, Any]:
    """The metadata by name, from a list of items, a single item, or an object of names. A repeated name counts as absent."""
    inner = metadata.get("Item", metadata) if isinstance(metadata, dict) else metadata
    if isinstance(inner, dict) and "Name" not in inner:
        return inner
    listed = inner if isinstance(inner, list) else [inner]
    found: dict[str, Any] = {}
    for item in listed:
        if isinstance(item, dict) and isinstance(name := item.get("Name"), str):
            # Two different amounts or receipts in one body are nobody's honest mistake: none of them is believed.
            found[name] = item.get("Value") if found.get(name, item.get("Value")) == item.get("Value") else None
    return found


def _amount(value: Any) -> Decimal | None:
    written = _text(value)
    return Decimal(written) if AMOUNT.fullmatch(written) else None


def _receipt(value: Any) -> str | None:
    written = _text(value).upper()
    return written if RECEIPT.fullmatch(written) else None


def _moment(value: Any) -> datetime | None:
    """20191219102115, East Africa Time."""
    written = WHOLE_NUMBER.sub(r"\1", _text(value))
    if not STAMP.fullmatch(written):
        return None
    try:
        return datetime.strptime(written, "%Y%m%d%H%M%S").replace(tzinfo=EAST_AFRICA)
    except ValueError:
        return None


def _phone(value: Any) -> str | None:
    """The number masked, whatever was masked of it already."""
    digits = "".join(character for character in WHOLE_NUMBER.sub(r"\1", _text(value)) if character.isdigit())
    return masked("+" + digits) if len(digits) >= FEWEST_DIGITS else None
