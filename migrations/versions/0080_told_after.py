"""Finds the deposits that were credited and that nobody has heard of yet: they are told in a unit of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0080_told_after"
down_revision = "0078_lost_and_forgotten"
branch_labels = None
depends_on = None

UNTOLD = "status = 'completed' AND for_dao IS NULL AND transaction_type IN ('stk_push', 'c2b') AND NOT told @> '{paid}'"


def upgrade() -> None:
    op.create_index("ix_mpesa_transactions_untold", "mpesa_transactions", ["updated_at"], postgresql_where=sa.text(UNTOLD))


def downgrade() -> None:
    op.drop_index("ix_mpesa_transactions_untold", "mpesa_transactions")
