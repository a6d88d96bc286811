"""The view dao_treasuries with the rules by which money leaves each treasury, and as it was before."""

LAST_ENTRY = "FROM ledger_entries e WHERE e.balance_id = b.id AND e.seq = b.seq"


def _shown(column: str) -> str:
    return f"CASE b.currency WHEN 'KES' THEN round({column}, 2) ELSE {column} END"


MONEY = f"""
SELECT b.id, b.dao_id, NULL::uuid AS vault_id, b.currency,
  {_shown("b.available + b.pending + b.locked")} AS total_balance,
  {_shown("b.available")} AS available_balance,
  {_shown("b.pending")} AS allocated_balance,
  {_shown("b.locked")} AS reserve_balance,
"""
DATES = f"""
  NULL::timestamptz AS last_audit_date,
  NULL::uuid AS audited_by,
  NULL::jsonb AS audit_report,
  NULL::text AS notes,
  b.created_at,
  coalesce((SELECT e.posted_at {LAST_ENTRY}), b.created_at) AS updated_at
FROM ledger_balances b
"""

WITHOUT_RULES = f"""
CREATE OR REPLACE VIEW dao_treasuries AS
{MONEY}
  NULL::numeric AS minimum_reserve,
  NULL::numeric AS daily_spending_limit,
  NULL::numeric AS proposal_threshold,
  NULL::integer AS required_signatures,
  NULL::jsonb AS signers,
{DATES}
WHERE b.kind = 'treasury'
"""

RULES = """(SELECT c.answers FROM dao_constitutions c WHERE c.dao_id = b.dao_id AND c.in_force_from <= now()
    ORDER BY c.version DESC LIMIT 1)"""
# Who may sign, and how many have to: the officials, and the padlock holder as long as she is an ordinary member.
SIGNING = f"""
    SELECT coalesce((rules.answers ->> 'approvals')::integer, CASE d.kind WHEN 'investment' THEN 3 ELSE 2 END)
        + (padlock.holder IS NOT NULL)::integer AS needed,
      (SELECT coalesce(jsonb_agg(s.user_id ORDER BY s.user_id), '[]') FROM (
        SELECT user_id FROM dao_memberships
        WHERE dao_id = b.dao_id AND status = 'active' AND role IN ('chair', 'secretary', 'treasurer')
        UNION ALL SELECT padlock.holder WHERE padlock.holder IS NOT NULL) s) AS people
    FROM (SELECT {RULES} AS answers) rules
    LEFT JOIN daos d ON d.id = b.dao_id
    LEFT JOIN LATERAL (
      SELECT p.holder FROM padlock_draws p
      JOIN dao_memberships m ON m.dao_id = p.dao_id AND m.user_id = p.holder AND m.status = 'active' AND m.role = 'member'
      WHERE p.dao_id = b.dao_id AND p.request_id IS NULL AND coalesce((rules.answers ->> 'padlock')::boolean, true)
      ORDER BY p.quarter DESC, p.number DESC LIMIT 1
    ) padlock ON true"""


def _rule(name: str, otherwise: int) -> str:
    """An amount among the rules, in shillings; `otherwise` is in cents."""
    return f"CASE b.currency WHEN 'KES' THEN round(coalesce(({RULES} ->> '{name}')::numeric, {otherwise}) / 100, 2) END"


# A group without a constitution of its own lives by the defaults of its kind (core/daos/rules.py; a test compares them).
# While fewer people may sign than have to, nobody can spend, and there is no number of signatures that would do.
WITH_RULES = f"""
CREATE OR REPLACE VIEW dao_treasuries AS
{MONEY}
  {_rule("reserve", 0)} AS minimum_reserve,
  {_rule("daily_limit", 5_000_000)} AS daily_spending_limit,
  {_rule("vote_above", 2_000_000)} AS proposal_threshold,
  (SELECT CASE WHEN needed <= jsonb_array_length(people) THEN needed END FROM ({SIGNING}) signing) AS required_signatures,
  (SELECT people FROM ({SIGNING}) signing) AS signers,
{DATES}
WHERE b.kind = 'treasury'
"""
