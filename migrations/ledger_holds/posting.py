"""The functions that write the books: one for a single posting, one for many at once.

Both run with their owner's rights, on plans without scans, and take keys before rows and rows in the order of their ids, so
that no two callers wait in a circle.
"""

# Generic plans are made once for a connection's life; those made while the tables were small must not scan them later.
PLANS = "SET plan_cache_mode = force_generic_plan SET enable_seqscan = off"
RIGHTS = "SECURITY DEFINER SET search_path = {schema}, pg_temp"

# The row of a leg. IS NOT DISTINCT FROM can't use an index, so each kind of owner has its own look-up.
BALANCE_OF_LEG = """
    CASE leg.kind
      WHEN 'member' THEN CASE
        WHEN leg.dao_id IS NULL THEN (
          SELECT b.id FROM ledger_balances b WHERE b.kind = 'member' AND b.user_id = leg.user_id AND b.dao_id IS NULL
            AND b.name IS NULL AND b.currency = leg.currency)
        ELSE (
          SELECT b.id FROM ledger_balances b WHERE b.kind = 'member' AND b.user_id = leg.user_id AND b.dao_id = leg.dao_id
            AND b.name IS NULL AND b.currency = leg.currency)
      END
      WHEN 'treasury' THEN (
        SELECT b.id FROM ledger_balances b WHERE b.kind = 'treasury' AND b.user_id IS NULL AND b.dao_id = leg.dao_id
          AND b.name IS NULL AND b.currency = leg.currency)
      WHEN 'pot' THEN (
        SELECT b.id FROM ledger_balances b WHERE b.kind = 'pot' AND b.user_id IS NULL AND b.dao_id = leg.dao_id
          AND b.name = leg.name AND b.currency = leg.currency)
      ELSE (
        SELECT b.id FROM ledger_balances b WHERE b.kind = 'system' AND b.user_id IS NULL AND b.dao_id IS NULL
          AND b.name = leg.name AND b.currency = leg.currency)
    END"""

BALANCE_IDS = f"""
CREATE OR REPLACE FUNCTION ledger_balance_ids(
  p_kinds text[], p_users uuid[], p_daos uuid[], p_names text[], p_currencies text[]) RETURNS bigint[]
LANGUAGE sql STABLE AS $$
  SELECT array_agg({BALANCE_OF_LEG} ORDER BY leg.n)
  FROM unnest(p_kinds, p_users, p_daos, p_names, p_currencies)
    WITH ORDINALITY AS leg(kind, user_id, dao_id, name, currency, n)
$$
"""

# Why a transfer that refers to another one can't be posted any more; nothing when it can.
VERDICT = """
CREATE FUNCTION ledger_verdict(p_step text, p_ref uuid) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE
    WHEN p_step IN ('post', 'void', 'expire') THEN
      (SELECT 'resolved' FROM ledger_resolutions r WHERE r.pending_transfer = p_ref)
    WHEN p_step = 'reverse' THEN
      (SELECT 'reversed' FROM ledger_transfers t WHERE t.ref_transfer = p_ref AND t.step = 'reverse')
  END
$$
"""

# Sorted, so that two first transfers between the same owners can't wait for each other.
OPEN = """
CREATE FUNCTION ledger_open_balances(
  p_balances bigint[], p_kinds text[], p_users uuid[], p_daos uuid[], p_names text[], p_currencies text[],
  p_at timestamptz) RETURNS void
LANGUAGE sql AS $$
  INSERT INTO ledger_balances (kind, user_id, dao_id, name, currency, created_at)
  SELECT DISTINCT leg.kind, leg.user_id, leg.dao_id, leg.name, leg.currency, p_at
  FROM unnest(p_balances, p_kinds, p_users, p_daos, p_names, p_currencies)
    AS leg(balance, kind, user_id, dao_id, name, currency)
  WHERE leg.balance IS NULL
  ORDER BY leg.kind, leg.user_id, leg.dao_id, leg.name, leg.currency
  ON CONFLICT DO NOTHING
$$
"""

