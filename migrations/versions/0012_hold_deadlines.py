"""A list of the open holds with an end of time, instead of an index of every hold that ever had one."""

import sqlalchemy as sa
from alembic import op

revision = "0012_hold_deadlines"
down_revision = "0011_codes"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
# Nothing is posted between the two: the lock that drops the index is taken first.
FILL = """
INSERT INTO hold_deadlines (transfer_id, due_at)
SELECT t.id, t.expires_at FROM ledger_transfers t
WHERE t.expires_at IS NOT NULL AND NOT EXISTS (SELECT FROM ledger_resolutions r WHERE r.pending_transfer = t.id)
"""
SEEN = "INSERT INTO hold_watch (id, upto) SELECT 1, ledger_xact(pg_snapshot_xmin(pg_current_snapshot()))"
GRANT = """
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'mtaa_app') THEN
    PERFORM grant_application_rights('mtaa_app');
  END IF;
END
$$
"""


def upgrade() -> None:
    op.execute("LOCK TABLE ledger_transfers IN ACCESS EXCLUSIVE MODE")
    op.create_table(
        "hold_deadlines",
        sa.Column("transfer_id", sa.Uuid, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("transfer_id", name=op.f("pk_hold_deadlines")),
    )
    op.create_table(
        "hold_watch",
        sa.Column("id", sa.SmallInteger, autoincrement=False, nullable=False),
        sa.Column("upto", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold_watch")),
        sa.CheckConstraint("id = 1", name=op.f("ck_hold_watch_one_row")),
    )
    op.execute(FILL)
    op.execute(SEEN)
    op.create_index(op.f("ix_hold_deadlines_due_at"), "hold_deadlines", ["due_at"])
    op.drop_index(op.f("ix_ledger_transfers_expires_at"), "ledger_transfers")
    op.execute(GRANT)


def downgrade() -> None:
    op.create_index(
        op.f("ix_ledger_transfers_expires_at"), "ledger_transfers", ["expires_at"],
        postgresql_where=sa.text("expires_at IS NOT NULL"),
    )  # fmt: skip
    op.drop_table("hold_watch")
    op.drop_table("hold_deadlines")
