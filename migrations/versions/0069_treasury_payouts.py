"""Which request a treasury's payment by M-Pesa was made for: in every attempt, and in every part."""

from uuid import uuid5

import sqlalchemy as sa
from alembic import op

from migrations.ledger_holds import rights

revision = "0069_treasury_payouts"
down_revision = "0068_share_returns"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "treasury_payouts",
        sa.Column("payout_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("payout_id", name=op.f("pk_treasury_payouts")),
        sa.ForeignKeyConstraint(["request_id"], ["treasury_requests.id"], name=op.f("fk_treasury_payouts_request_id")),
        sa.UniqueConstraint("request_id", "attempt", "part", name=op.f("uq_treasury_payouts_request_id_attempt_part")),
        sa.CheckConstraint("attempt > 0 AND part > 0", name=op.f("ck_treasury_payouts_part")),
    )
    op.execute(
        "CREATE TRIGGER treasury_payouts_stay BEFORE UPDATE OR DELETE ON treasury_payouts"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change('a payment stays its request''s')"
    )
    _remember_attempts()
    op.get_bind().exec_driver_sql(rights.GRANT)


def _remember_attempts() -> None:
    """What was sent before: each attempt's payment has a name that follows from the request's."""
    connection = op.get_bind()
    asked = connection.execute(sa.text("SELECT id, attempts FROM treasury_requests WHERE payout_id IS NOT NULL")).all()
    made = [
        {"payout": uuid5(request, f"payout {attempt}"), "request": request, "attempt": attempt}
        for request, attempts in asked
        for attempt in range(1, attempts + 1)
    ]
    known = sa.text(
        "INSERT INTO treasury_payouts (payout_id, request_id, attempt, part)"
        " SELECT id, :request, :attempt, 1 FROM payouts WHERE id = :payout"
    )
    if made:
        connection.execute(known, made)


def downgrade() -> None:
    op.drop_table("treasury_payouts")
