"""What depends on a date: M-Pesa's tariffs, the tax within fees, who gets a fee, and how much may be withdrawn."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import op

from migrations.ledger_holds import rights

revision = "0009_tariffs"
down_revision = "0008_ledger_seals"
branch_labels = None
depends_on = None

MONEY = sa.Numeric(38, 18)
MOMENT = sa.DateTime(timezone=True)
# Midnight in East Africa.
BEGINNING = datetime(2025, 1, 1, tzinfo=UTC)
B2C_SINCE = datetime(2023, 7, 31, 21, tzinfo=UTC)
EXCISE_SINCE = datetime(2023, 6, 30, 21, tzinfo=UTC)
B2C_FORM = "Safaricom's B2C tariff form of August 2023, charges paid by the business"
PAYBILL_TABLES = "published paybill tables 2024-25 (money.ke, convertksh.xyz)"
MPESA_MOST = 250_000
# Highest amount of the band, charge.
B2C_BANDS = ((100, 0), (1_500, 5), (5_000, 9), (20_000, 11), (MPESA_MOST, 13))
# Highest amount of the band; what the customer and what the business pays when they share ("Mgao"). Together they are what
# either pays who pays alone.
PAYBILL_BANDS = (
    *((100, 0, 0), (500, 5, 0), (1_000, 10, 0), (1_500, 10, 5), (2_500, 13, 7), (3_500, 16, 9), (5_000, 16, 18)),
    *((7_500, 17, 25), (10_000, 18, 30), (15_000, 18, 39), (20_000, 19, 43), (25_000, 20, 47), (30_000, 20, 52)),
    *((35_000, 21, 62), (40_000, 23, 76), (45_000, 23, 80), (MPESA_MOST, 24, 84)),
)
# Tier, at once, in a day, in a month. M-Pesa lets a customer receive 500,000 a day; the levels' own limits (USD 100, 5,000
# and more a day, at about 130 shillings) bind where they are lower.
LIMITS = (
    ("none", 13_000, 13_000, 65_000),
    ("basic", 500_000, 500_000, 6_500_000),
    ("intermediate", 500_000, 500_000, 13_000_000),
    ("advanced", 500_000, 500_000, 15_000_000),
)
LIMITS_SOURCE = "M-Pesa's limits for customers; the platform's KYC levels at 130 shillings a dollar"


def upgrade() -> None:
    mpesa_tariffs()
    tax_rates()
    withdrawal_limits()
    member_tiers()
    fee_shares()
    op.get_bind().exec_driver_sql(rights.GRANT)


def seeded(kind: int, rows: Iterator[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows with ids that are the same everywhere."""
    return [{"id": UUID(f"019a0000-0000-7000-8{kind:03d}-{number:012d}"), **row} for number, row in enumerate(rows, 1)]


def mpesa_tariffs() -> None:
    table = op.create_table(
        "mpesa_tariffs",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("operation", sa.String, nullable=False),
        sa.Column("plan", sa.String, nullable=False),
        sa.Column("lowest", MONEY, nullable=False),
        sa.Column("highest", MONEY, nullable=False),
        sa.Column("customer_charge", MONEY, nullable=False),
        sa.Column("business_charge", MONEY, nullable=False),
        sa.Column("valid_from", MOMENT, nullable=False),
        sa.Column("valid_to", MOMENT),
        sa.Column("source", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_mpesa_tariffs"),
        sa.UniqueConstraint(
            "operation", "plan", "lowest", "valid_from", name="uq_mpesa_tariffs_operation_plan_lowest_valid_from"
        ),
        sa.CheckConstraint("operation IN ('b2c', 'c2b')", name="ck_mpesa_tariffs_operation"),
        sa.CheckConstraint("lowest >= 1 AND highest >= lowest AND highest <> 'NaN'", name="ck_mpesa_tariffs_band"),
        sa.CheckConstraint(
            "customer_charge >= 0 AND business_charge >= 0 AND customer_charge <> 'NaN' AND business_charge <> 'NaN'",
            name="ck_mpesa_tariffs_charges",
        ),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="ck_mpesa_tariffs_dates"),
    )
    op.bulk_insert(table, seeded(101, bands()))


def bands() -> Iterator[dict[str, Any]]:
    """Every band of every tariff."""
    lowest = 1
    for highest, charge in B2C_BANDS:
        yield band("b2c", "registered", (lowest, highest), (0, charge)) | {"valid_from": B2C_SINCE, "source": B2C_FORM}
        lowest = highest + 1
    lowest = 1
    for highest, customer, business in PAYBILL_BANDS:
        total = customer + business
        yield band("c2b", "customer_pays", (lowest, highest), (total, 0))
        yield band("c2b", "shared", (lowest, highest), (customer, business))
        yield band("c2b", "business_pays", (lowest, highest), (0, total))
        lowest = highest + 1


