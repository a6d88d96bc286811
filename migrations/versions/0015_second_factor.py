"""Authenticators and backup codes, what was proven for which action, and what goes without."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0015_second_factor"
down_revision = "0014_foreign_pins"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
AMOUNT = sa.Numeric(38, 18)
TABLES = ("step_up_limits", "step_ups", "two_factor_auth")
VERDICTS = "verdict IN ('right', 'wrong', 'expired', 'locked'{more})"


def upgrade() -> None:
    _create_two_factor_auth()
    _create_step_ups()
    _create_step_up_limits()
    _set_verdicts(", 'used'")
    for table in TABLES:
        op.execute(f"DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'mtaa_app') THEN"
                   f" GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO mtaa_app; END IF; END $$")  # nosec B608 - names of our own tables  # fmt: skip


def _set_verdicts(more: str) -> None:
    op.drop_constraint(op.f("ck_otp_attempts_verdict"), "otp_attempts", type_="check")
    op.create_check_constraint(op.f("ck_otp_attempts_verdict"), "otp_attempts", VERDICTS.format(more=more))


def _create_two_factor_auth() -> None:
    op.create_table(
        "two_factor_auth",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("enabled", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("secret", sa.Text),
        sa.Column("backup_codes", JSONB),
        sa.Column("phone_number", sa.Text),
        sa.Column("email", sa.Text),
        sa.Column("last_used_at", MOMENT),
        sa.Column("enabled_at", MOMENT),
        sa.Column("disabled_at", MOMENT),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("begun_at", MOMENT),
        sa.Column("confirmed_at", MOMENT),
        sa.Column("last_step", sa.BigInteger),
        sa.Column("failures", sa.SmallInteger, server_default=sa.text("0"), nullable=False),
        sa.Column("locked_until", MOMENT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_two_factor_auth")),
        sa.UniqueConstraint("user_id", name=op.f("uq_two_factor_auth_user_id")),
        sa.ForeignKeyConstraint(["user_id"], ["members.id"], name=op.f("fk_two_factor_auth_user_id")),
        sa.CheckConstraint("method IN ('totp', 'sms')", name=op.f("ck_two_factor_auth_method")),
        sa.CheckConstraint(
            "NOT enabled OR (method = 'totp' AND secret IS NOT NULL) OR (method = 'sms' AND phone_number IS NOT NULL)",
            name=op.f("ck_two_factor_auth_enabled_with_means"),
        ),
        sa.CheckConstraint(
            "enabled = (enabled_at IS NOT NULL AND disabled_at IS NULL)", name=op.f("ck_two_factor_auth_enabled_at")
        ),
        sa.CheckConstraint("jsonb_typeof(backup_codes) = 'array'", name=op.f("ck_two_factor_auth_backup_codes")),
        sa.CheckConstraint("failures >= 0", name=op.f("ck_two_factor_auth_failures")),
    )


def _create_step_ups() -> None:
    op.create_table(
        "step_ups",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("intent", sa.Uuid, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("amount", AMOUNT),
        sa.Column("currency", sa.Text),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("proven_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT),
        sa.Column("used_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step_ups")),
        sa.UniqueConstraint("user_id", "intent", name=op.f("uq_step_ups_user_id_intent")),
        sa.ForeignKeyConstraint(["user_id"], ["members.id"], name=op.f("fk_step_ups_user_id")),
        sa.CheckConstraint("method IN ('totp', 'backup_code', 'sms', 'within_limit')", name=op.f("ck_step_ups_method")),
        sa.CheckConstraint("amount > 0 AND amount <> 'NaN'", name=op.f("ck_step_ups_amount")),
        sa.CheckConstraint("(amount IS NULL) = (currency IS NULL)", name=op.f("ck_step_ups_currency")),
        sa.CheckConstraint(
            "method <> 'within_limit' OR (amount IS NOT NULL AND used_at IS NOT NULL)", name=op.f("ck_step_ups_within_limit")
        ),
        sa.CheckConstraint("(method = 'within_limit') = (expires_at IS NULL)", name=op.f("ck_step_ups_expires_at")),
    )
    op.create_index(
        "ix_step_ups_within_limit",
        "step_ups",
        ["user_id", "currency", "used_at"],
        postgresql_where=sa.text("method = 'within_limit'"),
    )


def _create_step_up_limits() -> None:
    op.create_table(
        "step_up_limits",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("amount", AMOUNT, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step_up_limits")),
        sa.ForeignKeyConstraint(["user_id"], ["members.id"], name=op.f("fk_step_up_limits_user_id")),
        sa.CheckConstraint("amount >= 0 AND amount <> 'NaN'", name=op.f("ck_step_up_limits_amount")),
    )
    op.create_index("ix_step_up_limits_user_id", "step_up_limits", ["user_id", "currency", "set_at"])


def downgrade() -> None:
    op.execute("UPDATE otp_attempts SET verdict = 'wrong' WHERE verdict = 'used'")
    _set_verdicts("")
    for table in TABLES:
        op.drop_table(table)
