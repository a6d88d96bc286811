"""Groups, who belongs to them, and what each member put in."""

import sqlalchemy as sa
from alembic import op

revision = "0005_daos"
down_revision = "0004_payments"
branch_labels = None
depends_on = None

AMOUNT = sa.Numeric(38, 18)
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_groups()
    _create_memberships()
    _create_contributions()


def _create_groups() -> None:
    op.create_table(
        "daos",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("founder", sa.Uuid),
        sa.Column("intent", sa.Uuid),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_daos")),
        sa.ForeignKeyConstraint(["founder"], ["members.id"], name=op.f("fk_daos_founder")),
        sa.UniqueConstraint("code", name=op.f("uq_daos_code")),
        sa.UniqueConstraint("intent", name=op.f("uq_daos_intent")),
        sa.CheckConstraint("char_length(name) BETWEEN 2 AND 40", name=op.f("ck_daos_name")),
        sa.CheckConstraint("code ~ '^[1-9][0-9]{5}$'", name=op.f("ck_daos_code")),
        sa.CheckConstraint("kind IN ('chama', 'practice')", name=op.f("ck_daos_kind")),
        sa.CheckConstraint("status IN ('active', 'closed')", name=op.f("ck_daos_status")),
        sa.CheckConstraint("kind = 'practice' OR (founder IS NOT NULL AND intent IS NOT NULL)", name=op.f("ck_daos_founder")),
    )
    op.create_index("ix_daos_founder", "daos", ["founder"])
    op.create_index("uq_daos_practice", "daos", ["kind"], unique=True, postgresql_where=sa.text("kind = 'practice'"))


def _create_memberships() -> None:
    op.create_table(
        "dao_memberships",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("dao_id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("joined_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dao_memberships")),
        sa.ForeignKeyConstraint(["dao_id"], ["daos.id"], name=op.f("fk_dao_memberships_dao_id")),
        sa.ForeignKeyConstraint(["user_id"], ["members.id"], name=op.f("fk_dao_memberships_user_id")),
        sa.UniqueConstraint("dao_id", "user_id", name=op.f("uq_dao_memberships_dao_id_user_id")),
        sa.CheckConstraint("role IN ('chair', 'member')", name=op.f("ck_dao_memberships_role")),
        sa.CheckConstraint("status IN ('active', 'left')", name=op.f("ck_dao_memberships_status")),
    )
    op.create_index("ix_dao_memberships_user_id", "dao_memberships", ["user_id"])


def _create_contributions() -> None:
    op.create_table(
        "contributions",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("dao_id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("amount", AMOUNT, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("transfer_id", sa.Uuid, nullable=False),
        sa.Column("intent", sa.Uuid, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contributions")),
        sa.ForeignKeyConstraint(["dao_id"], ["daos.id"], name=op.f("fk_contributions_dao_id")),
        sa.ForeignKeyConstraint(["user_id"], ["members.id"], name=op.f("fk_contributions_user_id")),
        sa.ForeignKeyConstraint(["transfer_id"], ["ledger_transfers.id"], name=op.f("fk_contributions_transfer_id")),
        sa.UniqueConstraint("intent", name=op.f("uq_contributions_intent")),
        sa.UniqueConstraint("transfer_id", name=op.f("uq_contributions_transfer_id")),
        sa.CheckConstraint("amount > 0 AND amount <> 'NaN'", name=op.f("ck_contributions_amount")),
    )
    op.create_index("ix_contributions_dao_id", "contributions", ["dao_id", "user_id"])
    op.create_index("ix_contributions_user_id", "contributions", ["user_id", "created_at"])


def downgrade() -> None:
    op.drop_table("contributions")
    op.drop_table("dao_memberships")
    op.drop_table("daos")
