"""Who came, who went, who held which office, who was invited; and who decided on each version of a constitution."""

import sqlalchemy as sa
from alembic import op

revision = "0040_groups"
down_revision = "0060_preferences"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
AMOUNT = sa.Numeric(38, 18)
OFFICES = "('chair', 'secretary', 'treasurer', 'auditor')"
ROLES = "('chair', 'secretary', 'treasurer', 'auditor', 'member', 'observer')"
CHANGES = "('joined', 'rejoined', 'suspended', 'reinstated', 'expelled', 'notice', 'stayed', 'left', 'replied')"
WAYS = "('founding', 'appointed', 'elected', 'voted', 'replaced', 'resigned', 'suspended', 'left', 'expelled')"

# Whoever is in a group already joined it under the rules of its kind, which count as version 0.
REMEMBER_JOININGS = """
INSERT INTO dao_membership_changes (id, dao_id, user_id, change, by, reason, rules_version, created_at)
SELECT gen_random_uuid(), dao_id, user_id, 'joined', NULL, '', 0, joined_at FROM dao_memberships
"""
REMEMBER_CHAIRS = """
INSERT INTO dao_role_changes (id, dao_id, user_id, from_role, to_role, way, because, by, created_at)
SELECT gen_random_uuid(), dao_id, user_id, NULL, role, 'founding', '', NULL, joined_at FROM dao_memberships
WHERE role <> 'member'
"""


def upgrade() -> None:
    _add_columns()
    _create_changes()
    _create_offers()
    _create_invitations()
    _create_requests()
    _create_departures()
    op.execute(REMEMBER_JOININGS)
    op.execute(REMEMBER_CHAIRS)


def downgrade() -> None:
    for table in (
        "dao_departures",
        "dao_join_requests",
        "dao_invitations",
        "dao_role_offers",
        "dao_role_changes",
        "dao_membership_changes",
    ):
        op.drop_table(table)
    op.drop_index("uq_dao_memberships_office", "dao_memberships")
    op.drop_column("dao_memberships", "leaves_at")
    op.drop_constraint(op.f("fk_dao_constitutions_decided_by"), "dao_constitutions", type_="foreignkey")
    op.drop_column("dao_constitutions", "decided_by")


def _add_columns() -> None:
    op.add_column("dao_constitutions", sa.Column("decided_by", sa.Uuid))
    op.create_foreign_key(op.f("fk_dao_constitutions_decided_by"), "dao_constitutions", "members", ["decided_by"], ["id"])
    op.add_column("dao_memberships", sa.Column("leaves_at", MOMENT))
    op.create_index(
        "uq_dao_memberships_office",
        "dao_memberships",
        ["dao_id", "role"],
        unique=True,
        postgresql_where=sa.text(f"status = 'active' AND role IN {OFFICES}"),
    )


