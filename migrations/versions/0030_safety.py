"""A recovery that is over stays as it is, but may forget whose number it was about."""

from alembic import op

revision = "0030_safety"
down_revision = "0050_treasury"
branch_labels = None
depends_on = None

# What names somebody may be put out by a pseudonym, and by nothing else.
STAYS_OVER = """
CREATE OR REPLACE FUNCTION account_recovery_stays_over() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status <> 'pending' AND (
    to_jsonb(NEW) - ARRAY['new_phone', 'user_agent', 'ip_address'] IS DISTINCT FROM
    to_jsonb(OLD) - ARRAY['new_phone', 'user_agent', 'ip_address']
    OR NEW.new_phone IS DISTINCT FROM OLD.new_phone AND NEW.new_phone IS DISTINCT FROM 'erased:' || OLD.id
    OR NEW.user_agent IS NOT NULL AND NEW.user_agent IS DISTINCT FROM OLD.user_agent
    OR NEW.ip_address <> '' AND NEW.ip_address IS DISTINCT FROM OLD.ip_address
  ) THEN
    RAISE EXCEPTION 'a recovery that is over stays as it is' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$
"""
# As it was before.
STAYED_OVER = """
CREATE OR REPLACE FUNCTION account_recovery_stays_over() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status <> 'pending' THEN
    RAISE EXCEPTION 'a recovery that is over stays as it is' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$
"""


def upgrade() -> None:
    op.execute(STAYS_OVER)


def downgrade() -> None:
    op.execute(STAYED_OVER)
