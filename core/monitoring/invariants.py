"""What must be true of the books at every moment, each as one query.

A query answers two numbers: how many things it looked at, and how many of them are wrong. They recompute everything from
the entries and believe no column that could have been changed later; they read only.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Invariant:
    """A sentence that must hold. `things` names what is counted."""

    name: str
    things: str
    query: str


TRANSFERS_SUM_TO_ZERO = """
SELECT count(*), count(*) FILTER (WHERE total <> 0)
FROM (SELECT sum(amount) AS total FROM ledger_entries GROUP BY transfer_id, currency) sums
"""

CURRENCIES_SUM_TO_ZERO = """
SELECT count(*), count(*) FILTER (WHERE total <> 0)
FROM (SELECT sum(amount) AS total FROM ledger_entries GROUP BY currency) sums
"""

TRANSFERS_ARE_WHOLE = """
SELECT count(*), count(*) FILTER (WHERE t.legs IS DISTINCT FROM e.legs)
FROM ledger_transfers t
FULL JOIN (SELECT transfer_id, count(*) AS legs FROM ledger_entries GROUP BY transfer_id) e ON e.transfer_id = t.id
"""

BALANCES_EQUAL_THEIR_ENTRIES = """
SELECT count(*), count(*) FILTER (
  WHERE (b.available, b.pending, b.locked) IS DISTINCT FROM
    (coalesce(e.available, 0), coalesce(e.pending, 0), coalesce(e.locked, 0)))
FROM ledger_balances b
FULL JOIN (
  SELECT balance_id, sum(amount) FILTER (WHERE bucket = 'available') AS available,
    sum(amount) FILTER (WHERE bucket = 'pending') AS pending, sum(amount) FILTER (WHERE bucket = 'locked') AS locked
  FROM ledger_entries GROUP BY balance_id
) e ON e.balance_id = b.id
"""

BALANCES_EQUAL_THEIR_LAST_ENTRY = """
SELECT count(*), count(*) FILTER (WHERE held.held IS DISTINCT FROM coalesce(last.after, 0))
FROM ledger_balances b
CROSS JOIN LATERAL (
  VALUES ('available'::ledger_bucket, b.available), ('pending', b.pending), ('locked', b.locked)) held(bucket, held)
LEFT JOIN (
  SELECT DISTINCT ON (balance_id, bucket) balance_id, bucket, after
  FROM ledger_entries ORDER BY balance_id, bucket, seq DESC
) last ON last.balance_id = b.id AND last.bucket = held.bucket
"""

ENTRIES_CARRY_THE_RUNNING_BALANCE = """
SELECT count(*), count(*) FILTER (WHERE after IS DISTINCT FROM running)
FROM (
  SELECT after, sum(amount) OVER (PARTITION BY balance_id, bucket ORDER BY seq) AS running FROM ledger_entries
) history
"""

SEQUENCES_ARE_GAPLESS = """
SELECT count(*), count(*) FILTER (
  WHERE (b.seq, b.seq, least(b.seq, 1)) IS DISTINCT FROM
    (coalesce(e.steps, 0), coalesce(e.last, 0), coalesce(e.first, 0)))
FROM ledger_balances b
FULL JOIN (
  SELECT balance_id, count(*) AS steps, min(seq) AS first, max(seq) AS last FROM ledger_entries GROUP BY balance_id
) e ON e.balance_id = b.id
"""

# Looks at every entry, not only at today's balances: overdrawn for a moment is overdrawn.
NOBODY_WAS_EVER_OVERDRAWN = """
SELECT count(*), count(*) FILTER (WHERE running < 0 OR after < 0 OR least(b.available, b.pending, b.locked) < 0)
FROM ledger_balances b
JOIN (
  SELECT balance_id, after, sum(amount) OVER (PARTITION BY balance_id, bucket ORDER BY seq) AS running
  FROM ledger_entries
) history ON history.balance_id = b.id
WHERE b.kind <> 'system'
"""

ENTRIES_KEEP_TO_THEIR_CURRENCY = """
SELECT count(*), count(*) FILTER (
  WHERE e.currency IS DISTINCT FROM b.currency OR e.amount = 'NaN' OR e.amount = 0
    OR e.amount <> trunc(e.amount, CASE e.currency WHEN 'KES' THEN 2 ELSE 18 END))
