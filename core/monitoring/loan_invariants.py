"""What must be true of loans beside the books: (query, the sentence, what it counts). See core/monitoring/invariants.py."""

PAYOUTS_EQUAL_THEIR_LOANS = """
SELECT count(*), count(*) FILTER (
  WHERE (l.user_id, l.dao_id, l.principal, -l.principal, l.currency) IS DISTINCT FROM
    (t.user_id, t.dao_id, t.received, t.given, t.currency))
FROM (SELECT * FROM loans WHERE transfer_id IS NOT NULL) l
FULL JOIN (
  SELECT t.id, e.currency, sum(e.amount) FILTER (WHERE b.kind = 'member') AS received,
    sum(e.amount) FILTER (WHERE b.kind = 'pot' AND b.name = 'loans') AS given,
    (min(b.user_id::text) FILTER (WHERE b.kind = 'member'))::uuid AS user_id,
    (min(b.dao_id::text) FILTER (WHERE b.kind = 'pot'))::uuid AS dao_id
  FROM ledger_transfers t JOIN ledger_history e ON e.transfer_id = t.id JOIN ledger_balances b ON b.id = e.balance_id
  WHERE t.kind = 'loan' GROUP BY t.id, e.currency
) t ON t.id = l.transfer_id
"""

REPAYMENTS_EQUAL_THEIR_TRANSFERS = """
SELECT count(*), count(*) FILTER (
  WHERE (r.user_id, r.dao_id, r.amount, -r.amount) IS DISTINCT FROM (t.user_id, t.dao_id, t.received, t.given))
FROM (
  SELECT r.*, l.dao_id FROM loan_repayments r JOIN loans l ON l.id = r.loan_id
  WHERE NOT EXISTS (SELECT FROM contribution_payments p WHERE p.transfer_id = r.transfer_id) AND r.transfer_id IS NOT NULL
) r
FULL JOIN (
  SELECT t.id, sum(e.amount) FILTER (WHERE b.kind = 'pot' AND b.name = 'loans') AS received,
    sum(e.amount) FILTER (WHERE b.kind = 'member') AS given,
    (min(b.user_id::text) FILTER (WHERE b.kind = 'member'))::uuid AS user_id,
    (min(b.dao_id::text) FILTER (WHERE b.kind = 'pot'))::uuid AS dao_id
  FROM ledger_transfers t JOIN ledger_history e ON e.transfer_id = t.id JOIN ledger_balances b ON b.id = e.balance_id
  WHERE t.kind = 'loan_repayment' GROUP BY t.id
) t ON t.id = r.transfer_id
"""

# A payment to the group that covers a loan too is booked there once it is posted, and not before.
SHARED_REPAYMENTS_EQUAL_THEIR_PARTS = """
SELECT count(*), count(*) FILTER (
  WHERE (r.transfer_id, r.loan_id, r.user_id, r.amount) IS DISTINCT FROM (n.transfer_id, n.ref, n.paid_by, n.amount))
FROM (
  SELECT r.* FROM loan_repayments r JOIN contribution_payments p ON p.transfer_id = r.transfer_id
) r
FULL JOIN (
  SELECT p.transfer_id, n.ref, p.paid_by, sum(n.amount) AS amount
  FROM contribution_payments p JOIN contribution_lines n ON n.payment_id = p.id AND n.source = 'loans'
  WHERE p.state = 'posted' GROUP BY p.transfer_id, n.ref, p.paid_by
) n ON n.transfer_id = r.transfer_id AND n.ref = r.loan_id
"""

LOANS_END_AS_THEY_SAY = """
SELECT count(*), count(*) FILTER (
  WHERE l.status = 'repaid' AND l.principal <> coalesce(r.principal, 0) OR l.principal < coalesce(r.principal, 0)
    OR l.transfer_id IS NULL AND r.loan_id IS NOT NULL)
FROM loans l
LEFT JOIN (SELECT loan_id, sum(principal) AS principal FROM loan_repayments GROUP BY loan_id) r ON r.loan_id = l.id
"""

PAID_OUT_BY_OTHERS = """
SELECT count(*), count(*) FILTER (
  WHERE NOT EXISTS (SELECT FROM loan_decisions d WHERE d.loan_id = l.id AND d.question = 'payout' AND d.agrees)
    OR EXISTS (SELECT FROM loan_decisions d WHERE d.loan_id = l.id AND d.user_id = l.user_id)
    OR EXISTS (SELECT FROM loan_pledges p WHERE p.loan_id = l.id AND p.status IN ('asked', 'refused')))
FROM loans l WHERE l.transfer_id IS NOT NULL
"""

SENTENCES = (
    (PAYOUTS_EQUAL_THEIR_LOANS, "loans paid out equal their transfers", "loans"),
    (REPAYMENTS_EQUAL_THEIR_TRANSFERS, "repayments of loans equal their transfers", "repayments"),
    (SHARED_REPAYMENTS_EQUAL_THEIR_PARTS, "repayments within shared payments equal their parts", "repayments"),
    (LOANS_END_AS_THEY_SAY, "loans that ended repaid are repaid, and none more than lent", "loans"),
    (PAID_OUT_BY_OTHERS, "loans were decided by others than their borrowers", "loans"),
)
