"""Indexes by which what is old is found to be forgotten."""

import sqlalchemy as sa
from alembic import op

revision = "0013_retention"
down_revision = "0012_hold_deadlines"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_otp_attempts_created_at", "otp_attempts", "created_at"),
    ("ix_otp_attempts_challenge_id", "otp_attempts", "challenge_id"),
    ("ix_session_audits_created_at", "session_audits", "created_at"),
    ("ix_live_messages_updated_at", "live_messages", "updated_at"),
)


def upgrade() -> None:
    for name, table, column in INDEXES:
        op.create_index(name, table, [column])
    op.create_index(
        "ix_payment_callbacks_read", "payment_callbacks", ["received_at"], postgresql_where=sa.text("processed_at IS NOT NULL")
    )


def downgrade() -> None:
    op.drop_index("ix_payment_callbacks_read", "payment_callbacks")
    for name, table, _ in INDEXES:
        op.drop_index(name, table)
