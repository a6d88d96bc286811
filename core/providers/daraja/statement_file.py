"""M-PESA's statement as a file: what each row says, and the proof that none is missing between the first and the last.

A row's time, amounts and running balance have to be readable and add up, account by account, newest or oldest first; else
the whole file is refused. Only completed rows moved money. Names as Safaricom's portal and its readers write them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import pairwise

from core.kernel.clock import EAST_AFRICA
from core.kernel.errors import CoreError
from core.kernel.money import Money
from core.kernel.phone import NotAPhone, parse_phone
from core.payments.loose_json import read_phone
from core.payments.sources import LONGEST_ACCOUNT
from core.payments.statements.rows import CHARGES, UTILITY, WORKING, BadStatement, Kept, RowKind, StatementFile, StatementRow
from core.providers.daraja.statement_table import Line, Table, read_table

AMOUNT = re.compile(r"-?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{1,2})?|-?[0-9]{1,15}(?:\.[0-9]{1,2})?", re.ASCII)
# 23-11-2026 14:05:09 and 2026-11-23 14:05:09, with slashes as well; a file keeps to one of them.
MOMENTS = (
    re.compile(r"(?P<d>\d{2})[-/](?P<m>\d{2})[-/](?P<y>\d{4})[ T](?P<t>\d{2}:\d{2}:\d{2})", re.ASCII),
    re.compile(r"(?P<y>\d{4})[-/](?P<m>\d{2})[-/](?P<d>\d{2})[ T](?P<t>\d{2}:\d{2}:\d{2})(?:\.0+)?", re.ASCII),
)
NAMED_BY = re.compile(r"mpesa_([0-9]{5,7})_", re.IGNORECASE | re.ASCII)
ACCOUNTS = {"utility account": UTILITY, "working account": WORKING, "charges paid account": CHARGES}
COMPLETED = "completed"
# What a row is, by the words of its reason and details, the first that fits. A charge's words name what it was charged for.
KINDS: tuple[tuple[RowKind, re.Pattern[str]], ...] = (
    ("reversal", re.compile(r"revers", re.IGNORECASE)),
    ("own", re.compile(r"settlement|organi[sz]ation|float|transfer|bank|funds? movement", re.IGNORECASE)),
    ("charge", re.compile(r"\bcharge", re.IGNORECASE)),
    ("payout", re.compile(r"business payment|salary payment|promotion payment|payment to customer|b2c", re.IGNORECASE)),
    ("payment", re.compile(r"pay\s?bill|pay utility|customer payment|merchant payment|buy goods", re.IGNORECASE)),
)
TYPED = re.compile(r"\bAcc\. ?(.*)$", re.ASCII)
# Where M-PESA's own words end: what follows is the customer's number, name, or whatever she typed.
OWN_WORDS = re.compile(r" from | - |\bAcc\.|\+?[0-9*]{6,}", re.ASCII)
# 254712000001 - JANE DOE; the number may be masked, the name missing.
PARTY = re.compile(r"(\+?[0-9*Xx ]{8,16}?)\s*(?:-\s*(.*))?", re.ASCII)
LONGEST_DETAILS = 200


def read_statement(content: bytes, *, name: str = "") -> StatementFile:
    """Understand a statement file. name: the file's own, which may tell whose it is. Raises BadStatement."""
    table = read_table(content)
    order = _order_of_dates(table)
    rows, skipped = [], 0
    for line in table.lines:
        row = _row(line, order) if line.cells.get("status", COMPLETED).lower() == COMPLETED else None
        rows += [row] if row is not None else []
        skipped += row is None
    told = NAMED_BY.search(name)
    accounts, oldest_first = _proven(rows)
    return StatementFile(
        digest=hashlib.sha256(content).hexdigest(),
        variant=table.variant,
        shortcode=table.shortcode or (told[1] if told else ""),
        rows=tuple(oldest_first),
        accounts=accounts,
        skipped=skipped,
    )


def _order_of_dates(table: Table) -> re.Pattern[str]:
    first = table.lines[0]
    for order in MOMENTS:
        if order.fullmatch(first.cells["completed"]):
            return order
    raise BadStatement(f"{first.cells['completed']!r} is no time such as 23-11-2026 14:05:09", first.number)


def _row(line: Line, order: re.Pattern[str]) -> StatementRow | None:
    """The row; None when it moved nothing."""
    cells = line.cells
    amount = _moved(line)
    if not amount:
        return None
    account = _account(cells.get("account") or line.account)
    phone, name = _party(cells.get("party", ""), cells.get("details", ""))
    said = f"{cells.get('reason', '')} {_own_words(cells.get('details', ''))}"
    linked = cells.get("linked", "").upper()
    return StatementRow(
        line=line.number,
        receipt=cells["receipt"].upper(),
        account=account,
        kind=_kind(said, account, amount),
        amount=amount,
        balance=_money(line, "balance"),
        at=_moment(line, order),
        details=(cells.get("reason") or _own_words(cells.get("details", "")))[:LONGEST_DETAILS],
        party=read_phone(phone) or "",
        party_digest=_digest(phone),
        party_name=name,
        typed=_typed(cells),
        linked=linked,
    )


