"""The books: balances, transfers, entries, the posting function, the guards and the two views.

Every guard is a statement trigger that looks at what the statement left behind, so together they are an induction: books
that were right before a statement are right after it, whoever wrote it. The guards take the place of row foreign keys.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001_ledger"
down_revision = None
branch_labels = None
depends_on = None

AMOUNT = sa.Numeric(38, 18)
BUCKET = postgresql.ENUM("available", "pending", "locked", name="ledger_bucket")

# The balance row of an owner. IS NOT DISTINCT FROM alone can't use an index, so each kind of owner has its own look-up.
BALANCE_ID = """
CREATE FUNCTION ledger_balance_id(p_kind text, p_user uuid, p_dao uuid, p_name text, p_currency text) RETURNS bigint
LANGUAGE sql STABLE AS $$
  SELECT CASE p_kind
    WHEN 'member' THEN (
      SELECT id FROM ledger_balances
      WHERE kind = 'member' AND user_id = p_user AND dao_id IS NOT DISTINCT FROM p_dao AND currency = p_currency)
    WHEN 'treasury' THEN (
      SELECT id FROM ledger_balances
      WHERE kind = 'treasury' AND user_id IS NULL AND dao_id = p_dao AND currency = p_currency)
    ELSE (
      SELECT id FROM ledger_balances
      WHERE kind = 'system' AND user_id IS NULL AND dao_id IS NULL AND name = p_name AND currency = p_currency)
  END
$$
"""

# What each leg would leave behind, in leg order, so that money can't be spent before it has come in.
SHORTFALL = """
CREATE FUNCTION ledger_shortfall(
  p_balances bigint[], p_kinds text[], p_users uuid[], p_daos uuid[], p_names text[], p_currencies text[],
  p_buckets text[], p_amounts numeric[],
  OUT currency text, OUT available numeric, OUT needed numeric)
LANGUAGE sql STABLE AS $$
  SELECT step.currency, step.held, step.held - step.after
  FROM (
    SELECT leg.kind, leg.currency, held.held, leg.n,
      -- By owner, not by row: owners whose rows are still missing are not one and the same.
      held.held + sum(leg.amount) OVER (
        PARTITION BY leg.kind, leg.user_id, leg.dao_id, leg.name, leg.currency, leg.bucket ORDER BY leg.n) AS after
    FROM unnest(p_balances, p_kinds, p_users, p_daos, p_names, p_currencies, p_buckets, p_amounts)
      WITH ORDINALITY AS leg(balance, kind, user_id, dao_id, name, currency, bucket, amount, n)
    CROSS JOIN LATERAL (
      SELECT coalesce((
        SELECT CASE leg.bucket WHEN 'available' THEN b.available WHEN 'pending' THEN b.pending ELSE b.locked END
        FROM ledger_balances b WHERE b.id = leg.balance), 0) AS held
    ) held
  ) step
  WHERE step.kind <> 'system' AND step.after < 0
  ORDER BY step.after, step.n
  LIMIT 1
$$
"""

# The only writer of the books. It answers instead of raising, so that the caller's transaction can go on after a refusal:
# 'posted', 'repeated' (the first transfer's id), 'reused' (other content under this key), 'short' (what is there and what
# was needed). Keys are taken before rows, and rows in the order of their ids, so that no two callers wait in a circle.
# Plans are kept for a connection's life, and those made while the tables were small scanned them: so scans are ruled out.
POST = """
CREATE FUNCTION ledger_post(
  p_transfer uuid, p_key uuid, p_fingerprint bytea, p_kind text, p_details jsonb, p_event_at timestamptz,
  p_kinds text[], p_users uuid[], p_daos uuid[], p_names text[], p_currencies text[], p_buckets text[],
  p_amounts numeric[],
  OUT status text, OUT transfer uuid, OUT currency text, OUT available numeric, OUT needed numeric)
LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
  v_first record;
  v_balances bigint[];
  v_posted_at timestamptz;
