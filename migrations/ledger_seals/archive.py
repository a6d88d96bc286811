"""The archive: months that are over and sealed leave the table that is written to, and stay part of the books.

`ledger_history` is both together. An entry can't be deleted but by being in the archive, and can't enter the archive but by
having been an entry, so a move is the only thing that is possible.
"""

from migrations.ledger_seals.sealing import LOOKUPS

COLUMNS = "transfer_id, balance_id, seq, posted_at, bucket, leg, currency, amount, after"

TABLES = (
    """CREATE TABLE ledger_entries_archive (
      transfer_id uuid NOT NULL,
      balance_id bigint NOT NULL,
      seq bigint NOT NULL,
      posted_at timestamptz NOT NULL,
      bucket ledger_bucket NOT NULL,
      leg smallint NOT NULL,
      currency text NOT NULL,
      amount numeric(38,18) NOT NULL,
      after numeric(38,18) NOT NULL,
      CONSTRAINT pk_ledger_entries_archive PRIMARY KEY (transfer_id, posted_at, leg),
      CONSTRAINT uq_ledger_entries_archive_balance_id_seq_posted_at UNIQUE (balance_id, seq, posted_at)
    ) PARTITION BY RANGE (posted_at)""",
    """CREATE INDEX ix_ledger_entries_archive_aside ON ledger_entries_archive (balance_id, bucket, seq)
    WHERE bucket <> 'available'""",
    """CREATE TABLE ledger_openings (
      balance_id bigint NOT NULL,
      month date NOT NULL,
      seq bigint NOT NULL,
      available numeric(38,18) NOT NULL,
      pending numeric(38,18) NOT NULL,
      locked numeric(38,18) NOT NULL,
      CONSTRAINT pk_ledger_openings PRIMARY KEY (balance_id, month)
    )""",
    f"""CREATE VIEW ledger_history AS
    SELECT {COLUMNS} FROM ledger_entries UNION ALL SELECT {COLUMNS} FROM ledger_entries_archive""",
)

# Correlated look-ups, as in the other guards.
LEAVE = """
CREATE FUNCTION ledger_guard_leaving() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM gone
    WHERE (SELECT a FROM ledger_entries_archive a
        WHERE a.transfer_id = gone.transfer_id AND a.leg = gone.leg AND a.posted_at = gone.posted_at)
      IS DISTINCT FROM (gone.transfer_id, gone.balance_id, gone.seq, gone.posted_at, gone.bucket, gone.leg, gone.currency,
        gone.amount, gone.after)::ledger_entries_archive
  ) THEN
    RAISE EXCEPTION 'what is posted is final; only the archive takes it over' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END
$$
"""

# An archived entry is sealed, isn't among the others any more, and its transfer has as many entries as ever.
ARCHIVED = """
CREATE FUNCTION ledger_guard_archive() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  v_sealed bigint := coalesce((SELECT max(upto) FROM ledger_seals), 0);
BEGIN
  IF EXISTS (
    SELECT FROM (SELECT DISTINCT transfer_id, posted_at FROM fresh) moved
    WHERE (SELECT t.legs FROM ledger_transfers t
        WHERE t.id = moved.transfer_id AND t.posted_at = moved.posted_at AND t.xact < v_sealed)
      IS DISTINCT FROM
      (SELECT count(*) FROM ledger_entries_archive a
        WHERE a.transfer_id = moved.transfer_id AND a.posted_at = moved.posted_at)
      OR (SELECT count(*) FROM ledger_entries e WHERE e.transfer_id = moved.transfer_id) <> 0
  ) THEN
    RAISE EXCEPTION 'the archive takes whole, sealed transfers that leave the entries' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$
"""

# The unique numbers of the entries don't reach into the archive, so their guard asks for them there too.
NEW_NUMBER = """OR fresh.seq <= (
        SELECT o.seq FROM ledger_openings o WHERE o.balance_id = fresh.balance_id ORDER BY o.month DESC LIMIT 1)"""

