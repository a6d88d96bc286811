"""The shortcode's statement as files, in the four variants that organisations get to see.

One receipt can have several rows: the movement, and what M-PESA charged for it. Every row carries the balance after it, so
whoever reads the file can prove that nothing is missing. Written from the book alone.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.sandbox.clock import EAST_AFRICA
from core.sandbox.daraja.book import Book, Entry
from core.sandbox.people import People

UTILITY, CHARGES = "Utility Account", "Charges Paid Account"
ORGANISATION = (
    *("Receipt No.", "Completion Time", "Initiation Time", "Details", "Transaction Status", "Paid In", "Withdrawn", "Balance"),
    *("Balance Confirmed", "Reason Type", "Other Party Info", "Linked Transaction ID", "A/C No."),
)
OLDER = (
    *("Receipt", "Date", "Details", "Status", "Withdrawn", "Paid In", "Balance", "Balance Confirmed", "Transaction Type"),
    "Other Party Info",
)
PERSONAL = ("Receipt No.", "Completion Time", "Details", "Transaction Status", "Paid In", "Withdrawn", "Balance")
DAILY = (
    *("STORE_NAME", "RECEIPT_NUMBER", "ACCOUNT_TYPE_NAME", "TRANSACTION_TYPE", "START_TIMESTAMP", "TRANSACTION_PARTY_DETAILS"),
    *("CREDIT_AMOUNT", "DEBIT_AMOUNT", "BALANCE", "LINKED_TRANSACTION_ID"),
)
REASONS = {
    "prompt": "Pay Bill Online",
    "paybill": "Pay Bill Online",
    "float": "Organization Deposit",
    "payout": "Business Payment to Customer via API",
    "reversal": "Transaction Reversal via API",
    "charge": "Business to Customer Charge via API",
}


@dataclass(frozen=True)
class Row:
    """One row: `amount` is signed whole shillings, `balance` what the account holds after it."""

    entry: Entry
    account: str
    reason: str
    amount: int
    balance: int
    party: str

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.entry.at).astimezone(EAST_AFRICA)

    @property
    def details(self) -> str:
        if self.entry.kind in ("prompt", "paybill") and self.reason != REASONS["charge"]:
            return f"Pay Bill from {self.party} Acc. {self.entry.account}"
        return f"{self.reason} to {self.party}" if self.party else self.reason


class BadVariant(Exception):
    """There is no such kind of statement; the message names those that there are."""


def statement(book: Book, people: People, *, variant: str, since: datetime, until: datetime, shortcode: str, name: str) -> str:
    """The rows between two moments as CSV text. Raises BadVariant."""
    if variant not in WRITERS:
        raise BadVariant(f"variant is one of {', '.join(WRITERS)}")
    rows = [row for row in all_rows(book, people) if since <= row.moment < until]
    file = io.StringIO()
    WRITERS[variant](csv.writer(file, lineterminator="\r\n"), rows, shortcode, name)
    return file.getvalue()


def all_rows(book: Book, people: People) -> Iterator[Row]:
    """Every row of both accounts, oldest first."""
    held = charged = 0
    for entry in book.entries:
        person = people.by_phone(entry.phone) if entry.phone else None
        party = f"{entry.phone[1:]} - {person.name.upper() if person else ''}" if entry.phone else ""
        held += entry.moved
        yield Row(entry, UTILITY, REASONS[entry.kind], entry.moved, held, party)
        if entry.charge:
            charged -= entry.charge
            yield Row(entry, CHARGES, REASONS["charge"], -entry.charge, charged, party)


def _organisation(out: Any, rows: list[Row], shortcode: str, name: str) -> None:
    """The portal's own: headings above the table, newest row first, an account after the other, 23-11-2026 14:05:09."""
    out.writerow(["Account Holder:", name])
    out.writerow(["Short Code:", shortcode])
    for account in (UTILITY, CHARGES):
        out.writerow([])
        out.writerow(["Account:", account])
        out.writerow(ORGANISATION)
        for row in reversed([row for row in rows if row.account == account]):
            at = f"{row.moment:%d-%m-%Y %H:%M:%S}"
            paid, withdrawn = _sides(row.amount, thousands=True)
            shown = [row.entry.receipt, at, at, row.details, "Completed", paid, withdrawn, f"{row.balance:,}.00", "true"]
            out.writerow([*shown, row.reason, row.party, row.entry.linked, row.entry.account])


def _older(out: Any, rows: list[Row], shortcode: str, name: str) -> None:
    """As the older workbook had it: 2026-11-23 14:05:09, and attempts that came to nothing between the rest."""
    out.writerow([f"Statement of {name} ({shortcode})"])
    out.writerow(OLDER)
    for row in (row for row in rows if row.account == UTILITY):
        at, kind = f"{row.moment:%Y-%m-%d %H:%M:%S}", "Pay Utility" if row.amount > 0 else row.reason
        paid, withdrawn = _sides(row.amount)
        held, party = f"{row.balance}.00", row.party
        out.writerow([row.entry.receipt, at, row.details, "Completed", withdrawn, paid, held, "true", kind, party])
        if row.amount > 0:
            tried = f"{row.entry.receipt[:9]}0"
            out.writerow([tried, at, row.details, "Declined", "", paid, held, "false", kind, party])


def _personal(out: Any, rows: list[Row], shortcode: str, name: str) -> None:  # noqa: ARG001 - written alike
    """As taken from a PDF."""
    out.writerow(PERSONAL)
    for row in (row for row in rows if row.account == UTILITY):
        paid, withdrawn = _sides(row.amount, thousands=True)
        at = f"{row.moment:%Y-%m-%d %H:%M:%S}"
        out.writerow([row.entry.receipt, at, row.details, "Completed", paid, withdrawn, f"{row.balance:,}.00"])


def _daily(out: Any, rows: list[Row], shortcode: str, name: str) -> None:  # noqa: ARG001 - written alike
    """As mailed every night: both accounts mixed, and in the wild the heading lacks its first column."""
    out.writerow(DAILY)
    for row in rows:
        credit, debit = (f"{row.amount}.00", "0.00") if row.amount > 0 else ("0.00", f"{-row.amount}.00")
        at = f"{row.moment:%Y-%m-%d %H:%M:%S}"
        shown = [name, row.entry.receipt, row.account, row.reason, at, row.party, credit, debit, f"{row.balance}.00"]
        out.writerow([*shown, row.entry.linked])


def _shifted(out: Any, rows: list[Row], shortcode: str, name: str) -> None:
    """The nightly file with its heading one column to the left of what stands under it."""
    file = io.StringIO()
    _daily(csv.writer(file, lineterminator="\r\n"), rows, shortcode, name)
    heading, *rest = list(csv.reader(io.StringIO(file.getvalue())))
    out.writerow([*heading[1:], ""])
    out.writerows(rest)


def _sides(amount: int, *, thousands: bool = False) -> tuple[str, str]:
    """Paid in and withdrawn, of which one is empty; withdrawals are negative."""
    written = f"{amount:,}.00" if thousands else f"{amount}.00"
    return (written, "") if amount > 0 else ("", written)


WRITERS = {
    "organisation": _organisation,
    "older": _older,
    "personal": _personal,
    "daily": _daily,
    "daily-shifted": _shifted,
}