BEGIN
  -- The tables would round what they can't hold, and something else than what was asked would be posted.
  IF p_amounts IS DISTINCT FROM p_amounts::numeric(38,18)[] THEN
    RAISE EXCEPTION 'an amount has at most 18 decimals' USING ERRCODE = 'check_violation';
  END IF;
  -- The key is claimed by a lock rather than by its row: a refusal then has nothing to take back.
  PERFORM pg_advisory_xact_lock(hashtextextended(p_key::text, 0));
  SELECT t.id, t.fingerprint INTO v_first FROM ledger_transfers t WHERE t.key = p_key;
  IF FOUND THEN
    status := CASE WHEN v_first.fingerprint = p_fingerprint THEN 'repeated' ELSE 'reused' END;
    transfer := v_first.id;
    RETURN;
  END IF;

  v_balances := ledger_balance_ids(p_kinds, p_users, p_daos, p_names, p_currencies);
  IF array_position(v_balances, NULL) IS NOT NULL THEN
    -- Looking before creating keeps a refused transfer from leaving empty rows behind.
    SELECT s.currency, s.available, s.needed INTO currency, available, needed
    FROM ledger_shortfall(v_balances, p_kinds, p_users, p_daos, p_names, p_currencies, p_buckets, p_amounts) s;
    IF needed IS NOT NULL THEN
      status := 'short';
      RETURN;
    END IF;
    -- Sorted, so that two first transfers between the same owners can't wait for each other.
    INSERT INTO ledger_balances (kind, user_id, dao_id, name, currency, created_at)
    SELECT DISTINCT leg.kind, leg.user_id, leg.dao_id, leg.name, leg.currency, p_event_at
    FROM unnest(v_balances, p_kinds, p_users, p_daos, p_names, p_currencies)
      AS leg(balance, kind, user_id, dao_id, name, currency)
    WHERE leg.balance IS NULL
    ORDER BY leg.kind, leg.user_id, leg.dao_id, leg.name, leg.currency
    ON CONFLICT DO NOTHING;
    v_balances := ledger_balance_ids(p_kinds, p_users, p_daos, p_names, p_currencies);
  END IF;

  PERFORM 1 FROM ledger_balances b WHERE b.id = ANY (v_balances) ORDER BY b.id FOR NO KEY UPDATE;
  SELECT s.currency, s.available, s.needed INTO currency, available, needed
  FROM ledger_shortfall(v_balances, p_kinds, p_users, p_daos, p_names, p_currencies, p_buckets, p_amounts) s;
  IF needed IS NOT NULL THEN
    status := 'short';
    RETURN;
  END IF;

  -- Taken under the locks, so that times never run against the sequence.
  v_posted_at := clock_timestamp();
  WITH leg AS (
    SELECT l.n, l.balance, l.currency, l.bucket, l.amount,
      b.seq + row_number() OVER (PARTITION BY l.balance ORDER BY l.n) AS seq,
      CASE l.bucket WHEN 'available' THEN b.available WHEN 'pending' THEN b.pending ELSE b.locked END
        + sum(l.amount) OVER (PARTITION BY l.balance, l.bucket ORDER BY l.n) AS after
    FROM unnest(v_balances, p_currencies, p_buckets, p_amounts) WITH ORDINALITY AS l(balance, currency, bucket, amount, n)
    JOIN ledger_balances b ON b.id = l.balance
  ), opened AS (
    INSERT INTO ledger_transfers (id, key, fingerprint, kind, details, legs, event_at, posted_at)
    VALUES (p_transfer, p_key, p_fingerprint, p_kind, p_details, cardinality(p_amounts), p_event_at, v_posted_at)
  ), moved AS (
    -- One UPDATE touches a row once however many legs it has, so the legs are added up first.
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
  SELECT p_transfer, leg.n, leg.balance, leg.seq, leg.bucket::ledger_bucket, leg.currency, leg.amount, leg.after, v_posted_at
  FROM leg ORDER BY leg.n;
  status := 'posted';
  transfer := p_transfer;
END
$$
"""

BALANCE_IDS = """
CREATE FUNCTION ledger_balance_ids(p_kinds text[], p_users uuid[], p_daos uuid[], p_names text[], p_currencies text[])
RETURNS bigint[]
LANGUAGE sql STABLE AS $$
  SELECT array_agg(ledger_balance_id(leg.kind, leg.user_id, leg.dao_id, leg.name, leg.currency) ORDER BY leg.n)
  FROM unnest(p_kinds, p_users, p_daos, p_names, p_currencies)
    WITH ORDINALITY AS leg(kind, user_id, dao_id, name, currency, n)
$$
"""

REFUSE = """
CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of % is refused: %', TG_OP, TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'restrict_violation';
END
$$
"""

# Look-ups in the guards are correlated sub-selects on purpose: as joins with the transition table they were planned as scans
# of the whole table and stayed so.
ENTRIES_GUARD = """
CREATE FUNCTION ledger_guard_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM fresh GROUP BY transfer_id, currency HAVING sum(amount) <> 0) THEN
    RAISE EXCEPTION 'the entries of a transfer must sum to zero in each currency' USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (
    SELECT FROM (SELECT DISTINCT transfer_id FROM fresh) posted
    WHERE (SELECT t.legs FROM ledger_transfers t WHERE t.id = posted.transfer_id) IS DISTINCT FROM
      (SELECT count(*) FROM ledger_entries e WHERE e.transfer_id = posted.transfer_id)
  ) THEN
    RAISE EXCEPTION 'a transfer has exactly the entries it was opened with' USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (
    SELECT FROM fresh
    WHERE (SELECT b.currency FROM ledger_balances b WHERE b.id = fresh.balance_id AND b.seq >= fresh.seq)
      IS DISTINCT FROM fresh.currency
  ) THEN
    RAISE EXCEPTION 'an entry moves its balance, in the currency of that balance' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$
