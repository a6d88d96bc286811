"""The ways that an M-Pesa transaction may go, as a closed list; and whose it is, who pays and what for stay as they were."""

from alembic import op

revision = "0023_only_forward"
down_revision = "0022_api"
branch_labels = None
depends_on = None

# What ended without money may still turn out paid, when a receipt proves it; what was paid may only be given back.
FORWARD_ONLY = """
CREATE OR REPLACE FUNCTION mpesa_transactions_forward_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.user_id, NEW.transaction_type, NEW.amount, NEW.fee_amount, NEW.fee_percentage{more_new})
     IS DISTINCT FROM (OLD.id, OLD.user_id, OLD.transaction_type, OLD.amount, OLD.fee_amount, OLD.fee_percentage{more_old}) THEN
    RAISE EXCEPTION 'what was agreed for M-Pesa transaction % can not change', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.mpesa_receipt_number IS NOT NULL AND NEW.mpesa_receipt_number IS DISTINCT FROM OLD.mpesa_receipt_number
     OR OLD.sent_at IS NOT NULL AND NEW.sent_at IS DISTINCT FROM OLD.sent_at THEN
    RAISE EXCEPTION 'M-Pesa transaction % can not be sent or receipted twice', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  IF {forbidden} THEN
    RAISE EXCEPTION 'M-Pesa transaction % can not go from % to %', OLD.id, OLD.status, NEW.status
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
"""
ALLOWED = """OLD.status <> NEW.status AND (OLD.status, NEW.status) NOT IN (
    ('pending', 'processing'), ('pending', 'completed'), ('pending', 'failed'), ('pending', 'cancelled'),
    ('processing', 'completed'), ('processing', 'failed'), ('processing', 'cancelled'),
    ('failed', 'completed'), ('cancelled', 'completed'), ('completed', 'reversed'))"""
# As it was before.
FORBIDDEN = """OLD.status = 'completed' AND NEW.status NOT IN ('completed', 'reversed')
     OR OLD.status = 'reversed' AND NEW.status <> 'reversed'
     OR OLD.status IN ('failed', 'cancelled') AND NEW.status IN ('pending', 'processing')
     OR OLD.status = 'processing' AND NEW.status = 'pending'"""


def upgrade() -> None:
    now = {"more_new": ", NEW.currency, NEW.paid_by, NEW.for_dao", "more_old": ", OLD.currency, OLD.paid_by, OLD.for_dao"}
    op.execute(FORWARD_ONLY.format(forbidden=ALLOWED, **now))


def downgrade() -> None:
    op.execute(FORWARD_ONLY.format(forbidden=FORBIDDEN, more_new="", more_old=""))
