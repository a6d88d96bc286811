"""Large books in little time: thousands of transfers by one statement, with every guard on.

Odd transfers bring money in from M-Pesa to a member, even ones take it from her to one group's treasury, so that the mirror
and the treasury each are in half of the entries. Rows get the same values that the posting functions give them.
"""

from __future__ import annotations

import json

import asyncpg

from core.kernel.ids import DaoId

from .books import new_id

OPEN = """
INSERT INTO ledger_balances (kind, user_id, dao_id, name, currency, created_at)
SELECT 'member', gen_random_uuid(), NULL, NULL, 'KES', now() FROM generate_series(1, $2::int)
UNION ALL SELECT 'treasury', NULL, $1::uuid, NULL, 'KES', now()
UNION ALL SELECT 'system', NULL, NULL, 'mpesa_utility', 'KES', now()
ON CONFLICT DO NOTHING
"""
# $1: how many; $2: the treasury's group; $3: the number of the first one, which turns the members round; $4: when.
POST = """
WITH members AS MATERIALIZED (
  SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM ledger_balances
  WHERE kind = 'member' AND currency = 'KES' AND dao_id IS NULL
), ends AS MATERIALIZED (
  SELECT (SELECT id FROM ledger_balances WHERE kind = 'system' AND name = 'mpesa_utility' AND currency = 'KES') AS mirror,
    (SELECT id FROM ledger_balances WHERE kind = 'treasury' AND dao_id = $2 AND currency = 'KES') AS treasury
), posting AS MATERIALIZED (
  SELECT step.n, gen_random_uuid() AS key,
    -- Ordered by time, as the ids of real transfers are: that decides how far apart rows lie.
    (lpad(to_hex(floor(1000 * extract(epoch FROM coalesce($4::timestamptz, clock_timestamp())))::bigint + step.n), 12, '0')
      || '7000' || '8' || substr(md5(random()::text), 1, 15))::uuid AS id, step.n % 2 = 1 AS comes_in, m.id AS member
  FROM generate_series(1, $1::int) AS step(n) JOIN members m ON m.n = (($3::bigint + step.n - 1) / 2) % (SELECT count(*) FROM members)
), leg AS MATERIALIZED (
  SELECT 2 * n + side AS place, n, id, side + 1 AS leg,
    CASE side WHEN 0 THEN CASE WHEN comes_in THEN ends.mirror ELSE member END
      ELSE CASE WHEN comes_in THEN member ELSE ends.treasury END END AS balance,
    CASE side WHEN 0 THEN -1 ELSE 1 END * CASE WHEN comes_in THEN 20.00 ELSE 1.25 END AS amount
  FROM posting, ends, generate_series(0, 1) AS side
), opened AS (
  INSERT INTO ledger_transfers (id, key, fingerprint, kind, details, legs, event_at, posted_at)
  SELECT id, key, sha256(uuid_send(key)), CASE WHEN comes_in THEN 'deposit' ELSE 'contribution' END,
    jsonb_build_object('number', n::text), 2, coalesce($4::timestamptz, now()), coalesce($4::timestamptz, now()) FROM posting
), moved AS (
  UPDATE ledger_balances b SET available = b.available + total.amount, seq = b.seq + total.steps
  FROM (SELECT balance, sum(amount) AS amount, count(*) AS steps FROM leg GROUP BY balance) total
  WHERE b.id = total.balance
)
INSERT INTO ledger_entries (transfer_id, leg, balance_id, seq, bucket, currency, amount, after, posted_at)
SELECT leg.id, leg.leg, leg.balance, b.seq + row_number() OVER turn, 'available', 'KES', leg.amount,
  b.available + sum(leg.amount) OVER turn, coalesce($4::timestamptz, now())
FROM leg JOIN ledger_balances b ON b.id = leg.balance
WINDOW turn AS (PARTITION BY leg.balance ORDER BY leg.place)
"""


async def fill(
    connection: asyncpg.Connection, *, transfers: int, members: int, at_once: int = 5000, at: object = None
) -> DaoId:
    """Post so many transfers among so many new members; returns the group whose treasury takes part in half of them."""
    dao = DaoId(new_id())
    await connection.execute(OPEN, dao, members)
    await post_more(connection, dao, transfers=transfers, at_once=at_once, at=at)
    return dao


async def post_more(
    connection: asyncpg.Connection, dao: DaoId, *, transfers: int, at_once: int = 5000, at: object = None
) -> None:
    """The same again with the members that are there; `at` is when it happened (now)."""
    for first in range(0, transfers, at_once):
        await connection.execute(POST, min(at_once, transfers - first), dao, first, at)


async def pages_read(connection: asyncpg.Connection, query: str, *arguments: object) -> int:
    """Pages of the database touched by a query that has been asked before; an index look-up is three or four."""
    await connection.fetch(query, *arguments)
    plan = await connection.fetchval("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + query, *arguments)
    top = json.loads(plan)[0]["Plan"]
    return int(top["Shared Hit Blocks"] + top["Shared Read Blocks"])