def _create_changes() -> None:
    op.create_table(
        "dao_membership_changes",
        sa.Column("id", sa.Uuid, nullable=False),
        *_whose("dao_membership_changes"),
        sa.Column("change", sa.Text, nullable=False),
        sa.Column("by", sa.Uuid),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("rules_version", sa.Integer),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dao_membership_changes")),
        sa.ForeignKeyConstraint(["by"], ["members.id"], name=op.f("fk_dao_membership_changes_by")),
        sa.CheckConstraint(f"change IN {CHANGES}", name=op.f("ck_dao_membership_changes_change")),
        sa.CheckConstraint("char_length(reason) <= 160", name=op.f("ck_dao_membership_changes_reason")),
        sa.CheckConstraint(
            "change NOT IN ('joined', 'rejoined') OR rules_version IS NOT NULL",
            name=op.f("ck_dao_membership_changes_rules_version"),
        ),
    )
    op.create_index("ix_dao_membership_changes_dao_id", "dao_membership_changes", ["dao_id", "user_id", "created_at"])
    op.create_index("ix_dao_membership_changes_user_id", "dao_membership_changes", ["user_id"])
    _stays("dao_membership_changes", "id, dao_id, user_id, change, by, rules_version, created_at")
    op.create_table(
        "dao_role_changes",
        sa.Column("id", sa.Uuid, nullable=False),
        *_whose("dao_role_changes"),
        sa.Column("from_role", sa.Text),
        sa.Column("to_role", sa.Text, nullable=False),
        sa.Column("way", sa.Text, nullable=False),
        sa.Column("because", sa.Text, nullable=False),
        sa.Column("by", sa.Uuid),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dao_role_changes")),
        sa.ForeignKeyConstraint(["by"], ["members.id"], name=op.f("fk_dao_role_changes_by")),
        sa.CheckConstraint(f"from_role IS NULL OR from_role IN {ROLES}", name=op.f("ck_dao_role_changes_from_role")),
        sa.CheckConstraint(f"to_role IN {ROLES}", name=op.f("ck_dao_role_changes_to_role")),
        sa.CheckConstraint("from_role IS DISTINCT FROM to_role", name=op.f("ck_dao_role_changes_changes")),
        sa.CheckConstraint(f"way IN {WAYS}", name=op.f("ck_dao_role_changes_way")),
        sa.CheckConstraint("char_length(because) <= 160", name=op.f("ck_dao_role_changes_because")),
    )
    op.create_index("ix_dao_role_changes_dao_id", "dao_role_changes", ["dao_id", "created_at"])
    op.create_index("ix_dao_role_changes_user_id", "dao_role_changes", ["user_id"])
    _stays("dao_role_changes", "id, dao_id, user_id, from_role, to_role, way, by, created_at")


