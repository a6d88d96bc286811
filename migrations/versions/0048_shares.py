"""Shares: cycles at one price, purchases at meetings, and share-outs that are approved by their digest and done once."""

import sqlalchemy as sa
from alembic import op

from migrations.ledger_holds import rights

revision = "0048_shares"
down_revision = "0047_welfare"
branch_labels = None
depends_on = None

MONEY = sa.Numeric(38, 18)
MOMENT = sa.DateTime(timezone=True)
TABLES = ("share_out_approvals", "share_out_lines", "share_outs", "share_purchases", "share_exits", "share_cycles")
# What was done stays; what waits may still be ended.
TRIGGERS = (
    (
        "CREATE TRIGGER share_outs_stay BEFORE UPDATE OR DELETE ON share_outs"
        " FOR EACH ROW WHEN (OLD.status <> 'open') EXECUTE FUNCTION refuse_change('a share-out that has ended stays')"
    ),
    (
        "CREATE TRIGGER share_out_lines_stay BEFORE UPDATE OR DELETE ON share_out_lines"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change('a part of a share-out stays')"
    ),
    (
        "CREATE TRIGGER share_cycles_stay BEFORE UPDATE OR DELETE ON share_cycles"
        " FOR EACH ROW WHEN (OLD.closed_at IS NOT NULL) EXECUTE FUNCTION refuse_change('a cycle that has ended stays')"
    ),
)


def _id(name: str = "id", *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Uuid, nullable=nullable)


def _fk(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def _ck(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    cycles()
    share_outs()
    for trigger in TRIGGERS:
        op.execute(trigger)
    op.get_bind().exec_driver_sql(rights.GRANT)


def cycles() -> None:
    op.create_table(
        "share_cycles",
        _id(),
        _id("dao_id"),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("price", MONEY, nullable=False),
        sa.Column("most", sa.Integer, nullable=False),
        sa.Column("meetings", sa.Text, nullable=False),
        _id("intent"),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_cycles")),
        _fk("share_cycles", "dao_id", "daos"),
        sa.UniqueConstraint("dao_id", "number", name=op.f("uq_share_cycles_dao_id_number")),
        sa.UniqueConstraint("intent", name=op.f("uq_share_cycles_intent")),
        _ck("share_cycles", "price", "price > 0 AND price <> 'NaN'"),
        _ck("share_cycles", "most", "most BETWEEN 1 AND 50"),
        _ck("share_cycles", "meetings", "meetings IN ('weekly', 'biweekly', 'monthly', 'never')"),
    )
    op.create_index(
        "uq_share_cycles_open", "share_cycles", ["dao_id"], unique=True, postgresql_where=sa.text("closed_at IS NULL")
    )
    op.create_table(
        "share_exits",
        _id(),
        _id("cycle_id"),
        _id("user_id"),
        sa.Column("amount", MONEY, nullable=False),
        _id("transfer_id"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_exits")),
        _fk("share_exits", "cycle_id", "share_cycles"),
        _fk("share_exits", "user_id", "members"),
        _fk("share_exits", "transfer_id", "ledger_transfers"),
        sa.UniqueConstraint("transfer_id", name=op.f("uq_share_exits_transfer_id")),
        _ck("share_exits", "amount", "amount > 0 AND amount <> 'NaN'"),
    )
    op.create_index("ix_share_exits_user_id", "share_exits", ["user_id"])
    op.create_table(
        "share_purchases",
        _id(),
        _id("cycle_id"),
        _id("user_id"),
        sa.Column("meeting_on", sa.Date, nullable=False),
        sa.Column("shares", sa.Integer, nullable=False),
        sa.Column("amount", MONEY, nullable=False),
        _id("transfer_id"),
        _id("intent"),
        sa.Column("created_at", MOMENT, nullable=False),
        _id("exit_id", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_purchases")),
        _fk("share_purchases", "cycle_id", "share_cycles"),
        _fk("share_purchases", "user_id", "members"),
        _fk("share_purchases", "transfer_id", "ledger_transfers"),
        _fk("share_purchases", "exit_id", "share_exits"),
        sa.UniqueConstraint("intent", name=op.f("uq_share_purchases_intent")),
        sa.UniqueConstraint("transfer_id", name=op.f("uq_share_purchases_transfer_id")),
        _ck("share_purchases", "shares", "shares BETWEEN 1 AND 50"),
        _ck("share_purchases", "amount", "amount > 0 AND amount <> 'NaN'"),
    )
    op.create_index(
        "uq_share_purchases_meeting",
        "share_purchases",
        ["cycle_id", "user_id", "meeting_on"],
        unique=True,
        postgresql_where=sa.text("exit_id IS NULL"),
    )
    op.create_index("ix_share_purchases_user_id", "share_purchases", ["user_id"])


def share_outs() -> None:
    op.create_table(
        "share_outs",
        _id(),
        _id("cycle_id"),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("distributable", MONEY, nullable=False),
        sa.Column("shares", sa.Integer, nullable=False),
        sa.Column("needed", sa.Integer, nullable=False),
        _id("proposed_by"),
        _id("intent"),
        _id("transfer_id", nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_outs")),
        _fk("share_outs", "cycle_id", "share_cycles"),
        _fk("share_outs", "proposed_by", "members"),
        _fk("share_outs", "transfer_id", "ledger_transfers"),
        sa.UniqueConstraint("intent", name=op.f("uq_share_outs_intent")),
        sa.UniqueConstraint("transfer_id", name=op.f("uq_share_outs_transfer_id")),
        _ck("share_outs", "status", "status IN ('open', 'done', 'void')"),
        _ck("share_outs", "transfer_id", "(status = 'done') = (transfer_id IS NOT NULL)"),
        _ck("share_outs", "digest", "digest ~ '^[0-9a-f]{64}$'"),
        _ck(
            "share_outs",
            "distributable",
            "distributable >= 0 AND distributable = trunc(distributable) AND shares > 0",
        ),
    )
    op.create_index(
        "uq_share_outs_once",
        "share_outs",
        ["cycle_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('open', 'done')"),
    )
    op.create_table(
        "share_out_lines",
        _id("share_out_id"),
        _id("user_id"),
        sa.Column("shares", sa.Integer, nullable=False),
        sa.Column("amount", MONEY, nullable=False),
        sa.Column("debts", MONEY, nullable=False),
        sa.PrimaryKeyConstraint("share_out_id", "user_id", name=op.f("pk_share_out_lines")),
        _fk("share_out_lines", "share_out_id", "share_outs"),
        _fk("share_out_lines", "user_id", "members"),
        _ck(
            "share_out_lines",
            "amount",
            "shares > 0 AND amount >= 0 AND debts >= 0 AND debts <= amount AND amount <> 'NaN'",
        ),
    )
    op.create_index("ix_share_out_lines_user_id", "share_out_lines", ["user_id"])
    op.create_table(
        "share_out_approvals",
        _id("share_out_id"),
        _id("user_id"),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("share_out_id", "user_id", name=op.f("pk_share_out_approvals")),
        _fk("share_out_approvals", "share_out_id", "share_outs"),
        _fk("share_out_approvals", "user_id", "members"),
    )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
