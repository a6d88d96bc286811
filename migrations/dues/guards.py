"""What the database itself keeps about charges and payments, whoever writes them."""

import re

# A line of a payment is paid at once; a payment that came to nothing gives everything back.
COUNT_LINES = """
CREATE FUNCTION contribution_line_counts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE contribution_charges SET paid = paid + NEW.amount WHERE id = NEW.charge_id;
  RETURN NULL;
END $$;
CREATE TRIGGER contribution_lines_count AFTER INSERT ON contribution_lines
  FOR EACH ROW WHEN (NEW.charge_id IS NOT NULL) EXECUTE FUNCTION contribution_line_counts();
CREATE FUNCTION charge_waiver_counts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE contribution_charges SET waived = waived + NEW.amount WHERE id = NEW.charge_id;
  RETURN NULL;
END $$;
CREATE TRIGGER charge_waivers_count AFTER INSERT ON charge_waivers
  FOR EACH ROW EXECUTE FUNCTION charge_waiver_counts();
CREATE FUNCTION contribution_payment_voided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE contribution_charges c SET paid = c.paid - l.amount
  FROM (SELECT charge_id, sum(amount) AS amount FROM contribution_lines WHERE payment_id = NEW.id GROUP BY charge_id) l
  WHERE c.id = l.charge_id;
  RETURN NULL;
END $$;
CREATE TRIGGER contribution_payments_voided AFTER UPDATE ON contribution_payments
  FOR EACH ROW WHEN (OLD.state <> 'void' AND NEW.state = 'void') EXECUTE FUNCTION contribution_payment_voided();
"""

# Payments only go forward; of a charge only what was paid and waived changes; a kind can only end.
ONLY_FORWARD = """
CREATE FUNCTION contribution_payment_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state <> 'planned' OR (to_jsonb(OLD) - 'state' - 'transfer_id') <> (to_jsonb(NEW) - 'state' - 'transfer_id') THEN
    RAISE EXCEPTION 'contribution_payments: a payment only goes forward' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER contribution_payments_forward BEFORE UPDATE ON contribution_payments
  FOR EACH ROW EXECUTE FUNCTION contribution_payment_forward();
CREATE FUNCTION contribution_charge_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (to_jsonb(OLD) - 'paid' - 'waived' - 'judged_at') <> (to_jsonb(NEW) - 'paid' - 'waived' - 'judged_at') THEN
    RAISE EXCEPTION 'contribution_charges: what is owed stays as it was opened' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER contribution_charges_forward BEFORE UPDATE ON contribution_charges
  FOR EACH ROW EXECUTE FUNCTION contribution_charge_forward();
CREATE FUNCTION contribution_kind_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.ended_on IS NOT NULL OR (to_jsonb(OLD) - 'ended_on' - 'ended_by' - 'ended_at')
      <> (to_jsonb(NEW) - 'ended_on' - 'ended_by' - 'ended_at') THEN
    RAISE EXCEPTION 'contribution_kinds: a kind is only ended' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER contribution_kinds_forward BEFORE UPDATE ON contribution_kinds
  FOR EACH ROW EXECUTE FUNCTION contribution_kind_forward();
"""

# Looked at when the unit commits: the lines of a payment add up to it, and a charge knows what was paid and waived of it.
ADD_UP = """
CREATE FUNCTION contribution_payment_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE v_payment uuid := coalesce(to_jsonb(NEW) ->> 'payment_id', to_jsonb(NEW) ->> 'id')::uuid;
BEGIN
  IF (SELECT amount FROM contribution_payments WHERE id = v_payment)
      IS DISTINCT FROM (SELECT sum(amount) FROM contribution_lines WHERE payment_id = v_payment) THEN
    RAISE EXCEPTION 'contribution_payments: the lines of % do not add up to it', v_payment USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER contribution_payments_add_up AFTER INSERT ON contribution_payments
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION contribution_payment_adds_up();
CREATE CONSTRAINT TRIGGER contribution_lines_add_up AFTER INSERT ON contribution_lines
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION contribution_payment_adds_up();
CREATE FUNCTION contribution_charge_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM contribution_charges c WHERE c.id = NEW.id AND (
      c.paid <> (SELECT coalesce(sum(l.amount), 0) FROM contribution_lines l JOIN contribution_payments p ON p.id = l.payment_id
        WHERE l.charge_id = c.id AND p.state <> 'void')
      OR c.waived <> (SELECT coalesce(sum(w.amount), 0) FROM charge_waivers w WHERE w.charge_id = c.id))) THEN
    RAISE EXCEPTION 'contribution_charges: % is not what was paid and waived of it', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER contribution_charges_add_up AFTER INSERT OR UPDATE ON contribution_charges
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION contribution_charge_adds_up();
"""

# Written once. What stands behind a debt or a payment isn't taken away either.
WRITTEN_ONCE = {
    "contribution_kind_versions": "a kind changes by its next version",
    "contribution_member_amounts": "an amount changes by the next one",
    "contribution_lines": "what was paid stays as it was shared",
    "charge_waivers": "what was waived stays waived",
    "savings_taken": "what was taken out stays taken",
}
NEVER_DELETED = ("contribution_kinds", "contribution_charges", "contribution_payments")

FUNCTIONS = (
    *("contribution_line_counts", "charge_waiver_counts", "contribution_payment_voided"),
    *("contribution_payment_forward", "contribution_charge_forward", "contribution_kind_forward"),
    *("contribution_payment_adds_up", "contribution_charge_adds_up"),
)

# What was contributed before there were kinds is a gift to the treasury.
BACKFILL = (
    (
        "INSERT INTO contribution_payments"
        " (id, dao_id, user_id, paid_by, amount, origin, intent, completed_at, state, transfer_id, created_at)"
        " SELECT id, dao_id, user_id, user_id, amount, 'balance', intent, created_at, 'posted', transfer_id, created_at"
        " FROM contributions"
    ),
    (
        "INSERT INTO contribution_lines (id, payment_id, place, sort, purpose, category, amount)"
        " SELECT gen_random_uuid(), id, 0, 'gift', 'treasury', 'contribution', amount FROM contributions"
    ),
)


def statements() -> list[str]:
    """Every statement, one at a time and in order."""
    refused = [(table, "UPDATE OR DELETE", why) for table, why in WRITTEN_ONCE.items()]
    refused += [(table, "DELETE", "it is never deleted") for table in NEVER_DELETED]
    triggers = [
        f"CREATE TRIGGER {table}_stay BEFORE {what} ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change('{why}')"
        for table, what, why in refused
    ]
    return [one for text in (COUNT_LINES, ONLY_FORWARD, ADD_UP) for one in re.split(r";\n(?=CREATE)", text.strip())] + triggers
