"""What must be true of every treasury's requests: (query, the sentence, what it counts). See core/monitoring/invariants.py."""

# What an approval is of is recomputed from what stands in the row: core.treasury.requests.request_digest says the same.
REQUESTS_ARE_WHAT_THEIR_DIGEST_SAYS = """
SELECT count(*), count(*) FILTER (WHERE digest IS DISTINCT FROM encode(sha256(convert_to(
  '[' || trunc(amount * 100)::bigint || ',' || to_json(currency) || ','
  || CASE WHEN payee_id IS NOT NULL THEN '["member","' || payee_id || '"]'
    ELSE '["mpesa",' || to_json(payee_phone) || ',' || to_json(payee_name) || ']' END
  || ',' || to_json(reason) || ',"' || dao_id || '","' || mandate || '"'
  -- What M-Pesa sends in parts was approved with the fees of all of them.
  || CASE WHEN payee_phone IS NOT NULL AND amount > 250000
    THEN ',' || trunc(fee_amount * 100)::bigint || ',' || trunc(charge_amount * 100)::bigint ELSE '' END
  || ']', 'UTF8')), 'hex'))
FROM treasury_requests
"""

# Enough of those who may have approved exactly this, each once, and neither who asked nor who is paid; or it was petty cash.
WHAT_IS_PAID_WAS_APPROVED = """
SELECT count(*), count(*) FILTER (
  WHERE CASE WHEN r.path = 'petty' THEN r.payee_id IS NOT DISTINCT FROM r.proposer
    ELSE a.officials < r.needed OR a.padlocks < cardinality(r.padlocks) OR r.needed < 1 END
    OR r.needs_vote AND r.proposal_id IS NULL AND r.status <> 'failed')
FROM treasury_requests r
LEFT JOIN LATERAL (
  SELECT count(DISTINCT user_id) FILTER (WHERE capacity = 'official' AND user_id = ANY (r.signers)) AS officials,
    count(DISTINCT user_id) FILTER (WHERE capacity = 'padlock' AND user_id = ANY (r.padlocks)) AS padlocks
  FROM treasury_approvals
  WHERE request_id = r.id AND verdict = 'approved' AND digest = r.digest
    AND user_id <> r.proposer AND user_id IS DISTINCT FROM r.payee_id
) a ON true
WHERE r.status IN ('waiting', 'paying', 'paid', 'failed')
"""

# Money that is set aside is a request's own: as much as it comes to, of its group, until it is paid or ends otherwise.
WHAT_IS_SET_ASIDE_IS_ASKED_FOR = """
SELECT count(*), count(*) FILTER (
  WHERE r.id IS NULL OR h.id IS NULL OR (h.amount, h.dao_id) IS DISTINCT FROM (r.total, r.dao_id)
    OR r.hold_transfer IS NULL OR NOT EXISTS (SELECT FROM ledger_transfers t WHERE t.id = r.hold_transfer)
    OR e.outcome IS DISTINCT FROM CASE
      WHEN h.id <> r.hold_transfer THEN 'void'
      WHEN r.status = 'waiting' THEN NULL
      WHEN r.parts > 1 THEN 'void'
      WHEN r.status = 'paid' THEN 'post'
      WHEN r.status = 'paying' THEN CASE p.books WHEN 'held' THEN NULL WHEN 'paid' THEN 'post' ELSE 'void' END
      ELSE 'void' END)
FROM (
  SELECT t.id, (t.details ->> 'request')::uuid AS request, e.amount, b.dao_id
  FROM ledger_transfers t
  JOIN ledger_history e ON e.transfer_id = t.id AND e.bucket = 'pending'
  JOIN ledger_balances b ON b.id = e.balance_id AND b.kind = 'treasury'
  WHERE t.kind = 'treasury_hold'
) h
FULL JOIN (
  SELECT *, amount + fee_amount + charge_amount AS total,
    (SELECT count(*) FROM treasury_payouts o WHERE o.request_id = q.id AND o.attempt = q.attempts) AS parts
  FROM treasury_requests q WHERE hold_transfer IS NOT NULL OR status IN ('waiting', 'paying', 'paid', 'failed')
) r ON r.id = h.request
LEFT JOIN ledger_resolutions e ON e.pending_transfer = h.id
LEFT JOIN payouts p ON p.id = r.payout_id
"""

