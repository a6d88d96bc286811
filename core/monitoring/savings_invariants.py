"""What must be true of merry-go-rounds, shares and welfare at every moment: see `core.monitoring.invariants`."""

from __future__ import annotations

# What waits in the pot is what was paid towards turns that haven't been paid out, and nothing else.
POT_IS_WHAT_WAITS = """
SELECT count(*), count(*) FILTER (WHERE coalesce(b.held, 0) IS DISTINCT FROM coalesce(d.waiting, 0))
FROM (
  SELECT dao_id, sum(available + pending + locked) AS held FROM ledger_balances
  WHERE kind = 'pot' AND name = 'rotation' AND currency = 'KES' GROUP BY dao_id
) b
FULL JOIN (
  SELECT r.dao_id, sum(d.paid) AS waiting
  FROM rotation_dues d JOIN rotation_turns t ON t.id = d.turn_id JOIN rotations r ON r.id = t.rotation_id
  WHERE t.status = 'waiting' GROUP BY r.dao_id
) d ON d.dao_id = b.dao_id
"""

EACH_HAND_HAS_ONE_TURN = """
SELECT count(*), count(*) FILTER (WHERE t.turns IS DISTINCT FROM 1)
FROM rotation_hands h JOIN rotations r ON r.id = h.rotation_id AND r.started_at IS NOT NULL
LEFT JOIN (SELECT hand_id, rotation_id, count(*) AS turns FROM rotation_turns GROUP BY 1, 2) t
  ON t.hand_id = h.id AND t.rotation_id = h.rotation_id
"""

DUES_ARE_WHAT_WAS_PAID = """
SELECT count(*), count(*) FILTER (WHERE d.paid IS DISTINCT FROM coalesce(p.amount, 0))
FROM rotation_dues d
FULL JOIN (SELECT due_id, sum(amount) AS amount FROM rotation_payments GROUP BY due_id) p ON p.due_id = d.id
"""

# A payment's transfer took from its payer what its rows say; what was given back, from the pot.
PAYMENTS_EQUAL_THEIR_TRANSFERS = """
SELECT count(*), count(*) FILTER (WHERE p.amount IS DISTINCT FROM t.amount)
FROM (
  SELECT p.transfer_id, abs(sum(p.amount)) AS amount
  FROM rotation_payments p JOIN ledger_transfers t ON t.id = p.transfer_id AND t.kind <> 'merry_payout'
  GROUP BY p.transfer_id
) p
FULL JOIN (
  SELECT t.id, sum(e.amount) FILTER (WHERE e.amount > 0) AS amount
  FROM ledger_transfers t JOIN ledger_history e ON e.transfer_id = t.id
  WHERE t.kind IN ('merry_payment', 'merry_refund') GROUP BY t.id
) t ON t.id = p.transfer_id
"""

TURNS_EQUAL_THEIR_TRANSFERS = """
SELECT count(*), count(*) FILTER (WHERE t.amount IS DISTINCT FROM l.amount)
FROM (SELECT transfer_id, amount FROM rotation_turns WHERE transfer_id IS NOT NULL) t
FULL JOIN (
  SELECT t.id, -sum(e.amount) FILTER (WHERE e.amount < 0) AS amount
  FROM ledger_transfers t JOIN ledger_history e ON e.transfer_id = t.id
  WHERE t.kind = 'merry_payout' GROUP BY t.id
) l ON l.id = t.transfer_id
"""

# A draw's seed is the one whose hash was shown, and the round began with the order that it gave.
DRAWS_STAND = """
SELECT count(*), count(*) FILTER (
  WHERE encode(sha256(decode(seed, 'hex')), 'hex') IS DISTINCT FROM commitment OR drawn IS DISTINCT FROM proposed)
FROM rotations WHERE seed IS NOT NULL
"""

