"""Changes of recovery contacts and e-mail are in force from a moment, and until then can be stopped."""

import sqlalchemy as sa
from alembic import op

revision = "0070_waiting_changes"
down_revision = "0069_treasury_payouts"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
REASONS = "ck_email_addresses_ended_reason"


def upgrade() -> None:
    op.add_column("recovery_contacts", sa.Column("counts_from", MOMENT, nullable=True))
    op.add_column("recovery_contacts", sa.Column("leaves_at", MOMENT, nullable=True))
    # Who was chosen before the waiting time existed counts as before.
    op.execute("UPDATE recovery_contacts SET counts_from = created_at")
    # The default is for processes of the version before, while both run.
    op.alter_column("recovery_contacts", "counts_from", nullable=False, server_default=sa.text("now()"))
    op.add_column("email_addresses", sa.Column("counts_from", MOMENT, nullable=True))
    op.add_column("email_addresses", sa.Column("leaves_at", MOMENT, nullable=True))
    op.drop_constraint(op.f(REASONS), "email_addresses")
    allowed = "ended_reason IN ('superseded', 'replaced', 'removed', 'stopped')"
    op.create_check_constraint(op.f(REASONS), "email_addresses", allowed)


def downgrade() -> None:
    op.execute("UPDATE email_addresses SET ended_reason = 'removed' WHERE ended_reason = 'stopped'")
    op.drop_constraint(op.f(REASONS), "email_addresses")
    op.create_check_constraint(op.f(REASONS), "email_addresses", "ended_reason IN ('superseded', 'replaced', 'removed')")
    for table in ("email_addresses", "recovery_contacts"):
        op.drop_column(table, "leaves_at")
        op.drop_column(table, "counts_from")
