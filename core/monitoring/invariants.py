"""What must be true of the books at every moment, as few queries that recompute everything.

A query answers two numbers for each of its sentences: how many things it looked at, and how many of them are wrong. They
start from the entries, those in the archive too, and believe no column that could have been changed later; they read only.
Sentences that need the entries in the same order share a query, since sorting them is what takes the time.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.ledger.guards import GUARDS
from core.ledger.seals import UNREACHED
from core.monitoring import (
    dues_invariants,
    governance_invariants,
    group_invariants,
    loan_invariants,
    muhuri_invariants,
    reconciliation_invariants,
    savings_invariants,
    treasury_invariants,
)
from core.monitoring.looked_at import (
    ENTRIES_KEEP_TO_THEIR_CURRENCY,
    HOLDS_END_ONCE,
    OPENINGS_EQUAL_THE_ARCHIVE,
    REVERSALS_UNDO_ONE_TRANSFER_ONCE,
    SEALS_FORM_A_CHAIN,
    WHAT_IS_SET_ASIDE_IS_HELD,
)
from core.monitoring.member_invariants import FORGOTTEN_HOLD_NOTHING
from core.monitoring.waiting import HELD_BACK_IS_IN_NO_BOOKS, NOTHING_WAITS_UNSEEN


@dataclass(frozen=True)
class Invariant:
    """A sentence that must hold. `things` names what is counted."""

    name: str
    things: str


@dataclass(frozen=True)
class Check:
    """A query with the sentences that it decides: it answers one row, two numbers for each of them, in their order.

    `in_order`: it has as many groups as there are transfers, which the planner can't see in a view of several tables; hashing
    them overflows its memory again and again, so it is to sort and merge.
    """

    query: str
    invariants: tuple[Invariant, ...]
    in_order: bool = False


# Groups within groups: first a transfer's sum in each currency, then the transfer.
TRANSFERS = """
SELECT coalesce(sum(e.sums), 0), coalesce(sum(e.unequal), 0),
  count(*), count(*) FILTER (WHERE t.legs IS DISTINCT FROM e.legs OR t.posted_at IS DISTINCT FROM e.posted_at)
FROM ledger_transfers t
FULL JOIN (
  SELECT transfer_id, count(*) AS sums, count(*) FILTER (WHERE total <> 0) AS unequal, sum(legs) AS legs,
    CASE WHEN min(first) = max(last) THEN min(first) END AS posted_at
  FROM (
    SELECT transfer_id, sum(amount) AS total, count(*) AS legs, min(posted_at) AS first, max(posted_at) AS last
    FROM ledger_history GROUP BY transfer_id, currency
  ) sums
  GROUP BY transfer_id
) e ON e.transfer_id = t.id
"""

CURRENCIES_SUM_TO_ZERO = """
SELECT count(*), count(*) FILTER (WHERE total <> 0)
FROM (SELECT sum(amount) AS total FROM ledger_history GROUP BY currency) sums
"""

# Every entry in the order of its balance, once: what each bucket comes to on the way and in the end, beside the balance's row.
# Overdrawn for a moment is overdrawn.
HISTORIES = """
SELECT
  count(*), count(*) FILTER (WHERE (b.available, b.pending, b.locked) IS DISTINCT FROM
    (coalesce(h.available, 0), coalesce(h.pending, 0), coalesce(h.locked, 0))),
  3 * count(b.id), coalesce(sum(
    (b.available <> coalesce(h.last_available, 0))::int + (b.pending <> coalesce(h.last_pending, 0))::int
    + (b.locked <> coalesce(h.last_locked, 0))::int), 0),
  coalesce(sum(h.steps), 0), coalesce(sum(h.astray), 0),
  count(*), count(*) FILTER (WHERE (b.seq, b.seq, least(b.seq, 1)) IS DISTINCT FROM
    (coalesce(h.steps, 0), coalesce(h.last, 0), coalesce(h.first, 0))),
  coalesce(sum(h.steps) FILTER (WHERE b.kind <> 'system'), 0), coalesce(sum(
    CASE WHEN least(b.available, b.pending, b.locked) < 0 THEN h.steps ELSE h.overdrawn END)
    FILTER (WHERE b.kind <> 'system'), 0)
