"""Recoveries of members who have lost their authenticators as well, words that are said again after a recovery; and no money
for members who were forgotten.

Whoever forgets a member closes her accounts in the same unit, whatever was looked at before: a trigger waits for postings that
are under way, and refuses when there is money then. Afterwards no posting gives her any, on an account that she had or a new
one. Opening an account and closing them all exclude each other by a lock, since a row that isn't there yet can't be locked.
"""

import sqlalchemy as sa
from alembic import op

revision = "0078_lost_and_forgotten"
down_revision = "0077_former_chats"
branch_labels = None
depends_on = None

# The role of the application may neither lock balances nor write this list, so it lends the owner's rights.
CLOSE = """
CREATE FUNCTION ledger_close_owner() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('owner ' || NEW.id, 0));
  PERFORM 1 FROM ledger_balances b WHERE b.kind = 'member' AND b.user_id = NEW.id ORDER BY b.id FOR NO KEY UPDATE;
  IF EXISTS (
    SELECT FROM ledger_balances b
    WHERE b.kind = 'member' AND b.user_id = NEW.id AND (b.available, b.pending, b.locked) <> (0, 0, 0)
  ) THEN
    RAISE EXCEPTION 'whoever is forgotten holds nothing' USING ERRCODE = 'check_violation', CONSTRAINT = 'holds_nothing';
  END IF;
  INSERT INTO ledger_closed_owners (user_id, closed_at) VALUES (NEW.id, NEW.erased_at);
  RETURN NULL;
END
$$
"""
OPEN = """
CREATE FUNCTION ledger_guard_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM pg_advisory_xact_lock_shared(hashtextextended('owner ' || NEW.user_id, 0));
  END IF;
  IF EXISTS (SELECT FROM ledger_closed_owners c WHERE c.user_id = NEW.user_id) THEN
    RAISE EXCEPTION 'whoever was forgotten gets nothing' USING ERRCODE = 'check_violation', CONSTRAINT = 'owner_is_there';
  END IF;
  RETURN NEW;
END
$$
"""
TRIGGERS = (
    """CREATE TRIGGER forgotten_members_hold_nothing AFTER UPDATE OF erased_at ON members FOR EACH ROW
    WHEN (OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL) EXECUTE FUNCTION ledger_close_owner()""",
    """CREATE TRIGGER balances_open_for_members_who_are_there BEFORE INSERT ON ledger_balances FOR EACH ROW
    WHEN (NEW.kind = 'member') EXECUTE FUNCTION ledger_guard_owner()""",
    """CREATE TRIGGER balances_grow_for_members_who_are_there BEFORE UPDATE ON ledger_balances FOR EACH ROW
    WHEN (NEW.kind = 'member' AND NEW.available + NEW.pending + NEW.locked > OLD.available + OLD.pending + OLD.locked)
    EXECUTE FUNCTION ledger_guard_owner()""",
    """CREATE TRIGGER closed_owners_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_closed_owners
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('whoever was forgotten stays so')""",
)
# Those who were forgotten before, with nothing left. Where money came in since, it stays open until a person has looked.
FORGOTTEN_BEFORE = """
INSERT INTO ledger_closed_owners (user_id, closed_at) SELECT id, erased_at FROM members m WHERE erased_at IS NOT NULL
AND NOT EXISTS (SELECT FROM ledger_balances b WHERE b.kind = 'member' AND b.user_id = m.id
  AND (b.available, b.pending, b.locked) <> (0, 0, 0))
"""


def upgrade() -> None:
    op.add_column("account_recovery", sa.Column("app_lost", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "renewed_words",
        sa.Column("about", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["members.id"], name=op.f("fk_renewed_words_user_id")),
        sa.PrimaryKeyConstraint("about", "user_id", "said_at", name=op.f("pk_renewed_words")),
    )
    op.execute(
        "CREATE TRIGGER renewed_words_stay BEFORE UPDATE OR DELETE ON renewed_words"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change('what was said stays')"
    )
    op.create_table(
        "ledger_closed_owners",
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_ledger_closed_owners")),
    )
    schema = op.get_bind().exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    op.execute(FORGOTTEN_BEFORE)
    for statement in (CLOSE.replace("{schema}", schema), OPEN, *TRIGGERS):
        op.get_bind().exec_driver_sql(statement)
    op.execute("REVOKE EXECUTE ON FUNCTION ledger_close_owner FROM PUBLIC")


def downgrade() -> None:
    op.execute("DROP TRIGGER forgotten_members_hold_nothing ON members")
    op.execute("DROP TRIGGER balances_open_for_members_who_are_there ON ledger_balances")
    op.execute("DROP TRIGGER balances_grow_for_members_who_are_there ON ledger_balances")
    op.drop_table("ledger_closed_owners")
    op.execute("DROP FUNCTION ledger_guard_owner, ledger_close_owner")
    op.drop_table("renewed_words")
    op.drop_column("account_recovery", "app_lost")
