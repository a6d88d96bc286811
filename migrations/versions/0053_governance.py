"""Votes of a group: proposals, frozen lists of voters, ballots, representatives, objections, and what they can never become."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0053_governance"
down_revision = "0048_shares"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
KINDS = "'motion', 'spend', 'rule', 'election', 'poll', 'expulsion', 'dissolution', 'write_off'"
COUNTED = "'passed', 'failed', 'executed', 'refused', 'objected'"
CHOICES = "choice IN ('yes', 'no', 'abstain') OR choice ~ '^[1-9]$'"

# A proposal's matter and the rules that it is decided by stay; its state moves forward only; its result is written once. Only
# the name of a member who is forgotten is taken out of it.
FORWARD = """
CREATE FUNCTION proposals_move_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.dao_id, OLD.number, OLD.kind, OLD.details - 'name' - 'payee', OLD.words,
      OLD.proposer_id, OLD.secret, OLD.special, OLD.eligible,
      OLD.quorum, OLD.voting_days, OLD.execution_hours, OLD.objectors, OLD.created_at, OLD.revote_of, OLD.intent)
    IS DISTINCT FROM
     (NEW.dao_id, NEW.number, NEW.kind, NEW.details - 'name' - 'payee', NEW.words,
      NEW.proposer_id, NEW.secret, NEW.special, NEW.eligible,
      NEW.quorum, NEW.voting_days, NEW.execution_hours, NEW.objectors, NEW.created_at, NEW.revote_of, NEW.intent)
    OR NOT (NEW.details ->> 'name' IS NOT DISTINCT FROM OLD.details ->> 'name'
      OR coalesce(NEW.details ->> 'name', '') = 'FORMER MEMBER')
    OR NOT (NEW.details ->> 'payee' IS NOT DISTINCT FROM OLD.details ->> 'payee'
      OR coalesce(NEW.details ->> 'payee', '') = 'FORMER MEMBER')
    OR (OLD.seconder_id IS NOT NULL AND NEW.seconder_id IS DISTINCT FROM OLD.seconder_id)
    OR (OLD.opened_at IS NOT NULL AND (NEW.opened_at, NEW.closes_at) IS DISTINCT FROM (OLD.opened_at, OLD.closes_at))
    OR (OLD.counts IS NOT NULL AND (NEW.counts, NEW.closed_at, NEW.winner, NEW.takes_effect_at)
        IS DISTINCT FROM (OLD.counts, OLD.closed_at, OLD.winner, OLD.takes_effect_at))
    OR (OLD.executed_at IS NOT NULL AND NEW.executed_at IS DISTINCT FROM OLD.executed_at)
  THEN
    RAISE EXCEPTION 'proposals: what was proposed and decided stays' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state <> OLD.state AND NOT (
    (OLD.state IN ('waiting', 'gathering') AND NEW.state IN ('open', 'cancelled', 'lapsed'))
    OR (OLD.state = 'open' AND NEW.state IN ('passed', 'failed', 'cancelled'))
    OR (OLD.state = 'passed' AND NEW.state IN ('executed', 'refused', 'objected')))
  THEN
    RAISE EXCEPTION 'proposals: % does not become %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state = 'cancelled' AND EXISTS (SELECT FROM ballots WHERE proposal_id = NEW.id) THEN
    RAISE EXCEPTION 'proposals: somebody has voted already' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$
"""

# The list is written whole with the proposal. Whoever is added later makes it longer than the proposal says.
FROZEN = """
CREATE FUNCTION proposal_voters_are_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM proposals p WHERE p.id IN (SELECT proposal_id FROM added)
      AND p.eligible <> (SELECT count(*) FROM proposal_voters v WHERE v.proposal_id = p.id))
  THEN
    RAISE EXCEPTION 'proposal_voters: the list is frozen' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$
"""
COUNTED_ONCE = """
CREATE FUNCTION proposal_voters_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.counted IS NOT NULL
    OR (NEW.id, NEW.proposal_id, NEW.voter_id, NEW.weight) IS DISTINCT FROM (OLD.id, OLD.proposal_id, OLD.voter_id, OLD.weight)
  THEN
    RAISE EXCEPTION 'proposal_voters: the list is frozen' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$
"""

# The shared lock keeps a vote from being closed while a ballot is on its way into it.
BALLOT_IN_TIME = """
CREATE FUNCTION ballots_come_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE vote record;
BEGIN
  SELECT state, opened_at, closes_at, secret INTO vote FROM proposals WHERE id = NEW.proposal_id FOR SHARE;
  IF vote.state IS DISTINCT FROM 'open' OR NEW.cast_at < vote.opened_at OR NEW.cast_at >= vote.closes_at THEN
    RAISE EXCEPTION 'ballots: the vote is not open' USING ERRCODE = 'check_violation';
  END IF;
  IF vote.secret <> (NEW.choice IS NULL) OR vote.secret <> (NEW.sealed IS NOT NULL) OR NEW.replaced_at IS NOT NULL THEN
    RAISE EXCEPTION 'ballots: secret or open, as the vote is' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$
