"""How a member wants to be told, by topic."""

import sqlalchemy as sa
from alembic import op

revision = "0060_preferences"
down_revision = "0058_muhuri"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notification_preferences",
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("way", sa.Text, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "topic", name=op.f("pk_notification_preferences")),
        sa.CheckConstraint(
            "topic IN ('security', 'money', 'group', 'reminder')", name=op.f("ck_notification_preferences_topic")
        ),
        sa.CheckConstraint("way IN ('any', 'sms', 'chat', 'both', 'none')", name=op.f("ck_notification_preferences_way")),
        sa.CheckConstraint("way <> 'none' OR topic IN ('group', 'reminder')", name=op.f("ck_notification_preferences_always")),
    )


def downgrade() -> None:
    op.drop_table("notification_preferences")
