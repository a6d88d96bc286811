"""Where an invariant of the books is broken: asked only when it is, so that whoever audits knows what to look at.

A query answers names of what is wrong, the first few; people read them, and look further with them.
"""

from __future__ import annotations

from core.ledger.guards import GUARDS
from core.ledger.seals import UNREACHED
from core.monitoring.looked_at import (
    ENTRIES_KEEP_TO_THEIR_CURRENCY,
    HOLDS_END_ONCE,
    OPENINGS_EQUAL_THE_ARCHIVE,
    REVERSALS_UNDO_ONE_TRANSFER_ONCE,
    SEALS_FORM_A_CHAIN,
    WHAT_IS_SET_ASIDE_IS_HELD,
)

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
    "entries keep to their currency and its decimals": ENTRIES_KEEP_TO_THEIR_CURRENCY.named(
        "'transfer ' || e.transfer_id || ', leg ' || e.leg"
    ),
    "each key moved money once": "SELECT 'key ' || key FROM ledger_transfers GROUP BY key HAVING count(*) > 1",
    "each key has one answer": """
        SELECT 'key ' || key FROM (SELECT key FROM ledger_transfers UNION ALL SELECT key FROM ledger_rejections) keys
        GROUP BY key HAVING count(*) > 1""",
    "each hold ends once and entirely": HOLDS_END_ONCE.named("'transfer ' || coalesce(t.id, r.transfer_id)"),
    "what is set aside is what open holds hold": WHAT_IS_SET_ASIDE_IS_HELD.named("'balance ' || b.id"),
    "what was taken back was one transfer, once": REVERSALS_UNDO_ONE_TRANSFER_ONCE.named("'transfer ' || t.id"),
    "each owner has one balance per currency": """
        SELECT 'balances ' || string_agg(id::text, ', ' ORDER BY id) FROM ledger_balances
        GROUP BY kind, user_id, dao_id, name, currency HAVING count(*) > 1""",
    "every guard of the books stands": f"SELECT name FROM ({GUARDS}) guards WHERE NOT stands",
    "nothing was posted past the seals": f"""
        SELECT 'transfer ' || id FROM ledger_transfers WHERE {UNREACHED}
        UNION ALL SELECT 'refusal ' || key FROM ledger_rejections WHERE {UNREACHED}
        UNION ALL SELECT 'account ' || kind || ' ' || name FROM ledger_chart WHERE {UNREACHED}""",
    "archived months closed with what they came to": OPENINGS_EQUAL_THE_ARCHIVE.named(
        "'balance ' || coalesce(o.balance_id, a.balance_id) || ', month of ' || coalesce(o.month, a.month)"
    ),
    "seals form a chain": SEALS_FORM_A_CHAIN.named("'seal ' || s.number"),
}