FROM ledger_balances b
FULL JOIN (
  SELECT balance_id, sum(steps) AS steps, min(first) AS first, max(last) AS last, sum(astray) AS astray,
    sum(overdrawn) AS overdrawn,
    sum(total) FILTER (WHERE bucket = 'available') AS available,
    sum(total) FILTER (WHERE bucket = 'pending') AS pending,
    sum(total) FILTER (WHERE bucket = 'locked') AS locked,
    sum(remains) FILTER (WHERE bucket = 'available') AS last_available,
    sum(remains) FILTER (WHERE bucket = 'pending') AS last_pending,
    sum(remains) FILTER (WHERE bucket = 'locked') AS last_locked
  FROM (
    SELECT balance_id, bucket, count(*) AS steps, min(seq) AS first, max(seq) AS last, sum(amount) AS total,
      count(*) FILTER (WHERE after IS DISTINCT FROM running) AS astray,
      count(*) FILTER (WHERE running < 0 OR after < 0) AS overdrawn, sum(after) FILTER (WHERE is_last) AS remains
    FROM (
      SELECT balance_id, bucket, seq, amount, after, sum(amount) OVER turn AS running, lead(seq) OVER turn IS NULL AS is_last
      FROM ledger_history
      WINDOW turn AS (PARTITION BY balance_id, bucket ORDER BY seq ROWS UNBOUNDED PRECEDING)
    ) steps
    GROUP BY balance_id, bucket
  ) buckets
  GROUP BY balance_id
) h ON h.balance_id = b.id
"""

KEYS_MOVED_MONEY_ONCE = """
SELECT count(*), count(*) FILTER (WHERE times > 1) FROM (SELECT count(*) AS times FROM ledger_transfers GROUP BY key) keys
"""

KEYS_HAVE_ONE_ANSWER = """
SELECT count(*), count(*) FILTER (WHERE answers > 1)
FROM (
  SELECT count(*) AS answers
  FROM (SELECT key FROM ledger_transfers UNION ALL SELECT key FROM ledger_rejections) keys GROUP BY key
) answered
"""

OWNERS_HAVE_ONE_BALANCE = """
SELECT count(*), count(*) FILTER (WHERE times > 1)
FROM (SELECT count(*) AS times FROM ledger_balances GROUP BY kind, user_id, dao_id, name, currency) owners
"""

# Each of the four figures of each owner in each currency.
VIEWS_SHOW_THE_BOOKS = """
SELECT count(*), count(*) FILTER (
  WHERE (shown.user_id, shown.dao_id, shown.currency) IS DISTINCT FROM (b.user_id, b.dao_id, b.currency)
    OR (shown.total, shown.available, shown.pending, shown.locked) IS DISTINCT FROM
      (coalesce(e.total, 0), coalesce(e.available, 0), coalesce(e.pending, 0), coalesce(e.locked, 0)))
FROM (
  SELECT id, user_id, dao_id, currency, total_balance AS total, available_balance AS available, pending_balance AS pending,
    locked_balance AS locked FROM user_balances
  UNION ALL SELECT id, NULL, dao_id, currency, total_balance, available_balance, allocated_balance, reserve_balance
  FROM dao_treasuries
) shown
FULL JOIN (SELECT * FROM ledger_balances WHERE kind IN ('member', 'treasury')) b ON b.id = shown.id
LEFT JOIN (
  SELECT balance_id, sum(amount) AS total, sum(amount) FILTER (WHERE bucket = 'available') AS available,
    sum(amount) FILTER (WHERE bucket = 'pending') AS pending, sum(amount) FILTER (WHERE bucket = 'locked') AS locked
  FROM ledger_history GROUP BY balance_id
) e ON e.balance_id = b.id
"""

EVERY_GUARD_STANDS = f"SELECT count(*), count(*) FILTER (WHERE NOT stands) FROM ({GUARDS}) guards"

NOTHING_PAST_THE_SEALS = f"""
SELECT count(*), count(*) FILTER (WHERE {UNREACHED})
FROM (
  SELECT xact FROM ledger_transfers UNION ALL SELECT xact FROM ledger_rejections UNION ALL SELECT xact FROM ledger_chart
) written
"""

# A deposit's id is the key of its transfer. Paid, it took the amount from the M-Pesa mirror, or from suspense where it had
# waited, and gave the member the rest.
DEPOSITS_EQUAL_THEIR_TRANSFERS = """
SELECT count(*), count(*) FILTER (
  WHERE (d.amount, d.amount - d.fee_amount, d.user_id) IS DISTINCT FROM (-t.paid_in, t.credited, t.user_id))
