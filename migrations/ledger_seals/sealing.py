"""Seals: what is posted is hashed block by block into a chain, away from the postings themselves.

A row carries the number of the transaction that wrote it. Numbers below a snapshot's xmin belong to transactions that have
ended, and will for ever: a block ends there, so no late commit can slip into it or between two of them.
"""

RIGHTS = "SECURITY DEFINER SET search_path = {schema}, pg_temp"
# What rows look like must not depend on who asks, and a block must be found by look-ups however little is known about the
# tables: OFFSET 0 keeps the planner from turning a join around.
CANONICAL = "SET client_encoding = 'UTF8'"
LOOKUPS = (
    "SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off"
    " SET max_parallel_workers_per_gather = 0 SET plan_cache_mode = force_generic_plan"
)

# The number goes on from where the books were when they move to another server (`ledger_adopt`).
XACT = """
CREATE OR REPLACE FUNCTION ledger_xact(p_xid xid8) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT p_xid::text::bigint + {offset}
$$
"""

# A dump that is restored into a new server meets smaller transaction numbers there: they are lifted over those in the books.
ADOPT = """
CREATE FUNCTION ledger_adopt() RETURNS bigint LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$
DECLARE
  v_highest bigint;
  v_own bigint := pg_current_xact_id()::text::bigint;
BEGIN
  LOCK TABLE ledger_transfers, ledger_rejections IN SHARE ROW EXCLUSIVE MODE;
  SELECT greatest(
    coalesce((SELECT max(xact) FROM ledger_transfers), 0), coalesce((SELECT max(xact) FROM ledger_rejections), 0),
    coalesce((SELECT max(xact) FROM ledger_chart), 0), coalesce((SELECT max(upto) FROM ledger_seals), 0)) INTO v_highest;
  IF v_highest > ledger_xact(v_own::text::xid8) THEN
    EXECUTE format(
      'CREATE OR REPLACE FUNCTION ledger_xact(p_xid xid8) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS %L',
      format('SELECT p_xid::text::bigint + %s', v_highest - v_own + 1));
  END IF;
  RETURN ledger_xact(v_own::text::xid8);
END
$$
"""

# The canonical form: each row is PostgreSQL's binary form of ROW(the columns in the order below), which states the length of
# each part, so that no two contents look alike and no setting but the encoding matters. The rows of a kind follow each other
# in the order named, the SHA-256 of each kind follows that of the one before, and the SHA-256 of those is the digest. A
# transfer brings its entries and the hold that it ended, and the first entry of a balance brings whose balance it is.
CONTENT = f"""
CREATE FUNCTION ledger_content(
  p_since bigint, p_upto bigint, OUT transfers bigint, OUT entries bigint, OUT rejections bigint, OUT legs bigint,
  OUT digest bytea)
LANGUAGE sql STABLE SET search_path = {{schema}}, pg_temp {CANONICAL} {LOOKUPS} AS $$
  SELECT t.transfers, e.entries, r.rejections, t.legs,
    sha256(sha256(t.rows) || sha256(h.rows) || sha256(e.rows) || sha256(e.owners) || sha256(r.rows) || sha256(c.rows))
  FROM (
    SELECT count(*) AS transfers, coalesce(sum(t.legs), 0)::bigint AS legs,
      coalesce(string_agg(record_send(ROW(t.xact, t.id, t.key, t.event_at, t.posted_at, t.legs, t.fingerprint, t.kind,
        t.details, t.step, t.ref_transfer, t.expires_at)), '' ORDER BY t.xact, t.id), '') AS rows
    FROM ledger_transfers t WHERE t.xact >= p_since AND t.xact < p_upto
  ) t, (
    SELECT coalesce(string_agg(record_send(ROW(h.pending_transfer, h.transfer_id, h.outcome, h.resolved_at)),
        '' ORDER BY h.transfer_id), '') AS rows
    FROM ledger_transfers t JOIN ledger_resolutions h ON h.transfer_id = t.id
    WHERE t.xact >= p_since AND t.xact < p_upto AND t.ref_transfer IS NOT NULL
  ) h, (
    SELECT count(*) AS entries,
      coalesce(string_agg(record_send(ROW(e.transfer_id, e.leg, e.balance_id, e.seq, e.posted_at, e.bucket::text,
        e.currency, e.amount, e.after)), '' ORDER BY e.transfer_id, e.leg), '') AS rows,
      coalesce(string_agg((
        SELECT string_agg(record_send(ROW(b.id, b.kind, b.user_id, b.dao_id, b.name, b.currency, b.created_at)), '')
        FROM ledger_balances b WHERE b.id = e.balance_id), '' ORDER BY e.balance_id) FILTER (WHERE e.seq = 1), '') AS owners
    FROM (SELECT id, posted_at FROM ledger_transfers WHERE xact >= p_since AND xact < p_upto OFFSET 0) t
    CROSS JOIN LATERAL (
      SELECT * FROM ledger_history h WHERE h.transfer_id = t.id AND h.posted_at = t.posted_at OFFSET 0) e
  ) e, (
    SELECT count(*) AS rejections, coalesce(string_agg(record_send(ROW(r.xact, r.key, r.fingerprint, r.kind, r.reason,
        r.currency, r.available, r.needed, r.event_at, r.rejected_at)), '' ORDER BY r.xact, r.key), '') AS rows
    FROM ledger_rejections r WHERE r.xact >= p_since AND r.xact < p_upto
  ) r, (
    SELECT coalesce(string_agg(record_send(ROW(c.xact, c.kind, c.name, c.meaning)), '' ORDER BY c.xact, c.kind COLLATE "C",
        c.name COLLATE "C"), '') AS rows
    FROM ledger_chart c WHERE c.xact >= p_since AND c.xact < p_upto
  ) c
$$
"""

