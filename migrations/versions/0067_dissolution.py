"""Groups that end by their members' vote: since when, and what each member got of what was left."""

import sqlalchemy as sa
from alembic import op

from migrations.ledger_holds import rights

revision = "0067_dissolution"
down_revision = "0066_group_votes"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
AMOUNT = sa.Numeric(38, 18)
# The code refuses first, with a sentence; this is for whatever forgets to ask.
NOTHING_NEW = """
CREATE FUNCTION refuse_while_group_ends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM dissolutions WHERE dao_id = NEW.dao_id) THEN
    RAISE EXCEPTION '%: the group ends', TG_TABLE_NAME USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$
"""
BEGINNINGS = ("loans", "treasury_requests", "rotations", "recurring_payments", "welfare_claims", "dao_memberships")


def upgrade() -> None:
    op.create_table(
        "dissolutions",
        sa.Column("dao_id", sa.Uuid, nullable=False),
        sa.Column("because", sa.Text, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("sharings", sa.Integer, nullable=False),
        sa.Column("closed_at", MOMENT),
        sa.PrimaryKeyConstraint("dao_id", name=op.f("pk_dissolutions")),
        sa.ForeignKeyConstraint(["dao_id"], ["daos.id"], name=op.f("fk_dissolutions_dao_id")),
        sa.CheckConstraint("sharings >= 0", name=op.f("ck_dissolutions_sharings")),
        sa.CheckConstraint("(sharings > 0) = (closed_at IS NOT NULL)", name=op.f("ck_dissolutions_closed_at")),
    )
    op.create_table(
        "dissolution_parts",
        sa.Column("dao_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        *(sa.Column(name, AMOUNT, nullable=False) for name in ("put_in", "part", "owed", "back", "credit", "amount")),
        sa.Column("transfer_id", sa.Uuid),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("dao_id", "number", "user_id", name=op.f("pk_dissolution_parts")),
        sa.ForeignKeyConstraint(["dao_id"], ["dissolutions.dao_id"], name=op.f("fk_dissolution_parts_dao_id")),
        sa.ForeignKeyConstraint(["user_id"], ["members.id"], name=op.f("fk_dissolution_parts_user_id")),
        sa.ForeignKeyConstraint(["transfer_id"], ["ledger_transfers.id"], name=op.f("fk_dissolution_parts_transfer_id")),
        sa.CheckConstraint("number > 0", name=op.f("ck_dissolution_parts_number")),
        sa.CheckConstraint(
            "amount = part - owed + back + credit AND amount <> 'NaN'", name=op.f("ck_dissolution_parts_amount")
        ),
        sa.CheckConstraint(
            "put_in >= 0 AND part >= 0 AND owed BETWEEN 0 AND part AND back >= 0 AND credit >= 0",
            name=op.f("ck_dissolution_parts_parts"),
        ),
    )
    op.create_index("ix_dissolution_parts_user_id", "dissolution_parts", ["user_id"])
    op.create_index("ix_dissolution_parts_transfer_id", "dissolution_parts", ["transfer_id"])
    op.execute(
        "CREATE TRIGGER dissolution_parts_stay BEFORE UPDATE OR DELETE ON dissolution_parts"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change('what was shared out stays')"
    )
    op.execute(NOTHING_NEW)
    for table in BEGINNINGS:
        op.execute(
            f"CREATE TRIGGER {table}_end_with_their_group BEFORE INSERT ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_while_group_ends()"
        )
    op.get_bind().exec_driver_sql(rights.GRANT)


def downgrade() -> None:
    for table in BEGINNINGS:
        op.execute(f"DROP TRIGGER {table}_end_with_their_group ON {table}")
    op.execute("DROP FUNCTION refuse_while_group_ends()")
    op.drop_table("dissolution_parts")
    op.drop_table("dissolutions")