FROM (
  SELECT id, user_id, amount, fee_amount FROM mpesa_transactions
  WHERE transaction_type IN ('stk_push', 'c2b') AND status IN ('completed', 'reversed')
) d
FULL JOIN (
  SELECT t.key, sum(e.amount) FILTER (WHERE b.name IN ('mpesa_utility', 'suspense')) AS paid_in,
    sum(e.amount) FILTER (WHERE b.kind = 'member') AS credited, min(b.user_id::text)::uuid AS user_id
  FROM ledger_transfers t JOIN ledger_history e ON e.transfer_id = t.id JOIN ledger_balances b ON b.id = e.balance_id
  WHERE t.kind = 'mpesa_deposit' GROUP BY t.key
) t ON t.key = d.id
"""

# A receipt is one deposit's or in suspense; and each paid deposit has the receipt that proves it.
RECEIPTS_ARE_CREDITED_ONCE = """
SELECT count(*), count(*) FILTER (WHERE (d.receipt, d.amount, p.provider) IS DISTINCT FROM (p.receipt, p.amount, 'mpesa'))
FROM (SELECT * FROM payments_received WHERE transaction_id IS NOT NULL) p
FULL JOIN (
  SELECT id, mpesa_receipt_number AS receipt, amount FROM mpesa_transactions
  WHERE transaction_type IN ('stk_push', 'c2b') AND status IN ('completed', 'reversed')
) d ON d.id = p.transaction_id
"""

# A payment that nobody could be given came into suspense under its own id, and left it under its deposit's if it was assigned.
SUSPENSE_IS_EXPLAINED = """
SELECT count(*), count(*) FILTER (
  WHERE (p.amount, CASE WHEN p.transaction_id IS NOT NULL THEN -p.amount END) IS DISTINCT FROM (came.amount, went.amount))
FROM (SELECT id, amount, transaction_id FROM payments_received WHERE suspense_reason IS NOT NULL) p
FULL JOIN (
  SELECT t.key, e.amount FROM ledger_transfers t JOIN ledger_history e ON e.transfer_id = t.id
  JOIN ledger_balances b ON b.id = e.balance_id AND b.name = 'suspense' WHERE t.kind = 'mpesa_suspense'
) came ON came.key = p.id
FULL JOIN (
  SELECT t.key, e.amount FROM ledger_transfers t JOIN ledger_history e ON e.transfer_id = t.id
  JOIN ledger_balances b ON b.id = e.balance_id AND b.name = 'suspense' WHERE t.kind = 'mpesa_deposit'
) went ON went.key = p.transaction_id
"""

# A payment's id is the key of its settlement: what arrived, our fee and what was paid towards M-Pesa's charge left the hold, of
# the member or of the group whose treasury pays.
PAYOUTS_EQUAL_THEIR_TRANSFERS = """
SELECT count(*), count(*) FILTER (
  WHERE (p.amount, p.fee_amount, p.charge_amount, p.payer, p.status) IS DISTINCT FROM
    (t.sent, coalesce(t.fee, 0), coalesce(t.recovered, 0), t.payer, 'completed'))
FROM (
  SELECT o.id, m.amount, m.fee_amount, o.charge_amount, coalesce(w.dao_id, m.user_id) AS payer,
    replace(m.status, 'reversed', 'completed') AS status
  FROM payouts o JOIN mpesa_transactions m ON m.id = o.id JOIN withdrawals w ON w.id = o.withdrawal_id WHERE o.books = 'paid'
) p
FULL JOIN (
  SELECT t.key, sum(e.amount) FILTER (WHERE b.name = 'mpesa_utility') AS sent,
    sum(e.amount) FILTER (WHERE b.name IN ('platform_fees', 'protocol_fees')
      OR b.kind = 'treasury' AND e.bucket = 'available') AS fee,
    sum(e.amount) FILTER (WHERE b.name = 'mpesa_recovered') AS recovered,
    coalesce(min(b.user_id::text), min(b.dao_id::text))::uuid AS payer
  FROM ledger_transfers t JOIN ledger_history e ON e.transfer_id = t.id JOIN ledger_balances b ON b.id = e.balance_id
  WHERE t.kind IN ('mpesa_withdrawal', 'treasury_payout') GROUP BY t.key
) t ON t.key = p.id
"""

# Money is set aside for a payment until it is paid or certainly not paid, and each payment has its own.
PAYOUTS_ARE_HELD_UNTIL_THEY_END = """
SELECT count(*), count(*) FILTER (
  WHERE p.id IS NULL OR h.id IS NULL OR r.outcome IS DISTINCT FROM
    CASE p.books WHEN 'held' THEN NULL WHEN 'paid' THEN 'post' ELSE 'void' END)
