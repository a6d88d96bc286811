"""E-mail addresses of members, with the code that proves each."""

import sqlalchemy as sa
from alembic import op

from migrations.ledger_holds import rights

revision = "0017_emails"
down_revision = "0016_paybill"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "email_addresses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("code_digest", sa.Text()),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("failures", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("last_failure_at", sa.DateTime(timezone=True)),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("ended_reason", sa.Text()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("address = lower(address) AND address ~ '^[^@ ]+@[^@ ]+$'", name=op.f("ck_email_addresses_address")),
        sa.CheckConstraint("attempts >= 0 AND failures >= attempts", name=op.f("ck_email_addresses_counts")),
        sa.CheckConstraint(
            "ended_reason IN ('superseded', 'replaced', 'removed')", name=op.f("ck_email_addresses_ended_reason")
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_reason IS NULL)", name=op.f("ck_email_addresses_ended_at")),
        sa.CheckConstraint("verified_at IS NULL OR code_digest IS NULL", name=op.f("ck_email_addresses_code_digest")),
        sa.ForeignKeyConstraint(["user_id"], ["members.id"], name="fk_email_addresses_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_email_addresses"),
    )
    op.create_index("ix_email_addresses_user_id", "email_addresses", ["user_id", "created_at"])
    op.create_index("ix_email_addresses_address", "email_addresses", ["address", "created_at"])
    for name, proven in (("open", "verified_at IS NULL"), ("verified", "verified_at IS NOT NULL")):
        op.create_index(
            f"uq_email_addresses_{name}", "email_addresses", ["user_id"],
            unique=True, postgresql_where=sa.text(f"{proven} AND ended_at IS NULL"),
        )  # fmt: skip
    op.execute(rights.GRANT)


def downgrade() -> None:
    op.drop_table("email_addresses")
