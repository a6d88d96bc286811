"""Rows that say what the books know already: nearly all of an ordinary day, decided together in a few statements.

Nothing moves by them. Whatever isn't quite what we know is left to be decided row by row.
"""

from __future__ import annotations

from sqlalchemy import text

from core.kernel.db import UnitOfWork


async def match_known(uow: UnitOfWork) -> int:
    """Mark every row that is known; returns how many there were."""
    now = uow.clock.now()
    return sum([len((await uow.session.execute(known, {"now": now})).all()) for known in (_PAYMENTS, _PAYOUTS, _CHARGES)])


# Payments that other sources told, with the same amount, and that were credited. What a member claimed is read by itself: the
# statement may tell which prompt it answered.
_PAYMENTS = text("""
WITH known AS (
  SELECT r.id AS row, r.at, p.id AS payment FROM statement_rows r
  JOIN payments_received p ON p.receipt = r.receipt AND p.amount = r.amount AND p.provider = 'mpesa'
  WHERE r.kind = 'payment' AND r.state IN ('new', 'open') AND p.transaction_id IS NOT NULL
    AND p.assigned_by IS DISTINCT FROM 'claim'
  ORDER BY p.id FOR UPDATE OF p
), told AS (
  UPDATE payments_received p SET sources = sources || '{statement}', paid_at = coalesce(p.paid_at, known.at)
  FROM known WHERE p.id = known.payment AND NOT sources @> '{statement}'
)
UPDATE statement_rows SET state = 'matched', outcome = 'repeated', decided_at = :now
WHERE id IN (SELECT row FROM known) RETURNING id
""")

# Payments out that M-Pesa has told of, with the same amount. A receipt stays with its payment for ever.
_PAYOUTS = text("""
UPDATE statement_rows r SET state = 'matched', outcome = 'paid', decided_at = :now
FROM mpesa_transactions m WHERE m.transaction_type = 'b2c' AND m.mpesa_receipt_number = r.receipt AND m.amount = -r.amount
  AND r.kind = 'payout' AND r.state IN ('new', 'open') AND r.account IN ('utility', 'working')
RETURNING r.id
""")

# Charges of those that are booked as the row says, on the account on which they accrue.
_CHARGES = text("""
UPDATE statement_rows r SET state = 'matched', outcome = 'charge booked', decided_at = :now
FROM mpesa_transactions m JOIN payouts p ON p.id = m.id
WHERE m.mpesa_receipt_number = r.receipt AND p.real_charge = -r.amount AND p.charge_booked_at IS NOT NULL
  AND r.kind = 'charge' AND r.state IN ('new', 'open') AND r.account = 'charges'
RETURNING r.id
""")
