"""The merry-go-round: rounds, hands, turns, dues, payments, swaps, and a draw that nobody can change afterwards."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, INTEGER

from migrations.ledger_holds import rights

revision = "0046_rotation"
down_revision = "0045_outages"
branch_labels = None
depends_on = None

MONEY = sa.Numeric(38, 18)
MOMENT = sa.DateTime(timezone=True)
TABLES = (
    "rotation_swap_consents",
    "rotation_swaps",
    "rotation_payments",
    "rotation_dues",
    "rotation_turns",
    "rotation_consents",
    "rotation_numbers",
    "rotation_hands",
    "rotations",
)

# What was promised to all members before the draw, and what came of it, stands.
DRAW_STANDS = """
CREATE FUNCTION rotation_draw_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.commitment IS NOT NULL AND (NEW.commitment, NEW.draw_at) IS DISTINCT FROM (OLD.commitment, OLD.draw_at))
    OR (OLD.seed IS NOT NULL AND (NEW.seed, NEW.drawn) IS DISTINCT FROM (OLD.seed, OLD.drawn))
    OR (NEW.seed IS NOT NULL AND encode(sha256(decode(NEW.seed, 'hex')), 'hex') IS DISTINCT FROM NEW.commitment) THEN
    RAISE EXCEPTION 'rotations: a draw stands' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$
