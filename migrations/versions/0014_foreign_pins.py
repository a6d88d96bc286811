"""Wrong PINs from devices that aren't the member's own, counted apart from hers."""

import sqlalchemy as sa
from alembic import op

from migrations.ledger_holds import rights

revision = "0014_foreign_pins"
down_revision = "0013_retention"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "foreign_pins",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("failures", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("failures >= 0", name=op.f("ck_foreign_pins_failures")),
        sa.PrimaryKeyConstraint("subject", name="pk_foreign_pins"),
    )
    op.get_bind().exec_driver_sql(rights.GRANT)


def downgrade() -> None:
    op.drop_table("foreign_pins")
