"""Receipts as cards: a few words, sorted by weight, that a picture shows and that a message says as its caption.

A card is written out in its reader's language when the message is written; whoever sends it draws it. The picture's QR code
holds the receipt's own code, by which anybody can check it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from core.kernel.money import Money
from core.kernel.texts import Text, catalogue, text

ReceiptKind = Literal["deposit", "contribution", "loan", "repayment", "withdrawal"]
# What a link into the chat begins with when it leads to the check of a receipt.
CHECK = "check_"


@dataclass(frozen=True)
class Receipt:
    """What a receipt is about. `party`: who got it, or from where it came. `reference`: our code, `mpesa`: M-Pesa's.

    `balance` is what she has after it; it is left out where she isn't to read it there.
    """

    kind: ReceiptKind
    amount: Money
    party: str
    at: datetime
    reference: str = ""
    mpesa: str = ""
    balance: Money | None = None
    group: str = ""


@dataclass(frozen=True)
class Card:
    """What a picture shows, in words: the heading, the amount and the party large, then label and value line by line."""

    title: str
    amount: str
    party: str
    rows: tuple[tuple[str, str], ...]
    code: str = ""
    check: str = ""
    copy: str = ""

    def dump(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)

    @staticmethod
    def load(stored: Mapping[str, Any]) -> Card:
        """From what `dump` gave."""
        rows = tuple((label, value) for label, value in stored["rows"])
        return Card(**{**stored, "rows": rows})


def card_of(receipt: Receipt, language: str) -> Card:
    """The receipt in this language."""

    def say(what: Text) -> str:
        return catalogue().say(language, what)

    facts = {
        "mpesa": receipt.mpesa,
        "reference": receipt.reference,
        "time": say(text("card-moment", at=receipt.at)),
        "balance": say(text("card-sum", amount=receipt.balance)) if receipt.balance is not None else "",
        "group": receipt.group,
    }
    return Card(
        title=say(text("card-title", receipt_kind=receipt.kind)),
        amount=say(text("card-sum", amount=receipt.amount)),
        party=receipt.party,
        rows=tuple((say(text("card-label", fact=name)), value) for name, value in facts.items() if value),
        code=receipt.reference,
        check=say(text("card-check")) if receipt.reference else "",
        copy=say(text("card-copy")),
    )
