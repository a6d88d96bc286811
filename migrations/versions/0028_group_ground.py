"""Kinds of groups, the roles and the states of a membership, and versions of a constitution that nobody can change."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028_group_ground"
down_revision = "0027_sim_swap"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
KINDS = "kind IN ('chama', 'harambee', 'merry_go_round', 'savings', 'investment', 'community', 'practice')"
ROLES = "role IN ('chair', 'secretary', 'treasurer', 'auditor', 'member', 'observer')"
STATES = "status IN ('active', 'suspended', 'left', 'expelled')"

# For every record of a group that is written once: CREATE TRIGGER ... EXECUTE FUNCTION refuse_change('why').
REFUSE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%: %', TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'check_violation';
END $$
"""


def upgrade() -> None:
    _replace("daos", "kind", KINDS)
    _replace("dao_memberships", "role", ROLES)
    _replace("dao_memberships", "status", STATES)
    op.execute(REFUSE)
    op.create_table(
        "dao_constitutions",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("dao_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("answers", postgresql.JSONB, nullable=False),
        sa.Column("in_force_from", MOMENT, nullable=False),
        sa.Column("because", sa.Text, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dao_constitutions")),
        sa.ForeignKeyConstraint(["dao_id"], ["daos.id"], name=op.f("fk_dao_constitutions_dao_id")),
        sa.UniqueConstraint("dao_id", "version", name=op.f("uq_dao_constitutions_dao_id_version")),
        sa.CheckConstraint("version > 0", name=op.f("ck_dao_constitutions_version")),
        sa.CheckConstraint("jsonb_typeof(answers) = 'object'", name=op.f("ck_dao_constitutions_answers")),
        sa.CheckConstraint("char_length(because) BETWEEN 1 AND 200", name=op.f("ck_dao_constitutions_because")),
    )
    op.execute(
        "CREATE TRIGGER dao_constitutions_stay BEFORE UPDATE OR DELETE ON dao_constitutions"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change('a constitution is changed by its next version')"
    )


def downgrade() -> None:
    op.drop_table("dao_constitutions")
    op.execute("DROP FUNCTION refuse_change()")
    _replace("dao_memberships", "status", "status IN ('active', 'left')")
    _replace("dao_memberships", "role", "role IN ('chair', 'member')")
    _replace("daos", "kind", "kind IN ('chama', 'practice')")


def _replace(table: str, rule: str, condition: str) -> None:
    name = op.f(f"ck_{table}_{rule}")
    op.drop_constraint(name, table, type_="check")
    op.create_check_constraint(name, table, condition)
