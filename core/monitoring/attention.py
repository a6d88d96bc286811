"""What no machine will end: payments that a person has to look at, each with why and for how long it has waited.

None of it is wrong with the books; it is work. What should have been looked at by the worker and wasn't is listed as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text

from core.kernel.db import UnitOfWork
from core.kernel.money import Money

# The worker looks at everything that is due within a minute; after this long it is away or something keeps failing.
FORGOTTEN_AFTER = timedelta(minutes=15)
MOST_SHOWN = 200


@dataclass(frozen=True)
class Task:
    """One thing to look at. `name`: a receipt, or the id of a transaction, a claim or a callback."""

    kind: str
    name: str
    why: str
    amount: Money | None
    age: timedelta


async def tasks(uow: UnitOfWork) -> list[Task]:
    """Everything that waits for a person, the oldest first; at most MOST_SHOWN."""
    now = uow.clock.now()
    asked = {"forgotten": now - FORGOTTEN_AFTER, "most": MOST_SHOWN}
    rows = (await uow.session.execute(_WAITING, asked)).all()
    return [
        Task(row.kind, row.name, row.why, None if row.amount is None else Money.from_decimal(row.amount), now - row.since)
        for row in rows
    ]


_WAITING = text("""
SELECT * FROM (
  SELECT 'payment' AS kind, id::text AS name, status || ', ' || attention AS why, amount, created_at AS since
  FROM mpesa_transactions WHERE attention IS NOT NULL
  UNION ALL
  SELECT 'payment', id::text, status || ', not looked at since ' || to_char(next_check_at, 'YYYY-MM-DD HH24:MI'), amount,
    next_check_at
  FROM mpesa_transactions
  WHERE status IN ('pending', 'processing') AND attention IS NULL AND next_check_at < :forgotten
  UNION ALL
  SELECT 'suspense', receipt, suspense_reason, amount, received_at FROM payments_received
  WHERE transaction_id IS NULL AND reversed_at IS NULL
  UNION ALL
  SELECT 'reversal', original, attention, amount, created_at FROM payment_reversals WHERE attention IS NOT NULL
  UNION ALL
  SELECT 'statement', receipt, kind || ' of the statement: ' || outcome, amount, decided_at FROM statement_rows
  WHERE state = 'open'
  UNION ALL
  SELECT 'correction', subject, kind || CASE state WHEN 'sent' THEN ', ' || attention ELSE ' waits for a second person' END,
    amount, requested_at
  FROM corrections WHERE state = 'requested' OR state = 'sent' AND attention IS NOT NULL
  UNION ALL
  SELECT 'claim', receipt, 'not provably the claimant''s', NULL, updated_at FROM payment_claims c WHERE outcome = 'refused'
    AND EXISTS (SELECT FROM payments_received p WHERE p.receipt = c.receipt AND p.transaction_id IS NULL)
  UNION ALL
  SELECT 'claim', receipt, 'not asked about in time', NULL, next_check_at FROM payment_claims
  WHERE outcome = 'asking' AND next_check_at < :forgotten
  UNION ALL
  SELECT 'group', id::text, 'paid, not passed on to the group', amount, updated_at FROM mpesa_transactions
  WHERE for_dao IS NOT NULL AND passed_on_at IS NULL AND status = 'completed' AND updated_at < :forgotten
  UNION ALL
  SELECT 'unproven', receipt, 'held back, M-Pesa never confirmed it: ' || coalesce(doubted, ''), amount, received_at
  FROM unproven_payments WHERE outcome = 'unproven'
  UNION ALL
  SELECT 'unproven', receipt, 'held back, not asked about in time', amount, next_check_at
  FROM unproven_payments WHERE outcome = 'asking' AND next_check_at < :forgotten
  UNION ALL
  SELECT 'callback', id::text, 'not read', NULL, received_at FROM payment_callbacks
  WHERE processed_at IS NULL AND received_at < :forgotten
) waiting ORDER BY since LIMIT :most
""")
