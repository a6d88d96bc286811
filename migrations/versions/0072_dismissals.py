"""Two people may dismiss a payment that M-Pesa never confirmed."""

from alembic import op

revision = "0072_dismissals"
down_revision = "0070_waiting_changes"
branch_labels = None
depends_on = None

RULES = {
    "corrections": ("kind", ("refund", "recover", "write-off", "reassign", "book"), "dismiss"),
    "unproven_payments": ("outcome", ("asking", "proven", "refuted", "unproven"), "dismissed"),
}


def upgrade() -> None:
    for table, (column, known, new) in RULES.items():
        allow(table, column, (*known, new))


def downgrade() -> None:
    for table, (column, known, new) in RULES.items():
        there = op.get_bind().exec_driver_sql(f"SELECT EXISTS (SELECT FROM {table} WHERE {column} = '{new}')")
        if there.scalar_one():
            raise RuntimeError(f"there are rows of {table} that say {new}; they can't be forgotten")
        allow(table, column, known)


def allow(table: str, column: str, words: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{word}'" for word in words)
    op.drop_constraint(op.f(f"ck_{table}_{column}"), table)
    op.create_check_constraint(op.f(f"ck_{table}_{column}"), table, f"{column} IN ({listed})")
