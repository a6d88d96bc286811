"""The guards of the books, made lean: the same promises for a fraction of the time.

A CHECK of a table and the WHEN of a trigger are read from their stored text anew for every statement, which cost more than all
that they check; here the guards look at it, on plans that a connection keeps. Look-ups are correlated scalar sub-selects, and
nothing joins two transition tables, for the reasons given in `migrations.ledger_holds.guards`.
"""

# What a posted row must be in itself used to be said by these CHECKs.
CHECKS = {
    "ledger_entries": {
        "amount": "amount <> 0 AND amount <> 'NaN'",
        "scale": "currency <> 'KES' OR amount = trunc(amount, 2)",
    },
    "ledger_transfers": {
        "legs": "legs >= 2",
        "fingerprint": "octet_length(fingerprint) = 32",
        "kind": "kind <> ''",
        "step": "step IN ('single', 'pending', 'post', 'void', 'expire', 'reverse')",
        "ref_transfer": "(ref_transfer IS NULL) = (step IN ('single', 'pending'))",
        "expires_at": "expires_at IS NULL OR step = 'pending'",
    },
    "ledger_balances": {
        "owner": "CASE kind WHEN 'member' THEN user_id IS NOT NULL AND name IS NULL"
        " WHEN 'treasury' THEN dao_id IS NOT NULL AND user_id IS NULL AND name IS NULL"
        " WHEN 'pot' THEN dao_id IS NOT NULL AND name IS NOT NULL AND user_id IS NULL"
        " WHEN 'system' THEN name IS NOT NULL AND user_id IS NULL AND dao_id IS NULL"
        " ELSE false END",
        "currency": "currency IN ('KES', 'cUSD', 'CELO', 'MTAA')",
        "not_negative": "kind = 'system' OR (available >= 0 AND pending >= 0 AND locked >= 0)",
    },
}

# The legs of one transfer are numbered from 1 without gaps and all written by one statement: their primary key makes them
# distinct, so first, last and number say it all, and nothing can be added to a transfer later. NUMERIC(38,18) ends where the
# tokens' 18 decimals end; shillings have two. NaN equals itself and adds up to NaN, so it is asked for by name.
ENTRIES = """
CREATE OR REPLACE FUNCTION ledger_guard_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (
    SELECT bool_and(
      whole.fine AND whole.first = 1 AND whole.last = whole.legs
      AND (SELECT t.legs = whole.legs AND (NOT whole.aside OR t.step IN ('pending', 'post', 'void', 'expire'))
        FROM ledger_transfers t WHERE t.id = whole.transfer_id) IS TRUE)
    FROM (
      SELECT sums.transfer_id, bool_and(sums.fine AND sums.total = 0) AS fine, sum(sums.legs) AS legs,
        min(sums.first) AS first, max(sums.last) AS last, bool_or(sums.aside) AS aside
      FROM (
        SELECT fresh.transfer_id, sum(fresh.amount) AS total, count(*) AS legs, min(fresh.leg) AS first, max(fresh.leg) AS last,
          bool_or(fresh.bucket <> 'available') AS aside,
          bool_and(
            fresh.amount <> 0 AND fresh.amount <> 'NaN' AND (fresh.currency <> 'KES' OR fresh.amount = trunc(fresh.amount, 2))
            AND (SELECT b.currency = fresh.currency AND b.seq >= fresh.seq FROM ledger_balances b
              WHERE b.id = fresh.balance_id) IS TRUE
            AND (SELECT o.seq < fresh.seq FROM ledger_openings o
              WHERE o.balance_id = fresh.balance_id ORDER BY o.month DESC LIMIT 1) IS NOT FALSE) AS fine
        FROM fresh GROUP BY fresh.transfer_id, fresh.currency
      ) sums GROUP BY sums.transfer_id
    ) whole
  ) IS FALSE THEN
    RAISE EXCEPTION 'the entries of a transfer are written together, sum to zero in each currency, and move their balances'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$
"""

# The guard of the entries knows that the last leg never comes without the others.
TRANSFERS = """
CREATE OR REPLACE FUNCTION ledger_guard_transfers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM fresh
    WHERE fresh.legs < 2 OR octet_length(fresh.fingerprint) <> 32 OR fresh.kind = ''
      OR (fresh.step = 'single' AND (fresh.ref_transfer IS NOT NULL OR fresh.expires_at IS NOT NULL))
      OR (SELECT e.leg FROM ledger_entries e WHERE e.transfer_id = fresh.id AND e.leg = fresh.legs) IS NULL
      OR (SELECT r.key FROM ledger_rejections r WHERE r.key = fresh.key) IS NOT NULL
      OR fresh.xact <> ledger_xact(pg_current_xact_id())
      OR (fresh.step <> 'single' AND (
        fresh.step NOT IN ('pending', 'post', 'void', 'expire', 'reverse')
        OR (fresh.ref_transfer IS NULL) <> (fresh.step = 'pending')
        OR (fresh.expires_at IS NOT NULL AND fresh.step <> 'pending')
        OR NOT ledger_step_is_right(fresh.id, fresh.step, fresh.ref_transfer, fresh.event_at)))
  ) THEN
    RAISE EXCEPTION 'a transfer is written with its entries, under a key never refused, and does what its step may do'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$
"""