WRITE = """
  WITH opened AS (
    INSERT INTO ledger_transfers
      (id, key, fingerprint, kind, details, legs, event_at, posted_at, step, ref_transfer, expires_at)
    VALUES (p_transfer, p_key, p_fingerprint, p_kind, p_details, v_legs, p_event_at, v_posted_at,
      p_step, p_ref, p_expires_at)
  ),{resolved} moved AS (
    UPDATE ledger_balances b
    SET available = total.available, pending = total.pending, locked = total.locked, seq = total.seq
    FROM unnest(v_rows, v_available, v_pending, v_locked, v_row_seqs) AS total(id, available, pending, locked, seq)
    WHERE b.id = total.id
  )
  INSERT INTO ledger_entries (transfer_id, leg, balance_id, seq, bucket, currency, amount, after, posted_at)
  SELECT p_transfer, leg.n, leg.balance, leg.seq, leg.bucket::ledger_bucket, leg.currency, leg.amount, leg.after, v_posted_at
  FROM unnest(v_balances, v_seqs, p_buckets, p_currencies, p_amounts, v_afters)
    WITH ORDINALITY AS leg(balance, seq, bucket, currency, amount, after, n)"""
RESOLVED = """ resolved AS (
    INSERT INTO ledger_resolutions (pending_transfer, transfer_id, outcome, resolved_at)
    VALUES (p_ref, p_transfer, p_step, v_posted_at)
  ),"""

