"""The table in a statement file: found by the names of its columns, wherever they stand, in any of the four variants.

Lines above the table are headings, an organisation's statement has a table for each account, and the nightly file's heading
has been seen one column to the left of what stands under it. What a column means is decided here, what a row means elsewhere.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from core.payments.loose_json import RECEIPT
from core.payments.statements.rows import BadStatement
from core.providers.daraja.statement_workbook import OLD_WORKBOOK, workbook_rows

# The columns of all variants by what they say, letters and digits only.
NAMES = {
    "receipt": ("receiptno", "receipt", "receiptnumber"),
    "completed": ("completiontime", "date", "starttimestamp"),
    "details": ("details",),
    "status": ("transactionstatus", "status"),
    "paid_in": ("paidin", "creditamount"),
    "withdrawn": ("withdrawn", "debitamount"),
    "balance": ("balance",),
    "reason": ("reasontype", "transactiontype"),
    "party": ("otherpartyinfo", "transactionpartydetails"),
    "linked": ("linkedtransactionid",),
    "typed": ("acno",),
    "account": ("accounttypename",),
    "store": ("storename",),
}
FIELDS = {spelling: field for field, spellings in NAMES.items() for spelling in spellings}
NEEDED = frozenset({"receipt", "completed", "paid_in", "withdrawn", "balance"})
NOT_READ = {b"PK\x03\x04": "an Excel workbook", b"%PDF": "a PDF"}
LARGEST_FILE = 50 * 1024 * 1024
SHORTCODE_TOLD = re.compile(r"short\s*code\D{0,5}([0-9]{5,7})|\(([0-9]{5,7})\)", re.IGNORECASE | re.ASCII)
ACCOUNT_TOLD = re.compile(r"account\s*:?", re.IGNORECASE)
REMARK = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}", re.ASCII)
DATE = re.compile(r"\d{1,4}[-/]\d{1,2}[-/]\d{1,4}", re.ASCII)


@dataclass(frozen=True)
class Line:
    """A row of the table: its line in the file, its cells by what they say, and the account that stood above its table."""

    number: int
    cells: Mapping[str, str]
    account: str


@dataclass(frozen=True)
class Table:
    """All rows of a file in its own order, and the shortcode that its headings tell, if they do."""

    variant: str
    shortcode: str
    lines: tuple[Line, ...]


def read_table(content: bytes) -> Table:
    """The rows of a CSV file, or of an old workbook. Raises BadStatement."""
    if len(content) > LARGEST_FILE:
        raise BadStatement("the file is larger than any statement of a day or a month")
    rows = workbook_rows(content) if content.startswith(OLD_WORKBOOK) else _cells(_text(content))
    heading: _Heading | None = None
    found, account, shortcode, variant = [], "", "", ""
    for number, row in rows:
        if (names := _heading(row)) is not None:
            heading = _Heading(names)
        elif ACCOUNT_TOLD.fullmatch(row[0] if row else ""):
            heading, account = None, row[1] if len(row) > 1 else ""
        elif heading is None:
            shortcode = shortcode or _shortcode(row)
        elif any(row) and not _is_remark(row):
            found.append(Line(number, heading.cells(number, row), account))
            variant = heading.variant
    if not found:
        raise BadStatement("there is no table with receipt, time, paid in, withdrawn and balance, or nothing stands in it")
    return Table(variant, shortcode, tuple(found))


class _Heading:
    """The columns of one table; where its first row doesn't stand under them, they are one to the left."""

    def __init__(self, names: list[str]) -> None:
        self._names, self._shift = names, -1

    @property
    def variant(self) -> str:
        fields = set(self._names)
        if "account" in fields:
            return "daily-shifted" if self._shift else "daily"
        if "status" in fields and "linked" in fields:
            return "organisation"
        return "older" if "reason" in fields else "personal"

    def cells(self, number: int, row: list[str]) -> dict[str, str]:
        """What the row says. Raises BadStatement when it doesn't stand under the heading."""
        if self._shift < 0:
            self._shift = next((shift for shift in (0, 1) if self._fits(row, shift)), -1)
        if self._shift < 0 or not self._fits(row, self._shift):
            raise BadStatement("the row doesn't stand under its heading, or the file ends in the middle of it", number)
        return self._under(row, self._shift)

    def _under(self, row: list[str], shift: int) -> dict[str, str]:
        return {name: row[place + shift] for place, name in enumerate(self._names) if name and place + shift < len(row)}

    def _fits(self, row: list[str], shift: int) -> bool:
        cells = self._under(row, shift)
        is_whole = set(cells) >= NEEDED and len(row) >= len(self._names)
        return is_whole and RECEIPT.fullmatch(cells["receipt"].upper()) is not None and bool(DATE.match(cells["completed"]))


def _text(content: bytes) -> str:
    for start, what in NOT_READ.items():
        if content.startswith(start):
            raise BadStatement(f"this is {what}: save it as CSV (comma delimited) first")
    if not content.strip():
        raise BadStatement("the file is empty")
    is_wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if is_wide else ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadStatement("the file isn't text")


def _cells(text: str) -> list[tuple[int, list[str]]]:
    """The rows with the line each begins in, parted by whatever parts the heading."""
    if "\0" in text:
        raise BadStatement("the file isn't text")
    for delimiter in (",", ";", "\t"):
        if any(_heading(line.split(delimiter)) for line in text.splitlines() if delimiter in line):
            return list(_parted(text, delimiter))
    return []


def _parted(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader, began = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), 1
    try:
        for row in reader:
            yield began, [cell.strip() for cell in row]
            began = reader.line_num + 1
    except csv.Error as problem:
        raise BadStatement("the file breaks off inside a quoted cell, or isn't CSV", reader.line_num) from problem


def _heading(row: list[str]) -> list[str] | None:
    """What each column says, "" for those that we don't need; None when this isn't the heading of a table."""
    names = [FIELDS.get(re.sub(r"[^a-z0-9]", "", cell.lower()), "") for cell in row]
    return names if set(names) >= NEEDED else None


def _shortcode(row: list[str]) -> str:
    told = SHORTCODE_TOLD.search(" ".join(row))
    return (told[1] or told[2]) if told else ""


def _is_remark(row: list[str]) -> bool:
    """A sentence below the table; half a row is none."""
    said = [cell for cell in row if cell]
    return len(said) == 1 and REMARK.search(said[0]) is not None
