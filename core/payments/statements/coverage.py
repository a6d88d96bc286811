"""Which time the imported statements cover without a gap, and what our books say of that time that M-Pesa's don't.

Within a file the running balance proves that no row is missing; from one file to the next they overlap, or the later one opens
with what the earlier one closed with. Only then is a row's absence a proof.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select, text

from core.kernel.db import UnitOfWork
from core.kernel.money import Money
from core.payments.statement_models import ImportedStatement
from core.payments.statements.rows import UTILITY


@dataclass(frozen=True)
class Span:
    """A time without gaps, and what the utility account held at its end."""

    since: datetime
    until: datetime
    closing: Decimal


@dataclass(frozen=True)
class Unstated:
    """A payment that our books have and M-Pesa's statement of that time hasn't. `kind`: payment or payout."""

    kind: str
    receipt: str
    amount: Money
    at: datetime


async def spans(uow: UnitOfWork) -> list[Span]:
    """The times that are covered, the earliest first."""
    files = select(ImportedStatement).where(ImportedStatement.finished_at.is_not(None)).order_by(ImportedStatement.first_at)
    found: list[Span] = []
    for file in await uow.session.scalars(files):
        if (kept := file.accounts.get(UTILITY)) is None:
            continue
        opening, closing = Decimal(kept["opening"]), Decimal(kept["closing"])
        last = found[-1] if found else None
        if last is None or (file.first_at > last.until and opening != last.closing):
            found.append(Span(file.first_at, file.last_at, closing))
        elif file.last_at >= last.until:
            found[-1] = Span(last.since, file.last_at, closing)
    return found


async def unstated(uow: UnitOfWork, *, limit: int = 200) -> list[Unstated]:
    """What we have booked as paid at a time whose statement doesn't have it, the oldest first."""
    rows = (await uow.session.execute(_UNSTATED, {"limit": limit})).all()
    return [Unstated(row.kind, row.receipt, Money.from_decimal(row.amount), row.at) for row in rows]


# The edges are left out: what happened in the same second as a file's first or last row may stand in the next file. What M-Pesa
# told no time of happened between our request and the news of it, so a file has to cover both.
_UNSTATED = text("""
SELECT kind, receipt, amount, until AS at FROM (
  SELECT 'payment' AS kind, p.receipt, p.amount, coalesce(p.paid_at, m.sent_at) AS since,
    coalesce(p.paid_at, p.received_at) AS until
  FROM payments_received p LEFT JOIN mpesa_transactions m ON m.id = p.transaction_id AND m.transaction_type = 'stk_push'
  WHERE NOT EXISTS (SELECT FROM statement_rows r WHERE r.receipt = p.receipt AND r.amount = p.amount)
  UNION ALL
  SELECT 'payout', m.mpesa_receipt_number, m.amount, coalesce(m.transaction_date, m.sent_at),
    coalesce(m.transaction_date, m.updated_at)
  FROM mpesa_transactions m WHERE m.transaction_type = 'b2c' AND m.status IN ('completed', 'reversed')
    AND NOT EXISTS (SELECT FROM statement_rows r WHERE r.receipt = m.mpesa_receipt_number AND r.amount = -m.amount)
) booked
WHERE EXISTS (SELECT FROM statement_files f WHERE f.finished_at IS NOT NULL AND f.accounts ? 'utility'
  AND f.first_at < booked.since AND booked.until < f.last_at)
ORDER BY at, receipt LIMIT :limit
""")