# Moves what was posted in [p_from, p_until) of one month, in one go. Hours or days are given in their order. Answers how many
# entries it moved.
MOVE = f"""
CREATE FUNCTION ledger_archive(p_from timestamptz, p_until timestamptz) RETURNS bigint
LANGUAGE plpgsql SET search_path = {{schema}}, pg_temp SET timezone = 'UTC' {LOOKUPS} AS $$
DECLARE
  v_month date := date_trunc('month', p_from)::date;
  v_name text := 'ledger_entries_' || to_char(v_month, 'YYYY_MM');
  v_moved bigint;
BEGIN
  IF p_until <= p_from OR p_until > v_month + interval '1 month' OR v_month + interval '1 month' > clock_timestamp() THEN
    RAISE EXCEPTION 'a part of one month that is over is archived' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('ledger_archive', 0));
  IF NOT EXISTS (SELECT FROM ledger_transfers t WHERE t.posted_at >= p_from AND t.posted_at < p_until) THEN
    RETURN 0;
  END IF;
  IF to_regclass(format('%I', v_name)) IS NULL THEN
    EXECUTE format('CREATE TABLE %I PARTITION OF ledger_entries_archive FOR VALUES FROM (%L) TO (%L)',
      v_name, v_month::timestamptz, (v_month + interval '1 month')::timestamptz);
    EXECUTE format('CREATE TRIGGER archived_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON %I
      FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse(%L)', v_name, 'the archive stays as it is');
    EXECUTE format('CREATE TRIGGER archive_agrees AFTER INSERT ON %I REFERENCING NEW TABLE AS fresh
      FOR EACH STATEMENT EXECUTE FUNCTION ledger_guard_archive()', v_name);
  END IF;

  CREATE TEMPORARY TABLE archiving ON COMMIT DROP AS
    SELECT e.balance_id, e.bucket, e.seq, e.after FROM ledger_entries e WITH NO DATA;
  WITH gone AS (
    DELETE FROM ledger_entries e USING ledger_transfers t
    WHERE t.posted_at >= p_from AND t.posted_at < p_until AND e.transfer_id = t.id
    RETURNING e.transfer_id, e.balance_id, e.seq, e.posted_at, e.bucket, e.leg, e.currency, e.amount, e.after
  ), moved AS (
    INSERT INTO ledger_entries_archive ({COLUMNS}) SELECT {COLUMNS} FROM gone
  )
  INSERT INTO archiving SELECT balance_id, bucket, seq, after FROM gone;
  GET DIAGNOSTICS v_moved = ROW_COUNT;

  IF EXISTS (
    SELECT FROM (
      SELECT a.balance_id, min(a.seq) AS first, max(a.seq) AS last, count(*) AS steps FROM archiving a GROUP BY a.balance_id
    ) moved
    WHERE last - first + 1 <> steps OR first - 1 <> coalesce((
      SELECT o.seq FROM ledger_openings o WHERE o.balance_id = moved.balance_id ORDER BY o.month DESC LIMIT 1), 0)
  ) THEN
    RAISE EXCEPTION 'entries are archived in their order: what is before these must go first'
      USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  INSERT INTO ledger_openings AS o (balance_id, month, seq, available, pending, locked)
  SELECT a.balance_id, v_month, max(a.seq),
    coalesce((array_agg(a.after ORDER BY a.seq DESC) FILTER (WHERE a.bucket = 'available'))[1],
      (SELECT b.available FROM ledger_openings b WHERE b.balance_id = a.balance_id ORDER BY b.month DESC LIMIT 1), 0),
    coalesce((array_agg(a.after ORDER BY a.seq DESC) FILTER (WHERE a.bucket = 'pending'))[1],
      (SELECT b.pending FROM ledger_openings b WHERE b.balance_id = a.balance_id ORDER BY b.month DESC LIMIT 1), 0),
    coalesce((array_agg(a.after ORDER BY a.seq DESC) FILTER (WHERE a.bucket = 'locked'))[1],
      (SELECT b.locked FROM ledger_openings b WHERE b.balance_id = a.balance_id ORDER BY b.month DESC LIMIT 1), 0)
  FROM archiving a GROUP BY a.balance_id
  ON CONFLICT (balance_id, month) DO UPDATE
    SET seq = EXCLUDED.seq, available = EXCLUDED.available, pending = EXCLUDED.pending, locked = EXCLUDED.locked;
  DROP TABLE archiving;
  RETURN v_moved;
END
$$
"""

TRIGGERS = (
    "DROP TRIGGER entries_are_final ON ledger_entries",
    """CREATE TRIGGER entries_are_final BEFORE UPDATE OR TRUNCATE ON ledger_entries
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('what is posted is final; correct it with a new transfer')""",
    """CREATE TRIGGER entries_leave_for_the_archive AFTER DELETE ON ledger_entries REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_guard_leaving()""",
    """CREATE TRIGGER archived_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entries_archive
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('the archive stays as it is')""",
    """CREATE TRIGGER archive_agrees AFTER INSERT ON ledger_entries_archive REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_guard_archive()""",
    """CREATE TRIGGER openings_only_advance BEFORE UPDATE ON ledger_openings FOR EACH ROW
    WHEN (NEW.seq <= OLD.seq OR (NEW.balance_id, NEW.month) IS DISTINCT FROM (OLD.balance_id, OLD.month))
    EXECUTE FUNCTION ledger_refuse('an opening balance only advances')""",
    """CREATE TRIGGER openings_stay BEFORE DELETE OR TRUNCATE ON ledger_openings
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('opening balances stay')""",
)

EVERYTHING = (LEAVE, ARCHIVED, MOVE, *TRIGGERS)
