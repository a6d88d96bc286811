"""Muhuri: each group's own chain of seals over its part of the books, and the codes by which anybody checks a receipt."""

import sqlalchemy as sa
from alembic import op

revision = "0058_muhuri"
down_revision = "0056_loans"
branch_labels = None
depends_on = None

AMOUNT = sa.Numeric(38, 18)
MOMENT = sa.DateTime(timezone=True)

# What a seal is the SHA-256 of, line by line, as docs/muhuri.md describes it and docs/muhuri_check.py reads it.
SEALED_TEXT = """
CREATE FUNCTION group_seal_text(p_dao uuid, p_number integer, p_day date, p_previous bytea) RETURNS text
LANGUAGE sql STABLE AS $$
  WITH held AS (
    SELECT a.balance_id, coalesce(b.name, b.kind) AS name, b.currency, coalesce(p.upto, 0) AS since, a.upto,
      a.available, a.pending, a.locked
    FROM group_seal_accounts a
    JOIN ledger_balances b ON b.id = a.balance_id
    LEFT JOIN group_seal_accounts p ON p.dao_id = a.dao_id AND p.number = a.number - 1 AND p.balance_id = a.balance_id
    WHERE a.dao_id = p_dao AND a.number = p_number
  ), lines AS (
    SELECT name, currency, 0::bigint AS seq, concat_ws('|', 'account', name, currency, since + 1, upto,
      trim_scale(available), trim_scale(pending), trim_scale(locked)) AS line
    FROM held
    UNION ALL
    SELECT held.name, held.currency, h.seq, concat_ws('|', 'entry', held.name, held.currency, h.seq, h.bucket,
      trim_scale(h.amount), trim_scale(h.after),
      to_char(h.posted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), h.transfer_id)
    FROM held JOIN ledger_history h ON h.balance_id = held.balance_id AND h.seq > held.since AND h.seq <= held.upto
  )
  SELECT concat_ws('|', 'muhuri', 1, p_dao, p_number, p_day, encode(p_previous, 'hex'))
    || coalesce(E'\\n' || (SELECT string_agg(line, E'\\n' ORDER BY name COLLATE "C", currency COLLATE "C", seq) FROM lines), '')
$$
"""


def upgrade() -> None:
    op.create_table(
        "group_seals",
        sa.Column("dao_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("entries", sa.BigInteger, nullable=False),
        sa.Column("total", AMOUNT, nullable=False),
        sa.Column("previous", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("sealed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("dao_id", "number", name=op.f("pk_group_seals")),
        sa.ForeignKeyConstraint(["dao_id"], ["daos.id"], name=op.f("fk_group_seals_dao_id")),
        sa.UniqueConstraint("dao_id", "day", name=op.f("uq_group_seals_dao_id_day")),
        sa.CheckConstraint("number > 0", name=op.f("ck_group_seals_number")),
        sa.CheckConstraint("octet_length(hash) = 32", name=op.f("ck_group_seals_hash")),
        sa.CheckConstraint(
            "octet_length(previous) = CASE number WHEN 1 THEN 0 ELSE 32 END", name=op.f("ck_group_seals_previous")
        ),
    )
    op.create_table(
        "group_seal_accounts",
        sa.Column("dao_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("balance_id", sa.BigInteger, nullable=False),
        sa.Column("upto", sa.BigInteger, nullable=False),
        sa.Column("available", AMOUNT, nullable=False),
        sa.Column("pending", AMOUNT, nullable=False),
        sa.Column("locked", AMOUNT, nullable=False),
        sa.PrimaryKeyConstraint("dao_id", "number", "balance_id", name=op.f("pk_group_seal_accounts")),
        # The accounts are written first: the hash is made from them.
        sa.ForeignKeyConstraint(
            ["dao_id", "number"],
            ["group_seals.dao_id", "group_seals.number"],
            name=op.f("fk_group_seal_accounts_dao_id_number"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(["balance_id"], ["ledger_balances.id"], name=op.f("fk_group_seal_accounts_balance_id")),
    )
    op.create_table(
        "receipt_codes",
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("transfer_id", sa.Uuid, nullable=False),
        sa.PrimaryKeyConstraint("code", "transfer_id", name=op.f("pk_receipt_codes")),
        sa.ForeignKeyConstraint(["transfer_id"], ["ledger_transfers.id"], name=op.f("fk_receipt_codes_transfer_id")),
    )
    op.create_table(
        "receipt_code_progress",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("upto", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_code_progress")),
        sa.CheckConstraint("id = 1", name=op.f("ck_receipt_code_progress_id")),
    )
    op.execute("INSERT INTO receipt_code_progress VALUES (1, 0)")
    op.execute(SEALED_TEXT)
    for table in ("group_seals", "group_seal_accounts"):
        op.execute(
            f"CREATE TRIGGER {table}_stay BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change('what was sealed stays')"
        )


def downgrade() -> None:
    op.execute("DROP FUNCTION group_seal_text(uuid, integer, date, bytea)")
    for table in ("receipt_code_progress", "receipt_codes", "group_seal_accounts", "group_seals"):
        op.drop_table(table)