# Before and after are told apart by a sign and added up per row. Most rows take one step in a statement, which one look-up
# proves; only where a row took several are the steps followed one by one.
BALANCES = """
CREATE OR REPLACE FUNCTION ledger_guard_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  v_fine boolean;
  v_longest bigint;
BEGIN
  SELECT max(row.steps), bool_and(row.steps > 1 OR (
    SELECT (e.after >= 0 OR row.is_system) AND row.steps = 1 AND CASE e.bucket
      WHEN 'available' THEN row.pending = 0 AND row.locked = 0 AND row.available = e.amount AND row.available_after = e.after
      WHEN 'pending' THEN row.available = 0 AND row.locked = 0 AND row.pending = e.amount AND row.pending_after = e.after
      ELSE row.available = 0 AND row.pending = 0 AND row.locked = e.amount AND row.locked_after = e.after END
    FROM ledger_entries e WHERE e.balance_id = row.id AND e.seq = row.seq_after) IS TRUE)
  INTO v_longest, v_fine
  FROM (
    SELECT version.id, bool_or(version.kind = 'system') AS is_system, sum(version.seq * version.sign) AS steps,
      max(version.seq) FILTER (WHERE version.sign = 1) AS seq_after,
      sum(version.available * version.sign) AS available,
      sum(version.available) FILTER (WHERE version.sign = 1) AS available_after,
      sum(version.pending * version.sign) AS pending, sum(version.pending) FILTER (WHERE version.sign = 1) AS pending_after,
      sum(version.locked * version.sign) AS locked, sum(version.locked) FILTER (WHERE version.sign = 1) AS locked_after
    FROM (
      SELECT id, kind, seq, available, pending, locked, 1 AS sign FROM fresh
      UNION ALL SELECT id, kind, seq, available, pending, locked, -1 FROM former
    ) version GROUP BY version.id
  ) row;
  IF v_fine AND v_longest > 1 THEN
    SELECT bool_and((
      SELECT bool_and(step.follows) AND count(*) = row.seq_after - row.seq_before
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
      ) step) IS TRUE)
    INTO v_fine
    FROM (
      SELECT version.id, bool_or(version.kind = 'system') AS is_system,
        min(version.seq) AS seq_before, max(version.seq) AS seq_after,
        sum(version.available) FILTER (WHERE version.sign = 1) AS available_after,
        sum(version.available) FILTER (WHERE version.sign = -1) AS available_before,
        sum(version.pending) FILTER (WHERE version.sign = 1) AS pending_after,
        sum(version.pending) FILTER (WHERE version.sign = -1) AS pending_before,
        sum(version.locked) FILTER (WHERE version.sign = 1) AS locked_after,
        sum(version.locked) FILTER (WHERE version.sign = -1) AS locked_before
      FROM (
        SELECT id, kind, seq, available, pending, locked, 1 AS sign FROM fresh
        UNION ALL SELECT id, kind, seq, available, pending, locked, -1 FROM former
      ) version GROUP BY version.id HAVING max(version.seq) - min(version.seq) > 1
    ) row;
  END IF;
  IF v_fine IS FALSE THEN
    RAISE EXCEPTION 'a balance moves by its entries, no more and no less' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$
"""

# Whose a balance is, and in what, is said once, when it's opened.
OWNERS = """
CREATE FUNCTION ledger_guard_owners() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.currency NOT IN ('KES', 'cUSD', 'CELO', 'MTAA') OR NOT (CASE NEW.kind
    WHEN 'member' THEN NEW.user_id IS NOT NULL AND NEW.name IS NULL
    WHEN 'treasury' THEN NEW.dao_id IS NOT NULL AND NEW.user_id IS NULL AND NEW.name IS NULL
    WHEN 'pot' THEN NEW.dao_id IS NOT NULL AND NEW.name IS NOT NULL AND NEW.user_id IS NULL
    WHEN 'system' THEN NEW.name IS NOT NULL AND NEW.user_id IS NULL AND NEW.dao_id IS NULL
    ELSE false END)
  THEN
    RAISE EXCEPTION 'a balance belongs to a member, a group or the system, in a currency of ours'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$
"""
HAVE_OWNER = """
CREATE TRIGGER balances_have_an_owner BEFORE INSERT ON ledger_balances
FOR EACH ROW EXECUTE FUNCTION ledger_guard_owners()
"""
# Asked by the names of the columns that an UPDATE sets, which costs nothing, instead of by a comparison for each row.
KEEP_OWNER = """
CREATE TRIGGER balances_keep_their_owner BEFORE UPDATE OF kind, user_id, dao_id, name, currency, created_at
ON ledger_balances FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('a balance keeps its owner')
"""
