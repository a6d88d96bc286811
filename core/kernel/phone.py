"""Kenyan mobile numbers in one spelling.

Gateways, contacts and people write the same number in a dozen ways; everything inside knows only E.164 (+2547XXXXXXXX or
+2541XXXXXXXX). ASCII digits only: other scripts' digits and trailing newlines are refused, not normalised.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NewType

from core.kernel.errors import CoreError, Kind

Phone = NewType("Phone", str)

# An unescaped "+" in a form arrives as a space; both, and a missing "+", are met in gateways' traffic.
SPELLING = re.compile(r"(?:[+ ]?254|00254|0)(?P<subscriber>[17][0-9]{8})", re.ASCII)
SEPARATORS = re.compile(r"(?<=[0-9])[ -](?=[0-9])", re.ASCII)
LONGEST = 24


@dataclass
class NotAPhone(CoreError):
    """Not a Kenyan mobile number."""

    code = "not-a-phone"
    kind = Kind.INVALID


def parse_phone(written: str) -> Phone:
    """The number in E.164. Raises NotAPhone for anything that isn't a Kenyan mobile number."""
    match = SPELLING.fullmatch(SEPARATORS.sub("", written)) if len(written) <= LONGEST else None
    if match is None:
        raise NotAPhone
    return Phone(f"+254{match['subscriber']}")


def masked(phone: str) -> str:
    """The number as other people and logs may see it: +2547XX***678."""
    return f"{phone[:5]}XX***{phone[-3:]}"


def national(phone: Phone) -> str:
    """As people in Kenya write it: 0712000001."""
    return "0" + phone.removeprefix("+254")
