"""E-mail addresses as people type them, on a feature phone too, and as they are shown."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.kernel.errors import CoreError, Kind

LONGEST = 100
SHOWN_OF_A_DOMAIN = 20
# RFC 5321 allows more; this is what mail providers give out. No "*": it would end the answer on USSD.
SHAPE = re.compile(r"[a-z0-9][a-z0-9._%+-]{0,63}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}", re.ASCII)
# Keypads hide "@" and "." behind many presses, so the words do as well; so do blanks that a phone adds after a dot.
WORDS = ((re.compile(r"\s+(?:at|kwa)\s+|\s*\(at\)\s*"), "@"), (re.compile(r"\s+(?:dot|nukta)\s+|\s*\(dot\)\s*"), "."))


@dataclass
class BadEmail(CoreError):
    """Not an e-mail address that anybody could write to."""

    code = "bad-email"
    kind = Kind.INVALID


def clean_email(typed: str) -> str:
    """The address in lower case; "wanjiru at gmail dot com" is one too. Raises BadEmail."""
    address = typed.strip().lower()
    for said, sign in WORDS:
        address = said.sub(sign, address)
    address = re.sub(r"\s*([@.])\s*", r"\1", address)
    if len(address) > LONGEST or ".." in address or not SHAPE.fullmatch(address):
        raise BadEmail
    return address


def shown_email(address: str) -> str:
    """As others who hold her phone may see it: w***@gmail.com."""
    name, _, domain = address.partition("@")
    return f"{name[:1]}***@{domain[-SHOWN_OF_A_DOMAIN:]}"
