"""A short way for many postings about which nothing is in doubt, which is most of a payday.

It posts all of them or writes nothing: whatever is unusual (a key that is known, an account without a row, money that is or
may be short, something wrong in itself) makes it answer `false`, and the caller asks `ledger_post_batch`, which sorts them out.
"""

from migrations.ledger_holds.posting import BALANCE_OF_LEG, RIGHTS

# Plans without scans, and the rows of balances by look-ups in the order in which they are asked for: by their ids. The joins
# that are ruled out could turn that order round.
PLANS = (
    "SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off"
    " SET enable_hashjoin = off SET enable_mergejoin = off"
)

# The row of an account, or nothing when it has less than all that these postings together take from it, whatever they give.
COVERED = BALANCE_OF_LEG.replace(
    "SELECT b.id", "SELECT CASE WHEN b.kind = 'system' OR b.available + leg.debits >= 0 THEN b.id END"
)

# What one cent or one smallest part of a token is worth.
UNIT = "CASE p_currencies[leg.account] WHEN 'KES' THEN 0.01 ELSE 0.000000000000000001 END"

# Each account is named once: `p_kinds` to `p_currencies` say whose it is; `p_accounts` says which of them each leg moves, by
# its place there. Legs move free money, in the order of their postings: `p_of` is the place of the posting, `p_numbers` the
# leg's number in it, `p_minor` how many cents or smallest parts of a token. Balances are locked by moving them, in the order of
# their ids; what they had before comes back with them, and what each leg left behind is added up from there. The time is read
# once all are locked. That nobody was short at any leg is proven by the guard of the balances.
POST_PLAIN = f"""
CREATE FUNCTION ledger_post_plain(
  p_transfers uuid[], p_keys uuid[], p_fingerprints bytea[], p_kinds_of text[], p_details jsonb[], p_event_at timestamptz,
  p_legs integer[], p_kinds text[], p_users uuid[], p_daos uuid[], p_names text[], p_currencies text[],
  p_of integer[], p_numbers integer[], p_accounts integer[], p_minor bigint[]) RETURNS boolean
LANGUAGE plpgsql {RIGHTS} {PLANS} AS $$
DECLARE
  v_locked integer;
  v_new boolean;
  v_balances bigint[];
  v_units numeric[];
BEGIN
  PERFORM pg_advisory_xact_lock(hash)
  FROM (SELECT DISTINCT uuid_hash_extended(key, 0) AS hash FROM unnest(p_keys) AS key ORDER BY 1) sorted;
  GET DIAGNOSTICS v_locked = ROW_COUNT;
  SELECT bool_and((SELECT t.id FROM ledger_transfers t WHERE t.key = posting.key) IS NULL
    AND (SELECT r.key FROM ledger_rejections r WHERE r.key = posting.key) IS NULL)
  INTO v_new FROM unnest(p_keys) AS posting(key);
  IF NOT v_new OR v_locked <> cardinality(p_keys) THEN
    RETURN false;
  END IF;

  SELECT array_agg({COVERED} ORDER BY leg.account), array_agg(leg.unit ORDER BY leg.account)
  INTO v_balances, v_units
  FROM (
    SELECT leg.account, p_kinds[leg.account] AS kind, p_users[leg.account] AS user_id, p_daos[leg.account] AS dao_id,
      p_names[leg.account] AS name, p_currencies[leg.account] AS currency, {UNIT} AS unit,
      {UNIT} * sum(least(leg.minor, 0)) AS debits
    FROM unnest(p_accounts, p_minor) AS leg(account, minor) GROUP BY leg.account
  ) leg;
  IF array_position(v_balances, NULL) IS NOT NULL THEN
    RETURN false;
  END IF;

  WITH moved AS (
    UPDATE ledger_balances b SET available = b.available + total.amount, seq = b.seq + total.steps
    FROM (
      SELECT v_balances[leg.account] AS balance, v_units[leg.account] * sum(leg.minor) AS amount, count(*) AS steps
      FROM unnest(p_accounts, p_minor) AS leg(account, minor)
      GROUP BY leg.account ORDER BY v_balances[leg.account]
      -- All of them; a limit that isn't known yet makes the planner expect few, and look the balances up by their ids.
      LIMIT cardinality(v_balances)
    ) total
    WHERE b.id = total.balance
    RETURNING b.id, b.available - total.amount AS available, b.seq - total.steps AS seq, clock_timestamp() AS at
  ), moment AS MATERIALIZED (
    SELECT max(moved.at) AS at FROM moved
  ), opened AS (
    INSERT INTO ledger_transfers (id, key, fingerprint, kind, details, legs, event_at, posted_at)
    SELECT posting.id, posting.key, posting.fingerprint, posting.kind, posting.details, posting.legs, p_event_at, moment.at
    FROM unnest(p_transfers, p_keys, p_fingerprints, p_kinds_of, p_details, p_legs)
      AS posting(id, key, fingerprint, kind, details, legs), moment
  )
  INSERT INTO ledger_entries (transfer_id, leg, balance_id, seq, bucket, currency, amount, after, posted_at)
  SELECT p_transfers[step.posting], step.leg, step.balance, step.seq, 'available', p_currencies[step.account], step.amount,
    step.after, moment.at
  FROM (
    SELECT step.*, first_value(step.base) OVER turn + row_number() OVER turn - 1 AS seq, sum(step.amount) OVER turn AS after
    FROM (
      SELECT leg.n, leg.posting, leg.leg, leg.account, v_balances[leg.account] AS balance, NULL::bigint AS base,
        v_units[leg.account] * leg.minor AS amount
      FROM unnest(p_of, p_numbers, p_accounts, p_minor) WITH ORDINALITY AS leg(posting, leg, account, minor, n)
      UNION ALL SELECT 0, NULL, NULL, NULL, moved.id, moved.seq, moved.available FROM moved
    ) step
    WINDOW turn AS (PARTITION BY step.balance ORDER BY step.n ROWS UNBOUNDED PRECEDING)
  ) step, moment
  WHERE step.n > 0
  ORDER BY step.n;
  RETURN true;
EXCEPTION WHEN integrity_constraint_violation OR data_exception THEN
  RETURN false;
END
$$
"""
PLAIN = (
    "ledger_post_plain(uuid[], uuid[], bytea[], text[], jsonb[], timestamptz, integer[], text[], uuid[], uuid[], text[],"
    " text[], integer[], integer[], integer[], bigint[])"
)
