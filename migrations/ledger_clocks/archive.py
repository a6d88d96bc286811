"""Archiving where later numbers have earlier times, because the server's clock was once set back.

Entries are moved by their time. What is before them by time goes first; what is before them by number and later by time stays
where it is and goes with its own hour or month. An opening balance is what there was after the highest number that went until
its month, so numbers never come again, whatever the clock did.
"""

from migrations.ledger_seals import archive as before


def _left(bucket: str) -> str:
    """What the bucket held after its last entry among those that moved; nothing when none did."""
    return f"(array_agg(a.after ORDER BY a.seq DESC) FILTER (WHERE a.bucket = '{bucket}'))[1] AS {bucket}"


def _kept(bucket: str) -> str:
    """What the bucket held in the end: by what moved or, where numbers and times disagree, after the highest number."""
    return f"""CASE WHEN m.in_order THEN coalesce(m.{bucket}, (
        SELECT o.{bucket} FROM ledger_openings o WHERE o.balance_id = m.balance_id AND o.month <= v_month
        ORDER BY o.month DESC LIMIT 1), 0)
      ELSE (SELECT held.{bucket} FROM ledger_balance_after(m.balance_id, m.last) held) END"""


# Tables of their own, since nothing here may be joined in any other way than by looking up.
CLOSE = f"""
  CREATE TEMPORARY TABLE archived ON COMMIT DROP AS
    SELECT moved.balance_id, greatest(moved.last, moved.before) AS last, moved.available, moved.pending, moved.locked,
      moved.last - moved.first + 1 = moved.steps AND moved.first - 1 = moved.before AS in_order
    FROM (
      SELECT a.balance_id, min(a.seq) AS first, max(a.seq) AS last, count(*) AS steps,
        {_left("available")},
        {_left("pending")},
        {_left("locked")},
        coalesce((SELECT o.seq FROM ledger_openings o WHERE o.balance_id = a.balance_id AND o.month <= v_month
          ORDER BY o.month DESC LIMIT 1), 0) AS before
      FROM archiving a GROUP BY a.balance_id
    ) moved;
  IF EXISTS (
    SELECT FROM archived m WHERE NOT m.in_order AND EXISTS (
      SELECT FROM ledger_entries e WHERE e.balance_id = m.balance_id AND e.seq < m.last AND e.posted_at < p_from)
  ) THEN
    RAISE EXCEPTION 'entries are archived in their order: what is before these must go first'
      USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  INSERT INTO ledger_openings AS o (balance_id, month, seq, available, pending, locked)
  SELECT m.balance_id, v_month, m.last,
    {_kept("available")},
    {_kept("pending")},
    {_kept("locked")}
  FROM archived m
  ON CONFLICT (balance_id, month) DO UPDATE
    SET seq = EXCLUDED.seq, available = EXCLUDED.available, pending = EXCLUDED.pending, locked = EXCLUDED.locked
    WHERE EXCLUDED.seq > o.seq;
  -- Months after this one that were archived before it.
  UPDATE ledger_openings o SET seq = m.last, available = held.available, pending = held.pending, locked = held.locked
  FROM (SELECT m.balance_id, m.last FROM archived m WHERE NOT m.in_order OFFSET 0) m
  CROSS JOIN LATERAL ledger_balance_after(m.balance_id, m.last) held
  WHERE o.balance_id = m.balance_id AND o.month > v_month AND o.seq < m.last;
  DROP TABLE archiving, archived;
"""

_BEGIN, _END = "\n  IF EXISTS (\n    SELECT FROM (\n      SELECT a.balance_id, min", "  RETURN v_moved;\n"
_head, _, _tail = before.MOVE.partition(_BEGIN)
MOVE = f"{_head}{CLOSE}{_tail[_tail.index(_END) :]}".replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
MOVE_AS_BEFORE = before.MOVE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