FROM ledger_entries e LEFT JOIN ledger_balances b ON b.id = e.balance_id
"""

KEYS_MOVED_MONEY_ONCE = """
SELECT count(*), count(*) FILTER (WHERE times > 1) FROM (SELECT count(*) AS times FROM ledger_transfers GROUP BY key) keys
"""

KEYS_HAVE_ONE_ANSWER = """
SELECT count(*), count(*) FILTER (WHERE answers > 1)
FROM (
  SELECT count(*) AS answers
  FROM (SELECT key FROM ledger_transfers UNION ALL SELECT key FROM ledger_rejections) keys GROUP BY key
) answered
"""

# Each end of a hold has its word in ledger_resolutions and each such word its transfer; and all that was held has left.
HOLDS_END_ONCE = """
SELECT count(*), count(*) FILTER (
  WHERE (h.step, t.step, t.ref_transfer) IS DISTINCT FROM ('pending', r.outcome, h.id)
    OR (SELECT bool_or(total <> 0) FROM (
      SELECT sum(e.amount) AS total FROM ledger_entries e
      WHERE e.transfer_id IN (h.id, t.id) AND e.bucket <> 'available' GROUP BY e.balance_id, e.bucket) left_over)
    OR (t.step = 'expire' AND t.event_at < h.expires_at))
FROM ledger_resolutions r
FULL JOIN (SELECT * FROM ledger_transfers WHERE step IN ('post', 'void', 'expire')) t ON t.id = r.transfer_id
LEFT JOIN ledger_transfers h ON h.id = coalesce(r.pending_transfer, t.ref_transfer)
"""

WHAT_IS_SET_ASIDE_IS_HELD = """
SELECT count(*), count(*) FILTER (WHERE b.pending + b.locked IS DISTINCT FROM coalesce(held.amount, 0))
FROM ledger_balances b
LEFT JOIN (
  SELECT e.balance_id, sum(e.amount) AS amount
  FROM ledger_transfers t JOIN ledger_entries e ON e.transfer_id = t.id AND e.bucket <> 'available'
  WHERE t.step = 'pending' AND NOT EXISTS (SELECT FROM ledger_resolutions r WHERE r.pending_transfer = t.id)
  GROUP BY e.balance_id
) held ON held.balance_id = b.id
"""

REVERSALS_UNDO_ONE_TRANSFER_ONCE = """
SELECT count(*), count(*) FILTER (
  WHERE coalesce((SELECT f.step NOT IN ('single', 'post') FROM ledger_transfers f WHERE f.id = t.ref_transfer), true)
    OR (SELECT count(*) FROM ledger_transfers o WHERE o.ref_transfer = t.ref_transfer AND o.step = 'reverse') > 1
    OR (SELECT bool_or(total <> 0) FROM (
      SELECT sum(e.amount) AS total FROM ledger_entries e
      WHERE e.transfer_id IN (t.id, t.ref_transfer) GROUP BY e.balance_id) left_over))
FROM ledger_transfers t WHERE t.step = 'reverse'
"""

OWNERS_HAVE_ONE_BALANCE = """
SELECT count(*), count(*) FILTER (WHERE times > 1)
FROM (SELECT count(*) AS times FROM ledger_balances GROUP BY kind, user_id, dao_id, name, currency) owners
"""

VIEWS_SHOW_THE_BOOKS = """
SELECT count(*), count(*) FILTER (WHERE shown.total IS DISTINCT FROM coalesce(e.total, 0))
FROM (SELECT id, total_balance AS total FROM user_balances UNION ALL SELECT id, total_balance FROM dao_treasuries) shown
FULL JOIN (
  SELECT balance_id, sum(amount) AS total FROM ledger_entries
  WHERE balance_id IN (SELECT id FROM ledger_balances WHERE kind IN ('member', 'treasury')) GROUP BY balance_id
) e ON e.balance_id = shown.id
"""

# A deposit's id is the key of its transfer. Paid, it took the amount from the M-Pesa mirror and gave the member the rest.
DEPOSITS_EQUAL_THEIR_TRANSFERS = """
SELECT count(*), count(*) FILTER (
  WHERE (d.amount, d.amount - d.fee_amount, d.user_id) IS DISTINCT FROM (-t.paid_in, t.credited, t.user_id))
