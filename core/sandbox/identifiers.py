"""Identifiers in the shapes that the real gateways give them, drawn from the system's randomness."""

import secrets
import string
import uuid
from datetime import datetime

from core.sandbox.clock import EAST_AFRICA

_RECEIPT_LETTERS = string.ascii_uppercase + string.digits
_DAY_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUV"
# M-PESA receipts began with S in 2024 and move on by one letter a year.
_RECEIPT_EPOCH = 2024 - (ord("S") - ord("A"))


def session_id() -> str:
    """A USSD session: `ATUid_` and 32 hex digits, constant for one dial."""
    return f"ATUid_{secrets.token_hex(16)}"


def sms_id() -> str:
    return f"ATXid_{secrets.token_hex(16)}"


def request_id() -> str:
    return str(uuid.uuid4())


def merchant_request_id() -> str:
    return f"{secrets.randbelow(90_000) + 10_000}-{secrets.randbelow(90_000_000) + 10_000_000}-1"


def checkout_id(moment: datetime, phone: str) -> str:
    """`ws_CO_`, the moment in East Africa Time to the millisecond, and the payer's last nine digits."""
    local = moment.astimezone(EAST_AFRICA)
    return f"ws_CO_{local:%d%m%Y%H%M%S}{local.microsecond // 1000:03d}{phone[-9:]}"


def receipt(moment: datetime) -> str:
    """Ten characters: year, month and day as letters, then seven at random (`UKN7RT61SV`)."""
    local = moment.astimezone(EAST_AFRICA)
    year = chr(ord("A") + (local.year - _RECEIPT_EPOCH) % 26)
    month = chr(ord("A") + local.month - 1)
    rest = "".join(secrets.choice(_RECEIPT_LETTERS) for _ in range(7))
    return f"{year}{month}{_DAY_LETTERS[local.day]}{rest}"


def access_token() -> str:
    """28 characters, as Daraja's tokens have."""
    return secrets.token_urlsafe(21)


def large_number() -> str:
    """A positive 63-bit number as text, the shape of Telegram's callback query ids."""
    return str(secrets.randbits(62) + 1)


def file_id() -> str:
    return f"AgAC{secrets.token_urlsafe(24)}"


def short_id() -> str:
    return secrets.token_hex(6)


def retry_ceiling_seconds() -> int:
    """Telegram's longest wait between two webhook attempts: somewhere from one to two minutes."""
    return 60 + secrets.randbelow(61)
