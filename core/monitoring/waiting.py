"""That nothing waits unseen, as queries: whatever is open is looked at again, and soon, or a person has it to do.

Each answers two numbers: how many things it looked at, and how many of them are wrong.
"""

from __future__ import annotations

# Open is looked at again when the sweep knows its kind and its next look isn't farther away than any schedule has it: a day
# between two questions about a payment, a day and a half about a receipt. A payment out without its row of payouts is never
# sent, and a payment in by paybill is taken in whole or not at all. Money is held for a payment out as long as that is open,
# and no longer; a withdrawal is open as long as one of its payments is.
NOTHING_WAITS_UNSEEN = """
SELECT count(*), count(*) FILTER (WHERE NOT coalesce(seen OR next_check_at <= since + interval '2 days', false))
FROM (
  SELECT m.attention IS NOT NULL AND m.transaction_type <> 'c2b' AS seen,
    CASE WHEN m.transaction_type NOT IN ('c2b', 'b2c') OR EXISTS (SELECT FROM payouts p WHERE p.id = m.id)
      THEN m.next_check_at END AS next_check_at,
    greatest(m.created_at, m.sent_at, m.last_retry_at, m.updated_at) AS since
  FROM mpesa_transactions m WHERE m.status IN ('pending', 'processing')
  UNION ALL
  SELECT m.status IN ('pending', 'processing'), NULL, NULL
  FROM payouts p JOIN mpesa_transactions m ON m.id = p.id WHERE p.books = 'held'
  UNION ALL
  SELECT EXISTS (SELECT FROM payouts p WHERE p.withdrawal_id = w.id AND p.books = 'held'), NULL, NULL
  FROM withdrawals w WHERE w.ended_at IS NULL
  UNION ALL
  SELECT false, next_check_at, updated_at FROM payment_claims WHERE outcome = 'asking'
  UNION ALL
  SELECT false, next_check_at, received_at + interval '6 days' FROM unproven_payments WHERE outcome = 'asking'
) waiting
"""

# What a confirmation told of and M-Pesa hasn't proven is in no books; what is proven is there.
HELD_BACK_IS_IN_NO_BOOKS = """
SELECT count(*), count(*) FILTER (WHERE (u.outcome = 'proven') IS DISTINCT FROM (r.id IS NOT NULL))
FROM unproven_payments u
LEFT JOIN payments_received r ON r.provider = u.provider AND r.receipt = u.receipt
"""
