"""What must be true of members' accounts at every moment: see `core.monitoring.invariants`."""

from __future__ import annotations

# Each forgotten member's accounts are closed as of when she was forgotten, nobody else's are, and nothing is left on them.
FORGOTTEN_HOLD_NOTHING = """
SELECT count(*), count(*) FILTER (WHERE m.erased_at IS DISTINCT FROM c.closed_at OR EXISTS (
  SELECT FROM ledger_balances b
  WHERE b.kind = 'member' AND b.user_id = coalesce(m.id, c.user_id) AND (b.available, b.pending, b.locked) <> (0, 0, 0)))
FROM (SELECT id, erased_at FROM members WHERE erased_at IS NOT NULL) m
FULL JOIN ledger_closed_owners c ON c.user_id = m.id
"""