FROM payouts p
FULL JOIN (
  SELECT id FROM ledger_transfers WHERE kind IN ('mpesa_withdrawal_hold', 'treasury_part_hold')
    OR kind = 'treasury_hold' AND id IN (SELECT hold_transfer FROM payouts)
) h ON h.id = p.hold_transfer
LEFT JOIN ledger_resolutions r ON r.pending_transfer = h.id
"""

# M-Pesa's charges are booked as it told them, never as its tariff foretells them.
CHARGES_ARE_WHAT_MPESA_TOLD = """
SELECT count(*), count(*) FILTER (WHERE -e.amount IS DISTINCT FROM p.real_charge)
FROM (SELECT id, real_charge FROM payouts WHERE charge_booked_at IS NOT NULL AND real_charge > 0) p
FULL JOIN (
  SELECT (t.details ->> 'payout')::uuid AS payout, e.amount
  FROM ledger_transfers t JOIN ledger_history e ON e.transfer_id = t.id
  JOIN ledger_balances b ON b.id = e.balance_id AND b.name = 'mpesa_charges' WHERE t.kind = 'mpesa_charge'
) e ON e.payout = p.id
"""

# Each share of our fees is booked where it belongs: the platform's, the protocol's, and a group's in its own treasury.
FEES_EQUAL_THEIR_ENTRIES = """
SELECT count(*), count(*) FILTER (
  WHERE (coalesce(f.platform, 0), coalesce(f.protocol, 0), coalesce(f.dao, 0)) IS DISTINCT FROM
    (coalesce(e.platform, 0), coalesce(e.protocol, 0), coalesce(e.dao, 0)))
FROM (
  SELECT transaction_id, currency, sum(platform_revenue) AS platform, sum(protocol_revenue) AS protocol, sum(dao_revenue) AS dao
  FROM transaction_fees WHERE fee_type = 'platform_fee' GROUP BY transaction_id, currency
) f
FULL JOIN (
  SELECT t.key, e.currency, sum(e.amount) FILTER (WHERE b.name = 'platform_fees') AS platform,
    sum(e.amount) FILTER (WHERE b.name = 'protocol_fees') AS protocol, sum(e.amount) FILTER (WHERE b.kind = 'treasury') AS dao
  FROM ledger_history e JOIN ledger_balances b ON b.id = e.balance_id JOIN ledger_transfers t ON t.id = e.transfer_id
  WHERE b.kind = 'system' AND b.name IN ('platform_fees', 'protocol_fees')
    OR b.kind = 'treasury' AND t.kind IN ('mpesa_deposit', 'mpesa_reversal', 'mpesa_correction')
    -- What a treasury pays leaves its hold; its share of the fee comes back to its free money.
    OR b.kind = 'treasury' AND t.kind = 'treasury_payout' AND e.bucket = 'available'
  GROUP BY t.key, e.currency
) e ON e.key = f.transaction_id AND e.currency = f.currency
"""

# A deposit for a group is posted to it first; until its row is written, the deposit isn't marked as passed on. What arrived
# after somebody had kept it with its owner was taken back.
CONTRIBUTIONS_EQUAL_THEIR_TRANSFERS = """
SELECT count(*), count(*) FILTER (
  WHERE (coalesce(c.paid_by, c.user_id), c.dao_id, c.currency, c.amount, -c.amount, c.intent) IS DISTINCT FROM
    (t.user_id, t.dao_id, t.currency, t.received, t.given, t.key)
    AND NOT (c.id IS NULL AND EXISTS (
      SELECT FROM mpesa_transactions m WHERE m.id = t.deposit AND m.passed_on_at IS NULL AND m.for_dao = t.dao_id))
    AND NOT (c.id IS NULL AND EXISTS (SELECT FROM ledger_transfers r WHERE r.ref_transfer = t.id AND r.step = 'reverse')))