"""
TRIGGERS = (
    "CREATE TRIGGER rotations_draw_stands BEFORE UPDATE ON rotations FOR EACH ROW EXECUTE FUNCTION rotation_draw_stands()",
    (
        "CREATE TRIGGER rotation_numbers_stay BEFORE UPDATE OR DELETE ON rotation_numbers"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change('a number added to a draw stands')"
    ),
    (
        "CREATE TRIGGER rotation_turns_stay BEFORE UPDATE OR DELETE ON rotation_turns"
        " FOR EACH ROW WHEN (OLD.status = 'paid') EXECUTE FUNCTION refuse_change('a turn that was paid stays')"
    ),
    (
        "CREATE TRIGGER rotation_payments_stay BEFORE UPDATE OR DELETE ON rotation_payments"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change('a payment stays')"
    ),
)


def _id(name: str = "id", *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Uuid, nullable=nullable)


def _fk(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def _ck(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    rounds()
    orders()
    turns()
    swaps()
    op.execute(DRAW_STANDS)
    for trigger in TRIGGERS:
        op.execute(trigger)
    op.get_bind().exec_driver_sql(rights.GRANT)


def rounds() -> None:
    op.create_table(
        "rotations",
        _id(),
        _id("dao_id"),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("amount", MONEY, nullable=False),
        sa.Column("frequency", sa.Text, nullable=False),
        sa.Column("due_day", sa.Integer, nullable=False),
        sa.Column("order_by", sa.Text, nullable=False),
        sa.Column("shortfall", sa.Text, nullable=False),
        sa.Column("wait_days", sa.Integer, nullable=False),
        sa.Column("grace_days", sa.Integer, nullable=False),
        sa.Column("netting", sa.Boolean, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        _id("opened_by"),
        _id("intent"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("started_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.Column("commitment", sa.Text),
        sa.Column("sealed_seed", sa.Text),
        sa.Column("seed", sa.Text),
        sa.Column("draw_at", MOMENT),
        sa.Column("drawn", ARRAY(INTEGER)),
        sa.Column("proposed", ARRAY(INTEGER)),
        sa.Column("because", sa.Text),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rotations")),
        _fk("rotations", "dao_id", "daos"),
        _fk("rotations", "opened_by", "members"),
        sa.UniqueConstraint("dao_id", "number", name=op.f("uq_rotations_dao_id_number")),
        sa.UniqueConstraint("intent", name=op.f("uq_rotations_intent")),
        _ck("rotations", "amount", "amount > 0 AND amount <> 'NaN'"),
        _ck(
            "rotations",
            "status",
            "status IN ('open', 'drawing', 'agreeing', 'voting', 'running', 'finished', 'cancelled')",
        ),
        _ck("rotations", "order_by", "order_by IN ('draw', 'agreed', 'vote')"),
        _ck("rotations", "shortfall", "shortfall IN ('pay_what_came', 'wait', 'reserve')"),
        _ck("rotations", "frequency", "frequency IN ('weekly', 'biweekly', 'monthly')"),
        _ck("rotations", "commitment", "(commitment IS NULL) = (draw_at IS NULL)"),
        _ck("rotations", "seed", "seed IS NULL OR commitment IS NOT NULL"),
        _ck("rotations", "started_at", "status NOT IN ('running', 'finished') OR started_at IS NOT NULL"),
    )
    op.create_index(
        "uq_rotations_live",
        "rotations",
        ["dao_id"],
        unique=True,
        postgresql_where=sa.text("status NOT IN ('finished', 'cancelled')"),
    )
    op.create_table(
        "rotation_hands",
        _id(),
        _id("rotation_id"),
        sa.Column("number", sa.Integer, nullable=False),
        _id("user_id"),
        _id("partner_id", nullable=True),
        sa.Column("shared", sa.Boolean, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("withdrawn_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rotation_hands")),
        _fk("rotation_hands", "rotation_id", "rotations"),
        _fk("rotation_hands", "user_id", "members"),
        _fk("rotation_hands", "partner_id", "members"),
        sa.UniqueConstraint("rotation_id", "number", name=op.f("uq_rotation_hands_rotation_id_number")),
        _ck("rotation_hands", "two_people", "partner_id <> user_id"),
        _ck("rotation_hands", "shared", "shared OR partner_id IS NULL"),
    )
    op.create_index("ix_rotation_hands_user_id", "rotation_hands", ["user_id"])
    op.create_index("ix_rotation_hands_partner_id", "rotation_hands", ["partner_id"])


def orders() -> None:
    op.create_table(
        "rotation_numbers",
        _id("rotation_id"),
        _id("user_id"),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("rotation_id", "user_id", name=op.f("pk_rotation_numbers")),
        _fk("rotation_numbers", "rotation_id", "rotations"),
        _fk("rotation_numbers", "user_id", "members"),
        _ck("rotation_numbers", "number", "number ~ '^[0-9]{1,12}$'"),
    )
    op.create_table(
        "rotation_consents",
        _id("rotation_id"),
        _id("user_id"),
        sa.Column("agreed_order", ARRAY(INTEGER), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("rotation_id", "user_id", name=op.f("pk_rotation_consents")),
        _fk("rotation_consents", "rotation_id", "rotations"),
        _fk("rotation_consents", "user_id", "members"),
    )


def turns() -> None:
    op.create_table(
        "rotation_turns",
        _id(),
        _id("rotation_id"),
        sa.Column("position", sa.Integer, nullable=False),
        _id("hand_id"),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("paid_at", MOMENT),
        sa.Column("amount", MONEY),
        _id("transfer_id", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rotation_turns")),
        _fk("rotation_turns", "rotation_id", "rotations"),
        _fk("rotation_turns", "hand_id", "rotation_hands"),
        _fk("rotation_turns", "transfer_id", "ledger_transfers"),
        sa.UniqueConstraint("rotation_id", "position", name=op.f("uq_rotation_turns_rotation_id_position")),
        sa.UniqueConstraint(
            "rotation_id",
            "hand_id",
            name=op.f("uq_rotation_turns_rotation_id_hand_id"),
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.UniqueConstraint("transfer_id", name=op.f("uq_rotation_turns_transfer_id")),
        _ck("rotation_turns", "status", "status IN ('waiting', 'paid')"),
        _ck("rotation_turns", "paid_at", "(status = 'paid') = (paid_at IS NOT NULL)"),
        _ck("rotation_turns", "paid_amount", "(status = 'paid') = (amount IS NOT NULL)"),
        _ck("rotation_turns", "transfer_id", "(coalesce(amount, 0) > 0) = (transfer_id IS NOT NULL)"),
    )
    op.create_index("ix_rotation_turns_due", "rotation_turns", ["due_on"], postgresql_where=sa.text("status = 'waiting'"))
    op.create_table(
        "rotation_dues",
        _id(),
        _id("turn_id"),
        _id("hand_id"),
        _id("user_id"),
        sa.Column("amount", MONEY, nullable=False),
        sa.Column("paid", MONEY, nullable=False),
        sa.Column("covered", MONEY, nullable=False),
        sa.Column("repaid", MONEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rotation_dues")),
        _fk("rotation_dues", "turn_id", "rotation_turns"),
        _fk("rotation_dues", "hand_id", "rotation_hands"),
        _fk("rotation_dues", "user_id", "members"),
        sa.UniqueConstraint("turn_id", "hand_id", "user_id", name=op.f("uq_rotation_dues_turn_id_hand_id_user_id")),
        _ck("rotation_dues", "paid", "paid >= 0 AND paid <= amount AND amount <> 'NaN'"),
        _ck("rotation_dues", "repaid", "repaid >= 0 AND repaid <= covered AND repaid <= paid"),
        _ck("rotation_dues", "covered", "paid - repaid + covered <= amount"),
    )
    op.create_index("ix_rotation_dues_user_id", "rotation_dues", ["user_id"])
    op.create_table(
        "rotation_payments",
        _id(),
        _id("due_id"),
        _id("payer_id"),
        sa.Column("amount", MONEY, nullable=False),
        _id("transfer_id"),
        _id("intent"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rotation_payments")),
        _fk("rotation_payments", "due_id", "rotation_dues"),
        _fk("rotation_payments", "payer_id", "members"),
        _fk("rotation_payments", "transfer_id", "ledger_transfers"),
        sa.UniqueConstraint("intent", "due_id", name=op.f("uq_rotation_payments_intent_due_id")),
        _ck("rotation_payments", "amount", "amount <> 0 AND amount <> 'NaN'"),
    )
    op.create_index("ix_rotation_payments_due_id", "rotation_payments", ["due_id"])
    op.create_index("ix_rotation_payments_payer_id", "rotation_payments", ["payer_id", "created_at"])
    op.create_index("ix_rotation_payments_transfer_id", "rotation_payments", ["transfer_id"])


def swaps() -> None:
    op.create_table(
        "rotation_swaps",
        _id(),
        _id("rotation_id"),
        _id("turn_a"),
        _id("turn_b"),
        _id("hand_a"),
        _id("hand_b"),
        _id("asked_by"),
        sa.Column("status", sa.Text, nullable=False),
        _id("intent"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rotation_swaps")),
        _fk("rotation_swaps", "rotation_id", "rotations"),
        _fk("rotation_swaps", "turn_a", "rotation_turns"),
        _fk("rotation_swaps", "turn_b", "rotation_turns"),
        _fk("rotation_swaps", "hand_a", "rotation_hands"),
        _fk("rotation_swaps", "hand_b", "rotation_hands"),
        _fk("rotation_swaps", "asked_by", "members"),
        sa.UniqueConstraint("intent", name=op.f("uq_rotation_swaps_intent")),
        _ck("rotation_swaps", "status", "status IN ('open', 'done', 'refused', 'lapsed')"),
        _ck("rotation_swaps", "two_turns", "turn_a <> turn_b AND hand_a <> hand_b"),
    )
    op.create_index("ix_rotation_swaps_open", "rotation_swaps", ["rotation_id"], postgresql_where=sa.text("status = 'open'"))
    op.create_table(
        "rotation_swap_consents",
        _id("swap_id"),
        _id("user_id"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("swap_id", "user_id", name=op.f("pk_rotation_swap_consents")),
        _fk("rotation_swap_consents", "swap_id", "rotation_swaps"),
        _fk("rotation_swap_consents", "user_id", "members"),
    )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    op.execute("DROP FUNCTION rotation_draw_stands()")
