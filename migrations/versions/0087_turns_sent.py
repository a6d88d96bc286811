"""Sends turns of the merry-go-round on to the members' M-PESA, where the round began with that rule."""

import sqlalchemy as sa
from alembic import op

from migrations.ledger_holds import rights

revision = "0087_turns_sent"
down_revision = "0086_missed"
branch_labels = None
depends_on = None

TABLE = "rotation_sendings"
MOMENT = sa.DateTime(timezone=True)
# Rounds that began before keep to what their members knew then.
BEFORE = "account"


def _ck(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    op.add_column("rotations", sa.Column("pays_to", sa.Text(), server_default=BEFORE, nullable=False))
    op.alter_column("rotations", "pays_to", server_default=None)
    op.create_check_constraint(op.f("ck_rotations_pays_to"), "rotations", "pays_to IN ('phone', 'account')")
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("turn_id", sa.Uuid, sa.ForeignKey("rotation_turns.id", name=op.f(f"fk_{TABLE}_turn_id")), nullable=False),
        sa.Column("user_id", sa.Uuid, sa.ForeignKey("members.id", name=op.f(f"fk_{TABLE}_user_id")), nullable=False),
        sa.Column("amount", sa.Numeric(38, 18), nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("look_at", MOMENT),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.UniqueConstraint("turn_id", "user_id", name=op.f(f"uq_{TABLE}_turn_id_user_id")),
        _ck(TABLE, "amount", "amount > 0 AND amount <> 'NaN'"),
        _ck(TABLE, "status", "status IN ('waiting', 'sent', 'kept')"),
        _ck(TABLE, "kept", "(status = 'kept') = (reason IS NOT NULL)"),
        _ck(TABLE, "reason", "reason IN ('spent', 'small', 'limit', 'sim', 'recovered', 'closed')"),
        _ck(TABLE, "look_at", "(status = 'waiting') = (look_at IS NOT NULL)"),
        _ck(TABLE, "ended_at", "(status = 'waiting') = (ended_at IS NULL)"),
    )
    op.create_index(op.f(f"ix_{TABLE}_user_id"), TABLE, ["user_id"])
    op.create_index(op.f(f"ix_{TABLE}_look_at"), TABLE, ["look_at"], postgresql_where=sa.text("look_at IS NOT NULL"))
    op.execute(
        f"CREATE TRIGGER {TABLE}_stay BEFORE UPDATE OR DELETE ON {TABLE} FOR EACH ROW WHEN (OLD.status <> 'waiting')"
        " EXECUTE FUNCTION refuse_change('what was decided about a turn stays')"
    )
    op.get_bind().exec_driver_sql(rights.GRANT)


def downgrade() -> None:
    op.drop_table(TABLE)
    op.drop_column("rotations", "pays_to")