FROM contributions c
FULL JOIN (
  SELECT t.id, t.key, min(t.details->>'deposit')::uuid AS deposit, e.currency,
    sum(e.amount) FILTER (WHERE b.kind <> 'member' OR b.dao_id IS NOT NULL) AS received,
    sum(e.amount) FILTER (WHERE b.kind = 'member' AND b.dao_id IS NULL) AS given,
    (min(b.user_id::text) FILTER (WHERE b.dao_id IS NULL))::uuid AS user_id, min(b.dao_id::text)::uuid AS dao_id
  FROM ledger_transfers t JOIN ledger_history e ON e.transfer_id = t.id JOIN ledger_balances b ON b.id = e.balance_id
  WHERE t.kind = 'contribution' GROUP BY t.id, t.key, e.currency
) t ON t.id = c.transfer_id
"""


def _check(query: str, *sentences: tuple[str, str], in_order: bool = False) -> Check:
    return Check(query, tuple(Invariant(name, things) for name, things in sentences), in_order)


BOOKS = (
    _check(
        TRANSFERS,
        ("each transfer sums to zero in each currency", "sums"),
        ("each transfer has exactly its entries", "transfers"),
        in_order=True,
    ),
    _check(CURRENCIES_SUM_TO_ZERO, ("all money of a currency sums to zero", "currencies")),
    _check(
        HISTORIES,
        ("each balance equals the sum of its entries", "balances"),
        ("each balance equals its last entry", "buckets"),
        ("each entry carries the running balance", "entries"),
        ("entries are numbered without gaps", "balances"),
        ("nobody was ever overdrawn", "entries"),
    ),
    _check(ENTRIES_KEEP_TO_THEIR_CURRENCY.counted, ("entries keep to their currency and its decimals", "entries")),
    _check(KEYS_MOVED_MONEY_ONCE, ("each key moved money once", "keys")),
    _check(KEYS_HAVE_ONE_ANSWER, ("each key has one answer", "keys")),
    _check(HOLDS_END_ONCE.counted, ("each hold ends once and entirely", "ends of holds")),
    _check(WHAT_IS_SET_ASIDE_IS_HELD.counted, ("what is set aside is what open holds hold", "balances")),
    _check(REVERSALS_UNDO_ONE_TRANSFER_ONCE.counted, ("what was taken back was one transfer, once", "reversals")),
    _check(OWNERS_HAVE_ONE_BALANCE, ("each owner has one balance per currency", "owners")),
    _check(FORGOTTEN_HOLD_NOTHING, ("whoever was forgotten holds nothing and can't be given anything", "forgotten members")),
    _check(VIEWS_SHOW_THE_BOOKS, ("the balances that are shown are those of the books", "balances")),
    _check(DEPOSITS_EQUAL_THEIR_TRANSFERS, ("completed deposits equal their transfers", "deposits"), in_order=True),
    _check(RECEIPTS_ARE_CREDITED_ONCE, ("each M-Pesa receipt is credited once", "receipts")),
    _check(SUSPENSE_IS_EXPLAINED, ("suspense is what nobody could be given", "payments")),
    _check(NOTHING_WAITS_UNSEEN, ("nothing waits without a next look or somebody's task", "open things")),
    _check(HELD_BACK_IS_IN_NO_BOOKS, ("what isn't proven is in no books", "payments held back")),
    _check(PAYOUTS_EQUAL_THEIR_TRANSFERS, ("payments out equal their transfers", "payments out"), in_order=True),
    _check(PAYOUTS_ARE_HELD_UNTIL_THEY_END, ("payments out are held until they end", "payments out")),
    _check(CHARGES_ARE_WHAT_MPESA_TOLD, ("M-Pesa's charges are booked as it told them", "charges")),
    _check(FEES_EQUAL_THEIR_ENTRIES, ("fees charged equal fees booked", "fees")),
    _check(CONTRIBUTIONS_EQUAL_THEIR_TRANSFERS, ("contributions equal their transfers", "contributions"), in_order=True),
    _check(OPENINGS_EQUAL_THE_ARCHIVE.counted, ("archived months closed with what they came to", "closings")),
    _check(EVERY_GUARD_STANDS, ("every guard of the books stands", "guards")),
    _check(NOTHING_PAST_THE_SEALS, ("nothing was posted past the seals", "transfers and refusals")),
    _check(SEALS_FORM_A_CHAIN.counted, ("seals form a chain", "seals")),
)
# What the capabilities' own records must agree on with the books: a module of sentences each.
RECORDED = (
    dues_invariants,
    governance_invariants,
    group_invariants,
    loan_invariants,
    muhuri_invariants,
    reconciliation_invariants,
    savings_invariants,
    treasury_invariants,
)
RECORDS = tuple(_check(query, (name, things)) for module in RECORDED for query, name, things in module.SENTENCES)
CHECKS = (*BOOKS, *RECORDS)
# Decided block by block, since it reads and hashes everything that was ever sealed.
SEALED = Invariant("what was sealed is as it was", "blocks")
INVARIANTS = (*(invariant for check in CHECKS for invariant in check.invariants), SEALED)