"""

TRANSFERS_GUARD = """
CREATE FUNCTION ledger_guard_transfers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM fresh WHERE fresh.legs <> (SELECT count(*) FROM ledger_entries e WHERE e.transfer_id = fresh.id)
  ) THEN
    RAISE EXCEPTION 'a transfer is written together with its entries' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$
"""

BALANCES_GUARD = """
CREATE FUNCTION ledger_guard_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM former JOIN fresh ON fresh.id = former.id
    CROSS JOIN LATERAL (
      SELECT count(*) AS steps, coalesce(bool_and(step.follows), false) AS follows,
        coalesce(sum(step.amount) FILTER (WHERE step.bucket = 'available'), 0) AS available,
        coalesce(sum(step.amount) FILTER (WHERE step.bucket = 'pending'), 0) AS pending,
        coalesce(sum(step.amount) FILTER (WHERE step.bucket = 'locked'), 0) AS locked
      FROM (
        SELECT e.bucket, e.amount, (fresh.kind = 'system' OR e.after >= 0) AND e.after =
          CASE e.bucket WHEN 'available' THEN former.available WHEN 'pending' THEN former.pending ELSE former.locked END
          + sum(e.amount) OVER (PARTITION BY e.bucket ORDER BY e.seq) AS follows
        FROM ledger_entries e
        WHERE e.balance_id = fresh.id AND e.seq > former.seq AND e.seq <= fresh.seq
      ) step
    ) moved
    WHERE NOT moved.follows
      OR moved.steps <> fresh.seq - former.seq
      OR (former.available + moved.available, former.pending + moved.pending, former.locked + moved.locked)
        IS DISTINCT FROM (fresh.available, fresh.pending, fresh.locked)
  ) THEN
    RAISE EXCEPTION 'a balance moves by its entries, no more and no less' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$
