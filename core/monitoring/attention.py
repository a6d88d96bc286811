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
# The last question about a charge comes after a day, the statement with the next night.
UNTOLD_AFTER = timedelta(days=3)
# Whoever heard nothing of her money for a week has asked by then.
LATELY = timedelta(days=7)
# The messages that say what became of somebody's money.
RECEIPTS = (
    *("deposit", "withdrawal", "contribution_receipt", "contribution_for_you", "loan_receipt", "shares_receipt"),
    *("merry_receipt", "merry_paid", "share_out_mine", "welfare_paid", "treasury", "recurring_payment", "waiver"),
)
MOST_SHOWN = 200


@dataclass(frozen=True)
class Task:
    """One thing to look at. `name`: a receipt, or the id of a transaction, a claim, a callback, a message, or a job."""

    kind: str
    name: str
    why: str
    amount: Money | None
    age: timedelta


async def tasks(uow: UnitOfWork) -> list[Task]:
    """Everything that waits for a person, the oldest first; at most MOST_SHOWN."""
    now = uow.clock.now()
    asked = {
        "forgotten": now - FORGOTTEN_AFTER,
        "untold": now - UNTOLD_AFTER,
        "lately": now - LATELY,
        "receipts": list(RECEIPTS),
        "most": MOST_SHOWN,
    }
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
  -- M-Pesa's own charge: nobody has said it after every question, and the day's statement hasn't either; or it isn't booked.
  SELECT 'charge', p.id::text, 'M-Pesa never told what it charged', m.amount, m.updated_at
  FROM payouts p JOIN mpesa_transactions m ON m.id = p.id
  WHERE p.real_charge IS NULL AND p.charge_questions >= 3 AND p.books IN ('paid', 'paid-after-release')
    AND m.updated_at < :untold
  UNION ALL
  SELECT 'charge', p.id::text, 'told, not booked', p.real_charge, m.updated_at
  FROM payouts p JOIN mpesa_transactions m ON m.id = p.id
  WHERE p.real_charge IS NOT NULL AND p.charge_booked_at IS NULL AND m.updated_at < :forgotten
  UNION ALL
  SELECT 'request', id::text, 'paid, the group was never told', amount, paid_at FROM treasury_requests
  WHERE status = 'paid' AND NOT told && ARRAY['paid', 'part'] AND paid_at < :forgotten
  UNION ALL
  SELECT 'message', id::text, template || ' by SMS never arrived: ' || coalesce(error_message, ''), NULL, created_at
  FROM sms_delivery_log WHERE status = 'failed' AND template = ANY (:receipts) AND created_at > :lately
  UNION ALL
  -- A receipt in a chat that no SMS has taken the place of.
  SELECT 'message', id::text, 'receipt in a chat never arrived: ' || coalesce(error_message, ''), NULL, created_at
  FROM chat_delivery_log
  WHERE status = 'failed' AND card IS NOT NULL AND fallback_phone IS NULL AND created_at > :lately
  UNION ALL
  SELECT 'job', job_id::text, job || ' given up: ' || error, NULL, failed_at FROM job_failures WHERE resolved_at IS NULL
  UNION ALL
  SELECT 'callback', id::text, 'not read', NULL, received_at FROM payment_callbacks
  WHERE processed_at IS NULL AND received_at < :forgotten
) waiting ORDER BY since LIMIT :most
""")
