"""What must be true of what members owe and pay; the sentences that `core.monitoring.invariants` adds to the books'."""

from __future__ import annotations

# Each part of a payment is a leg of its transfer, purpose by purpose. What is planned may not be posted yet, and what is posted
# not marked yet; a void payment has no transfer, or one that was taken back.
PAYMENTS_EQUAL_THEIR_TRANSFERS = """
SELECT count(*), count(*) FILTER (
  WHERE l.amount IS DISTINCT FROM t.amount AND NOT (t.key IS NULL AND l.state = 'planned'))
FROM (
  SELECT p.intent, p.state, coalesce(n.purpose, 'credit') AS purpose, sum(n.amount) AS amount
  FROM contribution_payments p JOIN contribution_lines n ON n.payment_id = p.id
  WHERE p.state <> 'void' GROUP BY 1, 2, 3
) l
FULL JOIN (
  SELECT t.key, CASE b.kind WHEN 'treasury' THEN 'treasury' WHEN 'pot' THEN b.name ELSE 'credit' END AS purpose,
    sum(e.amount) AS amount
  FROM ledger_transfers t JOIN ledger_history e ON e.transfer_id = t.id JOIN ledger_balances b ON b.id = e.balance_id
  WHERE t.kind IN ('contribution', 'contribution_credit', 'contribution_return')
    AND NOT (b.kind = 'member' AND (b.dao_id IS NULL OR t.kind = 'contribution_credit'))
    AND NOT EXISTS (SELECT FROM ledger_transfers r WHERE r.ref_transfer = t.id AND r.step = 'reverse')
  GROUP BY 1, 2
) t ON t.key = l.intent AND t.purpose = l.purpose
"""

PAYMENTS_ADD_UP = """
SELECT count(*), count(*) FILTER (WHERE p.amount IS DISTINCT FROM n.amount)
FROM contribution_payments p
LEFT JOIN (SELECT payment_id, sum(amount) AS amount FROM contribution_lines GROUP BY payment_id) n ON n.payment_id = p.id
"""

CHARGES_KNOW_WHAT_WAS_PAID = """
SELECT count(*), count(*) FILTER (
  WHERE (c.paid, c.waived) IS DISTINCT FROM (coalesce(n.amount, 0), coalesce(w.amount, 0)) OR c.paid + c.waived > c.amount)
FROM contribution_charges c
LEFT JOIN (
  SELECT l.charge_id, sum(l.amount) AS amount FROM contribution_lines l JOIN contribution_payments p ON p.id = l.payment_id
  WHERE p.state <> 'void' AND l.charge_id IS NOT NULL GROUP BY 1
) n ON n.charge_id = c.id
LEFT JOIN (SELECT charge_id, sum(amount) AS amount FROM charge_waivers GROUP BY 1) w ON w.charge_id = c.id
"""

FINES_KEEP_TO_THEIR_CAP = """
SELECT count(*), count(*) FILTER (WHERE cap > 0 AND fined > cap)
FROM (
  SELECT fines_for, sum(amount) AS fined, max((terms ->> 'fine_cap')::numeric) / 100 AS cap
  FROM contribution_charges WHERE fines_for IS NOT NULL GROUP BY fines_for
) f
"""

# A run is one due date, counted from the first; it is paid by one contribution, or by one deposit for the group.
RUNS_ARE_PAID_ONCE = """
SELECT count(*), count(*) FILTER (WHERE
  (r.state = 'paid') IS DISTINCT FROM (r.payment_id IS NOT NULL)
  OR r.state = 'paid' AND NOT EXISTS (SELECT FROM contribution_payments p WHERE p.intent = r.payment_id AND p.state = 'posted')
    AND NOT EXISTS (SELECT FROM mpesa_transactions m WHERE m.id = r.payment_id AND m.status IN ('completed', 'reversed'))
  OR r.number > o.next_number OR r.number < o.next_number AND r.state NOT IN ('paid', 'missed'))
FROM recurring_runs r JOIN recurring_payments o ON o.id = r.recurring_id
"""

RECURRING_COUNTS_ITS_RUNS = """
SELECT count(*), count(*) FILTER (WHERE o.successful_payments IS DISTINCT FROM coalesce(r.paid, 0))
FROM recurring_payments o
LEFT JOIN (SELECT recurring_id, count(*) AS paid FROM recurring_runs WHERE state = 'paid' GROUP BY 1) r ON r.recurring_id = o.id
"""

SENTENCES = (
    (PAYMENTS_EQUAL_THEIR_TRANSFERS, "shared payments equal their transfers", "parts"),
    (PAYMENTS_ADD_UP, "the parts of each payment add up to it", "payments"),
    (CHARGES_KNOW_WHAT_WAS_PAID, "what is owed knows what was paid and waived", "charges"),
    (FINES_KEEP_TO_THEIR_CAP, "fines keep to their cap", "late charges"),
    (RUNS_ARE_PAID_ONCE, "each due date of a recurring payment is paid once", "due dates"),
    (RECURRING_COUNTS_ITS_RUNS, "recurring payments count what they paid", "recurring payments"),
)
