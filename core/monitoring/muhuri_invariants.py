"""What must be true of the groups' seals: (query, the sentence, what it counts). See core/monitoring/invariants.py."""

CHAINS_RECOMPUTE = """
SELECT count(*), count(*) FILTER (
  WHERE s.hash IS DISTINCT FROM sha256(convert_to(group_seal_text(s.dao_id, s.number, s.day, s.previous), 'UTF8'))
    OR s.previous IS DISTINCT FROM coalesce(before.hash, '') OR s.number <> before.nth)
FROM group_seals s
JOIN (
  SELECT dao_id, number, row_number() OVER w AS nth, lag(hash) OVER w AS hash
  FROM group_seals WINDOW w AS (PARTITION BY dao_id ORDER BY number)
) before ON before.dao_id = s.dao_id AND before.number = s.number
"""

SEALS_SAY_WHAT_WAS_THERE = """
SELECT count(*), count(*) FILTER (
  WHERE (a.available, a.pending, a.locked) IS DISTINCT FROM (held.available, held.pending, held.locked) OR a.upto > b.seq)
FROM group_seal_accounts a
JOIN ledger_balances b ON b.id = a.balance_id
CROSS JOIN LATERAL ledger_balance_after(a.balance_id, a.upto) held
"""

SENTENCES = (
    (CHAINS_RECOMPUTE, "each group's seals form a chain over its entries", "seals of groups"),
    (SEALS_SAY_WHAT_WAS_THERE, "each group's seals say what its accounts held", "sealed accounts"),
)
