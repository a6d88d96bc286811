"""What Daraja looks at before it takes an STK push or a query, field by field, in its own words.

Where Safaricom's documentation gives a rule (amounts, lengths, East Africa Time, forbidden words in addresses) it is
enforced to the letter, so that a request taken here is taken there.
"""

import base64
import hmac
import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from core.sandbox.clock import EAST_AFRICA
from core.sandbox.daraja.answers import Refused, invalid, wrong_credentials
from core.sandbox.settings import is_this_machine
from core.sandbox.world import World

LARGEST_AMOUNT = 250_000
LONGEST_REFERENCE = 12
LONGEST_DESCRIPTION = 13
# A request signed with a time further from now than this is taken for a replay.
CLOCK_TOLERANCE = timedelta(minutes=5)
FORBIDDEN_WORDS = ("mpesa", "m-pesa", "safaricom", "exe", "exec", "cmd", "sql", "query", "ngrok", "requestbin", "mockbin")
_PAYER = re.compile(r"254[17]\d{8}")
_SHORTCODE = re.compile(r"\d{5,7}")
_WHOLE = re.compile(r"\d{1,9}")
_REFERENCE = re.compile(r"[A-Za-z0-9]{1,12}")
PAY_BILL, BUY_GOODS = "CustomerPayBillOnline", "CustomerBuyGoodsOnline"


@dataclass(frozen=True)
class PushRequest:
    """A push that was taken. `phone` is E.164 with plus, `amount` whole shillings."""

    phone: str
    amount: int
    account: str
    description: str
    callback_url: str
    # Whether the receiving party and the kind of transaction fit our shortcode's product; if not, M-PESA refuses later.
    fits_product: bool


def read_json(body: bytes) -> dict[str, Any]:
    """Decode a request; fractions stay exact so that they can be told from whole numbers. Raises Refused."""
    try:
        content = json.loads(body, parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as problem:
        raise Refused(400, "400.002.05", "Invalid Request Payload") from problem
    if not isinstance(content, dict):
        raise Refused(400, "400.002.05", "Invalid Request Payload")
    return content


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def read_push(world: World, content: dict[str, Any]) -> PushRequest:
    """Check an STK push. Raises Refused."""
    shortcode = _check_signature(world, content)
    kind = content.get("TransactionType")
    if kind not in (PAY_BILL, BUY_GOODS):
        raise invalid("TransactionType")
    amount = _amount(content.get("Amount"))
    payer = read_digits(content, "PartyA", _PAYER)
    receiver = read_digits(content, "PartyB", _SHORTCODE)
    if read_digits(content, "PhoneNumber", _PAYER) != payer:
        raise invalid("PhoneNumber")
    return PushRequest(
        phone=f"+{payer}",
        amount=amount,
        callback_url=callback_url(content, "CallBackURL"),
        account=_reference(content.get("AccountReference")),
        description=_description(content.get("TransactionDesc")),
        fits_product=kind == PAY_BILL and receiver == shortcode,
    )


def read_query(world: World, content: dict[str, Any]) -> str:
    """Check a query and return its CheckoutRequestID. Raises Refused."""
    _check_signature(world, content)
    checkout = content.get("CheckoutRequestID")
    if not isinstance(checkout, str) or not checkout:
        raise invalid("CheckoutRequestID")
    return checkout


def _check_signature(world: World, content: dict[str, Any]) -> str:
    settings = world.settings
    shortcode = read_digits(content, "BusinessShortCode", _SHORTCODE)
    stamp = _timestamp(world, content.get("Timestamp"))
    password = content.get("Password")
    if not isinstance(password, str) or not password or not password.isascii():
        raise invalid("Password")
    if shortcode != settings.shortcode:
        raise Refused(500, "500.001.1001", "Merchant does not exist")
    expected = base64.b64encode(f"{shortcode}{settings.passkey}{stamp}".encode())
    if not hmac.compare_digest(password.encode(), expected):
        raise wrong_credentials()
    return shortcode


def _timestamp(world: World, value: Any) -> str:
    """Fourteen digits, in East Africa Time, close to now: a clock in UTC is three hours off."""
    if not isinstance(value, str) or not re.fullmatch(r"\d{14}", value, re.ASCII):
        raise invalid("Timestamp")
    try:
        moment = datetime.strptime(value, "%Y%m%d%H%M%S").replace(tzinfo=EAST_AFRICA)
    except ValueError as problem:
        raise invalid("Timestamp") from problem
    if abs(world.clock.wall() - moment) > CLOCK_TOLERANCE:
        raise invalid("Timestamp")
    return value


def read_digits(content: dict[str, Any], name: str, shape: re.Pattern[str]) -> str:
    """Digits given as a number or as text; both are accepted."""
    value = content.get(name)
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if not text.isascii() or not shape.fullmatch(text):
        raise invalid(name)
    return text


def _amount(value: Any) -> int:
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if not text.isascii() or not _WHOLE.fullmatch(text) or not 1 <= int(text) <= LARGEST_AMOUNT:
        raise invalid("Amount")
    return int(text)


def read_whole(content: dict[str, Any], name: str) -> int:
    """A whole number of shillings, without any limits. Raises Refused."""
    value = content.get(name)
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if not text.isascii() or not _WHOLE.fullmatch(text):
        raise invalid(name)
    return int(text)


def callback_url(content: dict[str, Any], name: str) -> str:
    """An absolute address; plain http only to this machine, where no certificate can be had. Raises Refused."""
    value = content.get(name)
    if not isinstance(value, str) or not value.isascii() or not value.isprintable():
        raise invalid(name)
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
    except ValueError as problem:
        raise invalid(name) from problem
    is_reachable = bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and is_this_machine(host)))
    if not is_reachable or any(word in value.lower() for word in FORBIDDEN_WORDS):
        raise invalid(name)
    return value


def _reference(value: Any) -> str:
    if not isinstance(value, str) or not _REFERENCE.fullmatch(value):
        raise invalid("AccountReference")
    return value


def _description(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > LONGEST_DESCRIPTION or not value.isprintable():
        raise invalid("TransactionDesc")
    return value
