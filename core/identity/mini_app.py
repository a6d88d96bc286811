"""Whether the data that a Telegram Mini App hands over was signed by Telegram for our bot, just now.

Telegram signs all fields, sorted by name, with an HMAC whose key is derived from the bot's token
(core.telegram.org/bots/webapps, "Validating data received via the Mini App").
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qsl

from core.kernel.errors import CoreError, Kind
from core.kernel.secrets import same

KEY = b"WebAppData"
FRESH, LEEWAY = timedelta(minutes=5), timedelta(seconds=30)
LONGEST, MOST_FIELDS = 8_000, 40
HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
DIGITS = re.compile(r"[0-9]{1,12}", re.ASCII)
LARGEST_ID = 2**52


@dataclass
class BadMiniApp(CoreError):
    """Not signed by Telegram for our bot, or too long ago. Nothing more is told."""

    code = "bad-mini-app"
    kind = Kind.UNKNOWN_CALLER


@dataclass(frozen=True)
class MiniAppUser:
    """Who opened the Mini App; `proof` names this very signature."""

    telegram_id: int
    proof: str


def read_mini_app(init_data: str, *, bot_token: str, now: datetime) -> MiniAppUser:
    """The user whom Telegram vouches for. Raises BadMiniApp."""
    fields = _fields(init_data)
    given = fields.pop("hash", "")
    if not bot_token or not HASH.fullmatch(given) or not same(_mac(fields, bot_token), given):
        raise BadMiniApp
    if not _is_fresh(fields.get("auth_date", ""), now):
        raise BadMiniApp
    return MiniAppUser(_user(fields.get("user", "")), given)


def _fields(init_data: str) -> dict[str, str]:
    if len(init_data) > LONGEST:
        raise BadMiniApp
    try:
        pairs = parse_qsl(init_data, strict_parsing=True, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError:
        raise BadMiniApp from None
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadMiniApp
    return found


def _mac(fields: dict[str, str], bot_token: str) -> str:
    key = hmac.new(KEY, bot_token.encode(), hashlib.sha256).digest()
    checked = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
    return hmac.new(key, checked.encode(), hashlib.sha256).hexdigest()


def _is_fresh(written: str, now: datetime) -> bool:
    if not DIGITS.fullmatch(written):
        return False
    age = now.timestamp() - int(written)
    return -LEEWAY.total_seconds() <= age <= FRESH.total_seconds()


def _user(written: str) -> int:
    try:
        found = json.loads(written)["id"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BadMiniApp from None
    if type(found) is not int or not 0 < found < LARGEST_ID:
        raise BadMiniApp
    return found
