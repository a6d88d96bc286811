"""Archiving while others read, and where later numbers have earlier times, because the server's clock was once set back.

A table that is made as a partition takes the archive from everybody until the end of the transaction, and waits for whoever
reads it, as an audit does all night. So a month's table is made by itself and attached, which disturbs nobody, in a transaction
of its own. Nothing moves before those have ended that were reading then: a transaction goes on with the parts that it knew.

Entries are moved by their time. What is before them by time goes first; what is before them by number and later by time stays
where it is and goes with its own hour or month. An opening balance is what there was after the highest number that went until
its month, so numbers never come again, whatever the clock did.
"""

from migrations.ledger_seals import archive as before
from migrations.ledger_seals.sealing import LOOKUPS


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

# Makes the table of a month that has something to archive, once. What it's given here is what partitions had before.
OPEN = f"""
CREATE FUNCTION ledger_archive_open(p_month date) RETURNS void
LANGUAGE plpgsql SET search_path = {{schema}}, pg_temp SET timezone = 'UTC' {LOOKUPS} AS $$
DECLARE
  v_from timestamptz := date_trunc('month', p_month::timestamptz);
  v_until timestamptz := v_from + interval '1 month';
  v_name text := 'ledger_entries_' || to_char(v_from, 'YYYY_MM');
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('ledger_archive', 0));
  IF v_until > clock_timestamp() THEN
    RAISE EXCEPTION 'a part of one month that is over is archived' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF to_regclass(format('%I', v_name)) IS NOT NULL
    OR NOT EXISTS (SELECT FROM ledger_transfers t WHERE t.posted_at >= v_from AND t.posted_at < v_until) THEN
    RETURN;
  END IF;
  EXECUTE format('CREATE TABLE %I (LIKE ledger_entries_archive INCLUDING ALL)', v_name);
  EXECUTE format('CREATE TRIGGER archived_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON %I
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse(%L)', v_name, 'the archive stays as it is');
  EXECUTE format('CREATE TRIGGER archive_agrees AFTER INSERT ON %I REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_guard_archive()', v_name);
  EXECUTE format('ALTER TABLE ledger_entries_archive ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
    v_name, v_from, v_until);
END
$$
"""

# Whoever calls the move itself without having opened the month is told so.
OPENED = """
  IF to_regclass(format('%I', v_name)) IS NULL THEN
    RAISE EXCEPTION 'the archive has no table for this month: call ledger_archive_open first'
      USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
"""
_MAKING, _MADE = "\n  IF to_regclass(format('%I', v_name)) IS NULL THEN", "  END IF;\n"

_BEGIN, _END = "\n  IF EXISTS (\n    SELECT FROM (\n      SELECT a.balance_id, min", "  RETURN v_moved;\n"
_head, _, _tail = before.MOVE.partition(_BEGIN)
_head, _, _making = _head.partition(_MAKING)
_head = _head + OPENED + _making[_making.index(_MADE) + len(_MADE) :]
MOVE = f"{_head}{CLOSE}{_tail[_tail.index(_END) :]}".replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
MOVE_AS_BEFORE = before.MOVE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