FROM (
  SELECT id, user_id, amount, fee_amount FROM mpesa_transactions
  WHERE transaction_type = 'stk_push' AND status IN ('completed', 'reversed')
) d
FULL JOIN (
  SELECT t.key, sum(e.amount) FILTER (WHERE b.name = 'mpesa_utility') AS paid_in,
    sum(e.amount) FILTER (WHERE b.kind = 'member') AS credited, min(b.user_id::text)::uuid AS user_id
  FROM ledger_transfers t JOIN ledger_entries e ON e.transfer_id = t.id JOIN ledger_balances b ON b.id = e.balance_id
  WHERE t.kind = 'mpesa_deposit' GROUP BY t.key
) t ON t.key = d.id
"""

FEES_EQUAL_THEIR_ENTRIES = """
SELECT count(*), count(*) FILTER (WHERE f.amount IS DISTINCT FROM e.amount)
FROM (
  SELECT transaction_id, currency, sum(fee_amount) AS amount FROM transaction_fees
  WHERE fee_type = 'platform_fee' GROUP BY transaction_id, currency
) f
FULL JOIN (
  SELECT t.key, e.currency, sum(e.amount) AS amount
  FROM ledger_entries e JOIN ledger_balances b ON b.id = e.balance_id JOIN ledger_transfers t ON t.id = e.transfer_id
  WHERE b.kind = 'system' AND b.name = 'platform_fees' GROUP BY t.key, e.currency
) e ON e.key = f.transaction_id AND e.currency = f.currency
"""

CONTRIBUTIONS_EQUAL_THEIR_TRANSFERS = """
SELECT count(*), count(*) FILTER (
  WHERE (c.user_id, c.dao_id, c.currency, c.amount, -c.amount, c.intent) IS DISTINCT FROM
    (t.user_id, t.dao_id, t.currency, t.received, t.given, t.key))
FROM contributions c
FULL JOIN (
  SELECT t.id, t.key, e.currency, sum(e.amount) FILTER (WHERE b.kind = 'treasury') AS received,
    sum(e.amount) FILTER (WHERE b.kind = 'member') AS given, min(b.user_id::text)::uuid AS user_id,
    (min(b.dao_id::text) FILTER (WHERE b.kind = 'treasury'))::uuid AS dao_id
  FROM ledger_transfers t JOIN ledger_entries e ON e.transfer_id = t.id JOIN ledger_balances b ON b.id = e.balance_id
  WHERE t.kind = 'contribution' GROUP BY t.id, t.key, e.currency
) t ON t.id = c.transfer_id
"""

INVARIANTS = (
    Invariant("each transfer sums to zero in each currency", "sums", TRANSFERS_SUM_TO_ZERO),
    Invariant("all money of a currency sums to zero", "currencies", CURRENCIES_SUM_TO_ZERO),
    Invariant("each transfer has exactly its entries", "transfers", TRANSFERS_ARE_WHOLE),
    Invariant("each balance equals the sum of its entries", "balances", BALANCES_EQUAL_THEIR_ENTRIES),
    Invariant("each balance equals its last entry", "buckets", BALANCES_EQUAL_THEIR_LAST_ENTRY),
    Invariant("each entry carries the running balance", "entries", ENTRIES_CARRY_THE_RUNNING_BALANCE),
    Invariant("entries are numbered without gaps", "balances", SEQUENCES_ARE_GAPLESS),
    Invariant("nobody was ever overdrawn", "entries", NOBODY_WAS_EVER_OVERDRAWN),
    Invariant("entries keep to their currency and its decimals", "entries", ENTRIES_KEEP_TO_THEIR_CURRENCY),
    Invariant("each key moved money once", "keys", KEYS_MOVED_MONEY_ONCE),
    Invariant("each key has one answer", "keys", KEYS_HAVE_ONE_ANSWER),
    Invariant("each hold ends once and entirely", "ends of holds", HOLDS_END_ONCE),
    Invariant("what is set aside is what open holds hold", "balances", WHAT_IS_SET_ASIDE_IS_HELD),
    Invariant("what was taken back was one transfer, once", "reversals", REVERSALS_UNDO_ONE_TRANSFER_ONCE),
    Invariant("each owner has one balance per currency", "owners", OWNERS_HAVE_ONE_BALANCE),
    Invariant("the balances that are shown are those of the books", "balances", VIEWS_SHOW_THE_BOOKS),
    Invariant("completed deposits equal their transfers", "deposits", DEPOSITS_EQUAL_THEIR_TRANSFERS),
    Invariant("fees charged equal fees booked", "fees", FEES_EQUAL_THEIR_ENTRIES),
    Invariant("contributions equal their transfers", "contributions", CONTRIBUTIONS_EQUAL_THEIR_TRANSFERS),
)
