"""Remembers that officials were told of a member who has missed as many contributions as the rules allow."""

from alembic import op

revision = "0086_missed"
down_revision = "0085_pot_moves"
branch_labels = None
depends_on = None

CHECK = "ck_due_reminders_stage"
STAGES = "stage IN ('before', 'evening', 'today', 'late', 'week1', 'week2', 'week3'{more})"


def upgrade() -> None:
    _allow(", 'missed'")


def downgrade() -> None:
    op.execute("DELETE FROM due_reminders WHERE stage = 'missed'")
    _allow("")


def _allow(more: str) -> None:
    op.drop_constraint(op.f(CHECK), "due_reminders")
    op.create_check_constraint(op.f(CHECK), "due_reminders", STAGES.format(more=more))
