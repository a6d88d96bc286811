"""The pictures that Telegram's chats get: a receipt of each kind, in every language, with ordinary values and the longest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import get_args

from core.kernel.money import Money
from core.kernel.texts import LANGUAGES
from core.notifications.cards import Receipt, ReceiptKind, card_of
from core.notifications.drawing import card_png
from tests.extremes import LARGEST, LONGEST_NAME

AT = datetime(2026, 11, 23, 9, 5, tzinfo=UTC)
LINK = "https://t.me/mtaa_dao_bot?start=check_7K39QFAB"
ORDINARY = {"amount": Money(500_00), "party": "Umoja", "balance": Money(12_487_50), "group": "Umoja"}
LONGEST = {"amount": LARGEST, "party": LONGEST_NAME, "balance": LARGEST, "group": "W" * 40}


def cards() -> Iterator[tuple[str, bytes]]:
    """Each picture with its name."""
    for kind in get_args(ReceiptKind):
        for language in LANGUAGES:
            for values, given in (("ordinary", ORDINARY), ("longest", LONGEST)):
                receipt = Receipt(kind, at=AT, reference="7K39QFAB", mpesa="SG722NMVXQ", **given)  # type: ignore[arg-type]
                yield f"{kind}-{language}-{values}", card_png(card_of(receipt, language), link=LINK)
