"""The queue of jobs (PgQueuer's own tables), the jobs that were given up, and the inbox of Telegram's updates."""

import sqlalchemy as sa
from alembic import op
from pgqueuer.adapters.persistence.schema_plan import plan
from pgqueuer.domain.schema.declaration import target
from pgqueuer.domain.schema.model import Schema
from pgqueuer.domain.settings import db_settings
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006_jobs"
down_revision = "0005_daos"
branch_labels = None
depends_on = None

NOTHING_YET = Schema(enums=(), tables=(), indexes=(), functions=(), triggers=())


def upgrade() -> None:
    # The library says what it expects, one statement at a time: asyncpg takes no more in one call.
    settings = db_settings()
    for statement in plan(NOTHING_YET, target(settings), settings).statements:
        op.get_bind().exec_driver_sql(statement)

    op.create_table(
        "job_failures",
        sa.Column("job_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("payload", JSONB(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("job_id", name="pk_job_failures"),
    )
    op.create_index("ix_job_failures_job", "job_failures", ["job", "failed_at"])
    op.create_index("ix_job_failures_open", "job_failures", ["failed_at"], postgresql_where=sa.text("resolved_at IS NULL"))

    op.create_table(
        "telegram_updates",
        sa.Column("bot_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("update_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("lane", sa.BigInteger(), nullable=False),
        sa.Column("sealed_payload", sa.Text(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), nullable=False, server_default=sa.text("0")),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("bot_id", "update_id", name="pk_telegram_updates"),
    )
    op.create_index("ix_telegram_updates_received_at", "telegram_updates", ["received_at"])
    op.create_index(
        "ix_telegram_updates_waiting",
        "telegram_updates",
        ["lane", "received_at", "update_id"],
        postgresql_where=sa.text("handled_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("telegram_updates")
    op.drop_table("job_failures")
    names = db_settings()
    for table in (names.schedules_table, names.statistics_table, names.queue_table_log, names.queue_table):
        op.drop_table(table)
    op.execute(f"DROP FUNCTION {names.function}")
    op.execute(f"DROP TYPE {names.queue_status_type}")