# It answers instead of raising, so that the caller's transaction can go on after a refusal: 'posted', 'repeated' (the first
# transfer's id), 'reused' (other content under this key), or why it is refused for ever: 'short' (what is there and what was
# needed), 'resolved', 'reversed'.
POST = f"""
CREATE FUNCTION ledger_post(
  p_transfer uuid, p_key uuid, p_fingerprint bytea, p_kind text, p_details jsonb, p_event_at timestamptz,
  p_kinds text[], p_users uuid[], p_daos uuid[], p_names text[], p_currencies text[], p_buckets text[],
  p_amounts numeric[], p_step text DEFAULT 'single', p_ref uuid DEFAULT NULL, p_expires_at timestamptz DEFAULT NULL,
  OUT status text, OUT transfer uuid, OUT currency text, OUT available numeric, OUT needed numeric)
LANGUAGE plpgsql {RIGHTS} {PLANS} AS $$
DECLARE
  v_known record;
  v_row record;
  v_legs integer := cardinality(p_amounts);
  v_balances bigint[] := array_fill(NULL::bigint, ARRAY[v_legs]);
  v_seqs bigint[] := v_balances;
  v_afters numeric[] := p_amounts;
  v_rows bigint[] := '{{}}';
  v_available numeric[] := '{{}}';
  v_pending numeric[] := '{{}}';
  v_locked numeric[] := '{{}}';
  v_row_seqs bigint[] := '{{}}';
  v_balance bigint;
  v_missing boolean := false;
  v_short boolean := false;
  v_posted_at timestamptz;
BEGIN
  -- The key is claimed by a lock, since its row may come to lie in either of two tables.
  PERFORM pg_advisory_xact_lock(uuid_hash_extended(p_key, 0));
  SELECT t.id, t.fingerprint, NULL::text AS reason, NULL::text AS currency, NULL::numeric AS available, NULL::numeric AS needed
  INTO v_known FROM ledger_transfers t WHERE t.key = p_key
  UNION ALL SELECT NULL, r.fingerprint, r.reason, r.currency, r.available, r.needed
  FROM ledger_rejections r WHERE r.key = p_key;
  IF FOUND THEN
    transfer := v_known.id;
    IF v_known.fingerprint <> p_fingerprint THEN
      status := 'reused';
    ELSE
      status := coalesce(v_known.reason, 'repeated');
      currency := v_known.currency;
      available := v_known.available;
      needed := v_known.needed;
    END IF;
    RETURN;
  END IF;

  FOR i IN 1 .. v_legs LOOP
    -- The tables would round what they can't hold, and something else than what was asked would be posted.
    IF p_amounts[i] <> trunc(p_amounts[i], 18) THEN
      RAISE EXCEPTION 'an amount has at most 18 decimals' USING ERRCODE = 'check_violation';
    END IF;
    IF p_kinds[i] = 'member' AND p_daos[i] IS NULL THEN
      SELECT b.id INTO v_balance FROM ledger_balances b WHERE b.kind = 'member' AND b.user_id = p_users[i]
        AND b.dao_id IS NULL AND b.name IS NULL AND b.currency = p_currencies[i];
    ELSIF p_kinds[i] = 'member' THEN
      SELECT b.id INTO v_balance FROM ledger_balances b WHERE b.kind = 'member' AND b.user_id = p_users[i]
        AND b.dao_id = p_daos[i] AND b.name IS NULL AND b.currency = p_currencies[i];
    ELSIF p_kinds[i] = 'treasury' THEN
      SELECT b.id INTO v_balance FROM ledger_balances b WHERE b.kind = 'treasury' AND b.user_id IS NULL
        AND b.dao_id = p_daos[i] AND b.name IS NULL AND b.currency = p_currencies[i];
    ELSIF p_kinds[i] = 'pot' THEN
      SELECT b.id INTO v_balance FROM ledger_balances b WHERE b.kind = 'pot' AND b.user_id IS NULL
        AND b.dao_id = p_daos[i] AND b.name = p_names[i] AND b.currency = p_currencies[i];
    ELSE
      SELECT b.id INTO v_balance FROM ledger_balances b WHERE b.kind = 'system' AND b.user_id IS NULL
        AND b.dao_id IS NULL AND b.name = p_names[i] AND b.currency = p_currencies[i];
    END IF;
    v_balances[i] := v_balance;
    v_missing := v_missing OR v_balance IS NULL;
  END LOOP;
  IF v_missing THEN
    -- Looking before creating keeps a refused transfer from leaving empty rows behind. One statement, so one moment.
    SELECT ledger_verdict(p_step, p_ref), s.currency, s.available, s.needed INTO status, currency, available, needed
    FROM (SELECT) one LEFT JOIN LATERAL
      ledger_shortfall(v_balances, p_kinds, p_users, p_daos, p_names, p_currencies, p_buckets, p_amounts) s ON true;
    IF status IS NULL AND needed IS NULL THEN
      PERFORM ledger_open_balances(v_balances, p_kinds, p_users, p_daos, p_names, p_currencies, p_event_at);
      v_balances := ledger_balance_ids(p_kinds, p_users, p_daos, p_names, p_currencies);
    END IF;
  END IF;

  IF status IS NULL AND needed IS NULL THEN
    FOR v_row IN
      SELECT b.id, b.available, b.pending, b.locked, b.seq FROM ledger_balances b WHERE b.id = ANY (v_balances)
      ORDER BY b.id FOR NO KEY UPDATE
    LOOP
      -- The legs of this row in their order, so that money can't be spent before it has come in.
      FOR i IN 1 .. v_legs LOOP
        CONTINUE WHEN v_balances[i] <> v_row.id;
        v_row.seq := v_row.seq + 1;
        v_seqs[i] := v_row.seq;
        IF p_buckets[i] = 'available' THEN
          v_row.available := v_row.available + p_amounts[i];
          v_afters[i] := v_row.available;
        ELSIF p_buckets[i] = 'pending' THEN
          v_row.pending := v_row.pending + p_amounts[i];
          v_afters[i] := v_row.pending;
        ELSE
          v_row.locked := v_row.locked + p_amounts[i];
          v_afters[i] := v_row.locked;
        END IF;
        v_short := v_short OR (v_afters[i] < 0 AND p_kinds[i] <> 'system');
      END LOOP;
      v_rows := v_rows || v_row.id;
      v_available := v_available || v_row.available;
      v_pending := v_pending || v_row.pending;
      v_locked := v_locked || v_row.locked;
      v_row_seqs := v_row_seqs || v_row.seq;
    END LOOP;
    -- Asked under the locks: whoever resolves or reverses the same transfer takes the same rows.
    IF p_ref IS NOT NULL THEN
      status := ledger_verdict(p_step, p_ref);
    END IF;
    IF status IS NULL AND v_short THEN
      SELECT s.currency, s.available, s.needed INTO currency, available, needed
      FROM ledger_shortfall(v_balances, p_kinds, p_users, p_daos, p_names, p_currencies, p_buckets, p_amounts) s;
    END IF;
  END IF;
  IF status IS NOT NULL OR needed IS NOT NULL THEN
    IF status IS NULL THEN
      status := 'short';
    ELSE
      currency := NULL;
      available := NULL;
      needed := NULL;
    END IF;
    INSERT INTO ledger_rejections (key, fingerprint, kind, reason, currency, available, needed, event_at, rejected_at)
    VALUES (p_key, p_fingerprint, p_kind, status, ledger_post.currency, ledger_post.available, ledger_post.needed,
      p_event_at, clock_timestamp());
    RETURN;
  END IF;

  -- Taken under the locks, so that times never run against the sequence.
  v_posted_at := clock_timestamp();
  IF p_step IN ('post', 'void', 'expire') THEN
    {WRITE.format(resolved=RESOLVED)};
  ELSE
    {WRITE.format(resolved="")};
  END IF;
  status := 'posted';
  transfer := p_transfer;
END
$$
"""

