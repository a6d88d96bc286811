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
  SELECT r.*, l.dao_id FROM loan_repayments r JOIN loans l ON l.id = r.loan_id WHERE r.transfer_id IS NOT NULL
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
    (LOANS_END_AS_THEY_SAY, "loans that ended repaid are repaid, and none more than lent", "loans"),
    (PAID_OUT_BY_OTHERS, "loans were decided by others than their borrowers", "loans"),
)