"""
BALLOT_STAYS = """
CREATE FUNCTION ballots_stay() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE is_open boolean;
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'ballots: what was cast stays' USING ERRCODE = 'check_violation';
  END IF;
  SELECT state = 'open' INTO is_open FROM proposals WHERE id = OLD.proposal_id;
  IF (NEW.id, NEW.proposal_id, NEW.voter_id, NEW.number, NEW.choice, NEW.channel, NEW.cast_at, NEW.intent)
    IS DISTINCT FROM (OLD.id, OLD.proposal_id, OLD.voter_id, OLD.number, OLD.choice, OLD.channel, OLD.cast_at, OLD.intent)
    OR (NEW.replaced_at IS DISTINCT FROM OLD.replaced_at AND (OLD.replaced_at IS NOT NULL OR NOT is_open))
    OR (NEW.sealed IS NULL AND OLD.sealed IS NOT NULL AND is_open)
    OR (NEW.sealed IS NOT NULL AND OLD.sealed IS NULL)
  THEN
    RAISE EXCEPTION 'ballots: what was cast stays' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$
"""

# Both members' rows are locked in one order, so that two delegations that together make a chain or a third proxy take turns.
NO_CHAINS = """
CREATE FUNCTION vote_delegations_make_no_chain() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM dao_memberships WHERE dao_id = NEW.dao_id AND user_id IN (NEW.giver_id, NEW.holder_id)
    ORDER BY id FOR NO KEY UPDATE;
  IF EXISTS (
    SELECT FROM vote_delegations d
    WHERE d.dao_id = NEW.dao_id AND d.revoked_at IS NULL AND d.ends_at > NEW.starts_at
      AND (d.holder_id = NEW.giver_id OR d.giver_id = NEW.holder_id))
  THEN
    RAISE EXCEPTION 'vote_delegations: no chains' USING ERRCODE = 'check_violation';
  END IF;
  IF 2 < 1 + (
    SELECT count(DISTINCT d.giver_id) FROM vote_delegations d
    WHERE d.dao_id = NEW.dao_id AND d.revoked_at IS NULL AND d.ends_at > NEW.starts_at
      AND d.holder_id = NEW.holder_id AND d.giver_id <> NEW.giver_id)
  THEN
    RAISE EXCEPTION 'vote_delegations: nobody votes for more than two' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$
"""
DELEGATION_ENDS = """
CREATE FUNCTION vote_delegations_only_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.revoked_at IS NOT NULL
    OR (NEW.id, NEW.dao_id, NEW.giver_id, NEW.holder_id, NEW.scope, NEW.category, NEW.proposal_id, NEW.starts_at, NEW.ends_at,
        NEW.intent) IS DISTINCT FROM
       (OLD.id, OLD.dao_id, OLD.giver_id, OLD.holder_id, OLD.scope, OLD.category, OLD.proposal_id, OLD.starts_at, OLD.ends_at,
        OLD.intent)
  THEN
    RAISE EXCEPTION 'vote_delegations: one is ended, not changed' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$
"""
OBJECTION_IN_TIME = """
CREATE FUNCTION proposal_objections_come_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE vote record;
BEGIN
  SELECT state, takes_effect_at INTO vote FROM proposals WHERE id = NEW.proposal_id FOR NO KEY UPDATE;
  IF vote.state IS DISTINCT FROM 'passed' OR vote.takes_effect_at IS NULL OR NEW.created_at >= vote.takes_effect_at THEN
    RAISE EXCEPTION 'proposal_objections: too late or too early' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$