# Many postings in one statement. A posting is plain when nothing about it can be in doubt: a new key, no other transfer that
# it refers to, and debits that are covered even when every other posting here is counted against the same money and none
# for it (adding them up first would let two people without a shilling pay each other). All others go one by one through the
# single function, each in a sub-transaction. `p_legs` says how many of the legs, which come in the order of the postings,
# belong to each. `problem` is the database's own word about a posting that is wrong in itself ('broken'); the others are
# not harmed.
POST_BATCH = f"""
CREATE FUNCTION ledger_post_batch(
  p_transfers uuid[], p_keys uuid[], p_fingerprints bytea[], p_kinds_of text[], p_details jsonb[], p_event_at timestamptz,
  p_steps text[], p_refs uuid[], p_expire_at timestamptz[],
  p_legs integer[], p_kinds text[], p_users uuid[], p_daos uuid[], p_names text[], p_currencies text[], p_buckets text[],
  p_amounts numeric[])
RETURNS TABLE (status text, transfer uuid, currency text, available numeric, needed numeric, problem text)
LANGUAGE plpgsql {RIGHTS} {PLANS} AS $$
#variable_conflict use_column
DECLARE
  v_size integer := cardinality(p_keys);
  v_of integer[];
  v_numbers smallint[];
  v_plain boolean[];
  v_balances bigint[];
  v_first integer := 1;
  v_last integer := 0;
  v_statuses text[] := array_fill(NULL::text, ARRAY[cardinality(p_keys)]);
  v_transfers uuid[] := p_transfers;
  v_currencies text[] := array_fill(NULL::text, ARRAY[cardinality(p_keys)]);
  v_availables numeric[] := array_fill(NULL::numeric, ARRAY[cardinality(p_keys)]);
  v_needed numeric[] := array_fill(NULL::numeric, ARRAY[cardinality(p_keys)]);
  v_problems text[] := array_fill(NULL::text, ARRAY[cardinality(p_keys)]);
  v_answer record;
  v_posted_at timestamptz;
BEGIN
  PERFORM pg_advisory_xact_lock(hash)
  FROM (SELECT DISTINCT uuid_hash_extended(key, 0) AS hash FROM unnest(p_keys) AS key ORDER BY 1) sorted;

  SELECT array_agg(posting.n ORDER BY posting.n, leg.n), array_agg(leg.n ORDER BY posting.n, leg.n)
  INTO v_of, v_numbers
  FROM unnest(p_legs) WITH ORDINALITY AS posting(legs, n) CROSS JOIN LATERAL generate_series(1, posting.legs) AS leg(n);
  IF cardinality(v_of) IS DISTINCT FROM cardinality(p_amounts) THEN
    RAISE EXCEPTION 'every leg belongs to a posting' USING ERRCODE = 'check_violation';
  END IF;

  SELECT array_agg(
    posting.nth = 1 AND posting.ref IS NULL
    AND (SELECT t.id FROM ledger_transfers t WHERE t.key = posting.key) IS NULL
    AND (SELECT r.key FROM ledger_rejections r WHERE r.key = posting.key) IS NULL
    ORDER BY posting.n)
  INTO v_plain
  FROM (
    SELECT key, ref, n, row_number() OVER (PARTITION BY key ORDER BY n) AS nth
    FROM unnest(p_keys, p_refs) WITH ORDINALITY AS posting(key, ref, n)
  ) posting;

  SELECT array_agg({BALANCE_OF_LEG} ORDER BY leg.n) INTO v_balances
  FROM unnest(p_kinds, p_users, p_daos, p_names, p_currencies)
    WITH ORDINALITY AS leg(kind, user_id, dao_id, name, currency, n);
  IF array_position(v_balances, NULL) IS NOT NULL THEN
    -- No rows for a posting that can only be refused: it takes from somebody who has no row and gets nothing here.
    BEGIN
      PERFORM ledger_open_balances(
        array_agg(leg.balance), array_agg(leg.kind), array_agg(leg.user_id), array_agg(leg.dao_id), array_agg(leg.name),
        array_agg(leg.currency), p_event_at)
      FROM (
        SELECT leg.*, bool_or(leg.hopeless) OVER (PARTITION BY leg.posting) AS refused
        FROM (
          SELECT leg.*, leg.balance IS NULL AND leg.kind <> 'system' AND max(leg.amount)
            OVER (PARTITION BY leg.kind, leg.user_id, leg.dao_id, leg.name, leg.currency, leg.bucket) < 0 AS hopeless
          FROM unnest(v_of, v_balances, p_kinds, p_users, p_daos, p_names, p_currencies, p_buckets, p_amounts)
            AS leg(posting, balance, kind, user_id, dao_id, name, currency, bucket, amount)
        ) leg
      ) leg
      WHERE leg.balance IS NULL AND NOT leg.refused AND v_plain[leg.posting];
    EXCEPTION WHEN integrity_constraint_violation OR data_exception THEN
      -- An owner that can't be: found out again, and answered for, where each posting goes on its own.
      NULL;
    END;
    v_balances := ledger_balance_ids(p_kinds, p_users, p_daos, p_names, p_currencies);
  END IF;

  PERFORM 1 FROM ledger_balances b WHERE b.id = ANY (v_balances) ORDER BY b.id FOR NO KEY UPDATE;

  SELECT array_agg(v_plain[posting.n] AND posting.n <> ALL (doubtful.postings) ORDER BY posting.n) INTO v_plain
  FROM generate_series(1, v_size) AS posting(n)
  CROSS JOIN (
    SELECT coalesce(array_agg(DISTINCT leg.posting), '{{}}') AS postings
    FROM (
      SELECT leg.posting, leg.balance, leg.kind, leg.bucket, leg.amount,
        sum(least(leg.amount, 0)) OVER (PARTITION BY leg.balance, leg.bucket) AS debits
      FROM unnest(v_of, v_balances, p_kinds, p_buckets, p_amounts) AS leg(posting, balance, kind, bucket, amount)
      WHERE v_plain[leg.posting]
    ) leg
    WHERE leg.balance IS NULL OR (leg.kind <> 'system' AND leg.amount < 0 AND leg.debits + (
      SELECT CASE leg.bucket WHEN 'available' THEN b.available WHEN 'pending' THEN b.pending ELSE b.locked END
      FROM ledger_balances b WHERE b.id = leg.balance) < 0)
  ) doubtful;

  IF p_amounts IS DISTINCT FROM p_amounts::numeric(38,18)[] THEN
    v_plain := array_fill(false, ARRAY[v_size]);
  END IF;
  v_posted_at := clock_timestamp();
  BEGIN
    IF true = ANY (v_plain) THEN
      WITH leg AS MATERIALIZED (
        SELECT leg.posting, leg.n, leg.leg, leg.balance, leg.bucket, leg.currency, leg.amount,
          row_number() OVER (PARTITION BY leg.balance ORDER BY leg.n) AS step,
          sum(leg.amount) OVER (PARTITION BY leg.balance, leg.bucket ORDER BY leg.n) AS moved
        FROM unnest(v_of, v_numbers, v_balances, p_buckets, p_currencies, p_amounts)
          WITH ORDINALITY AS leg(posting, leg, balance, bucket, currency, amount, n)
        WHERE v_plain[leg.posting]
      ), opened AS (
        INSERT INTO ledger_transfers
          (id, key, fingerprint, kind, details, legs, event_at, posted_at, step, expires_at)
        SELECT posting.id, posting.key, posting.fingerprint, posting.kind, posting.details, posting.legs, p_event_at,
          v_posted_at, posting.step, posting.expires_at
        FROM unnest(p_transfers, p_keys, p_fingerprints, p_kinds_of, p_details, p_legs, p_steps, p_expire_at)
          WITH ORDINALITY AS posting(id, key, fingerprint, kind, details, legs, step, expires_at, n)
        WHERE v_plain[posting.n]
      ), moved AS (
        UPDATE ledger_balances b
        SET available = b.available + total.available, pending = b.pending + total.pending,
            locked = b.locked + total.locked, seq = b.seq + total.steps
        FROM (
          SELECT leg.balance, count(*) AS steps,
            coalesce(sum(leg.amount) FILTER (WHERE leg.bucket = 'available'), 0) AS available,
            coalesce(sum(leg.amount) FILTER (WHERE leg.bucket = 'pending'), 0) AS pending,
            coalesce(sum(leg.amount) FILTER (WHERE leg.bucket = 'locked'), 0) AS locked
          FROM leg GROUP BY leg.balance
        ) total
        WHERE b.id = total.balance
      )
      INSERT INTO ledger_entries (transfer_id, leg, balance_id, seq, bucket, currency, amount, after, posted_at)
      SELECT p_transfers[leg.posting], leg.leg, leg.balance, held.seq + leg.step, leg.bucket::ledger_bucket, leg.currency,
        leg.amount, held.held + leg.moved, v_posted_at
      FROM leg CROSS JOIN LATERAL (
        SELECT b.seq, CASE leg.bucket WHEN 'available' THEN b.available WHEN 'pending' THEN b.pending ELSE b.locked END AS held
        FROM ledger_balances b WHERE b.id = leg.balance
        -- Keeps the look-up a look-up: merged into a join it could be planned as a scan of all balances.
        OFFSET 0
      ) held
      ORDER BY leg.n;
      SELECT array_agg(CASE WHEN v_plain[n] THEN 'posted' END ORDER BY n) INTO v_statuses FROM generate_series(1, v_size) AS n;
    END IF;
  EXCEPTION WHEN integrity_constraint_violation OR data_exception THEN
    -- One of them is wrong in itself; apart, it can't harm the others.
    NULL;
  END;

  IF array_position(v_statuses, NULL) IS NOT NULL THEN
    FOR n IN 1 .. v_size LOOP
      v_first := v_last + 1;
      v_last := v_last + p_legs[n];
      CONTINUE WHEN v_statuses[n] IS NOT NULL;
      BEGIN
        SELECT p.status, p.transfer, p.currency, p.available, p.needed INTO v_answer
        FROM ledger_post(
          p_transfers[n], p_keys[n], p_fingerprints[n], p_kinds_of[n], p_details[n], p_event_at,
          p_kinds[v_first:v_last], p_users[v_first:v_last], p_daos[v_first:v_last],
          p_names[v_first:v_last], p_currencies[v_first:v_last], p_buckets[v_first:v_last],
          p_amounts[v_first:v_last], p_steps[n], p_refs[n], p_expire_at[n]) p;
        v_statuses[n] := v_answer.status;
        v_transfers[n] := v_answer.transfer;
        v_currencies[n] := v_answer.currency;
        v_availables[n] := v_answer.available;
        v_needed[n] := v_answer.needed;
      EXCEPTION WHEN integrity_constraint_violation OR data_exception THEN
        v_statuses[n] := 'broken';
        v_transfers[n] := NULL;
        v_problems[n] := SQLERRM;
      END;
    END LOOP;
  END IF;

  RETURN QUERY SELECT answer.status, answer.transfer, answer.currency, answer.available, answer.needed, answer.problem
  FROM unnest(v_statuses, v_transfers, v_currencies, v_availables, v_needed, v_problems)
    WITH ORDINALITY AS answer(status, transfer, currency, available, needed, problem, n)
  ORDER BY answer.n;
END
$$
"""

EVERYTHING = (BALANCE_IDS, VERDICT, OPEN, POST, POST_BATCH)
SINGLE = (
    "ledger_post(uuid, uuid, bytea, text, jsonb, timestamptz, text[], uuid[], uuid[], text[], text[], text[], numeric[],"
    " text, uuid, timestamptz)"
)
BATCH = (
    "ledger_post_batch(uuid[], uuid[], bytea[], text[], jsonb[], timestamptz, text[], uuid[], timestamptz[], integer[],"
    " text[], uuid[], uuid[], text[], text[], text[], numeric[])"
)
SIGNATURES = (SINGLE, BATCH)
