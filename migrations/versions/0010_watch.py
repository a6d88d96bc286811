"""Marks of wrong PINs, by which one PIN that is tried on many accounts can be seen."""

import sqlalchemy as sa
from alembic import op

from migrations.ledger_holds import rights

revision = "0010_watch"
down_revision = "0009_tariffs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "wrong_pin_marks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bucket", sa.SmallInteger(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("bucket BETWEEN 0 AND 1023", name=op.f("ck_wrong_pin_marks_bucket")),
        sa.PrimaryKeyConstraint("id", name="pk_wrong_pin_marks"),
    )
    op.create_index("ix_wrong_pin_marks_began_at", "wrong_pin_marks", ["began_at", "bucket"])
    op.execute(rights.GRANT)


def downgrade() -> None:
    op.drop_table("wrong_pin_marks")
