"""What must be true between M-Pesa's statement, what it undid, and the books."""

from __future__ import annotations

from core.monitoring.checks import Check, Invariant

# A row that made a transfer of its own moved the mirror of its account by exactly what it says.
ROWS_ARE_BOOKED_ONCE = """
SELECT count(*), count(*) FILTER (WHERE t.moved IS DISTINCT FROM -r.amount)
FROM (
  SELECT booked, amount, CASE account WHEN 'utility' THEN 'mpesa_utility' WHEN 'working' THEN 'mpesa_working'
    ELSE 'mpesa_charges_paid' END AS mirror
  FROM statement_rows WHERE booked IS NOT NULL AND state = 'matched'
) r
FULL JOIN (
  SELECT t.key, b.name, sum(e.amount) AS moved
  FROM ledger_transfers t JOIN ledger_history e ON e.transfer_id = t.id JOIN ledger_balances b ON b.id = e.balance_id
  WHERE t.kind IN ('mpesa_statement_charge', 'mpesa_own_movement') GROUP BY t.key, b.name
) t ON t.key = r.booked AND t.name = r.mirror
WHERE r.booked IS NOT NULL OR NOT EXISTS (SELECT FROM statement_rows s WHERE s.booked = t.key)
"""

# What M-Pesa undid left its mirror, or came back to it, under the reversal's id.
REVERSALS_EQUAL_THEIR_TRANSFERS = """
SELECT count(*), count(*) FILTER (WHERE t.moved IS DISTINCT FROM CASE r.direction WHEN 'in' THEN r.amount ELSE -r.amount END)
FROM payment_reversals r
FULL JOIN (
  SELECT t.key, sum(e.amount) AS moved
  FROM ledger_transfers t JOIN ledger_history e ON e.transfer_id = t.id
  JOIN ledger_balances b ON b.id = e.balance_id AND b.name = 'mpesa_utility'
  WHERE t.kind IN ('mpesa_reversal', 'mpesa_reversal_short', 'mpesa_refund') GROUP BY t.key
) t ON t.key = r.id
"""

CHECKS = (
    Check(ROWS_ARE_BOOKED_ONCE, (Invariant("rows of the statement are booked once", "rows"),)),
    Check(REVERSALS_EQUAL_THEIR_TRANSFERS, (Invariant("what M-Pesa undid equals its transfers", "reversals"),)),
)
