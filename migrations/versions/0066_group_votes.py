"""Votes on an order of turns and on welfare claims, and as many seconders as the rules ask for."""

import sqlalchemy as sa
from alembic import op

from migrations.ledger_holds import rights

revision = "0066_group_votes"
down_revision = "0064_ussd"
branch_labels = None
depends_on = None

EARLIER = "'motion', 'spend', 'rule', 'election', 'poll', 'expulsion', 'dissolution', 'write_off'"
KINDS = f"{EARLIER}, 'turns', 'welfare'"


def upgrade() -> None:
    _kinds(KINDS)
    # What was proposed before needed one.
    op.add_column("proposals", sa.Column("seconds_needed", sa.SmallInteger, nullable=False, server_default="1"))
    op.alter_column("proposals", "seconds_needed", server_default=None)
    op.create_check_constraint(op.f("ck_proposals_seconds_needed"), "proposals", "seconds_needed >= 0")
    op.execute(
        "CREATE TRIGGER proposals_keep_seconds_needed BEFORE UPDATE OF seconds_needed ON proposals FOR EACH ROW"
        " WHEN (OLD.seconds_needed IS DISTINCT FROM NEW.seconds_needed)"
        " EXECUTE FUNCTION refuse_change('what was proposed and decided stays')"
    )
    op.create_table(
        "proposal_seconds",
        sa.Column("proposal_id", sa.Uuid, nullable=False),
        sa.Column("member_id", sa.Uuid, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("proposal_id", "member_id", name=op.f("pk_proposal_seconds")),
        sa.ForeignKeyConstraint(
            ["proposal_id", "member_id"],
            ["proposal_voters.proposal_id", "proposal_voters.voter_id"],
            name=op.f("fk_proposal_seconds_proposal_id_member_id"),
        ),
    )
    op.execute(
        "INSERT INTO proposal_seconds SELECT p.id, p.seconder_id, coalesce(p.opened_at, p.created_at) FROM proposals p"
        " JOIN proposal_voters v ON v.proposal_id = p.id AND v.voter_id = p.seconder_id"
    )
    op.execute(
        "CREATE TRIGGER proposal_seconds_stay BEFORE UPDATE OR DELETE ON proposal_seconds"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change('who stood behind it stays')"
    )
    op.get_bind().exec_driver_sql(rights.GRANT)


def downgrade() -> None:
    op.drop_table("proposal_seconds")
    op.execute("DROP TRIGGER proposals_keep_seconds_needed ON proposals")
    op.drop_column("proposals", "seconds_needed")
    _kinds(EARLIER)


def _kinds(kinds: str) -> None:
    op.drop_constraint(op.f("ck_proposals_kind"), "proposals")
    op.create_check_constraint(op.f("ck_proposals_kind"), "proposals", f"kind IN ({kinds})")
