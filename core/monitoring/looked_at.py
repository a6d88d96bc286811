"""What is looked at of the books, and when it is wrong: counted by the audit, and named where something is.

Written once, so that what is named is exactly what was counted.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LookedAt:
    """Rows, as they stand after FROM, and what is true of a wrong one of them."""

    rows: str
    wrong: str

    @property
    def counted(self) -> str:
        """How many there are, and how many of them are wrong."""
        return f"SELECT count(*), count(*) FILTER (WHERE {self.wrong})\nFROM {self.rows}"

    def named(self, name: str) -> str:
        """What `name` makes of each that is wrong."""
        return f"SELECT {name} FROM {self.rows}\nWHERE {self.wrong}"


ENTRIES_KEEP_TO_THEIR_CURRENCY = LookedAt(
    rows="""ledger_history e LEFT JOIN ledger_balances b ON b.id = e.balance_id""",
    wrong="""e.currency IS DISTINCT FROM b.currency OR e.amount = 'NaN' OR e.amount = 0
    OR e.amount <> trunc(e.amount, CASE e.currency WHEN 'KES' THEN 2 ELSE 18 END)""",
)

# Each end of a hold has its word in ledger_resolutions and each such word its transfer; and all that was held has left.
HOLDS_END_ONCE = LookedAt(
    rows="""ledger_resolutions r
FULL JOIN (SELECT * FROM ledger_transfers WHERE step IN ('post', 'void', 'expire')) t ON t.id = r.transfer_id
LEFT JOIN ledger_transfers h ON h.id = coalesce(r.pending_transfer, t.ref_transfer)""",
    wrong="""(h.step, t.step, t.ref_transfer) IS DISTINCT FROM ('pending', r.outcome, h.id)
    OR (SELECT bool_or(total <> 0) FROM (
      SELECT sum(e.amount) AS total FROM ledger_history e
      WHERE e.transfer_id IN (h.id, t.id) AND e.bucket <> 'available' GROUP BY e.balance_id, e.bucket) left_over)
    OR (t.step = 'expire' AND t.event_at < h.expires_at)""",
)

WHAT_IS_SET_ASIDE_IS_HELD = LookedAt(
    rows="""ledger_balances b
LEFT JOIN (
  SELECT e.balance_id, sum(e.amount) AS amount
  FROM ledger_transfers t JOIN ledger_history e ON e.transfer_id = t.id AND e.bucket <> 'available'
  WHERE t.step = 'pending' AND NOT EXISTS (SELECT FROM ledger_resolutions r WHERE r.pending_transfer = t.id)
  GROUP BY e.balance_id
) held ON held.balance_id = b.id""",
    wrong="""b.pending + b.locked IS DISTINCT FROM coalesce(held.amount, 0)""",
)

REVERSALS_UNDO_ONE_TRANSFER_ONCE = LookedAt(
    rows="""(SELECT * FROM ledger_transfers WHERE step = 'reverse') t""",
    wrong="""
    coalesce((SELECT bool_or(f.step NOT IN ('single', 'post')) FROM ledger_transfers f WHERE f.id = t.ref_transfer), true)
    OR (SELECT count(*) FROM ledger_transfers o WHERE o.ref_transfer = t.ref_transfer AND o.step = 'reverse') > 1
    OR (SELECT bool_or(total <> 0) FROM (
      SELECT sum(e.amount) AS total FROM ledger_history e
      WHERE e.transfer_id IN (t.id, t.ref_transfer) GROUP BY e.balance_id) left_over)""",
)

# What was archived, month by month, is what the months were closed with: the highest number that had gone by then, since a
# clock that was set back gives later numbers earlier times.
OPENINGS_EQUAL_THE_ARCHIVE = LookedAt(
    rows="""ledger_openings o
FULL JOIN (
  SELECT balance_id, month, max(seq) OVER (PARTITION BY balance_id ORDER BY month) AS seq
  FROM (
    SELECT balance_id, date_trunc('month', posted_at AT TIME ZONE 'UTC')::date AS month, max(seq) AS seq
    FROM ledger_entries_archive GROUP BY 1, 2
  ) months
) a ON a.balance_id = o.balance_id AND a.month = o.month
LEFT JOIN LATERAL ledger_balance_after(a.balance_id, a.seq) held ON true""",
    wrong="""(o.seq, o.available, o.pending, o.locked) IS DISTINCT FROM (a.seq, held.available, held.pending, held.locked)""",
)

# A seal names the one before it, begins where that ends, and is what its own hash says.
SEALS_FORM_A_CHAIN = LookedAt(
    rows="""ledger_seals s
JOIN (
  SELECT number, row_number() OVER w AS nth, lag(upto) OVER w AS upto, lag(hash) OVER w AS hash
  FROM ledger_seals WINDOW w AS (ORDER BY number)
) before ON before.number = s.number""",
    wrong="""(s.number, s.since, s.previous, s.hash) IS DISTINCT FROM
    (before.nth, coalesce(before.upto, 0), coalesce(before.hash, ''), ledger_seal_hash(s))""",
)