"""

IDENTITY = ("id", "kind", "user_id", "dao_id", "name", "currency", "created_at")

TRIGGERS = (
    """CREATE TRIGGER entries_agree AFTER INSERT ON ledger_entries REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_guard_entries()""",
    """CREATE TRIGGER transfers_have_entries AFTER INSERT ON ledger_transfers REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_guard_transfers()""",
    """CREATE TRIGGER balances_follow_entries AFTER UPDATE ON ledger_balances
    REFERENCING OLD TABLE AS former NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_guard_balances()""",
    """CREATE TRIGGER balances_start_empty BEFORE INSERT ON ledger_balances FOR EACH ROW
    WHEN (NEW.available <> 0 OR NEW.pending <> 0 OR NEW.locked <> 0 OR NEW.seq <> 0)
    EXECUTE FUNCTION ledger_refuse('a balance starts empty')""",
    f"""CREATE TRIGGER balances_keep_their_owner BEFORE UPDATE ON ledger_balances FOR EACH ROW
    WHEN (({", ".join(f"NEW.{column}" for column in IDENTITY)})
      IS DISTINCT FROM ({", ".join(f"OLD.{column}" for column in IDENTITY)}))
    EXECUTE FUNCTION ledger_refuse('a balance keeps its owner')""",
    """CREATE TRIGGER balances_stay BEFORE DELETE OR TRUNCATE ON ledger_balances
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('balances stay')""",
    """CREATE TRIGGER transfers_are_final BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_transfers
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('what is posted is final; correct it with a new transfer')""",
    """CREATE TRIGGER entries_are_final BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entries
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('what is posted is final; correct it with a new transfer')""",
)


def _shown(column: str) -> str:
    """As people write it: shillings with two decimals, tokens with all of theirs."""
    return f"CASE b.currency WHEN 'KES' THEN round({column}, 2) ELSE {column} END"


LAST_ENTRY = "FROM ledger_entries e WHERE e.balance_id = b.id AND e.seq = b.seq"

USER_BALANCES = f"""
CREATE VIEW user_balances AS
SELECT b.id, b.user_id, b.dao_id, b.currency,
  {_shown("b.available")} AS available_balance,
  {_shown("b.pending")} AS pending_balance,
  {_shown("b.locked")} AS locked_balance,
  {_shown("b.available + b.pending + b.locked")} AS total_balance,
  (SELECT e.transfer_id {LAST_ENTRY}) AS last_transaction_id,
  coalesce((SELECT e.posted_at {LAST_ENTRY}), b.created_at) AS last_updated,
  b.created_at
FROM ledger_balances b
WHERE b.kind = 'member'
"""

# The rules of spending are empty until groups can set them.
DAO_TREASURIES = f"""
CREATE VIEW dao_treasuries AS
SELECT b.id, b.dao_id, NULL::uuid AS vault_id, b.currency,
  {_shown("b.available + b.pending + b.locked")} AS total_balance,
  {_shown("b.available")} AS available_balance,
  {_shown("b.pending")} AS allocated_balance,
  {_shown("b.locked")} AS reserve_balance,
  NULL::numeric AS minimum_reserve,
  NULL::numeric AS daily_spending_limit,
  NULL::numeric AS proposal_threshold,
  NULL::integer AS required_signatures,
  NULL::jsonb AS signers,
  NULL::timestamptz AS last_audit_date,
  NULL::uuid AS audited_by,
  NULL::jsonb AS audit_report,
  NULL::text AS notes,
  b.created_at,
  coalesce((SELECT e.posted_at {LAST_ENTRY}), b.created_at) AS updated_at
