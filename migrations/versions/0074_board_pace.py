"""The place that a board's next change has booked in the pace at which all processes speak."""

import sqlalchemy as sa
from alembic import op

revision = "0074_board_pace"
down_revision = "0072_dismissals"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("group_chats", sa.Column("slot_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("group_chats", "slot_at")
