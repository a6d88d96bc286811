"""Requests to be forgotten, pseudonyms in their place, and the newest consent beside each member."""

import sqlalchemy as sa
from alembic import op

from migrations.ledger_holds import rights

revision = "0026_my_data"
down_revision = "0025_recovery"
branch_labels = None
depends_on = None

PHONE = "phone ~ '^[+]254[17][0-9]{8}$'"
PHONE_OR_PSEUDONYM = f"CASE WHEN erased_at IS NULL THEN {PHONE} ELSE phone = 'erased:' || id END"
NEWEST_CONSENT = """
UPDATE members SET consent_version = newest.version
FROM (SELECT DISTINCT ON (user_id) user_id, version FROM consents ORDER BY user_id, accepted_at DESC) newest
WHERE newest.user_id = members.id
"""


def upgrade() -> None:
    op.add_column("members", sa.Column("consent_version", sa.Text()))
    op.add_column("members", sa.Column("erased_at", sa.DateTime(timezone=True)))
    op.execute(NEWEST_CONSENT)
    op.drop_constraint(op.f("ck_members_phone"), "members")
    op.create_check_constraint(op.f("ck_members_phone"), "members", PHONE_OR_PSEUDONYM)
    op.create_table(
        "erasure_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True)),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("due_at > requested_at", name=op.f("ck_erasure_requests_due_at")),
        sa.CheckConstraint("cancelled_at IS NULL OR done_at IS NULL", name=op.f("ck_erasure_requests_ended_once")),
        sa.ForeignKeyConstraint(["user_id"], ["members.id"], name="fk_erasure_requests_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_erasure_requests"),
    )
    op.create_index(
        "uq_erasure_requests_open", "erasure_requests", ["user_id"],
        unique=True, postgresql_where=sa.text("cancelled_at IS NULL AND done_at IS NULL"),
    )  # fmt: skip
    op.execute(rights.GRANT)


def downgrade() -> None:
    """Only while nobody was forgotten: a pseudonym is no number."""
    op.drop_table("erasure_requests")
    op.drop_constraint(op.f("ck_members_phone"), "members")
    op.create_check_constraint(op.f("ck_members_phone"), "members", PHONE)
    op.drop_column("members", "erased_at")
    op.drop_column("members", "consent_version")