def _create_offers() -> None:
    op.create_table(
        "dao_role_offers",
        sa.Column("id", sa.Uuid, nullable=False),
        *_whose("dao_role_offers"),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("offered_by", sa.Uuid, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dao_role_offers")),
        sa.ForeignKeyConstraint(["offered_by"], ["members.id"], name=op.f("fk_dao_role_offers_offered_by")),
        sa.CheckConstraint(f"role IN {ROLES}", name=op.f("ck_dao_role_offers_role")),
        sa.CheckConstraint(
            "status IN ('offered', 'accepted', 'declined', 'withdrawn')", name=op.f("ck_dao_role_offers_status")
        ),
        sa.CheckConstraint("(status = 'offered') = (answered_at IS NULL)", name=op.f("ck_dao_role_offers_answered_at")),
    )
    op.create_index(
        "uq_dao_role_offers_open",
        "dao_role_offers",
        ["dao_id", "role"],
        unique=True,
        postgresql_where=sa.text(f"status = 'offered' AND role IN {OFFICES}"),
    )
    op.create_index("ix_dao_role_offers_user_id", "dao_role_offers", ["user_id"])


def _create_invitations() -> None:
    op.create_table(
        "dao_invitations",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("dao_id", sa.Uuid, nullable=False),
        sa.Column("phone_digest", sa.Text, nullable=False),
        sa.Column("phone_shown", sa.Text, nullable=False),
        sa.Column("code_digest", sa.Text, nullable=False),
        sa.Column("token_digest", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("invited_by", sa.Uuid, nullable=False),
        sa.Column("used_by", sa.Uuid),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dao_invitations")),
        sa.ForeignKeyConstraint(["dao_id"], ["daos.id"], name=op.f("fk_dao_invitations_dao_id")),
        sa.ForeignKeyConstraint(["invited_by"], ["members.id"], name=op.f("fk_dao_invitations_invited_by")),
        sa.ForeignKeyConstraint(["used_by"], ["members.id"], name=op.f("fk_dao_invitations_used_by")),
        sa.UniqueConstraint("code_digest", name=op.f("uq_dao_invitations_code_digest")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_dao_invitations_token_digest")),
        sa.CheckConstraint("role IN ('member', 'observer')", name=op.f("ck_dao_invitations_role")),
        sa.CheckConstraint("status IN ('open', 'used', 'declined', 'withdrawn')", name=op.f("ck_dao_invitations_status")),
        sa.CheckConstraint("(status = 'used') = (used_by IS NOT NULL)", name=op.f("ck_dao_invitations_used_by")),
        sa.CheckConstraint("(status = 'open') = (ended_at IS NULL)", name=op.f("ck_dao_invitations_ended_at")),
    )
    op.create_index(
        "uq_dao_invitations_open",
        "dao_invitations",
        ["dao_id", "phone_digest"],
        unique=True,
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_index("ix_dao_invitations_phone_digest", "dao_invitations", ["phone_digest"])
    op.create_index("ix_dao_invitations_used_by", "dao_invitations", ["used_by"])
    op.create_index("ix_dao_invitations_invited_by", "dao_invitations", ["invited_by", "created_at"])


def _create_requests() -> None:
    op.create_table(
        "dao_join_requests",
        sa.Column("id", sa.Uuid, nullable=False),
        *_whose("dao_join_requests"),
        sa.Column("rules_version", sa.Integer, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("answered_by", sa.Uuid),
        sa.Column("answered_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dao_join_requests")),
        sa.ForeignKeyConstraint(["answered_by"], ["members.id"], name=op.f("fk_dao_join_requests_answered_by")),
        sa.CheckConstraint(
            "status IN ('waiting', 'accepted', 'declined', 'withdrawn')", name=op.f("ck_dao_join_requests_status")
        ),
        sa.CheckConstraint("(status = 'waiting') = (answered_at IS NULL)", name=op.f("ck_dao_join_requests_answered_at")),
    )
    op.create_index(
        "uq_dao_join_requests_waiting",
        "dao_join_requests",
        ["dao_id", "user_id"],
        unique=True,
        postgresql_where=sa.text("status = 'waiting'"),
    )
    op.create_index("ix_dao_join_requests_user_id", "dao_join_requests", ["user_id"])


def _create_departures() -> None:
    op.create_table(
        "dao_departures",
        sa.Column("id", sa.Uuid, nullable=False),
        *_whose("dao_departures"),
        sa.Column("way", sa.Text, nullable=False),
        sa.Column("amount", AMOUNT),
        sa.Column("transfer_id", sa.Uuid),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("settled_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dao_departures")),
        sa.ForeignKeyConstraint(["transfer_id"], ["ledger_transfers.id"], name=op.f("fk_dao_departures_transfer_id")),
        sa.UniqueConstraint("transfer_id", name=op.f("uq_dao_departures_transfer_id")),
        sa.CheckConstraint("way IN ('left', 'expelled')", name=op.f("ck_dao_departures_way")),
        sa.CheckConstraint("(amount IS NULL) = (settled_at IS NULL)", name=op.f("ck_dao_departures_amount")),
        sa.CheckConstraint("amount IS NULL OR amount <> 'NaN'", name=op.f("ck_dao_departures_amount_is_a_number")),
        sa.CheckConstraint("transfer_id IS NULL OR settled_at IS NOT NULL", name=op.f("ck_dao_departures_transfer_id")),
    )
    op.create_index("ix_dao_departures_dao_id", "dao_departures", ["dao_id"])
    op.create_index("ix_dao_departures_user_id", "dao_departures", ["user_id"])
    op.create_index("ix_dao_departures_open", "dao_departures", ["created_at"], postgresql_where=sa.text("settled_at IS NULL"))


def _whose(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    """The group and the member that a row is about."""
    return (
        sa.Column("dao_id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.ForeignKeyConstraint(["dao_id"], ["daos.id"], name=op.f(f"fk_{table}_dao_id")),
        sa.ForeignKeyConstraint(["user_id"], ["members.id"], name=op.f(f"fk_{table}_user_id")),
    )


def _stays(table: str, columns: str) -> None:
    """What happened is never rewritten; only a reason can be blanked."""
    why = "EXECUTE FUNCTION refuse_change('what happened stays')"
    op.execute(f"CREATE TRIGGER {table}_stay BEFORE UPDATE OF {columns} ON {table} FOR EACH ROW {why}")
    op.execute(f"CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} FOR EACH ROW {why}")