def band(operation: str, plan: str, between: tuple[int, int], charge: tuple[int, int]) -> dict[str, Any]:
    """One band as a row; whole shillings. charge: the customer's and the business's."""
    return {
        "operation": operation,
        "plan": plan,
        "lowest": between[0],
        "highest": between[1],
        "customer_charge": charge[0],
        "business_charge": charge[1],
        "valid_from": BEGINNING,
        "valid_to": None,
        "source": PAYBILL_TABLES,
    }


def tax_rates() -> None:
    table = op.create_table(
        "tax_rates",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("tax", sa.String, nullable=False),
        sa.Column("category", sa.String, nullable=False),
        sa.Column("basis_points", sa.Integer, nullable=False),
        sa.Column("valid_from", MOMENT, nullable=False),
        sa.Column("valid_to", MOMENT),
        sa.Column("source", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tax_rates"),
        sa.UniqueConstraint("tax", "category", "valid_from", name="uq_tax_rates_tax_category_valid_from"),
        sa.CheckConstraint("basis_points BETWEEN 0 AND 10000", name="ck_tax_rates_basis_points"),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="ck_tax_rates_dates"),
    )
    # 15 % on fees for moving money since the Finance Act 2023. The price doesn't change by it: the tax is contained.
    excise = {"tax": "excise", "basis_points": 1500, "valid_from": EXCISE_SINCE, "valid_to": None, "source": "Finance Act 2023"}
    op.bulk_insert(table, seeded(102, ({"category": one, **excise} for one in ("mpesa_deposit", "mpesa_withdrawal"))))


def withdrawal_limits() -> None:
    table = op.create_table(
        "withdrawal_limits",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("tier", sa.String, nullable=False),
        sa.Column("currency", sa.String, nullable=False),
        sa.Column("minimum", MONEY, nullable=False),
        sa.Column("at_once", MONEY, nullable=False),
        sa.Column("per_day", MONEY, nullable=False),
        sa.Column("per_month", MONEY, nullable=False),
        sa.Column("valid_from", MOMENT, nullable=False),
        sa.Column("valid_to", MOMENT),
        sa.Column("source", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_withdrawal_limits"),
        sa.UniqueConstraint("tier", "currency", "valid_from", name="uq_withdrawal_limits_tier_currency_valid_from"),
        sa.CheckConstraint(
            "minimum > 0 AND at_once >= minimum AND per_day >= at_once AND per_month >= per_day AND per_month <> 'NaN'",
            name="ck_withdrawal_limits_order",
        ),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="ck_withdrawal_limits_dates"),
    )
    always = {"currency": "KES", "minimum": 10, "valid_from": BEGINNING, "valid_to": None, "source": LIMITS_SOURCE}
    rows = ({"tier": tier, "at_once": once, "per_day": day, "per_month": month, **always} for tier, once, day, month in LIMITS)
    op.bulk_insert(table, seeded(103, rows))


def member_tiers() -> None:
    op.create_table(
        "member_tiers",
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("valid_from", MOMENT, nullable=False),
        sa.Column("tier", sa.String, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("user_id", "valid_from", name="pk_member_tiers"),
        sa.ForeignKeyConstraint(["user_id"], ["members.id"], name="fk_member_tiers_user_id"),
    )


def fee_shares() -> None:
    """Whose revenue a fee is, the tax in it, and what a withdrawal costs: five shillings, whatever its size."""
    op.add_column("fee_schedules", sa.Column("platform_share", sa.Integer, nullable=False, server_default="10000"))
    op.add_column("fee_schedules", sa.Column("dao_share", sa.Integer, nullable=False, server_default="0"))
    op.add_column("fee_schedules", sa.Column("protocol_share", sa.Integer, nullable=False, server_default="0"))
    op.create_check_constraint(
        op.f("ck_fee_schedules_shares"),
        "fee_schedules",
        "least(platform_share, dao_share, protocol_share) >= 0 AND platform_share + dao_share + protocol_share = 10000",
    )
    op.add_column("transaction_fees", sa.Column("tax_amount", MONEY, nullable=False, server_default="0"))
    op.create_check_constraint(
        op.f("ck_transaction_fees_tax_amount"), "transaction_fees", "tax_amount BETWEEN 0 AND fee_amount"
    )
    op.execute(
        "INSERT INTO fee_schedules (id, category, currency, basis_points, minimum, valid_from)"
        " VALUES ('019a0000-0000-7000-8000-000000000002', 'mpesa_withdrawal', 'KES', 0, 5, '2025-01-01 00:00:00+00')"
    )


def downgrade() -> None:
    op.execute("DELETE FROM fee_schedules WHERE category = 'mpesa_withdrawal'")
    op.drop_column("transaction_fees", "tax_amount")
    for column in ("protocol_share", "dao_share", "platform_share"):
        op.drop_column("fee_schedules", column)
    for table in ("member_tiers", "withdrawal_limits", "tax_rates", "mpesa_tariffs"):
        op.drop_table(table)
