"""Tells a turn that waits because nothing is known of her line from one that waits because her line was changed."""

from alembic import op

revision = "0089_turns_unchecked"
down_revision = "0087_turns_sent"
branch_labels = None
depends_on = None

TABLE, NAME = "rotation_sendings", "reason"
REASONS = "reason IN ('spent', 'small', 'limit', 'sim', 'unchecked', 'recovered', 'closed')"
BEFORE = "reason IN ('spent', 'small', 'limit', 'sim', 'recovered', 'closed')"


def upgrade() -> None:
    _allow(REASONS)


def downgrade() -> None:
    """What was decided stays, so the rows that say it keep the older release out."""
    _allow(BEFORE)


def _allow(reasons: str) -> None:
    op.drop_constraint(op.f(f"ck_{TABLE}_{NAME}"), TABLE, type_="check")
    op.create_check_constraint(op.f(f"ck_{TABLE}_{NAME}"), TABLE, reasons)
