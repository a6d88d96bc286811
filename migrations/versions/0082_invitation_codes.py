"""Lets the codes of invitations repeat: each is bound to a number, and of seven random digits two are soon alike."""

from alembic import op

revision = "0082_invitation_codes"
down_revision = "0081_ledger_plain"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint(op.f("uq_dao_invitations_code_digest"), "dao_invitations")
    op.create_index(op.f("ix_dao_invitations_code_digest"), "dao_invitations", ["code_digest"])


def downgrade() -> None:
    # Of those that are alike the newest keeps its code; the others are found by their links.
    op.execute("""
        UPDATE dao_invitations o SET code_digest = o.code_digest || ' ' || o.id
        WHERE EXISTS (SELECT FROM dao_invitations n WHERE n.code_digest = o.code_digest AND n.id > o.id)
    """)
    op.drop_index(op.f("ix_dao_invitations_code_digest"), "dao_invitations")
    op.create_unique_constraint(op.f("uq_dao_invitations_code_digest"), "dao_invitations", ["code_digest"])
