"""Meetings: notice and agenda, attendance by a code, and minutes that are frozen, confirmed and never changed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0041_meetings"
down_revision = "0040_groups"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_meetings()
    _create_agenda()
    _create_attendance()
    _create_minutes()
    _create_corrections()


def downgrade() -> None:
    for table in ("dao_minutes_corrections", "dao_minutes", "dao_attendance", "dao_agenda_items", "dao_meetings"):
        op.drop_table(table)


def _create_meetings() -> None:
    op.create_table(
        "dao_meetings",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("dao_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("emergency", sa.Boolean, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("called_by", sa.Uuid, nullable=False),
        sa.Column("code_digest", sa.Text),
        sa.Column("opened_at", MOMENT),
        sa.Column("closes_at", MOMENT),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dao_meetings")),
        sa.ForeignKeyConstraint(["dao_id"], ["daos.id"], name=op.f("fk_dao_meetings_dao_id")),
        sa.ForeignKeyConstraint(["called_by"], ["members.id"], name=op.f("fk_dao_meetings_called_by")),
        sa.UniqueConstraint("dao_id", "number", name=op.f("uq_dao_meetings_dao_id_number")),
        sa.CheckConstraint("number > 0", name=op.f("ck_dao_meetings_number")),
        sa.CheckConstraint("char_length(place) BETWEEN 3 AND 40", name=op.f("ck_dao_meetings_place")),
        sa.CheckConstraint("status IN ('called', 'held', 'cancelled')", name=op.f("ck_dao_meetings_status")),
        sa.CheckConstraint(
            "(opened_at IS NULL) = (closes_at IS NULL) AND (opened_at IS NULL) = (code_digest IS NULL)",
            name=op.f("ck_dao_meetings_opened_at"),
        ),
    )
    op.create_index(
        "uq_dao_meetings_called", "dao_meetings", ["dao_id"], unique=True, postgresql_where=sa.text("status = 'called'")
    )


def _create_agenda() -> None:
    op.create_table(
        "dao_agenda_items",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("meeting_id", sa.Uuid, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("added_by", sa.Uuid, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dao_agenda_items")),
        sa.ForeignKeyConstraint(["meeting_id"], ["dao_meetings.id"], name=op.f("fk_dao_agenda_items_meeting_id")),
        sa.ForeignKeyConstraint(["added_by"], ["members.id"], name=op.f("fk_dao_agenda_items_added_by")),
        sa.UniqueConstraint("meeting_id", "position", name=op.f("uq_dao_agenda_items_meeting_id_position")),
        sa.CheckConstraint("position BETWEEN 1 AND 12", name=op.f("ck_dao_agenda_items_position")),
        sa.CheckConstraint("char_length(words) BETWEEN 3 AND 60", name=op.f("ck_dao_agenda_items_words")),
    )


def _create_attendance() -> None:
    op.create_table(
        "dao_attendance",
        sa.Column("meeting_id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("apology_at", MOMENT),
        sa.Column("present_at", MOMENT),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("meeting_id", "user_id", name=op.f("pk_dao_attendance")),
        sa.ForeignKeyConstraint(["meeting_id"], ["dao_meetings.id"], name=op.f("fk_dao_attendance_meeting_id")),
        sa.ForeignKeyConstraint(["user_id"], ["members.id"], name=op.f("fk_dao_attendance_user_id")),
        sa.CheckConstraint("tries BETWEEN 0 AND 5", name=op.f("ck_dao_attendance_tries")),
    )
    op.create_index("ix_dao_attendance_user_id", "dao_attendance", ["user_id"])


def _create_minutes() -> None:
    op.create_table(
        "dao_minutes",
        sa.Column("meeting_id", sa.Uuid, nullable=False),
        sa.Column("dao_id", sa.Uuid, nullable=False),
        sa.Column("content", postgresql.JSONB, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("frozen_by", sa.Uuid, nullable=False),
        sa.Column("frozen_at", MOMENT, nullable=False),
        sa.Column("confirmed_by", sa.Uuid),
        sa.Column("confirmed_at", MOMENT),
        sa.PrimaryKeyConstraint("meeting_id", name=op.f("pk_dao_minutes")),
        sa.ForeignKeyConstraint(["meeting_id"], ["dao_meetings.id"], name=op.f("fk_dao_minutes_meeting_id")),
        sa.ForeignKeyConstraint(["dao_id"], ["daos.id"], name=op.f("fk_dao_minutes_dao_id")),
        sa.ForeignKeyConstraint(["frozen_by"], ["members.id"], name=op.f("fk_dao_minutes_frozen_by")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["members.id"], name=op.f("fk_dao_minutes_confirmed_by")),
        sa.CheckConstraint("jsonb_typeof(content) = 'object'", name=op.f("ck_dao_minutes_content")),
        sa.CheckConstraint("(confirmed_at IS NULL) = (confirmed_by IS NULL)", name=op.f("ck_dao_minutes_confirmed_at")),
        sa.CheckConstraint("confirmed_by IS NULL OR confirmed_by <> frozen_by", name=op.f("ck_dao_minutes_confirmed_by")),
    )
    op.create_index("ix_dao_minutes_dao_id", "dao_minutes", ["dao_id"])
    refuse = "EXECUTE FUNCTION refuse_change('minutes are corrected in the next meeting')"
    op.execute(
        "CREATE TRIGGER dao_minutes_stay BEFORE UPDATE OF meeting_id, dao_id, content, digest, frozen_by, frozen_at"
        f" ON dao_minutes FOR EACH ROW {refuse}"
    )
    op.execute(
        "CREATE TRIGGER dao_minutes_confirmed_once BEFORE UPDATE ON dao_minutes FOR EACH ROW"
        f" WHEN (OLD.confirmed_at IS NOT NULL) {refuse}"
    )
    op.execute(f"CREATE TRIGGER dao_minutes_kept BEFORE DELETE ON dao_minutes FOR EACH ROW {refuse}")


def _create_corrections() -> None:
    op.create_table(
        "dao_minutes_corrections",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("dao_id", sa.Uuid, nullable=False),
        sa.Column("meeting_id", sa.Uuid, nullable=False),
        sa.Column("entered_in", sa.Uuid),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("noted_by", sa.Uuid, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dao_minutes_corrections")),
        sa.ForeignKeyConstraint(["dao_id"], ["daos.id"], name=op.f("fk_dao_minutes_corrections_dao_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["dao_meetings.id"], name=op.f("fk_dao_minutes_corrections_meeting_id")),
        sa.ForeignKeyConstraint(["entered_in"], ["dao_meetings.id"], name=op.f("fk_dao_minutes_corrections_entered_in")),
        sa.ForeignKeyConstraint(["noted_by"], ["members.id"], name=op.f("fk_dao_minutes_corrections_noted_by")),
        sa.CheckConstraint("char_length(words) BETWEEN 3 AND 60", name=op.f("ck_dao_minutes_corrections_words")),
    )
    op.create_index("ix_dao_minutes_corrections_dao_id", "dao_minutes_corrections", ["dao_id"])