FROM ledger_balances b
WHERE b.kind = 'treasury'
"""


def upgrade() -> None:
    BUCKET.create(op.get_bind())
    _create_balances()
    _create_transfers()
    _create_entries()
    for statement in (
        BALANCE_ID,
        BALANCE_IDS,
        SHORTFALL,
        POST,
        REFUSE,
        ENTRIES_GUARD,
        TRANSFERS_GUARD,
        BALANCES_GUARD,
        *TRIGGERS,
        USER_BALANCES,
        DAO_TREASURIES,
    ):
        op.execute(statement)


def _create_balances() -> None:
    op.create_table(
        "ledger_balances",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("available", AMOUNT, nullable=False, server_default="0"),
        sa.Column("pending", AMOUNT, nullable=False, server_default="0"),
        sa.Column("locked", AMOUNT, nullable=False, server_default="0"),
        sa.Column("seq", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("user_id", sa.Uuid),
        sa.Column("dao_id", sa.Uuid),
        sa.Column("name", sa.Text),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_balances")),
        sa.UniqueConstraint(
            *("kind", "user_id", "dao_id", "name", "currency"),
            name=op.f("uq_ledger_balances_kind_user_id_dao_id_name_currency"),
            postgresql_nulls_not_distinct=True,
        ),
        sa.CheckConstraint(
            "CASE kind WHEN 'member' THEN user_id IS NOT NULL AND name IS NULL"
            " WHEN 'treasury' THEN dao_id IS NOT NULL AND user_id IS NULL AND name IS NULL"
            " WHEN 'system' THEN name IS NOT NULL AND user_id IS NULL AND dao_id IS NULL"
            " ELSE false END",
            name=op.f("ck_ledger_balances_owner"),
        ),
        sa.CheckConstraint("currency IN ('KES', 'cUSD', 'CELO', 'MTAA')", name=op.f("ck_ledger_balances_currency")),
        sa.CheckConstraint(
            "kind = 'system' OR (available >= 0 AND pending >= 0 AND locked >= 0)", name=op.f("ck_ledger_balances_not_negative")
        ),
        # Room on each page keeps an update of a busy row beside its old version; no balance column may be indexed.
        postgresql_with={"fillfactor": 70},
    )


def _create_transfers() -> None:
    op.create_table(
        "ledger_transfers",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("key", sa.Uuid, nullable=False),
        sa.Column("event_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("legs", sa.SmallInteger, nullable=False),
        sa.Column("fingerprint", sa.LargeBinary, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("details", postgresql.JSONB),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_transfers")),
        sa.UniqueConstraint("key", name=op.f("uq_ledger_transfers_key")),
        sa.CheckConstraint("legs >= 2", name=op.f("ck_ledger_transfers_legs")),
        sa.CheckConstraint("octet_length(fingerprint) = 32", name=op.f("ck_ledger_transfers_fingerprint")),
        sa.CheckConstraint("kind <> ''", name=op.f("ck_ledger_transfers_kind")),
    )


def _create_entries() -> None:
    op.create_table(
        "ledger_entries",
        sa.Column("transfer_id", sa.Uuid, nullable=False),
        sa.Column("balance_id", sa.BigInteger, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("bucket", postgresql.ENUM(name="ledger_bucket", create_type=False), nullable=False),
        sa.Column("leg", sa.SmallInteger, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("amount", AMOUNT, nullable=False),
        sa.Column("after", AMOUNT, nullable=False),
        sa.PrimaryKeyConstraint("transfer_id", "leg", name=op.f("pk_ledger_entries")),
        sa.UniqueConstraint("balance_id", "seq", name=op.f("uq_ledger_entries_balance_id_seq")),
        sa.CheckConstraint("amount <> 0 AND amount <> 'NaN'", name=op.f("ck_ledger_entries_amount")),
        # NUMERIC(38,18) already ends where the tokens' 18 decimals end; shillings have two.
        sa.CheckConstraint("currency <> 'KES' OR amount = trunc(amount, 2)", name=op.f("ck_ledger_entries_scale")),
    )


def downgrade() -> None:
    op.execute("DROP VIEW dao_treasuries, user_balances")
    op.drop_table("ledger_entries")
    op.drop_table("ledger_transfers")
    op.drop_table("ledger_balances")
    for function in (
        *("ledger_post", "ledger_shortfall", "ledger_balance_ids", "ledger_balance_id"),
        *("ledger_refuse", "ledger_guard_entries", "ledger_guard_transfers", "ledger_guard_balances"),
    ):
        op.execute(f"DROP FUNCTION {function}")
    BUCKET.drop(op.get_bind())
