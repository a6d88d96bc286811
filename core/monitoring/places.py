"""Where an invariant of the books is broken: asked only when it is, so that whoever audits knows what to look at.

A query answers names of what is wrong, the first few; people read them, and look further with them.
"""

from __future__ import annotations

from core.ledger.guards import GUARDS
from core.ledger.seals import UNREACHED

# So many are told; whoever needs all of them asks the database.
MOST = 5

_MOVED = """
  SELECT balance_id, bucket, seq, amount, after, sum(amount) OVER turn AS running, lead(seq) OVER turn IS NULL AS is_last
  FROM ledger_history WINDOW turn AS (PARTITION BY balance_id, bucket ORDER BY seq ROWS UNBOUNDED PRECEDING)
"""
_HELD = """LATERAL (
    VALUES ('available'::ledger_bucket, b.available), ('pending', b.pending), ('locked', b.locked)) held(bucket, amount)"""
_BALANCE = "'balance ' || b.id"

# By the name of the invariant in `core.monitoring.invariants`. Of what the capabilities' own records say, the sentence is told.
PLACES = {
    "each transfer sums to zero in each currency": """
        SELECT DISTINCT 'transfer ' || transfer_id FROM (
          SELECT transfer_id FROM ledger_history GROUP BY transfer_id, currency HAVING sum(amount) <> 0) sums""",
    "each transfer has exactly its entries": """
        SELECT 'transfer ' || coalesce(t.id, e.transfer_id) FROM ledger_transfers t
        FULL JOIN (SELECT transfer_id, count(*) AS legs, min(posted_at) AS first, max(posted_at) AS last
          FROM ledger_history GROUP BY transfer_id) e ON e.transfer_id = t.id
        WHERE (t.legs, t.posted_at, t.posted_at) IS DISTINCT FROM (e.legs, e.first, e.last)""",
    "all money of a currency sums to zero": """
        SELECT 'currency ' || currency FROM ledger_history GROUP BY currency HAVING sum(amount) <> 0""",
    "each balance equals the sum of its entries": f"""
        SELECT DISTINCT 'balance ' || coalesce(b.id, e.balance_id) FROM (
          SELECT b.id, held.bucket, held.amount FROM ledger_balances b CROSS JOIN {_HELD}) b
        FULL JOIN (SELECT balance_id, bucket, sum(amount) AS amount FROM ledger_history GROUP BY 1, 2) e
          ON e.balance_id = b.id AND e.bucket = b.bucket
        WHERE coalesce(b.amount, 0) <> coalesce(e.amount, 0) OR b.id IS NULL""",
    "each balance equals its last entry": f"""
        SELECT DISTINCT {_BALANCE} FROM ledger_balances b CROSS JOIN {_HELD}
        LEFT JOIN ({_MOVED}) e ON e.balance_id = b.id AND e.bucket = held.bucket AND e.is_last
        WHERE held.amount <> coalesce(e.after, 0)""",
    "each entry carries the running balance": f"""
        SELECT 'balance ' || balance_id || ', entry ' || seq FROM ({_MOVED}) e WHERE after IS DISTINCT FROM running""",
    "entries are numbered without gaps": """
        SELECT 'balance ' || coalesce(b.id, e.balance_id) FROM ledger_balances b
        FULL JOIN (SELECT balance_id, count(*) AS steps, min(seq) AS first, max(seq) AS last FROM ledger_history GROUP BY 1) e
          ON e.balance_id = b.id
        WHERE (b.seq, b.seq, least(b.seq, 1)) IS DISTINCT FROM
          (coalesce(e.steps, 0), coalesce(e.last, 0), coalesce(e.first, 0))""",
    "nobody was ever overdrawn": f"""
        SELECT {_BALANCE} || ', entry ' || e.seq FROM ({_MOVED}) e JOIN ledger_balances b ON b.id = e.balance_id
        WHERE b.kind <> 'system' AND (e.running < 0 OR e.after < 0)
        UNION ALL SELECT {_BALANCE} FROM ledger_balances b
        WHERE b.kind <> 'system' AND least(b.available, b.pending, b.locked) < 0""",
    "entries keep to their currency and its decimals": """
        SELECT 'transfer ' || e.transfer_id || ', leg ' || e.leg
        FROM ledger_history e LEFT JOIN ledger_balances b ON b.id = e.balance_id
        WHERE e.currency IS DISTINCT FROM b.currency OR e.amount = 'NaN' OR e.amount = 0
          OR e.amount <> trunc(e.amount, CASE e.currency WHEN 'KES' THEN 2 ELSE 18 END)""",
    "each key moved money once": "SELECT 'key ' || key FROM ledger_transfers GROUP BY key HAVING count(*) > 1",
    "each key has one answer": """
        SELECT 'key ' || key FROM (SELECT key FROM ledger_transfers UNION ALL SELECT key FROM ledger_rejections) keys
        GROUP BY key HAVING count(*) > 1""",
    "each hold ends once and entirely": """
        SELECT 'transfer ' || coalesce(t.id, r.transfer_id) FROM ledger_resolutions r
        FULL JOIN (SELECT * FROM ledger_transfers WHERE step IN ('post', 'void', 'expire')) t ON t.id = r.transfer_id
        LEFT JOIN ledger_transfers h ON h.id = coalesce(r.pending_transfer, t.ref_transfer)
        WHERE (h.step, t.step, t.ref_transfer) IS DISTINCT FROM ('pending', r.outcome, h.id)
          OR (SELECT bool_or(total <> 0) FROM (
            SELECT sum(e.amount) AS total FROM ledger_history e
            WHERE e.transfer_id IN (h.id, t.id) AND e.bucket <> 'available' GROUP BY e.balance_id, e.bucket) left_over)
          OR (t.step = 'expire' AND t.event_at < h.expires_at)""",
    "what is set aside is what open holds hold": f"""
        SELECT {_BALANCE} FROM ledger_balances b
        LEFT JOIN (
          SELECT e.balance_id, sum(e.amount) AS amount
          FROM ledger_transfers t JOIN ledger_history e ON e.transfer_id = t.id AND e.bucket <> 'available'
          WHERE t.step = 'pending' AND NOT EXISTS (SELECT FROM ledger_resolutions r WHERE r.pending_transfer = t.id)
          GROUP BY e.balance_id
        ) held ON held.balance_id = b.id
        WHERE b.pending + b.locked IS DISTINCT FROM coalesce(held.amount, 0)""",
    "what was taken back was one transfer, once": """
        SELECT 'transfer ' || t.id FROM ledger_transfers t
        WHERE t.step = 'reverse' AND (
          coalesce((SELECT bool_or(f.step NOT IN ('single', 'post')) FROM ledger_transfers f WHERE f.id = t.ref_transfer), true)
          OR (SELECT count(*) FROM ledger_transfers o WHERE o.ref_transfer = t.ref_transfer AND o.step = 'reverse') > 1
          OR (SELECT bool_or(total <> 0) FROM (
            SELECT sum(e.amount) AS total FROM ledger_history e
            WHERE e.transfer_id IN (t.id, t.ref_transfer) GROUP BY e.balance_id) left_over))""",
    "each owner has one balance per currency": """
        SELECT 'balances ' || string_agg(id::text, ', ' ORDER BY id) FROM ledger_balances
        GROUP BY kind, user_id, dao_id, name, currency HAVING count(*) > 1""",
    "every guard of the books stands": f"SELECT name FROM ({GUARDS}) guards WHERE NOT stands",
    "nothing was posted past the seals": f"""
        SELECT 'transfer ' || id FROM ledger_transfers WHERE {UNREACHED}
        UNION ALL SELECT 'refusal ' || key FROM ledger_rejections WHERE {UNREACHED}
        UNION ALL SELECT 'account ' || kind || ' ' || name FROM ledger_chart WHERE {UNREACHED}""",
    "archived months closed with what they came to": """
        SELECT 'balance ' || coalesce(o.balance_id, a.balance_id) || ', month of ' || coalesce(o.month, a.month)
        FROM ledger_openings o
        FULL JOIN (
          SELECT balance_id, month, max(seq) OVER (PARTITION BY balance_id ORDER BY month) AS seq
          FROM (
            SELECT balance_id, date_trunc('month', posted_at AT TIME ZONE 'UTC')::date AS month, max(seq) AS seq
            FROM ledger_entries_archive GROUP BY 1, 2
          ) months
        ) a ON a.balance_id = o.balance_id AND a.month = o.month
        LEFT JOIN LATERAL ledger_balance_after(a.balance_id, a.seq) held ON true
        WHERE (o.seq, o.available, o.pending, o.locked) IS DISTINCT FROM (a.seq, held.available, held.pending, held.locked)""",
    "seals form a chain": """
        SELECT 'seal ' || s.number FROM ledger_seals s
        JOIN (
          SELECT number, row_number() OVER w AS nth, lag(upto) OVER w AS upto, lag(hash) OVER w AS hash
          FROM ledger_seals WINDOW w AS (ORDER BY number)
        ) before ON before.number = s.number
        WHERE (s.number, s.since, s.previous, s.hash) IS DISTINCT FROM
          (before.nth, coalesce(before.upto, 0), coalesce(before.hash, ''), ledger_seal_hash(s))""",
}