def _moved(line: Line) -> Money:
    """What the row did to its account; withdrawals are written with and without a minus."""
    paid, taken = (_money(line, one) if line.cells[one] else Money(0) for one in ("paid_in", "withdrawn"))
    if paid and taken:
        raise BadStatement("paid in and withdrawn at once", line.number)
    if paid.minor < 0:
        raise BadStatement("less than nothing was paid in", line.number)
    return paid or Money(-abs(taken.minor))


def _money(line: Line, cell: str) -> Money:
    written = line.cells[cell]
    if not AMOUNT.fullmatch(written):
        raise BadStatement(f"{written!r} under {cell.replace('_', ' ')} is no amount", line.number)
    try:
        return Money.from_decimal(Decimal(written.replace(",", "")))
    except CoreError as problem:
        raise BadStatement(f"{written!r} is no amount of shillings and cents", line.number) from problem


def _moment(line: Line, order: re.Pattern[str]) -> datetime:
    written = line.cells["completed"]
    found = order.fullmatch(written)
    if found is None:
        raise BadStatement(f"{written!r} is written in another way than the times before it", line.number)
    try:
        return datetime.fromisoformat(f"{found['y']}-{found['m']}-{found['d']} {found['t']}").replace(tzinfo=EAST_AFRICA)
    except ValueError as problem:
        raise BadStatement(f"{written!r} is no time", line.number) from problem


def _account(told: str) -> str:
    """Ours by its name; who tells none shows the one that collects and pays."""
    return ACCOUNTS.get(told.strip().lower(), told.strip()) or UTILITY


def _kind(said: str, account: str, amount: Money) -> RowKind:
    if account == CHARGES:
        # Safaricom lets its charges accrue here and settles them out of another account of ours.
        return "charge" if amount.minor < 0 else "own"
    kind: RowKind = next((kind for kind, words in KINDS if words.search(said)), "other")
    goes_out = {"payment": False, "payout": True, "charge": True}.get(kind)
    return "other" if goes_out is not None and goes_out != (amount.minor < 0) else kind


def _party(told: str, details: str) -> tuple[str, str]:
    """The customer's number as it is shown, and her name; out of the details where there is no column for them."""
    if not told:
        found = re.search(r"(?:from|to) ((?:254|0)[0-9*Xx ]{6,15}) - (.*?)(?: Acc\..*)?$", details)
        return (found[1].strip(), found[2].strip()) if found else ("", "")
    named = PARTY.fullmatch(told)
    return (named[1].strip(), (named[2] or "").strip()) if named else ("", told)


def _digest(phone: str) -> str:
    try:
        whole = parse_phone(phone)
    except NotAPhone:
        return ""
    return hashlib.sha256(whole.removeprefix("+").encode()).hexdigest()


def _own_words(details: str) -> str:
    return OWN_WORDS.split(details, maxsplit=1)[0]


def _typed(cells: Mapping[str, str]) -> str:
    if cells.get("typed"):
        return cells["typed"][:LONGEST_ACCOUNT]
    found = TYPED.search(cells.get("details", ""))
    return found[1].strip()[:LONGEST_ACCOUNT] if found else ""


def _proven(rows: Sequence[StatementRow]) -> tuple[dict[str, Kept], list[StatementRow]]:
    """What each account held before and after, and the rows with the oldest first. Raises BadStatement."""
    kept: dict[str, Kept] = {}
    ordered: list[StatementRow] = []
    for account in dict.fromkeys(row.account for row in rows):
        chain = _chain([row for row in rows if row.account == account])
        kept[account] = Kept(chain[0].balance - chain[0].amount, chain[-1].balance)
        ordered += chain
    return kept, sorted(ordered, key=lambda row: row.at)


def _chain(rows: list[StatementRow]) -> list[StatementRow]:
    """The rows of one account in the order in which they add up."""
    forward, backward = _first_break(rows), _first_break(rows[::-1])
    if forward is None:
        return rows
    if backward is None:
        return rows[::-1]
    broken = forward if rows[0].at <= rows[-1].at else backward
    raise BadStatement(
        f"the running balance doesn't add up at {broken.receipt}: {broken.balance}; rows are missing or were changed",
        broken.line,
    )


def _first_break(rows: Sequence[StatementRow]) -> StatementRow | None:
    return next((later for earlier, later in pairwise(rows) if earlier.balance + later.amount != later.balance), None)
