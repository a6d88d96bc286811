"""What must be true of every group's votes, as queries that count again from the ballots; see core/monitoring/invariants.py."""

from __future__ import annotations

# The vote of each voter who was counted, from the ballot that it was counted by; of secret ones the papers.
RESULTS_ARE_THE_BALLOTS = """
SELECT count(*), count(*) FILTER (WHERE p.stored IS DISTINCT FROM coalesce(c.found, '{}'::jsonb))
FROM (
  SELECT id, (SELECT coalesce(jsonb_object_agg(key, value), '{}'::jsonb) FROM jsonb_each(counts) WHERE value <> '0') AS stored
  FROM proposals WHERE counts IS NOT NULL
) p
LEFT JOIN (
  SELECT proposal_id, jsonb_object_agg(choice, times) AS found FROM (
    SELECT proposal_id, choice, count(*) AS times FROM (
      SELECT v.proposal_id, b.choice FROM proposal_voters v
      JOIN ballots b ON b.proposal_id = v.proposal_id AND b.voter_id = v.counted AND b.replaced_at IS NULL
      JOIN proposals o ON o.id = v.proposal_id AND NOT o.secret
      UNION ALL SELECT proposal_id, choice FROM ballot_papers
    ) votes GROUP BY proposal_id, choice
  ) sums GROUP BY proposal_id
) c ON c.proposal_id = p.id
"""

# As many papers as voters who were counted; nothing is left that says who chose what, and nothing said it in the open.
SECRETS_ARE_KEPT = """
SELECT count(*), count(*) FILTER (WHERE
  EXISTS (SELECT FROM ballots b WHERE b.proposal_id = p.id
    AND (b.choice IS NOT NULL OR (b.sealed IS NULL) = (p.counts IS NULL)))
  OR (SELECT count(*) FROM ballot_papers b WHERE b.proposal_id = p.id)
    <> (SELECT count(*) FROM proposal_voters v WHERE v.proposal_id = p.id AND v.counted IS NOT NULL)
  OR EXISTS (SELECT FROM proposal_voters v WHERE v.proposal_id = p.id AND v.counted <> v.voter_id))
FROM proposals p WHERE p.secret
"""

# The list is as long as the proposal says; each ballot is of one on it, in time, and one of hers counts.
BALLOTS_ARE_OF_THE_LIST = """
SELECT count(*), count(*) FILTER (WHERE
  p.eligible <> (SELECT count(*) FROM proposal_voters v WHERE v.proposal_id = p.id)
  OR EXISTS (
    SELECT FROM ballots b LEFT JOIN proposal_voters v ON v.proposal_id = b.proposal_id AND v.voter_id = b.voter_id
    WHERE b.proposal_id = p.id AND (v.id IS NULL OR b.cast_at < p.opened_at OR b.cast_at >= p.closes_at))
  OR EXISTS (
    SELECT FROM ballots b WHERE b.proposal_id = p.id GROUP BY b.voter_id
    HAVING count(*) FILTER (WHERE b.replaced_at IS NULL) <> 1 OR max(b.number) <> count(*)))
FROM proposals p
"""

# Yes or no: more yes than no of enough voters, and nothing else, passes. Options: one with more than any other.
VERDICTS_FOLLOW = """
SELECT count(*), count(*) FILTER (WHERE (state <> 'failed') IS DISTINCT FROM (voted >= quorum AND CASE
  WHEN kind IN ('election', 'poll') THEN first > second AND best <> 'no' AND best = winner
  ELSE (counts ->> 'yes')::int > (counts ->> 'no')::int END))
FROM (
  SELECT p.state, p.kind, p.quorum, p.counts, p.winner,
    (SELECT sum(value::int) FROM jsonb_each_text(p.counts)) AS voted,
    (ranked.votes)[1] AS first, coalesce((ranked.votes)[2], 0) AS second, (ranked.choices)[1] AS best
  FROM proposals p, LATERAL (
    SELECT array_agg(value::int ORDER BY value::int DESC) AS votes, array_agg(key ORDER BY value::int DESC) AS choices
    FROM jsonb_each_text(p.counts) WHERE key <> 'abstain') ranked
  WHERE p.counts IS NOT NULL
) decided
"""

# Nobody is counted by a representative who has one herself, and nobody stands for more than two others.
NOBODY_VOTES_FOR_MANY = """
SELECT count(*), count(*) FILTER (WHERE others > 2 OR own IS DISTINCT FROM holder)
FROM (
  SELECT v.proposal_id, v.counted AS holder, count(*) FILTER (WHERE v.voter_id <> v.counted) AS others,
    (SELECT h.counted FROM proposal_voters h WHERE h.proposal_id = v.proposal_id AND h.voter_id = v.counted) AS own
  FROM proposal_voters v WHERE v.counted IS NOT NULL GROUP BY v.proposal_id, v.counted
) holders
"""

# What was decided takes effect when its hours are over, not before, and once.
EFFECTS_WAIT = """
SELECT count(*), count(*) FILTER (WHERE
  executed_at < takes_effect_at OR takes_effect_at IS DISTINCT FROM closed_at + make_interval(hours => execution_hours)
  OR (kind = 'rule' AND state = 'executed') IS DISTINCT FROM (kind = 'rule' AND EXISTS (
    SELECT FROM dao_constitutions c WHERE c.dao_id = p.dao_id AND c.because = 'vote ' || p.number)))
FROM proposals p WHERE takes_effect_at IS NOT NULL
"""


SENTENCES = (
    (RESULTS_ARE_THE_BALLOTS, "each result is what its ballots come to", "results"),
    (SECRETS_ARE_KEPT, "secret votes don't say who chose what", "secret votes"),
    (BALLOTS_ARE_OF_THE_LIST, "ballots are of the frozen list, in time, one each", "proposals"),
    (VERDICTS_FOLLOW, "each verdict follows from its counts", "results"),
    (NOBODY_VOTES_FOR_MANY, "nobody votes for more than two, nor passes a vote on", "counted ballots"),
    (EFFECTS_WAIT, "decisions took effect after their hours, once", "decisions"),
)
