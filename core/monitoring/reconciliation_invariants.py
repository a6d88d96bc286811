"""What must be true between M-Pesa's statement, what it undid, and the books."""

from __future__ import annotations

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
  WHERE t.kind IN ('mpesa_reversal', 'mpesa_group_reversal', 'mpesa_reversal_short', 'mpesa_refund') GROUP BY t.key
) t ON t.key = r.id
"""

# Suspense holds what waits for its owner, less what M-Pesa moved of money that we had given away, and what people put there.
SUSPENSE_IS_THE_SUM_OF_ITS_REASONS = """
SELECT 1, (
  coalesce((SELECT sum(e.amount) FROM ledger_transfers t JOIN ledger_history e ON e.transfer_id = t.id
    JOIN ledger_balances b ON b.id = e.balance_id AND b.name = 'suspense' WHERE t.kind LIKE 'mpesa%'), 0) IS DISTINCT FROM
  coalesce((SELECT sum(amount) FROM payments_received WHERE transaction_id IS NULL AND reversed_at IS NULL), 0)
  - coalesce((SELECT sum(m.amount) FROM payouts p JOIN mpesa_transactions m ON m.id = p.id
    WHERE p.books = 'paid-after-release' AND m.status = 'completed' AND NOT EXISTS (
      SELECT FROM corrections c WHERE c.subject = m.mpesa_receipt_number AND c.kind <> 'dismiss' AND c.state = 'done')), 0)
  - coalesce((SELECT sum(r.amount) FROM payment_reversals r WHERE r.books = 'suspense' AND NOT EXISTS (
      SELECT FROM corrections c WHERE c.subject = r.original AND c.kind IN ('recover', 'write-off') AND c.state = 'done')), 0)
  + coalesce((SELECT sum(amount) FROM corrections WHERE kind = 'book' AND against = 'suspense' AND state = 'done'), 0))::int
"""

# A correction that was approved has one transfer under its id, and names two people; one that only explains has none.
CORRECTIONS_EQUAL_THEIR_TRANSFERS = """
SELECT count(*), count(*) FILTER (
  WHERE c.id IS NULL OR c.approved_by = c.requested_by OR c.approved_by IS NULL
    OR (t.key IS NULL) <> (c.against IS NOT DISTINCT FROM 'nothing'))
FROM (SELECT * FROM corrections WHERE state NOT IN ('requested', 'withdrawn')) c
FULL JOIN (
  SELECT key FROM ledger_transfers WHERE kind IN ('mpesa_correction', 'mpesa_group_correction', 'mpesa_refund_set_aside')
) t ON t.key = c.id
"""

# What is set aside to be sent back is what M-Pesa was asked to send back, less our own share of it, which leaves with it.
REFUNDS_ARE_SET_ASIDE = """
SELECT count(*), (count(*) FILTER (WHERE f.held IS DISTINCT FROM -f.balance))::int FROM (
  SELECT coalesce((SELECT sum(e.amount) FROM corrections c JOIN ledger_transfers t ON t.key = c.id AND c.state = 'sent'
    JOIN ledger_history e ON e.transfer_id = t.id JOIN ledger_balances b ON b.id = e.balance_id
    WHERE b.name = 'mpesa_refunds'), 0) AS held,
  -coalesce((SELECT sum(available) FROM ledger_balances WHERE kind = 'system' AND name = 'mpesa_refunds'), 0) AS balance
) f
"""

SENTENCES = (
    (SUSPENSE_IS_THE_SUM_OF_ITS_REASONS, "suspense is the sum of its reasons", "balances"),
    (CORRECTIONS_EQUAL_THEIR_TRANSFERS, "corrections are of two people, once", "corrections"),
    (REFUNDS_ARE_SET_ASIDE, "what is being sent back is set aside", "balances"),
    (ROWS_ARE_BOOKED_ONCE, "rows of the statement are booked once", "rows"),
    (REVERSALS_EQUAL_THEIR_TRANSFERS, "what M-Pesa undid equals its transfers", "reversals"),
)
