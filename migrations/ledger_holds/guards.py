"""The guards of the books: what every statement must leave behind, whoever wrote it.

Look-ups are correlated scalar sub-selects on purpose. Joins with a transition table were planned as scans of whole tables,
EXISTS under an OR may be planned as a hash of a whole table, and such plans stay for a connection's life. Nothing here joins
two transition tables either: planned for two rows, that was a nested loop, and stayed one for a batch of hundreds.
"""

# The legs of one transfer are numbered from 1 without gaps and all written by one statement: their primary key makes them
# distinct, so first, last and number say it all, and nothing can be added to a transfer later.
ENTRIES = """
CREATE OR REPLACE FUNCTION ledger_guard_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM (
      SELECT transfer_id, sum(amount) AS total, count(*) AS legs, min(leg) AS first, max(leg) AS last
      FROM fresh GROUP BY transfer_id, currency
    ) sums
    GROUP BY transfer_id
    HAVING bool_or(total <> 0) OR min(first) <> 1 OR max(last) <> sum(legs)
      OR (SELECT t.legs FROM ledger_transfers t WHERE t.id = sums.transfer_id) IS DISTINCT FROM sum(legs)
  ) THEN
    RAISE EXCEPTION 'the entries of a transfer are written together and sum to zero in each currency'
      USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (
    SELECT FROM fresh
    WHERE (SELECT b.currency FROM ledger_balances b WHERE b.id = fresh.balance_id AND b.seq >= fresh.seq)
        IS DISTINCT FROM fresh.currency
      OR (fresh.bucket <> 'available' AND coalesce(
        (SELECT t.step NOT IN ('pending', 'post', 'void', 'expire') FROM ledger_transfers t WHERE t.id = fresh.transfer_id),
        true))
  ) THEN
    RAISE EXCEPTION 'an entry moves its balance, in its currency, and only a hold reaches what is set aside'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$
"""

# What sets the steps apart. Only transfers that set money aside or refer to another one are looked at here.
STEP_IS_RIGHT = """
CREATE FUNCTION ledger_step_is_right(p_id uuid, p_step text, p_ref uuid, p_event_at timestamptz) RETURNS boolean
LANGUAGE sql STABLE AS $$
  WITH own AS (
    SELECT balance_id, bucket, amount FROM ledger_entries WHERE transfer_id = p_id
  ), both_of_them AS (
    SELECT balance_id, bucket, amount FROM own
    UNION ALL SELECT balance_id, bucket, amount FROM ledger_entries WHERE transfer_id = p_ref
  )
  SELECT coalesce(CASE
    -- Money is set aside by adding to pending or locked, and taken from nobody's.
    WHEN p_step = 'pending' THEN (
      SELECT bool_or(bucket <> 'available') AND bool_and(bucket = 'available' OR amount > 0) FROM own)
    WHEN p_step = 'reverse' THEN
      (SELECT t.step IN ('single', 'post') FROM ledger_transfers t WHERE t.id = p_ref)
      AND NOT EXISTS (SELECT FROM both_of_them GROUP BY balance_id HAVING sum(amount) <> 0)
    ELSE
      (SELECT r.transfer_id = p_id FROM ledger_resolutions r WHERE r.pending_transfer = p_ref)
      -- All that was set aside leaves, from where it was put.
      AND NOT EXISTS (
        SELECT FROM both_of_them WHERE bucket <> 'available' GROUP BY balance_id, bucket HAVING sum(amount) <> 0)
      AND (p_step = 'post' OR NOT EXISTS (SELECT FROM both_of_them GROUP BY balance_id HAVING sum(amount) <> 0))
      AND (p_step <> 'expire' OR (SELECT t.expires_at <= p_event_at FROM ledger_transfers t WHERE t.id = p_ref))
  END, false)
$$
"""

TRANSFERS = """
CREATE OR REPLACE FUNCTION ledger_guard_transfers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM fresh
    -- The guard of the entries knows that the last leg never comes without the others.
    WHERE (SELECT e.leg FROM ledger_entries e WHERE e.transfer_id = fresh.id AND e.leg = fresh.legs) IS NULL
      OR (SELECT r.key FROM ledger_rejections r WHERE r.key = fresh.key) IS NOT NULL
      OR (fresh.step <> 'single' AND NOT ledger_step_is_right(fresh.id, fresh.step, fresh.ref_transfer, fresh.event_at))
  ) THEN
    RAISE EXCEPTION 'a transfer is written with its entries, under a key never refused, and does what its step may do'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$
"""

