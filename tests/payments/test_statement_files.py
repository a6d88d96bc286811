"""M-PESA's statement files: every variant says the same, and a file that can't be believed is refused as a whole."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.kernel.money import Money
from core.payments.statements.rows import BadStatement, StatementFile
from core.providers.daraja.statement_file import read_statement

from .statement_samples import WANJIRU, Bank, busy_day

VARIANTS = ("organisation", "older", "personal", "daily", "daily-shifted")
BUSY_DAY = [
    ("SGFLOAT001", "utility", "own", 10_000_00),
    ("SGPAID0001", "utility", "payment", 3_000_00),
    ("SGPAID0002", "utility", "payment", 700_00),
    ("SGSENT0001", "utility", "payout", -2_000_00),
    ("SGSENT0001", "charges", "charge", -9_00),
    ("SGBACK0001", "utility", "reversal", -700_00),
]


def told(file: StatementFile) -> list[tuple[str, str, str, int]]:
    return [(row.receipt, row.account, row.kind, row.amount.minor) for row in file.rows]


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_variant_tells_the_same_rows_oldest_first(variant: str) -> None:
    file = read_statement(busy_day().file(variant))

    has_charges = variant in ("organisation", "daily", "daily-shifted")
    assert told(file) == [row for row in BUSY_DAY if has_charges or row[1] == "utility"]
    assert (file.variant, file.shortcode) == (variant, "174379" if variant in ("organisation", "older") else "")
    kept = file.accounts["utility"]
    assert (kept.opening, kept.closing) == (Money(0), Money(11_000_00))
    assert file.skipped == (3 if variant == "older" else 0)
    paid = file.rows[1]
    assert paid.at == datetime(2026, 11, 23, 9, 1, tzinfo=UTC)
    assert (paid.party, paid.party_name) == ("+2547XX***001", "WANJIRU")
    assert paid.party_digest == hashlib.sha256(WANJIRU[1:].encode()).hexdigest()
    # What the payer typed is never taken for M-PESA's own words; the nightly file doesn't tell it.
    assert paid.typed == ("" if variant.startswith("daily") else "settlement, reversal charge")
    assert file.rows[-1].linked == ("SGPAID0002" if variant in ("organisation", "daily", "daily-shifted") else "")
    assert WANJIRU[1:] not in repr(file)


# The older statement of the busy day as a workbook of its time: numbers and times are cells of their own kinds.
WORKBOOK = (Path(__file__).parent / "older.xls").read_bytes()


def test_older_statement_in_its_workbook_tells_the_same_as_its_text() -> None:
    text, book = read_statement(busy_day().file("older")), read_statement(WORKBOOK)

    assert (book.rows, book.accounts, book.skipped) == (text.rows, text.accounts, text.skipped)
    assert (book.variant, book.shortcode) == ("older", "174379")


@settings(max_examples=60, deadline=None)
@given(place=st.integers(0, len(WORKBOOK) - 1), instead=st.binary(min_size=1, max_size=8), whole=st.booleans())
def test_damaged_workbook_is_refused_or_adds_up_and_is_never_anything_else(place: int, instead: bytes, whole: bool) -> None:
    damaged = WORKBOOK[:4] + WORKBOOK[4:place] + instead + (WORKBOOK[place + len(instead) :] if whole else b"")
    try:
        file = read_statement(damaged)
    except BadStatement:
        return
    assert file.rows or file.skipped


@pytest.mark.parametrize(
    ("rewrite", "variant"),
    [
        (lambda text: text.replace(",", ";").replace("MTAA; LTD", "MTAA LTD"), "older"),
        (lambda text: text.replace(",", "\t"), "daily"),
        (lambda text: "\ufeff" + text, "organisation"),
        (lambda text: text.replace("\r\n", "\n"), "organisation"),
        (lambda text: text + "\r\nThis statement was made by a machine.\r\n", "organisation"),
        (lambda text: re.sub(r"(\d\d)-(\d\d)-(\d{4})", r"\1/\2/\3", text), "organisation"),
    ],
)
def test_file_in_another_dress_tells_the_same(rewrite: object, variant: str) -> None:
    bank = Bank()
    bank.enters("paybill", 300, "SGPAID0001")
    bank.enters("payout", 100, "SGSENT0001")

    file = read_statement(rewrite(bank.file(variant).decode()).encode())  # type: ignore[operator]

    assert [row.amount for row in file.rows] == [Money(300_00), Money(-100_00)]


def test_file_with_its_columns_in_another_order_tells_the_same() -> None:
    turned = io.StringIO()
    csv.writer(turned).writerows(row[::-1] for row in csv.reader(io.StringIO(busy_day().file("personal").decode())))

    assert told(read_statement(turned.getvalue().encode())) == told(read_statement(busy_day().file("personal")))


def change(old: str, new: str) -> object:
    return lambda text: text.replace(old, new, 1)


@pytest.mark.parametrize(
    ("variant", "damage", "why"),
    [
        ("organisation", change('"3,000.00"', '"3,001.00"'), "running balance doesn't add up at SG"),
        ("older", lambda text: re.sub(r"SGPAID0002,.*\r\n", "", text), "running balance doesn't add up at SGSENT0001"),
        ("personal", lambda text: text[:-25], "the row doesn't stand under its heading, or the file ends"),
        ("organisation", lambda text: text[: text.rindex('"')], "breaks off inside a quoted cell"),
        ("personal", change("2026-11-23 12:02:00", "23-11-2026 12:02:00"), "written in another way than the times before"),
        ("personal", change("2026-11-23 12:00:00", "2026-11-43 12:00:00"), "is no time"),
        ("daily", change(",700.00,0.00,", ",700.00,700.00,"), "paid in and withdrawn at once"),
        ("daily", change(",700.00,0.00,", ",seven,0.00,"), "'seven' under paid in is no amount"),
        ("daily", change(",700.00,0.00,", ",700.001,0.00,"), "is no amount"),
        ("personal", lambda _text: "a,b,c\n1,2,3\n", "there is no table"),
        ("personal", lambda text: text.splitlines()[0], "there is no table"),
        ("personal", lambda _text: "  \n", "empty"),
        ("personal", lambda _text: "PK\x03\x04...", "Excel workbook: save it as CSV"),
        ("personal", lambda _text: "%PDF-1.7", "a PDF"),
        ("personal", lambda text: text.replace("Pay", "\0"), "isn't text"),
    ],
)
def test_file_that_can_not_be_believed_is_refused_with_its_line(variant: str, damage: object, why: str) -> None:
    damaged = damage(busy_day().file(variant).decode())  # type: ignore[operator]

    with pytest.raises(BadStatement) as refused:
        read_statement(damaged.encode())

    assert why in str(refused.value)


@settings(max_examples=40, deadline=None)
@given(
    amounts=st.lists(st.integers(min_value=-900, max_value=5_000).filter(bool), min_size=1, max_size=12),
    variant=st.sampled_from(VARIANTS),
)
def test_any_day_written_by_mpesa_is_read_back_to_the_cent(amounts: list[int], variant: str) -> None:
    bank = Bank()
    bank.enters("float", 20_000, "SGFLOAT001")
    for number, amount in enumerate(amounts):
        kind = "paybill" if amount > 0 and bank.book.account(WANJIRU).balance >= amount else "payout"
        bank.enters(kind, abs(amount), f"SGANY{number:05d}", account='a, "b"; c')

    file = read_statement(bank.file(variant))

    assert file.accounts["utility"].closing == Money(bank.book.balance * 100)
    assert sum(row.amount.minor for row in file.rows if row.account == "utility") == bank.book.balance * 100


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace")))
def test_any_bytes_are_a_statement_or_refused_and_never_anything_else(content: bytes) -> None:
    heading = b"Receipt No.,Completion Time,Details,Transaction Status,Paid In,Withdrawn,Balance\n"
    for tried in (content, heading + content):
        try:
            read_statement(tried)
        except BadStatement:
            continue
