"""What must be true of groups beside the books: (query, the sentence, what it counts). See core/monitoring/invariants.py."""

DEPARTURES_EQUAL_THEIR_TRANSFERS = """
SELECT count(*), count(*) FILTER (
  WHERE (d.id, d.user_id, d.amount) IS DISTINCT FROM (t.key, t.user_id, t.received))
FROM (SELECT * FROM dao_departures WHERE transfer_id IS NOT NULL) d
FULL JOIN (
  SELECT t.id, t.key, coalesce(sum(e.amount) FILTER (WHERE b.kind = 'member' AND b.dao_id IS NULL), 0) AS received,
    (min(b.user_id::text) FILTER (WHERE b.kind = 'member'))::uuid AS user_id
  FROM ledger_transfers t JOIN ledger_history e ON e.transfer_id = t.id JOIN ledger_balances b ON b.id = e.balance_id
  WHERE t.kind = 'departure' GROUP BY t.id, t.key
) t ON t.id = d.transfer_id
"""

ROLES_ARE_WHAT_WAS_WRITTEN_DOWN = """
SELECT count(*), count(*) FILTER (WHERE m.role <> coalesce(c.to_role, 'member'))
FROM dao_memberships m
LEFT JOIN LATERAL (
  SELECT to_role FROM dao_role_changes c WHERE c.dao_id = m.dao_id AND c.user_id = m.user_id
  ORDER BY c.created_at DESC, c.id DESC LIMIT 1
) c ON true
WHERE m.status = 'active'
"""

RULES_ARE_NUMBERED_AND_FOLLOW_EACH_OTHER = """
SELECT count(*), count(*) FILTER (WHERE c.version <> c.nth OR c.in_force_from < c.before)
FROM (
  SELECT version, in_force_from, row_number() OVER w AS nth, lag(in_force_from) OVER w AS before
  FROM dao_constitutions WINDOW w AS (PARTITION BY dao_id ORDER BY version)
) c
"""

MEMBERS_ACCEPTED_RULES_THAT_WERE_THERE = """
SELECT count(*), count(*) FILTER (
  WHERE j.rules_version <> 0 AND NOT EXISTS (
    SELECT FROM dao_constitutions c WHERE c.dao_id = j.dao_id AND c.version = j.rules_version AND c.created_at <= j.created_at))
FROM dao_membership_changes j WHERE j.change IN ('joined', 'rejoined')
"""

MINUTES_ARE_AS_FROZEN = """
SELECT count(*), count(*) FILTER (WHERE m.digest <> encode(sha256(convert_to(m.content::text, 'UTF8')), 'hex'))
FROM dao_minutes m
"""

# Of each sharing: the parts are what its transfer paid to members; and the pool, their parts before dues and credit, is exact.
SHARINGS_EQUAL_THEIR_TRANSFERS = """
SELECT count(*), count(*) FILTER (WHERE (p.amount, p.dao_id) IS DISTINCT FROM (t.received, t.dao_id) OR p.owed <> p.back
  OR p.part <> t.pool)
FROM (
  SELECT transfer_id, dao_id, sum(amount) AS amount, sum(owed) AS owed, sum(back) AS back, sum(part) AS part
  FROM dissolution_parts WHERE transfer_id IS NOT NULL GROUP BY 1, 2
) p
FULL JOIN (
  SELECT t.id, coalesce(sum(e.amount) FILTER (WHERE b.kind = 'member' AND b.dao_id IS NULL), 0) AS received,
    coalesce(-sum(e.amount) FILTER (WHERE b.kind <> 'member'), 0) AS pool, (min(b.dao_id::text))::uuid AS dao_id
  FROM ledger_transfers t JOIN ledger_history e ON e.transfer_id = t.id JOIN ledger_balances b ON b.id = e.balance_id
  WHERE t.kind = 'group_shared_out' GROUP BY t.id
) t ON t.id = p.transfer_id
"""

SENTENCES = (
    (DEPARTURES_EQUAL_THEIR_TRANSFERS, "what leavers were paid equals its transfers", "departures"),
    (SHARINGS_EQUAL_THEIR_TRANSFERS, "what a group shared out at its end equals its transfers", "sharings"),
    (ROLES_ARE_WHAT_WAS_WRITTEN_DOWN, "roles are what was written down", "memberships"),
    (RULES_ARE_NUMBERED_AND_FOLLOW_EACH_OTHER, "rules of groups are numbered and follow each other", "versions"),
    (MEMBERS_ACCEPTED_RULES_THAT_WERE_THERE, "members accepted rules that were there", "joinings"),
    (MINUTES_ARE_AS_FROZEN, "minutes are as they were frozen", "minutes"),
)