RESOLUTIONS = """
CREATE FUNCTION ledger_guard_resolutions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM fresh
    WHERE (SELECT t.step FROM ledger_transfers t
        WHERE t.id = fresh.transfer_id AND t.ref_transfer = fresh.pending_transfer) IS DISTINCT FROM fresh.outcome
      OR (SELECT t.step FROM ledger_transfers t WHERE t.id = fresh.pending_transfer) IS DISTINCT FROM 'pending'
  ) THEN
    RAISE EXCEPTION 'a hold is resolved by a transfer that refers to it' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$
"""

REJECTIONS = """
CREATE FUNCTION ledger_guard_rejections() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM fresh WHERE (SELECT t.id FROM ledger_transfers t WHERE t.key = fresh.key) IS NOT NULL
  ) THEN
    RAISE EXCEPTION 'a key has a transfer or a rejection, never both' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$
"""

# Before and after are told apart by a sign and added up per row.
BALANCES = """
CREATE OR REPLACE FUNCTION ledger_guard_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM (
      SELECT id, bool_or(kind = 'system') AS is_system,
        min(seq) FILTER (WHERE NOT is_new) AS seq_before, min(seq) FILTER (WHERE is_new) AS seq_after,
        sum(available) FILTER (WHERE NOT is_new) AS available_before, sum(available) FILTER (WHERE is_new) AS available_after,
        sum(pending) FILTER (WHERE NOT is_new) AS pending_before, sum(pending) FILTER (WHERE is_new) AS pending_after,
        sum(locked) FILTER (WHERE NOT is_new) AS locked_before, sum(locked) FILTER (WHERE is_new) AS locked_after
      FROM (
        SELECT id, kind, seq, available, pending, locked, false AS is_new FROM former
        UNION ALL SELECT id, kind, seq, available, pending, locked, true FROM fresh
      ) versions
      GROUP BY id
    ) row
    WHERE (
      SELECT coalesce(bool_and(step.follows), false) AND count(*) = row.seq_after - row.seq_before
        AND row.available_before + coalesce(sum(step.amount) FILTER (WHERE step.bucket = 'available'), 0) = row.available_after
        AND row.pending_before + coalesce(sum(step.amount) FILTER (WHERE step.bucket = 'pending'), 0) = row.pending_after
        AND row.locked_before + coalesce(sum(step.amount) FILTER (WHERE step.bucket = 'locked'), 0) = row.locked_after
      FROM (
        SELECT e.bucket, e.amount, (row.is_system OR e.after >= 0) AND e.after =
          CASE e.bucket
            WHEN 'available' THEN row.available_before WHEN 'pending' THEN row.pending_before ELSE row.locked_before
          END + sum(e.amount) OVER (PARTITION BY e.bucket ORDER BY e.seq) AS follows
        FROM ledger_entries e
        WHERE e.balance_id = row.id AND e.seq > row.seq_before AND e.seq <= row.seq_after
      ) step
    ) IS NOT TRUE
  ) THEN
    RAISE EXCEPTION 'a balance moves by its entries, no more and no less' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$
"""

CHART = """
CREATE FUNCTION ledger_guard_chart() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT c.name FROM ledger_chart c WHERE c.kind = NEW.kind AND c.name = NEW.name) IS NULL THEN
    RAISE EXCEPTION 'the chart has no % account named %', NEW.kind, NEW.name USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NEW;
END
$$
"""

FINAL = "'what is posted is final; correct it with a new transfer'"
TRIGGERS = (
    """CREATE TRIGGER resolutions_agree AFTER INSERT ON ledger_resolutions REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_guard_resolutions()""",
    """CREATE TRIGGER rejections_stand_alone AFTER INSERT ON ledger_rejections REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_guard_rejections()""",
    f"""CREATE TRIGGER resolutions_are_final BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_resolutions
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse({FINAL})""",
    """CREATE TRIGGER rejections_are_final BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_rejections
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('what was refused stays refused; ask under a new key')""",
    """CREATE TRIGGER balances_are_in_the_chart BEFORE INSERT ON ledger_balances FOR EACH ROW
    WHEN (NEW.kind IN ('system', 'pot')) EXECUTE FUNCTION ledger_guard_chart()""",
    """CREATE TRIGGER chart_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_chart
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('accounts that were opened by this name keep it')""",
)

EVERYTHING = (STEP_IS_RIGHT, ENTRIES, TRANSFERS, RESOLUTIONS, REJECTIONS, BALANCES, CHART, *TRIGGERS)
