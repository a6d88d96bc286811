"""What was answered to each message that did something, so that it does it once; and until when news in a chat is news."""

import sqlalchemy as sa
from alembic import op

from migrations.ledger_holds import rights

revision = "0091_answered_turns"
down_revision = "0089_turns_unchecked"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "answered_turns",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("turn", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("began_with", sa.Text(), nullable=False),
        sa.Column("sealed_state", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("channel", "event", "turn", name=op.f("pk_answered_turns")),
    )
    op.create_index("ix_answered_turns_answered_at", "answered_turns", ["answered_at"])
    op.create_index("ix_answered_turns_began_with", "answered_turns", ["began_with"])
    op.create_index("ix_answered_turns_user_id", "answered_turns", ["user_id"])
    op.add_column("chat_delivery_log", sa.Column("send_before", sa.DateTime(timezone=True), nullable=True))
    op.get_bind().exec_driver_sql(rights.GRANT)


def downgrade() -> None:
    op.drop_column("chat_delivery_log", "send_before")
    op.drop_table("answered_turns")
