"""The guards of the entries and of the balances with less work for each row. They promise what they promised before.

Look-ups are correlated scalar sub-selects for the reasons given in `migrations.ledger_holds.guards`. The one join of two
transition tables is a FULL JOIN and stays one: it can't be planned as a nested loop, which a plan made for two rows would be,
and remain for a batch of hundreds. (A condition on one side in WHERE would turn it into an inner join.)
"""

# Nearly every transfer is in one currency, so entries are added up by transfer; only where a statement has one in several are
# they added up again by currency. The rest is as before: see `migrations.ledger_lean.guards`.
ENTRIES = """
CREATE OR REPLACE FUNCTION ledger_guard_entries() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  v_fine boolean;
  v_mixed boolean;
BEGIN
  SELECT bool_and(
      whole.fine AND whole.first = 1 AND whole.last = whole.legs AND (whole.mixed OR whole.total = 0)
      AND (SELECT t.legs = whole.legs AND (NOT whole.aside OR t.step IN ('pending', 'post', 'void', 'expire'))
        FROM ledger_transfers t WHERE t.id = whole.transfer_id) IS TRUE),
    bool_or(whole.mixed)
  INTO v_fine, v_mixed
  FROM (
    SELECT fresh.transfer_id, sum(fresh.amount) AS total, min(fresh.currency) <> max(fresh.currency) AS mixed,
      count(*) AS legs, min(fresh.leg) AS first, max(fresh.leg) AS last, bool_or(fresh.bucket <> 'available') AS aside,
      bool_and(
        fresh.amount <> 0 AND fresh.amount <> 'NaN' AND (fresh.currency <> 'KES' OR fresh.amount = trunc(fresh.amount, 2))
        AND (SELECT b.currency = fresh.currency AND b.seq >= fresh.seq FROM ledger_balances b
          WHERE b.id = fresh.balance_id) IS TRUE
        AND (SELECT o.seq < fresh.seq FROM ledger_openings o
          WHERE o.balance_id = fresh.balance_id ORDER BY o.month DESC LIMIT 1) IS NOT FALSE) AS fine
    FROM fresh GROUP BY fresh.transfer_id
  ) whole;
  IF v_fine AND v_mixed THEN
    SELECT bool_and(sums.total = 0) INTO v_fine
    FROM (SELECT sum(fresh.amount) AS total FROM fresh GROUP BY fresh.transfer_id, fresh.currency) sums;
  END IF;
  IF v_fine IS FALSE THEN
    RAISE EXCEPTION 'the entries of a transfer are written together, sum to zero in each currency, and move their balances'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$
"""

# Each row before and after, side by side. Most rows take one step in a statement, which one look-up proves; only where a row
# took several are the steps followed one by one. A row whose id was changed has no partner and proves nothing. Whoever was
# forgotten gets nothing: that was a trigger for each row, with a WHEN that was read anew for each statement.
BALANCES = """
CREATE OR REPLACE FUNCTION ledger_guard_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  v_fine boolean;
  v_longest bigint;
BEGIN
  SELECT max(n.seq - o.seq), bool_and((
    (n.kind <> 'member' OR n.available + n.pending + n.locked <= o.available + o.pending + o.locked
      OR (SELECT c.user_id FROM ledger_closed_owners c WHERE c.user_id = n.user_id) IS NULL)
    AND (n.seq > o.seq + 1 OR (
      SELECT n.seq = o.seq + 1 AND (e.after >= 0 OR n.kind = 'system') AND CASE e.bucket
        WHEN 'available' THEN n.pending = o.pending AND n.locked = o.locked
          AND n.available = o.available + e.amount AND n.available = e.after
        WHEN 'pending' THEN n.available = o.available AND n.locked = o.locked
          AND n.pending = o.pending + e.amount AND n.pending = e.after
        ELSE n.available = o.available AND n.pending = o.pending
          AND n.locked = o.locked + e.amount AND n.locked = e.after END
      FROM ledger_entries e WHERE e.balance_id = n.id AND e.seq = n.seq))) IS TRUE)
  INTO v_longest, v_fine
  FROM former o FULL JOIN fresh n ON n.id = o.id;
  IF v_fine AND v_longest > 1 THEN
    SELECT bool_and(n.seq = o.seq + 1 OR (
      SELECT bool_and(step.follows) AND count(*) = n.seq - o.seq
        AND o.available + coalesce(sum(step.amount) FILTER (WHERE step.bucket = 'available'), 0) = n.available
        AND o.pending + coalesce(sum(step.amount) FILTER (WHERE step.bucket = 'pending'), 0) = n.pending
        AND o.locked + coalesce(sum(step.amount) FILTER (WHERE step.bucket = 'locked'), 0) = n.locked
      FROM (
        SELECT e.bucket, e.amount, (n.kind = 'system' OR e.after >= 0) AND e.after =
          CASE e.bucket WHEN 'available' THEN o.available WHEN 'pending' THEN o.pending ELSE o.locked END
          + sum(e.amount) OVER (PARTITION BY e.bucket ORDER BY e.seq) AS follows
        FROM ledger_entries e
        WHERE e.balance_id = n.id AND e.seq > o.seq AND e.seq <= n.seq
      ) step) IS TRUE)
    INTO v_fine
    FROM former o FULL JOIN fresh n ON n.id = o.id;
  END IF;
  IF v_fine IS FALSE THEN
    RAISE EXCEPTION 'a balance moves by its entries, no more and no less, and a forgotten member''s never grows'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$
"""
GROWING = "balances_grow_for_members_who_are_there"
