"""What the handset really shows of an answer: the network's limit, UCS-2's smaller one, and the telco's own paging.

A screen that is too long is cut by the network itself, which then takes `98` and `00` for its own menu: an application that
uses these keys on such a screen never sees them. Whether the application's `CON ` counts isn't documented; it isn't counted.
"""

from dataclasses import dataclass

from core.sandbox import gsm7
from core.sandbox.networks import UCS2_UNITS, Network

MORE, BACK = "98", "00"
_MORE_LINE = f"\n{MORE}:More"
_BACK_LINE = f"\n{BACK}:Back"


@dataclass(frozen=True)
class Screen:
    """One page as shown. `units` and `limit` are septets for gsm7 and 16-bit units for ucs2; pages count from 1."""

    text: str
    units: int
    limit: int
    encoding: gsm7.Encoding
    page: int = 1
    pages: int = 1

    @property
    def has_more(self) -> bool:
        return self.page < self.pages

    @property
    def has_back(self) -> bool:
        return self.page > 1


def lay_out(text: str, network: Network) -> list[Screen]:
    """The pages that a network makes of one answer: one when it fits, or when the network doesn't page."""
    measured = gsm7.measure(text)
    limit = network.septets if measured.encoding == "gsm7" else UCS2_UNITS
    if measured.units <= limit or not network.pages:
        return [Screen(text, measured.units, limit, measured.encoding)]
    return _paged(text, measured.encoding, limit)


def _paged(text: str, encoding: gsm7.Encoding, limit: int) -> list[Screen]:
    first, rest = _cut(text, encoding, limit - len(_MORE_LINE))
    parts = [first]
    while len(rest) > 0:
        fits_as_last = gsm7.chunks(rest, encoding, limit - len(_BACK_LINE))
        if len(fits_as_last) == 1:
            parts.append(rest)
            break
        part, rest = _cut(rest, encoding, limit - len(_MORE_LINE) - len(_BACK_LINE))
        parts.append(part)
    return [_page(part, number, len(parts), encoding, limit) for number, part in enumerate(parts, 1)]


def _cut(text: str, encoding: gsm7.Encoding, budget: int) -> tuple[str, str]:
    head = gsm7.chunks(text, encoding, budget)[0]
    return head, text[len(head) :]


def _page(part: str, number: int, pages: int, encoding: gsm7.Encoding, limit: int) -> Screen:
    more = _MORE_LINE if number < pages else ""
    back = _BACK_LINE if number > 1 else ""
    shown = f"{part}{more}{back}"
    units = sum(width for _, width in gsm7.widths(shown, encoding))
    return Screen(shown, units, limit, encoding, number, pages)
