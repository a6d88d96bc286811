"""An index by which the sweep finds payments whose charge M-Pesa hasn't told yet."""

import sqlalchemy as sa
from alembic import op

revision = "0061_charge_questions"
down_revision = "0037_proof"
branch_labels = None
depends_on = None

NOT_TOLD = "real_charge IS NULL AND charge_questions < 3 AND books IN ('paid', 'paid-after-release')"


def upgrade() -> None:
    op.create_index("ix_payouts_charge_not_told", "payouts", ["id"], postgresql_where=sa.text(NOT_TOLD))


def downgrade() -> None:
    op.drop_index("ix_payouts_charge_not_told", "payouts")
