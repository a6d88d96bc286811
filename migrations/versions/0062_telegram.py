"""Receipts as pictures in chats."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0062_telegram"
down_revision = "0037_proof"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("chat_delivery_log", sa.Column("card", postgresql.JSONB, nullable=True))


def downgrade() -> None:
    op.drop_column("chat_delivery_log", "card")
