"""The welfare kitty: payments into it, claims that stand as they were made, and what officials said to them."""

import sqlalchemy as sa
from alembic import op

from migrations.ledger_holds import rights

revision = "0047_welfare"
down_revision = "0046_rotation"
branch_labels = None
depends_on = None

MONEY = sa.Numeric(38, 18)
MOMENT = sa.DateTime(timezone=True)
CLAIM_STANDS = """
CREATE FUNCTION welfare_claim_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status <> 'open' OR (NEW.dao_id, NEW.number, NEW.user_id, NEW.kind, NEW.amount, NEW.needed)
    IS DISTINCT FROM (OLD.dao_id, OLD.number, OLD.user_id, OLD.kind, OLD.amount, OLD.needed) THEN
    IF (to_jsonb(NEW) - 'reason') IS DISTINCT FROM (to_jsonb(OLD) - 'reason') THEN
      RAISE EXCEPTION 'welfare_claims: a claim stands' USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$
"""
TRIGGERS = (
    "CREATE TRIGGER welfare_claims_stand BEFORE UPDATE ON welfare_claims FOR EACH ROW EXECUTE FUNCTION welfare_claim_stands()",
    (
        "CREATE TRIGGER welfare_decisions_stay BEFORE UPDATE OR DELETE ON welfare_decisions"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change('a decision on a claim stays')"
    ),
)


def _id(name: str = "id", *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Uuid, nullable=nullable)


def _fk(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def _ck(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    payments()
    claims()
    op.execute(CLAIM_STANDS)
    for trigger in TRIGGERS:
        op.execute(trigger)
    op.get_bind().exec_driver_sql(rights.GRANT)


def payments() -> None:
    op.create_table(
        "welfare_payments",
        _id(),
        _id("dao_id"),
        _id("user_id"),
        sa.Column("amount", MONEY, nullable=False),
        _id("transfer_id"),
        _id("intent"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_welfare_payments")),
        _fk("welfare_payments", "dao_id", "daos"),
        _fk("welfare_payments", "user_id", "members"),
        _fk("welfare_payments", "transfer_id", "ledger_transfers"),
        sa.UniqueConstraint("intent", name=op.f("uq_welfare_payments_intent")),
        sa.UniqueConstraint("transfer_id", name=op.f("uq_welfare_payments_transfer_id")),
        _ck("welfare_payments", "amount", "amount > 0 AND amount <> 'NaN'"),
    )
    op.create_index("ix_welfare_payments_dao_id", "welfare_payments", ["dao_id", "user_id"])
    op.create_index("ix_welfare_payments_user_id", "welfare_payments", ["user_id", "created_at"])


def claims() -> None:
    op.create_table(
        "welfare_claims",
        _id(),
        _id("dao_id"),
        sa.Column("number", sa.Integer, nullable=False),
        _id("user_id"),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("amount", MONEY, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("needed", sa.Integer, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("because", sa.Text),
        _id("intent"),
        _id("transfer_id", nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_welfare_claims")),
        _fk("welfare_claims", "dao_id", "daos"),
        _fk("welfare_claims", "user_id", "members"),
        _fk("welfare_claims", "transfer_id", "ledger_transfers"),
        sa.UniqueConstraint("intent", name=op.f("uq_welfare_claims_intent")),
        sa.UniqueConstraint("transfer_id", name=op.f("uq_welfare_claims_transfer_id")),
        sa.UniqueConstraint("dao_id", "number", name=op.f("uq_welfare_claims_dao_id_number")),
        _ck("welfare_claims", "kind", "kind IN ('bereavement', 'hospital', 'birth', 'wedding')"),
        _ck("welfare_claims", "amount", "amount > 0 AND amount <> 'NaN'"),
        _ck("welfare_claims", "status", "status IN ('open', 'paid', 'refused', 'lapsed')"),
        _ck("welfare_claims", "transfer_id", "(status = 'paid') = (transfer_id IS NOT NULL)"),
        _ck("welfare_claims", "ended_at", "(status = 'open') = (ended_at IS NULL)"),
        _ck("welfare_claims", "reason", "char_length(reason) <= 60"),
    )
    op.create_index(
        "uq_welfare_claims_open",
        "welfare_claims",
        ["dao_id", "user_id"],
        unique=True,
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_index("ix_welfare_claims_user_id", "welfare_claims", ["user_id"])
    op.create_table(
        "welfare_decisions",
        _id("claim_id"),
        _id("user_id"),
        sa.Column("approves", sa.Boolean, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("claim_id", "user_id", name=op.f("pk_welfare_decisions")),
        _fk("welfare_decisions", "claim_id", "welfare_claims"),
        _fk("welfare_decisions", "user_id", "members"),
    )


def downgrade() -> None:
    for table in ("welfare_decisions", "welfare_claims", "welfare_payments"):
        op.drop_table(table)
    op.execute("DROP FUNCTION welfare_claim_stands()")
