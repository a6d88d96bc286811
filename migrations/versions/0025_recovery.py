"""How a member gets back in: her recovery contacts, recoveries and who confirmed them, and when she last got back in."""

import sqlalchemy as sa
from alembic import op

from migrations.ledger_holds import rights

revision = "0025_recovery"
down_revision = "0024_oauth"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
# A recovery that ended stays as it ended, whoever writes.
MOVES_FORWARD = """
CREATE FUNCTION account_recovery_stays_over() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status <> 'pending' THEN
    RAISE EXCEPTION 'a recovery that is over stays as it is' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$
"""
TRIGGER = """
CREATE TRIGGER account_recovery_stays_over BEFORE UPDATE ON account_recovery
FOR EACH ROW EXECUTE FUNCTION account_recovery_stays_over()
"""


def upgrade() -> None:
    op.add_column("members", sa.Column("recovered_at", MOMENT, nullable=True))
    _create_contacts()
    _create_recoveries()
    _create_confirmations()
    for statement in (MOVES_FORWARD, TRIGGER, rights.GRANT):
        op.get_bind().exec_driver_sql(statement)


def _create_contacts() -> None:
    op.create_table(
        "recovery_contacts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint("status IN ('asked', 'accepted', 'declined', 'removed')", name=op.f("ck_recovery_contacts_status")),
        sa.CheckConstraint("user_id <> contact_id", name=op.f("ck_recovery_contacts_another")),
        sa.CheckConstraint("status <> 'accepted' OR answered_at IS NOT NULL", name=op.f("ck_recovery_contacts_answered")),
        sa.ForeignKeyConstraint(["user_id"], ["members.id"], name="fk_recovery_contacts_user_id"),
        sa.ForeignKeyConstraint(["contact_id"], ["members.id"], name="fk_recovery_contacts_contact_id"),
        sa.PrimaryKeyConstraint("id", name="pk_recovery_contacts"),
    )
    op.create_index(
        "uq_recovery_contacts_open",
        "recovery_contacts",
        ["user_id", "contact_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('asked', 'accepted')"),
    )
    op.create_index("ix_recovery_contacts_contact_id", "recovery_contacts", ["contact_id", "status"])


def _create_recoveries() -> None:
    op.create_table(
        "account_recovery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("recovery_type", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("ip_address", sa.Text(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("cancelled_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("needed", sa.SmallInteger(), nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("new_phone", sa.Text(), nullable=True),
        sa.Column("cancelled_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "recovery_type IN ('password_reset', 'account_unlock', 'number_change')",
            name=op.f("ck_account_recovery_recovery_type"),
        ),
        sa.CheckConstraint("method = 'sms_and_contacts'", name=op.f("ck_account_recovery_method")),
        sa.CheckConstraint("status IN ('pending', 'used', 'expired', 'cancelled')", name=op.f("ck_account_recovery_status")),
        sa.CheckConstraint("(status = 'used') = (used_at IS NOT NULL)", name=op.f("ck_account_recovery_used")),
        sa.CheckConstraint("(status = 'cancelled') = (cancelled_at IS NOT NULL)", name=op.f("ck_account_recovery_cancelled")),
        sa.CheckConstraint("status <> 'used' OR confirmed_at IS NOT NULL", name=op.f("ck_account_recovery_confirmed")),
        sa.CheckConstraint(
            "(recovery_type = 'number_change') = (new_phone IS NOT NULL)", name=op.f("ck_account_recovery_new_phone")
        ),
        sa.CheckConstraint("needed >= 2", name=op.f("ck_account_recovery_needed")),
        sa.ForeignKeyConstraint(["user_id"], ["members.id"], name="fk_account_recovery_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_account_recovery"),
        sa.UniqueConstraint("token", name="uq_account_recovery_token"),
    )
    waits = sa.text("status = 'pending'")
    op.create_index("uq_account_recovery_pending", "account_recovery", ["user_id"], unique=True, postgresql_where=waits)
    op.create_index("uq_account_recovery_new_phone", "account_recovery", ["new_phone"], unique=True, postgresql_where=waits)
    op.create_index("ix_account_recovery_user_id", "account_recovery", ["user_id", "created_at"])


def _create_confirmations() -> None:
    op.create_table(
        "recovery_confirmations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recovery_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("verdict IN ('confirmed', 'refused')", name=op.f("ck_recovery_confirmations_verdict")),
        sa.ForeignKeyConstraint(["recovery_id"], ["account_recovery.id"], name="fk_recovery_confirmations_recovery_id"),
        sa.ForeignKeyConstraint(["contact_id"], ["members.id"], name="fk_recovery_confirmations_contact_id"),
        sa.PrimaryKeyConstraint("id", name="pk_recovery_confirmations"),
        sa.UniqueConstraint("recovery_id", "contact_id", name="uq_recovery_confirmations_recovery_id_contact_id"),
    )


def downgrade() -> None:
    for table in ("recovery_confirmations", "account_recovery", "recovery_contacts"):
        op.drop_table(table)
    op.execute("DROP FUNCTION account_recovery_stays_over")
    op.drop_column("members", "recovered_at")
