"""Statement files for tests, as the played M-PESA writes them from its own book."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from core.sandbox.daraja.book import Book, Entry
from core.sandbox.daraja.statements import statement
from core.sandbox.people import People

SHORTCODE = "174379"
WANJIRU = "+254712000001"
NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class Bank:
    """M-PESA's book, filled by hand; each entry a minute after the one before unless it is told when."""

    def __init__(self) -> None:
        self.book, self.people, self._at = Book({}), People(None), NINE

    def enters(self, kind: str, amount: int, receipt: str, **more: Any) -> Entry:
        at = more.pop("at", self._at)
        self._at = at + timedelta(minutes=1)
        phone = "" if kind == "float" else more.pop("phone", WANJIRU)
        entry = Entry(receipt, phone, amount, more.pop("account", ""), at.isoformat(), kind=kind, **more)
        {"prompt": self.book.pay, "paybill": self.book.pay, "float": self.book.top_up}.get(kind, self.book.send)(entry)
        return entry

    def file(self, variant: str = "organisation", *, since: datetime | None = None, until: datetime | None = None) -> bytes:
        since, until = since or NINE - timedelta(days=30), until or NINE + timedelta(days=30)
        given = {"since": since, "until": until, "shortcode": SHORTCODE, "name": "MTAA, LTD"}
        return statement(self.book, self.people, variant=variant, **given).encode()


def busy_day() -> Bank:
    """Our own money, two payments, one of them given back, and a payout with its charge."""
    bank = Bank()
    bank.enters("float", 10_000, "SGFLOAT001")
    bank.enters("paybill", 3_000, "SGPAID0001", account="settlement, reversal charge")
    bank.enters("prompt", 700, "SGPAID0002", account="umoja7")
    bank.enters("payout", 2_000, "SGSENT0001", charge=9)
    bank.enters("reversal", 700, "SGBACK0001", account="umoja7", linked="SGPAID0002")
    return bank
