"""What the database itself holds a treasury's requests to, whoever writes: nothing that was asked for changes, a request only
moves forward, and it waits for its payment only with enough approvals of its exact digest by people who may give them.
"""

# From which state to which; a request begins open.
MOVES = """(
    ('open', 'waiting'), ('open', 'rejected'), ('open', 'expired'), ('open', 'withdrawn'), ('open', 'void'),
    ('open', 'stopped'),
    ('waiting', 'paying'), ('waiting', 'paid'), ('waiting', 'expired'), ('waiting', 'withdrawn'), ('waiting', 'void'),
    ('waiting', 'stopped'), ('paying', 'paid'), ('paying', 'failed'), ('failed', 'waiting'), ('failed', 'expired'),
    ('failed', 'void'), ('failed', 'withdrawn'))"""

ASKED_FOR = (
    *("id", "dao_id", "number", "proposer", "path", "amount", "fee_amount", "charge_amount", "currency"),
    *("payee_id", "payee_phone", "reason", "category", "mandate", "digest", "spend", "signers", "needed"),
    *("padlocks", "objectors", "delay_minutes", "needs_vote", "created_at"),
)

MOVES_FORWARD = f"""
CREATE FUNCTION treasury_request_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF ({", ".join(f"NEW.{name}" for name in ASKED_FOR)}) IS DISTINCT FROM ({", ".join(f"OLD.{name}" for name in ASKED_FOR)})
    THEN
      RAISE EXCEPTION 'what was asked of a treasury does not change' USING ERRCODE = 'check_violation';
    END IF;
    -- A member is known by her id; her name may be forgotten with her.
    IF NEW.payee_name <> OLD.payee_name AND (NEW.payee_id IS NULL OR NEW.payee_name <> 'Former member') THEN
      RAISE EXCEPTION 'a payee keeps her name' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.proposal_id IS NOT NULL AND NEW.proposal_id IS DISTINCT FROM OLD.proposal_id THEN
      RAISE EXCEPTION 'a request keeps the vote that passed it' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.status = OLD.status THEN
      RETURN NEW;
    END IF;
    IF (OLD.status, NEW.status) NOT IN {MOVES} THEN
      RAISE EXCEPTION 'a request does not go from % to %', OLD.status, NEW.status USING ERRCODE = 'check_violation';
    END IF;
  ELSIF NEW.status <> 'open' THEN
    RAISE EXCEPTION 'a request begins open' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.status IN ('waiting', 'paying', 'paid') AND NEW.path <> 'petty' THEN
    IF (SELECT count(*) FROM treasury_approvals a WHERE a.request_id = NEW.id AND a.verdict = 'approved'
          AND a.capacity = 'official' AND a.digest = NEW.digest) < NEW.needed
      OR (SELECT count(*) FROM treasury_approvals a WHERE a.request_id = NEW.id AND a.verdict = 'approved'
          AND a.capacity = 'padlock' AND a.digest = NEW.digest) < cardinality(NEW.padlocks)
    THEN
      RAISE EXCEPTION 'approvals are missing' USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  IF NEW.status IN ('waiting', 'paying', 'paid') AND (TG_OP = 'INSERT' OR OLD.status <> 'paying') AND
    (SELECT count(*) FROM treasury_objections o WHERE o.request_id = NEW.id) >= NEW.objectors
  THEN
    RAISE EXCEPTION 'members object' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$
"""

# The request's row is locked, so that an approval and what ends the request can't cross each other.
APPROVAL_FITS = """
CREATE FUNCTION treasury_approval_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE asked treasury_requests%ROWTYPE;
BEGIN
  SELECT * INTO asked FROM treasury_requests WHERE id = NEW.request_id FOR UPDATE;
  IF asked.status <> 'open' THEN
    RAISE EXCEPTION 'the request is not open' USING ERRCODE = 'check_violation';
  ELSIF NEW.digest <> asked.digest THEN
    RAISE EXCEPTION 'an approval is of the exact digest' USING ERRCODE = 'check_violation';
  ELSIF NEW.user_id = asked.proposer OR NEW.user_id = asked.payee_id THEN
    RAISE EXCEPTION 'nobody approves what she asked for or gets' USING ERRCODE = 'check_violation';
  ELSIF NEW.capacity = 'official' AND NOT NEW.user_id = ANY (asked.signers)
    OR NEW.capacity = 'padlock' AND NOT NEW.user_id = ANY (asked.padlocks) THEN
    RAISE EXCEPTION 'she is not one of those who may approve' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$
"""

OBJECTION_FITS = """
CREATE FUNCTION treasury_objection_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT status FROM treasury_requests WHERE id = NEW.request_id FOR UPDATE) NOT IN ('open', 'waiting') THEN
    RAISE EXCEPTION 'it is too late to object' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$
"""

REMEMBER_STEP = """
CREATE FUNCTION treasury_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' OR NEW.status <> OLD.status THEN
    INSERT INTO treasury_steps (request_id, status, because, at) VALUES (NEW.id, NEW.status, NEW.because, NEW.updated_at);
  END IF;
  RETURN NULL;
END $$
"""

STAYS = {
    "treasury_approvals": "what an approver said stays",
    "treasury_objections": "an objection stays",
    "treasury_steps": "what happened stays",
    "padlock_draws": "a draw is never made again",
}


def _trigger(name: str, when: str, function: str) -> str:
    return f"CREATE TRIGGER {name} {when} FOR EACH ROW EXECUTE FUNCTION {function}"


TRIGGERS = (
    _trigger("treasury_requests_move", "BEFORE INSERT OR UPDATE ON treasury_requests", "treasury_request_moves()"),
    _trigger("treasury_requests_step", "AFTER INSERT OR UPDATE ON treasury_requests", "treasury_step()"),
    _trigger("treasury_requests_stay", "BEFORE DELETE ON treasury_requests", "refuse_change('what was asked stays')"),
    _trigger("treasury_approvals_fit", "BEFORE INSERT ON treasury_approvals", "treasury_approval_fits()"),
    _trigger("treasury_objections_fit", "BEFORE INSERT ON treasury_objections", "treasury_objection_fits()"),
    *(_trigger(f"{name}_stay", f"BEFORE UPDATE OR DELETE ON {name}", f"refuse_change('{why}')") for name, why in STAYS.items()),
)
FUNCTIONS = {
    "treasury_request_moves": MOVES_FORWARD,
    "treasury_approval_fits": APPROVAL_FITS,
    "treasury_objection_fits": OBJECTION_FITS,
    "treasury_step": REMEMBER_STEP,
}
