"""Looking back: what a balance was, found by its entries' numbers and never by reading through them."""

# No table is scanned and nothing is sorted, whatever is known about the tables: each step is a look-up.
LOOKUPS = "SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off"

# Times grow with the numbers of a balance's entries, since they are taken under its lock: so a moment is found by halving.
POSITION = f"""
CREATE FUNCTION ledger_position(p_balance bigint, p_moment timestamptz, p_inclusive boolean) RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = {{schema}}, pg_temp {LOOKUPS} AS $$
DECLARE
  v_low bigint := 0;
  v_high bigint := (SELECT b.seq + 1 FROM ledger_balances b WHERE b.id = p_balance);
  v_middle bigint;
  v_at timestamptz;
BEGIN
  WHILE v_high - v_low > 1 LOOP
    v_middle := (v_low + v_high) / 2;
    SELECT e.posted_at INTO v_at FROM ledger_history e WHERE e.balance_id = p_balance AND e.seq = v_middle;
    IF v_at < p_moment OR (p_inclusive AND v_at = p_moment) THEN
      v_low := v_middle;
    ELSE
      v_high := v_middle;
    END IF;
  END LOOP;
  RETURN v_low;
END
$$
"""

# What each bucket held after the entry with this number. Pending and locked have an index of their own, since years may lie
# between two of their entries.
BALANCE_AFTER = f"""
CREATE FUNCTION ledger_balance_after(
  p_balance bigint, p_seq bigint, OUT available numeric, OUT pending numeric, OUT locked numeric)
LANGUAGE plpgsql STABLE SET search_path = {{schema}}, pg_temp {LOOKUPS} AS $$
BEGIN
  available := coalesce((
    SELECT e.after FROM ledger_history e WHERE e.balance_id = p_balance AND e.seq <= p_seq AND e.bucket = 'available'
    ORDER BY e.seq DESC LIMIT 1), 0);
  pending := coalesce((
    SELECT e.after FROM ledger_history e WHERE e.balance_id = p_balance AND e.seq <= p_seq AND e.bucket = 'pending'
      AND e.bucket <> 'available'
    ORDER BY e.seq DESC LIMIT 1), 0);
  locked := coalesce((
    SELECT e.after FROM ledger_history e WHERE e.balance_id = p_balance AND e.seq <= p_seq AND e.bucket = 'locked'
      AND e.bucket <> 'available'
    ORDER BY e.seq DESC LIMIT 1), 0);
END
$$
"""

# Up to so many entries, newest first, before one number and down to another.
LINES = f"""
CREATE FUNCTION ledger_lines(p_balance bigint, p_before bigint, p_first bigint, p_limit bigint) RETURNS SETOF ledger_history
LANGUAGE plpgsql STABLE ROWS 20 SET search_path = {{schema}}, pg_temp {LOOKUPS} AS $$
DECLARE
  -- Put into the query as a bound, it is one for the index too.
  v_before bigint := coalesce(p_before, 9223372036854775807);
BEGIN
  RETURN QUERY SELECT e.* FROM ledger_history e
  WHERE e.balance_id = p_balance AND e.seq < v_before AND e.seq >= p_first ORDER BY e.seq DESC LIMIT p_limit;
END
$$
"""

EVERYTHING = (POSITION, BALANCE_AFTER, LINES)
