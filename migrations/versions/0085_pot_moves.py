"""Lets officials move money between the treasury and the reserve or a project's money too, as they do for the loan pot."""

import sqlalchemy as sa
from alembic import op

revision = "0085_pot_moves"
down_revision = "0082_invitation_codes"
branch_labels = None
depends_on = None

POTS = "pot IN ('loans', 'reserve', 'project')"


def upgrade() -> None:
    op.add_column("loan_fundings", sa.Column("pot", sa.Text(), server_default="loans", nullable=False))
    op.create_check_constraint(op.f("ck_loan_fundings_pot"), "loan_fundings", POTS)


def downgrade() -> None:
    op.drop_column("loan_fundings", "pot")
