"""Receipts as pictures in chats; the chats of groups, with the board of who has paid."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0062_telegram"
down_revision = "0061_charge_questions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("chat_delivery_log", sa.Column("card", postgresql.JSONB, nullable=True))
    op.add_column("chat_delivery_log", sa.Column("is_broadcast", sa.Boolean, server_default=sa.false(), nullable=False))
    op.add_column("chat_delivery_log", sa.Column("slot_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "chat_pace",
        sa.Column("lane", sa.Text, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("lane", "number", name=op.f("pk_chat_pace")),
        sa.CheckConstraint("lane IN ('chat', 'share')", name=op.f("ck_chat_pace_lane")),
    )
    op.create_table(
        "group_chats",
        sa.Column("dao_id", sa.Uuid, nullable=False),
        sa.Column("chat", sa.BigInteger, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("linked_by", sa.Uuid, nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("board_message", sa.BigInteger, nullable=True),
        sa.Column("shown", sa.Text, nullable=True),
        sa.Column("next_edit_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("dao_id", name=op.f("pk_group_chats")),
        sa.ForeignKeyConstraint(["dao_id"], ["daos.id"], name=op.f("fk_group_chats_dao_id_daos")),
    )
    op.create_index("uq_group_chats_chat", "group_chats", ["chat"], unique=True)
    op.create_table(
        "group_chat_tokens",
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("dao_id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_group_chat_tokens")),
        sa.ForeignKeyConstraint(["dao_id"], ["daos.id"], name=op.f("fk_group_chat_tokens_dao_id_daos")),
    )
    op.create_table(
        "board_names",
        sa.Column("dao_id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("dao_id", "user_id", name=op.f("pk_board_names")),
        sa.ForeignKeyConstraint(["dao_id"], ["daos.id"], name=op.f("fk_board_names_dao_id_daos")),
    )


def downgrade() -> None:
    op.drop_table("board_names")
    op.drop_table("group_chat_tokens")
    op.drop_table("group_chats")
    op.drop_table("chat_pace")
    op.drop_column("chat_delivery_log", "slot_at")
    op.drop_column("chat_delivery_log", "is_broadcast")
    op.drop_column("chat_delivery_log", "card")
