"""What there is about each thing that went wrong: M-Pesa's side and ours, row by row, for whoever looks for the cause."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from typing import Any
from uuid import UUID

from tests.simulation.play import Play

UUIDS = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
RECEIPTS = re.compile(r"\b[A-Z0-9]{10}\b")
MOST = 12
# Where each thing of ours may be named; $1 is an id, or a receipt.
BY_ID = {
    "mpesa_transactions": "id = $1 OR user_id = $1",
    "payouts": "id = $1 OR withdrawal_id = $1",
    "withdrawals": "id = $1 OR user_id = $1",
    "payments_received": "id = $1 OR transaction_id = $1",
    "payment_callbacks": "id = $1 OR intent = $1::uuid::text",
    "payment_claims": "user_id = $1",
    "unproven_payments": "id = $1 OR user_id = $1",
    "contributions": "user_id = $1 OR dao_id = $1",
    "pgqueuer": "position(convert_to($1::uuid::text, 'UTF8') in payload) > 0",
    "job_failures": "job_failures::text LIKE '%' || $1::uuid::text || '%'",
}
BY_RECEIPT = {
    "mpesa_transactions": "mpesa_receipt_number = $1",
    "payments_received": "receipt = $1",
    "payment_callbacks": "position(convert_to($1::text, 'UTF8') in body) > 0",
    "payment_claims": "receipt = $1",
    "unproven_payments": "receipt = $1",
}
MOVED = """
SELECT t.posted_at, t.kind, t.step, t.key, e.bucket, e.amount, e.after FROM ledger_balances b
JOIN ledger_entries e ON e.balance_id = b.id JOIN ledger_transfers t ON t.id = e.transfer_id
WHERE b.user_id = $1 OR b.dao_id = $1 OR t.key = $1 ORDER BY e.balance_id, e.seq
"""
DULL = {None, "", False}


async def stories(play: Play, wrong: list[str]) -> list[str]:
    """Lines about the ids and receipts that the findings name, the first few of them."""
    text = "\n".join(wrong)
    ids = list(dict.fromkeys(UUIDS.findall(text)))[:MOST]
    receipts = list(dict.fromkeys(RECEIPTS.findall(text)))[:MOST]
    told: list[str] = []
    for one in ids:
        told += [f"--- {one}", *await _ours(play, BY_ID, UUID(one))]
        told += [_row("moved", dict(row)) for row in await play.town.fetch(MOVED, UUID(one))]
        told += _logged(play, one)
    for one in receipts:
        told += [f"--- {one}", *_theirs(play, one), *await _ours(play, BY_RECEIPT, one), *_logged(play, one)]
    return told


async def unrest(play: Play) -> list[str]:
    """What was still to be done when nothing should have been."""
    rows = await play.town.fetch("SELECT * FROM pgqueuer WHERE status <> 'queued' OR execute_after <= now() LIMIT 40")
    return [_row("due", dict(row)) for row in rows]


def _logged(play: Play, name: str) -> Iterator[str]:
    """What our processes said of it."""
    for file in sorted(play.town.ours.folder.glob("*.log")):
        lines = (line for line in file.read_text(errors="replace").splitlines() if name in line)
        yield from (f"{file.stem}: {line[:500]}" for line in islice(lines, MOST))


async def _ours(play: Play, places: dict[str, str], name: UUID | str) -> list[str]:
    found = []
    for table, where in places.items():
        rows = await play.town.fetch(f"SELECT * FROM {table} WHERE {where} LIMIT 40", name)
        found += [_row(table, dict(row)) for row in rows]
    return found


def _theirs(play: Play, receipt: str) -> Iterator[str]:
    for entry in play.town.mpesa.book.entries:
        if receipt in (entry.receipt, entry.linked):
            yield _row("M-Pesa's book", asdict(entry))


def _row(where: str, row: dict[str, Any]) -> str:
    """What is said in a row, without what is empty."""
    shown = (f"{name}={_short(value)}" for name, value in row.items() if value not in ([], {}) and not _is_dull(value))
    return f"{where}: {' '.join(shown)}"


def _is_dull(value: Any) -> bool:
    return isinstance(value, str | bool | None) and value in DULL


def _short(value: Any) -> str:
    text = value.decode(errors="replace") if isinstance(value, bytes) else str(value)
    return text.removesuffix("." + "0" * 18)[:300]