# What goes in parts is set aside part by part, all of them exactly what was asked for; each ends as its own payment does.
PARTS_ARE_THE_WHOLE = """
SELECT count(*), count(*) FILTER (
  WHERE (p.amount, p.held) IS DISTINCT FROM (r.amount, r.amount + r.fee_amount + r.charge_amount) OR p.astray > 0)
FROM (
  SELECT o.request_id, o.attempt, sum(m.amount) AS amount, sum(h.amount) AS held,
    count(*) FILTER (WHERE h.request IS DISTINCT FROM o.request_id OR e.outcome IS DISTINCT FROM
      CASE p.books WHEN 'held' THEN NULL WHEN 'paid' THEN 'post' ELSE 'void' END) AS astray
  FROM treasury_payouts o JOIN payouts p ON p.id = o.payout_id JOIN mpesa_transactions m ON m.id = p.id
  LEFT JOIN (
    SELECT t.id, (t.details ->> 'request')::uuid AS request, e.amount
    FROM ledger_transfers t JOIN ledger_history e ON e.transfer_id = t.id AND e.bucket = 'pending'
    WHERE t.kind = 'treasury_part_hold'
  ) h ON h.id = p.hold_transfer
  LEFT JOIN ledger_resolutions e ON e.pending_transfer = h.id
  WHERE EXISTS (
    SELECT FROM treasury_payouts s WHERE s.request_id = o.request_id AND s.attempt = o.attempt AND s.part = 2)
  GROUP BY o.request_id, o.attempt
) p JOIN treasury_requests r ON r.id = p.request_id
"""

# A member is paid by the transfer under her request's key; a number outside by its payout, which the payments' checks compare.
PAYMENTS_EQUAL_THEIR_REQUESTS = """
SELECT count(*), count(*) FILTER (WHERE (r.amount, r.payee_id) IS DISTINCT FROM (t.amount, t.user_id))
FROM (SELECT * FROM treasury_requests WHERE status = 'paid' AND payee_id IS NOT NULL) r
FULL JOIN (
  SELECT t.key, e.amount, b.user_id
  FROM ledger_transfers t JOIN ledger_history e ON e.transfer_id = t.id
  JOIN ledger_balances b ON b.id = e.balance_id AND b.kind = 'member' WHERE t.kind = 'treasury_payment'
) t ON t.key = r.id
"""

# Whoever draws again comes to the same holder (core.treasury.padlock.place_of).
DRAWS_COME_TO_THEIR_HOLDER = """
SELECT count(*), count(*) FILTER (WHERE holder IS DISTINCT FROM candidates[1 + (
  ('x' || lpad(left(encode(sha256(convert_to(seed || ' ' || dao_id || ' ' || quarter || ' ' || number, 'UTF8')), 'hex'), 15),
    16, '0'))::bit(64)::bigint % cardinality(candidates))])
FROM padlock_draws
"""

SENTENCES = (
    (REQUESTS_ARE_WHAT_THEIR_DIGEST_SAYS, "treasury requests are what their digest says", "requests"),
    (WHAT_IS_PAID_WAS_APPROVED, "what a treasury pays was approved", "approved requests"),
    (WHAT_IS_SET_ASIDE_IS_ASKED_FOR, "what a treasury sets aside is asked for", "holds"),
    (PARTS_ARE_THE_WHOLE, "payments of a treasury in parts are what was asked for", "payments in parts"),
    (PAYMENTS_EQUAL_THEIR_REQUESTS, "payments to members equal their requests", "payments"),
    (DRAWS_COME_TO_THEIR_HOLDER, "draws of the padlock come to their holder", "draws"),
)
