"""Every hour, a look at a sample of the books while members go on: the newest movements and balances drawn by lot.

The nightly audit looks at everything; this one tells within the hour that something has begun to go wrong.
"""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass

from sqlalchemy import text

from core.identity.events import record_security_event
from core.kernel.db import UnitOfWork
from core.ledger.guards import GUARDS
from core.ledger.seals import holds

log = logging.getLogger(__name__)

INCOHERENT = "ledger_incoherent"
# Some ten thousand entries: well under a second.
BALANCES, NEWEST_TRANSFERS, DEPTH, BLOCKS = 100, 100, 50, 5


@dataclass(frozen=True)
class Sample:
    """What was looked at and how much of it was wrong."""

    balances: int
    entries: int
    blocks: int
    wrong_balances: int
    wrong_entries: int
    wrong_transfers: int
    wrong_blocks: int
    missing_guards: int

    @property
    def ok(self) -> bool:
        """Whether nothing was wrong."""
        return not (
            self.wrong_balances or self.wrong_entries or self.wrong_transfers or self.wrong_blocks or self.missing_guards
        )


async def look(uow: UnitOfWork) -> Sample:
    """Look at a sample: balances against their newest entries, these against each other, some blocks' hashes; and guards."""
    size = {"balances": BALANCES, "newest": NEWEST_TRANSFERS, "depth": DEPTH}
    row = (await uow.session.execute(_HISTORIES, size)).one()
    blocks, wrong = (await uow.session.execute(_BLOCKS, {"blocks": BLOCKS})).one()
    missing = int(await uow.session.scalar(_MISSING) or 0)
    found = row.wrong_balances, row.wrong_entries, row.wrong_transfers, wrong
    return Sample(row.balances, row.entries, blocks, *found, missing_guards=missing)


async def look_and_alarm(uow: UnitOfWork) -> Sample:
    """Look at a sample; what is wrong becomes an error in the log and a critical security event."""
    sample = await look(uow)
    if not sample.ok:
        log.error("the books are incoherent: %s", sample)
        await record_security_event(uow, event_type=INCOHERENT, severity="critical", details=asdict(sample))
    return sample


# One statement, so one moment. A number of a balance that is missing among the newest is seen by counting down from its last.
_HISTORIES = text("""
WITH picked AS MATERIALIZED (
  SELECT floor(random() * (SELECT max(id) FROM ledger_balances))::bigint + 1 AS id FROM generate_series(1, :balances)
  UNION
  SELECT e.balance_id FROM (SELECT id, posted_at FROM ledger_transfers ORDER BY xact DESC LIMIT :newest) t
  CROSS JOIN LATERAL (
    SELECT h.balance_id FROM ledger_history h WHERE h.transfer_id = t.id AND h.posted_at = t.posted_at OFFSET 0) e
), lines AS MATERIALIZED (
  SELECT b.id, b.kind, b.currency AS own_currency, b.seq AS newest, line.*,
    CASE line.bucket WHEN 'available' THEN b.available WHEN 'pending' THEN b.pending ELSE b.locked END AS held,
    lag(line.after) OVER (PARTITION BY b.id, line.bucket ORDER BY line.seq) AS before,
    row_number() OVER (PARTITION BY b.id ORDER BY line.seq DESC) AS nth,
    row_number() OVER (PARTITION BY b.id, line.bucket ORDER BY line.seq DESC) AS nth_of_bucket
  FROM picked JOIN ledger_balances b ON b.id = picked.id
  CROSS JOIN LATERAL ledger_lines(b.id, NULL, 1, :depth) line
)
SELECT
  (SELECT count(*) FROM picked JOIN ledger_balances b ON b.id = picked.id) AS balances,
  (SELECT count(*) FROM lines) AS entries,
  (SELECT count(*) FROM picked JOIN ledger_balances b ON b.id = picked.id
    WHERE (b.kind <> 'system' AND least(b.available, b.pending, b.locked) < 0)
      OR least(b.seq, :depth) <> (SELECT count(*) FROM lines WHERE lines.id = b.id)) AS wrong_balances,
  (SELECT count(*) FROM lines
    WHERE seq <> newest - nth + 1 OR currency <> own_currency OR (kind <> 'system' AND after < 0)
      OR after <> before + amount OR (seq = 1 AND after <> amount) OR (nth_of_bucket = 1 AND after <> held)) AS wrong_entries,
  (SELECT count(*) FROM (SELECT DISTINCT transfer_id, posted_at FROM lines) moved
    LEFT JOIN ledger_transfers t ON t.id = moved.transfer_id
    CROSS JOIN LATERAL (
      SELECT sum(legs) AS legs, bool_and(total = 0) AS even FROM (
        SELECT count(*) AS legs, sum(h.amount) AS total FROM ledger_history h
        WHERE h.transfer_id = moved.transfer_id AND h.posted_at = moved.posted_at GROUP BY h.currency) sums
    ) own
    WHERE own.legs IS DISTINCT FROM t.legs OR NOT own.even) AS wrong_transfers
""")
# The text of functions is for the nightly audit: in the middle of a release a worker of before may not know theirs.
_MISSING = text(f"SELECT count(*) FROM ({GUARDS}) guards WHERE NOT stands AND name NOT LIKE 'function %'")
_BLOCKS = text(f"""
SELECT count(*), count(*) FILTER (WHERE NOT {holds("s", "c")})
FROM (
  SELECT floor(random() * (SELECT max(number) FROM ledger_seals))::bigint + 1 AS number FROM generate_series(1, :blocks)
  UNION SELECT max(number) FROM ledger_seals
) picked
JOIN ledger_seals s ON s.number = picked.number
CROSS JOIN LATERAL ledger_content(s.since, s.upto) c
""")
