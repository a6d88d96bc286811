"""Until when a chat that was let go is told of changes that wait, and may stop them."""

import sqlalchemy as sa
from alembic import op

revision = "0077_former_chats"
down_revision = "0074_board_pace"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user_devices", sa.Column("heard_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("user_devices", "heard_until")
