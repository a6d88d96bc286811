"""What all processes must know alike about a provider: its access token, and whether payouts are stopped."""

import sqlalchemy as sa
from alembic import op

from migrations.ledger_holds import rights

revision = "0018_providers"
down_revision = "0017_emails"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "provider_tokens",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=True),
        sa.Column("good_until", MOMENT, nullable=True),
        sa.Column("holder", sa.String(), nullable=True),
        sa.Column("held_until", MOMENT, nullable=True),
        sa.CheckConstraint("(token IS NULL) = (good_until IS NULL)", name=op.f("ck_provider_tokens_token")),
        sa.CheckConstraint("(holder IS NULL) = (held_until IS NULL)", name=op.f("ck_provider_tokens_holder")),
        sa.PrimaryKeyConstraint("account", name="pk_provider_tokens"),
    )
    op.create_table(
        "payout_breakers",
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("stopped_at", MOMENT, nullable=True),
        sa.Column("stopped_until", MOMENT, nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.CheckConstraint("failures >= 0", name=op.f("ck_payout_breakers_failures")),
        sa.CheckConstraint("(stopped_at IS NULL) = (reason IS NULL)", name=op.f("ck_payout_breakers_reason")),
        sa.CheckConstraint("stopped_until IS NULL OR stopped_at IS NOT NULL", name=op.f("ck_payout_breakers_stopped_until")),
        sa.PrimaryKeyConstraint("provider", name="pk_payout_breakers"),
    )
    op.get_bind().exec_driver_sql(rights.GRANT)


def downgrade() -> None:
    op.drop_table("payout_breakers")
    op.drop_table("provider_tokens")