# What went on to M-PESA is the very member's withdrawal, of no more than the turn brought her.
TURNS_SENT_ARE_WITHDRAWALS = """
SELECT count(*), count(*) FILTER (
  WHERE (s.status = 'sent') IS DISTINCT FROM (w.id IS NOT NULL) OR w.user_id <> s.user_id
    OR w.amount + w.fee_amount + w.charge_amount > s.amount)
FROM rotation_sendings s LEFT JOIN withdrawals w ON w.id = s.id
"""

SHARES_EQUAL_THEIR_TRANSFERS = """
SELECT count(*), count(*) FILTER (WHERE s.amount IS DISTINCT FROM t.amount)
FROM (SELECT transfer_id, amount FROM share_purchases UNION ALL SELECT transfer_id, amount FROM share_exits) s
FULL JOIN (
  SELECT t.id, sum(e.amount) FILTER (WHERE e.amount > 0) AS amount
  FROM ledger_transfers t JOIN ledger_history e ON e.transfer_id = t.id
  WHERE t.kind IN ('share_purchase', 'share_refund') GROUP BY t.id
) t ON t.id = s.transfer_id
"""

# What was bought in a cycle that runs, at its price, is in the pot, whatever else is there.
POT_HOLDS_THE_SHARES = """
SELECT count(*), count(*) FILTER (WHERE c.bought > coalesce(b.held, 0) OR c.mispriced > 0)
FROM (
  SELECT c.dao_id, sum(p.amount) AS bought, count(*) FILTER (WHERE p.amount <> p.shares * c.price) AS mispriced
  FROM share_purchases p JOIN share_cycles c ON c.id = p.cycle_id
  WHERE c.closed_at IS NULL AND p.exit_id IS NULL GROUP BY c.dao_id
) c
LEFT JOIN (
  SELECT dao_id, sum(available + pending + locked) AS held FROM ledger_balances
  WHERE kind = 'pot' AND name = 'shares' AND currency = 'KES' GROUP BY dao_id
) b ON b.dao_id = c.dao_id
"""

# The parts of a share-out are all that was distributable and all the shares of its cycle, and its transfer paid them.
SHARE_OUTS_ARE_EXACT = """
SELECT count(*), count(*) FILTER (
  WHERE (o.distributable, o.shares, l.net) IS DISTINCT FROM (l.amount, l.shares, coalesce(t.paid, 0))
    OR o.shares IS DISTINCT FROM p.shares OR approved < o.needed)
FROM (SELECT * FROM share_outs WHERE status = 'done') o
LEFT JOIN (
  SELECT share_out_id, sum(amount) AS amount, sum(shares) AS shares, sum(amount - debts) AS net
  FROM share_out_lines GROUP BY share_out_id
) l ON l.share_out_id = o.id
LEFT JOIN (SELECT cycle_id, sum(shares) AS shares FROM share_purchases WHERE exit_id IS NULL GROUP BY cycle_id) p
  ON p.cycle_id = o.cycle_id
LEFT JOIN (
  SELECT e.transfer_id, sum(e.amount) AS paid
  FROM ledger_transfers t JOIN ledger_history e ON e.transfer_id = t.id
  JOIN ledger_balances b ON b.id = e.balance_id AND b.kind = 'member' AND b.dao_id IS NULL
  WHERE t.kind = 'share_out' GROUP BY e.transfer_id
) t ON t.transfer_id = o.transfer_id
CROSS JOIN LATERAL (
  SELECT count(*) AS approved FROM share_out_approvals a WHERE a.share_out_id = o.id AND a.digest = o.digest
) a
"""

