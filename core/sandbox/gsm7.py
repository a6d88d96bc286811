"""How many characters a text really takes on a Kenyan handset: GSM-7 septets, or UCS-2 units when one letter isn't GSM-7.

Source of the alphabet and of the figures: 3GPP TS 23.038 §6.2.1 and §6.1.2.3.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Encoding = Literal["gsm7", "ucs2"]

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")
# Octets of one SMS hold 160 septets or 70 units; a part of a longer one gives 7 septets or 3 units to its header.
_ONE_SMS = {"gsm7": 160, "ucs2": 70}
_SMS_PART = {"gsm7": 153, "ucs2": 67}


@dataclass(frozen=True)
class Measured:
    """Length of a text: septets for gsm7, 16-bit units for ucs2."""

    units: int
    encoding: Encoding


def encoding_of(text: str) -> Encoding:
    return "gsm7" if all(char in _BASIC or char in _EXTENSION for char in text) else "ucs2"


def measure(text: str) -> Measured:
    encoding = encoding_of(text)
    return Measured(sum(width for _, width in widths(text, encoding)), encoding)


def widths(text: str, encoding: Encoding) -> Iterator[tuple[str, int]]:
    """Each character with what it takes: 2 septets from the extension table, 2 units beyond the basic plane."""
    for char in text:
        wide = char in _EXTENSION if encoding == "gsm7" else ord(char) > 0xFFFF  # noqa: PLR2004 - the basic plane's end
        yield char, 2 if wide else 1


def chunks(text: str, encoding: Encoding, budget: int) -> list[str]:
    """Cut a text into pieces of at most `budget` units; a character of two units is never torn apart."""
    pieces: list[str] = []
    piece, used = "", 0
    for char, width in widths(text, encoding):
        if used + width > budget:
            pieces.append(piece)
            piece, used = "", 0
        piece, used = piece + char, used + width
    return [*pieces, piece]


def sms_parts(text: str) -> int:
    """How many SMS the network charges for. An empty text is one."""
    measured = measure(text)
    if measured.units <= _ONE_SMS[measured.encoding]:
        return 1
    return len(chunks(text, measured.encoding, _SMS_PART[measured.encoding]))
