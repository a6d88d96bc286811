"""Reads JSON that may be written in any way by anybody.

Numbers come as numbers or as text, lists as single objects, values are missing, and a stranger may send anything at all. So
nothing here raises: what can't be read is None or "". Numbers stay exact; float never touches them.
"""

from __future__ import annotations

import json
import re
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
# The SHA-256 of a phone number, as Safaricom's older API tells it.
DIGEST = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)
LONGEST_TEXT = 200
# Fewer can't be a phone number, and masking would hide nothing of them.
FEWEST_DIGITS = 9


class _Number(str):
    """A JSON number as it was written; Decimal can read it, float never touches it."""

    __slots__ = ()


def read_json(body: bytes) -> Any:
    """The content, with numbers as text. Raises ValueError, the only one here that raises."""
    try:
        return json.loads(body.decode("utf-8-sig", "replace"), parse_int=_Number, parse_float=_Number, parse_constant=_refuse)
    except RecursionError as problem:
        raise ValueError("nested too deeply") from problem


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def inside(content: Any, name: str) -> dict[str, Any]:
    """The object under a name; an empty one when there is none."""
    inner = content.get(name) if isinstance(content, dict) else None
    return inner if isinstance(inner, dict) else {}


def read_text(value: Any) -> str:
    """A string or number as text that PostgreSQL can keep: no NUL, no half characters, not endless."""
    if not isinstance(value, str):
        return ""
    return value.encode("utf-8", "replace").decode().replace("\0", "").strip()[:LONGEST_TEXT]


def read_code(value: Any) -> str | None:
    """A result code as text: 0, "0", 0.0 and "00" are the same."""
    code = read_text(value).upper()
    if not CODE.fullmatch(code):
        return None
    whole = code.partition(".")[0]
    return str(int(whole)) if whole.lstrip("-").isdigit() else code


def read_named(listed: Any, *, name: str, value: str) -> dict[str, Any]:
    """Items such as {Name, Value} by their names, from a list of them, a single one, or an object of names.

    Two different values under one name are nobody's honest mistake: none of them is believed.
    """
    if isinstance(listed, dict) and name not in listed:
        return listed
    found: dict[str, Any] = {}
    for item in listed if isinstance(listed, list) else [listed]:
        if isinstance(item, dict) and isinstance(key := item.get(name), str):
            found[key] = item.get(value) if found.get(key, item.get(value)) == item.get(value) else None
    return found


def read_amount(value: Any) -> Decimal | None:
    """A number of shillings that isn't negative."""
    written = read_text(value)
    return Decimal(written) if AMOUNT.fullmatch(written) else None


def read_receipt(value: Any) -> str | None:
    """A receipt in capitals."""
    written = read_text(value).upper()
    return written if RECEIPT.fullmatch(written) else None


def read_stamp(value: Any) -> datetime | None:
    """20191219102115, East Africa Time."""
    written = WHOLE_NUMBER.sub(r"\1", read_text(value))
    if not STAMP.fullmatch(written):
        return None
    try:
        return datetime.strptime(written, "%Y%m%d%H%M%S").replace(tzinfo=EAST_AFRICA)
    except ValueError:
        return None


def read_phone(value: Any) -> str | None:
    """A number masked, whatever was masked of it already; a digest of one says nothing."""
    if DIGEST.fullmatch(read_text(value)):
        return None
    digits = "".join(character for character in WHOLE_NUMBER.sub(r"\1", read_text(value)) if character.isdigit())
    return masked("+" + digits) if len(digits) >= FEWEST_DIGITS else None