# What was earned came from where it was earned, and what members owed became their credit.
SHARE_OUTS_TAKE_WHAT_THEY_SAY = """
SELECT count(*), count(*) FILTER (
  WHERE (coalesce(r.interest, 0), coalesce(r.fines, 0), l.debts) IS DISTINCT FROM (t.interest, t.fines, t.credit))
FROM (SELECT * FROM share_outs WHERE status = 'done') o
JOIN (SELECT share_out_id, sum(debts) AS debts FROM share_out_lines GROUP BY share_out_id) l ON l.share_out_id = o.id
LEFT JOIN (
  SELECT share_out_id, sum(amount) FILTER (WHERE name = 'loan_interest') AS interest,
    sum(amount) FILTER (WHERE name = 'fines') AS fines
  FROM share_out_returns GROUP BY share_out_id
) r ON r.share_out_id = o.id
LEFT JOIN (
  SELECT t.id, coalesce(-sum(e.amount) FILTER (WHERE b.kind = 'pot' AND b.name = 'loans'), 0) AS interest,
    coalesce(-sum(e.amount) FILTER (WHERE b.kind = 'treasury'), 0) AS fines,
    coalesce(sum(e.amount) FILTER (WHERE b.kind = 'member' AND b.dao_id IS NOT NULL), 0) AS credit
  FROM ledger_transfers t JOIN ledger_history e ON e.transfer_id = t.id JOIN ledger_balances b ON b.id = e.balance_id
  WHERE t.kind = 'share_out' GROUP BY t.id
) t ON t.id = o.transfer_id
"""

WELFARE_EQUALS_ITS_TRANSFERS = """
SELECT count(*), count(*) FILTER (WHERE (w.amount, w.user_id, w.dao_id) IS DISTINCT FROM (t.amount, t.user_id, t.dao_id))
FROM (
  SELECT transfer_id, amount, user_id, dao_id FROM welfare_payments
  UNION ALL SELECT transfer_id, -amount, user_id, dao_id FROM welfare_claims WHERE status = 'paid'
) w
FULL JOIN (
  SELECT t.id, sum(e.amount) FILTER (WHERE b.name = 'welfare') AS amount, min(b.user_id::text)::uuid AS user_id,
    (min(b.dao_id::text) FILTER (WHERE b.name = 'welfare'))::uuid AS dao_id
  FROM ledger_transfers t JOIN ledger_history e ON e.transfer_id = t.id JOIN ledger_balances b ON b.id = e.balance_id
  WHERE t.kind IN ('welfare_payment', 'welfare_claim') GROUP BY t.id
) t ON t.id = w.transfer_id
"""

# Nobody's own word counted, and there were enough of the others' where officials decided.
CLAIMS_WERE_APPROVED = """
SELECT count(*), count(*) FILTER (WHERE d.own > 0 OR d.approved < c.needed AND c.because !~ '^vote')
FROM (SELECT * FROM welfare_claims WHERE status = 'paid') c
CROSS JOIN LATERAL (
  SELECT count(*) FILTER (WHERE d.user_id = c.user_id) AS own, count(*) FILTER (WHERE d.approves) AS approved
  FROM welfare_decisions d WHERE d.claim_id = c.id
) d
"""

SENTENCES = (
    (POT_IS_WHAT_WAITS, "merry pots hold what waits for a turn", "pots"),
    (EACH_HAND_HAS_ONE_TURN, "each hand of a merry has one turn", "hands"),
    (DUES_ARE_WHAT_WAS_PAID, "merry dues are what was paid", "dues"),
    (PAYMENTS_EQUAL_THEIR_TRANSFERS, "merry payments equal their transfers", "payments"),
    (TURNS_EQUAL_THEIR_TRANSFERS, "merry turns equal their transfers", "turns"),
    (TURNS_SENT_ARE_WITHDRAWALS, "merry turns went on as withdrawals of theirs", "turns"),
    (DRAWS_STAND, "merry draws are what was promised", "draws"),
    (SHARES_EQUAL_THEIR_TRANSFERS, "shares bought and paid back equal their transfers", "purchases"),
    (POT_HOLDS_THE_SHARES, "share pots hold what shares cost", "share pots"),
    (SHARE_OUTS_ARE_EXACT, "share-outs add up and were approved", "share-outs"),
    (SHARE_OUTS_TAKE_WHAT_THEY_SAY, "share-outs took the returns and debts that they say", "share-outs"),
    (WELFARE_EQUALS_ITS_TRANSFERS, "welfare paid in and out equals its transfers", "payments"),
    (CLAIMS_WERE_APPROVED, "welfare was paid on others' word", "claims"),
)