SEAL_HASH = f"""
CREATE FUNCTION ledger_seal_hash(p_seal ledger_seals) RETURNS bytea
LANGUAGE sql STABLE SET search_path = {{schema}}, pg_temp {CANONICAL} AS $$
  SELECT sha256(record_send(ROW(p_seal.number, p_seal.since, p_seal.upto, p_seal.transfers, p_seal.entries,
    p_seal.rejections, p_seal.sealed_at, p_seal.digest, p_seal.previous)))
$$
"""

# One block after another, up to `p_blocks` of them; each ends between two transactions and holds at least `p_size` transfers
# and refusals when so many wait. Answers how many blocks it made, and whether more may be waiting.
SEAL = f"""
CREATE FUNCTION ledger_seal(p_at timestamptz, p_size integer, p_blocks integer, OUT blocks integer, OUT more boolean)
LANGUAGE plpgsql {RIGHTS} SET enable_seqscan = off AS $$
DECLARE
  v_last ledger_seals;
  v_next ledger_seals;
  v_content record;
  v_upto bigint;
BEGIN
  blocks := 0;
  more := false;
  PERFORM pg_advisory_xact_lock(hashtextextended('ledger_seal', 0));
  -- Every transaction below this number has ended, and what it wrote is visible to the statements that follow.
  v_upto := ledger_xact(pg_snapshot_xmin(pg_current_snapshot()));
  SELECT * INTO v_last FROM ledger_seals ORDER BY number DESC LIMIT 1;
  IF v_last.upto > v_upto THEN
    RAISE EXCEPTION 'this server counts transactions from lower than the books: run ledger_adopt()'
      USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  LOOP
    v_next := (
      coalesce(v_last.number, 0) + 1, coalesce(v_last.upto, 0), NULL, NULL, NULL, NULL, p_at, NULL,
      coalesce(v_last.hash, '\\x'), NULL);
    SELECT xact + 1 INTO v_next.upto FROM (
      (SELECT xact FROM ledger_transfers WHERE xact >= v_next.since AND xact < v_upto ORDER BY xact LIMIT p_size)
      UNION ALL
      (SELECT xact FROM ledger_rejections WHERE xact >= v_next.since AND xact < v_upto ORDER BY xact LIMIT p_size)
    ) waiting ORDER BY xact OFFSET p_size - 1 LIMIT 1;
    IF NOT FOUND THEN
      v_next.upto := v_upto;
    END IF;
    SELECT * INTO v_content FROM ledger_content(v_next.since, v_next.upto);
    EXIT WHEN v_content.transfers + v_content.rejections = 0;
    IF v_content.entries <> v_content.legs THEN
      RAISE EXCEPTION 'a transfer lacks entries and can''t be sealed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    v_next.transfers := v_content.transfers;
    v_next.entries := v_content.entries;
    v_next.rejections := v_content.rejections;
    v_next.digest := v_content.digest;
    v_next.hash := ledger_seal_hash(v_next);
    INSERT INTO ledger_seals SELECT v_next.*;
    v_last := v_next;
    blocks := blocks + 1;
    more := blocks = p_blocks;
    EXIT WHEN more;
  END LOOP;
END
$$
"""

SEALS_GUARD = """
CREATE FUNCTION ledger_guard_seals() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  v_last ledger_seals;
BEGIN
  SELECT * INTO v_last FROM ledger_seals ORDER BY number DESC LIMIT 1;
  IF (NEW.number, NEW.since, NEW.previous, NEW.hash) IS DISTINCT FROM
    (coalesce(v_last.number, 0) + 1, coalesce(v_last.upto, 0), coalesce(v_last.hash, '\\x'), ledger_seal_hash(NEW))
    OR NEW.upto > ledger_xact(pg_snapshot_xmin(pg_current_snapshot())) THEN
    RAISE EXCEPTION 'a seal goes on from the one before it' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$
"""

# The number is looked at where the guards look at the new rows anyway: a trigger of its own cost a tenth of a posting.
OWN_NUMBER = "OR fresh.xact <> ledger_xact(pg_current_xact_id())"

TRIGGERS = (
    """CREATE TRIGGER chart_has_its_transaction BEFORE INSERT ON ledger_chart FOR EACH ROW
    WHEN (NEW.xact <> ledger_xact(pg_current_xact_id()))
    EXECUTE FUNCTION ledger_refuse('nothing is written under the number of another transaction')""",
    "CREATE TRIGGER seals_form_a_chain BEFORE INSERT ON ledger_seals FOR EACH ROW EXECUTE FUNCTION ledger_guard_seals()",
    """CREATE TRIGGER seals_are_final BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_seals
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('seals stay')""",
)

# The chain is only as long as it is known to be: the newest seal may be told to anybody.
EVERYTHING = (CONTENT, SEAL_HASH, SEAL, SEALS_GUARD, ADOPT, *TRIGGERS)
SIGNATURES = ("ledger_seal(timestamptz, integer, integer)",)