"""
FUNCTIONS = {
    "proposals_move_forward": FORWARD,
    "proposal_voters_are_frozen": FROZEN,
    "proposal_voters_stay": COUNTED_ONCE,
    "ballots_come_in_time": BALLOT_IN_TIME,
    "ballots_stay": BALLOT_STAYS,
    "vote_delegations_make_no_chain": NO_CHAINS,
    "vote_delegations_only_end": DELEGATION_ENDS,
    "proposal_objections_come_in_time": OBJECTION_IN_TIME,
}
TRIGGERS = (
    "proposals_move_forward BEFORE UPDATE ON proposals FOR EACH ROW EXECUTE FUNCTION proposals_move_forward()",
    "proposals_stay BEFORE DELETE ON proposals FOR EACH ROW EXECUTE FUNCTION refuse_change('what was proposed stays')",
    (
        "proposal_voters_are_frozen AFTER INSERT ON proposal_voters REFERENCING NEW TABLE AS added"
        " FOR EACH STATEMENT EXECUTE FUNCTION proposal_voters_are_frozen()"
    ),
    "proposal_voters_stay BEFORE UPDATE OR DELETE ON proposal_voters FOR EACH ROW EXECUTE FUNCTION proposal_voters_stay()",
    "ballots_come_in_time BEFORE INSERT ON ballots FOR EACH ROW EXECUTE FUNCTION ballots_come_in_time()",
    "ballots_stay BEFORE UPDATE OR DELETE ON ballots FOR EACH ROW EXECUTE FUNCTION ballots_stay()",
    (
        "ballot_papers_stay BEFORE UPDATE OR DELETE ON ballot_papers"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change('what was counted stays')"
    ),
    (
        "vote_delegations_make_no_chain BEFORE INSERT ON vote_delegations"
        " FOR EACH ROW EXECUTE FUNCTION vote_delegations_make_no_chain()"
    ),
    (
        "vote_delegations_only_end BEFORE UPDATE OR DELETE ON vote_delegations"
        " FOR EACH ROW EXECUTE FUNCTION vote_delegations_only_end()"
    ),
    (
        "proposal_objections_come_in_time BEFORE INSERT ON proposal_objections"
        " FOR EACH ROW EXECUTE FUNCTION proposal_objections_come_in_time()"
    ),
    (
        "proposal_objections_stay BEFORE UPDATE OR DELETE ON proposal_objections"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change('an objection stays')"
    ),
)
TABLES = (
    "proposal_notices",
    "proposal_objections",
    "vote_delegations",
    "ballot_papers",
    "ballots",
    "proposal_voters",
    "proposal_options",
    "proposals",
)


def upgrade() -> None:
    _proposals()
    _options_and_voters()
    _ballots()
    _delegations()
    _objections_and_notices()
    for function in FUNCTIONS.values():
        op.execute(function)
    for trigger in TRIGGERS:
        op.execute(f"CREATE TRIGGER {trigger}")


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}()")


def _key(name: str) -> sa.Column:
    return sa.Column(name, sa.Uuid, nullable=False)


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def _rule(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))


def _of_voter(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["proposal_id", "voter_id"],
        ["proposal_voters.proposal_id", "proposal_voters.voter_id"],
        name=op.f(f"fk_{table}_proposal_id_voter_id"),
    )


def _proposals() -> None:
    table = "proposals"
    op.create_table(
        table,
        _key("id"),
        _key("dao_id"),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("details", postgresql.JSONB, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        _key("proposer_id"),
        sa.Column("seconder_id", sa.Uuid),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("secret", sa.Boolean, nullable=False),
        sa.Column("special", sa.Boolean, nullable=False),
        *(
            sa.Column(name, sa.Integer, nullable=False)
            for name in ("eligible", "quorum", "voting_days", "execution_hours", "objectors")
        ),
        sa.Column("created_at", MOMENT, nullable=False),
        *(sa.Column(name, MOMENT) for name in ("waits_until", "opened_at", "closes_at", "closed_at")),
        sa.Column("counts", postgresql.JSONB),
        sa.Column("winner", sa.Text),
        sa.Column("takes_effect_at", MOMENT),
        sa.Column("executed_at", MOMENT),
        sa.Column("refusal", sa.Text),
        sa.Column("revote_of", sa.Uuid),
        _key("intent"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
        _to(table, "dao_id", "daos"),
        _to(table, "proposer_id", "members"),
        _to(table, "seconder_id", "members"),
        _to(table, "revote_of", "proposals"),
        _unique(table, "dao_id", "number"),
        _unique(table, "intent"),
        _unique(table, "revote_of"),
        _rule(table, "number", "number > 0"),
        _rule(table, "kind", f"kind IN ({KINDS})"),
        _rule(table, "state", f"state IN ('waiting', 'gathering', 'open', 'cancelled', 'lapsed', {COUNTED})"),
        _rule(table, "words", "char_length(words) <= 60"),
        _rule(table, "details", "jsonb_typeof(details) = 'object'"),
        _rule(table, "quorum", "eligible > 0 AND quorum BETWEEN 1 AND eligible"),
        _rule(table, "seconder", "seconder_id <> proposer_id"),
        _rule(table, "opened", "(opened_at IS NULL) = (closes_at IS NULL) AND opened_at < closes_at"),
        _rule(table, "voted_on", f"state NOT IN ('open', {COUNTED}) OR opened_at IS NOT NULL"),
        _rule(table, "closed", f"(state IN ({COUNTED})) = (counts IS NOT NULL) AND (counts IS NULL) = (closed_at IS NULL)"),
        _rule(table, "executed", "(state = 'executed') = (executed_at IS NOT NULL)"),
    )
    op.create_index("ix_proposals_state", table, ["state", "closes_at"])


def _options_and_voters() -> None:
    table = "proposal_options"
    op.create_table(
        table,
        _key("id"),
        _key("proposal_id"),
        sa.Column("number", sa.SmallInteger, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("member_id", sa.Uuid),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("answered_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_options")),
        _to(table, "proposal_id", "proposals"),
        _to(table, "member_id", "members"),
        _unique(table, "proposal_id", "number"),
        _unique(table, "proposal_id", "member_id"),
        _rule(table, "number", "number BETWEEN 1 AND 9"),
        _rule(table, "status", "status IN ('asked', 'accepted', 'declined')"),
        _rule(table, "label", "char_length(label) BETWEEN 1 AND 40"),
        _rule(table, "answered", "status = 'asked' OR answered_at IS NOT NULL"),
    )
    table = "proposal_voters"
    op.create_table(
        table,
        _key("id"),
        _key("proposal_id"),
        _key("voter_id"),
        sa.Column("weight", sa.SmallInteger, nullable=False),
        sa.Column("counted", sa.Uuid),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_voters")),
        _to(table, "proposal_id", "proposals"),
        _to(table, "voter_id", "members"),
        _to(table, "counted", "members"),
        _unique(table, "proposal_id", "voter_id"),
        _rule(table, "weight", "weight = 1"),
    )
    op.create_index("ix_proposal_voters_voter_id", table, ["voter_id"])


def _ballots() -> None:
    table = "ballots"
    op.create_table(
        table,
        _key("id"),
        _key("proposal_id"),
        _key("voter_id"),
        sa.Column("number", sa.SmallInteger, nullable=False),
        sa.Column("choice", sa.Text),
        sa.Column("sealed", sa.Text),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("cast_at", MOMENT, nullable=False),
        sa.Column("replaced_at", MOMENT),
        _key("intent"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballots")),
        _of_voter(table),
        _unique(table, "proposal_id", "voter_id", "number"),
        _unique(table, "intent"),
        _rule(table, "number", "number > 0"),
        _rule(table, "choice", CHOICES),
        _rule(table, "secret", "choice IS NULL OR sealed IS NULL"),
        _rule(table, "channel", "channel IN ('ussd', 'telegram')"),
    )
    op.create_index(
        "uq_ballots_counting",
        table,
        ["proposal_id", "voter_id"],
        unique=True,
        postgresql_where=sa.text("replaced_at IS NULL"),
    )
    table = "ballot_papers"
    op.create_table(
        table,
        _key("id"),
        _key("proposal_id"),
        sa.Column("number", sa.SmallInteger, nullable=False),
        sa.Column("choice", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot_papers")),
        _to(table, "proposal_id", "proposals"),
        _unique(table, "proposal_id", "number"),
        _rule(table, "choice", CHOICES),
    )


def _delegations() -> None:
    table = "vote_delegations"
    op.create_table(
        table,
        _key("id"),
        _key("dao_id"),
        _key("giver_id"),
        _key("holder_id"),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("category", sa.Text),
        sa.Column("proposal_id", sa.Uuid),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT),
        _key("intent"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vote_delegations")),
        _to(table, "dao_id", "daos"),
        _to(table, "giver_id", "members"),
        _to(table, "holder_id", "members"),
        _to(table, "proposal_id", "proposals"),
        _unique(table, "intent"),
        _rule(table, "another", "giver_id <> holder_id"),
        _rule(table, "scope", "scope IN ('all', 'category', 'proposal')"),
        _rule(
            table,
            "scoped",
            "(scope = 'category') = (category IS NOT NULL) AND (scope = 'proposal') = (proposal_id IS NOT NULL)",
        ),
        _rule(table, "category", "category IN ('motion', 'spend', 'rule', 'poll', 'dissolution')"),
        _rule(table, "dated", "starts_at < ends_at AND starts_at <= revoked_at"),
    )
    op.create_index(
        "uq_vote_delegations_standing",
        table,
        ["dao_id", "giver_id", "scope", "category", "proposal_id"],
        unique=True,
        postgresql_where=sa.text("revoked_at IS NULL"),
        postgresql_nulls_not_distinct=True,
    )
    op.create_index("ix_vote_delegations_holder_id", table, ["dao_id", "holder_id"])


def _objections_and_notices() -> None:
    table = "proposal_objections"
    op.create_table(
        table,
        _key("id"),
        _key("proposal_id"),
        _key("voter_id"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_objections")),
        _of_voter(table),
        _unique(table, "proposal_id", "voter_id"),
    )
    table = "proposal_notices"
    op.create_table(
        table,
        _key("id"),
        _key("proposal_id"),
        sa.Column("notice", sa.Text, nullable=False),
        sa.Column("told_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_notices")),
        _to(table, "proposal_id", "proposals"),
        _unique(table, "proposal_id", "notice"),
        _rule(table, "notice", "notice <> ''"),
    )
