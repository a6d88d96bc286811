"""Which open holds end by themselves, and when: found without a look at those that are over.

The books only grow, so an index of theirs would have every hold that ever was. Instead a list beside them has the open ones:
whoever wants to expire holds first adds the new ones, found by the numbers of the transactions that wrote them, as the seals
do, so that none can come late and be overlooked. Posting pays nothing for it. The list is no truth: `overdue` asks the books.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, text, update

from core.kernel.db import UnitOfWork
from core.kernel.ids import TransferId
from core.ledger.models import HoldDeadline, LedgerResolution, LedgerTransfer

# What can't be given back is wrong in itself; it is tried again, but not instead of the others.
PUT_OFF = timedelta(hours=1)
# Striking one that is over costs little beside ending one.
MOST_STRUCK = 2000


@dataclass(frozen=True)
class Overdue:
    """How many open holds are past their end, and since when the oldest is."""

    holds: int
    since: datetime | None


async def list_new(uow: UnitOfWork) -> None:
    """Add the holds with an end of time that were posted since the last call. Only one does so at a time."""
    # Un-analysed, the planner takes a range of numbers for a third of the table.
    await uow.session.execute(text("SET LOCAL enable_seqscan = off"))
    watch = (await uow.session.execute(_WATCH)).one_or_none()
    # Every transaction below this number has ended, and the next statement sees what it wrote. Read before that one.
    upto = (await uow.session.execute(_ENDED)).scalar_one()
    # Restored into another server, the books may know higher numbers than that has reached: then all are looked at.
    since = watch.upto if watch and watch.upto <= upto else 0
    await uow.session.execute(_LIST, {"since": since})
    if watch is None or watch.upto != upto:
        await uow.session.execute(_SEEN, {"upto": upto})


async def find_due(uow: UnitOfWork, *, at_most: int) -> list[TransferId]:
    """Open holds whose time is up, the longest overdue first; those that ended in another way are struck from the list."""
    now = uow.clock.now()
    await uow.session.execute(_STRIKE_ENDED, {"now": now, "at_most": MOST_STRUCK})
    due = (
        select(HoldDeadline.transfer_id)
        # The list is nobody's proof: what isn't a hold in the books is passed over.
        .join(LedgerTransfer, (LedgerTransfer.id == HoldDeadline.transfer_id) & (LedgerTransfer.step == "pending"))
        .outerjoin(LedgerResolution, LedgerResolution.pending_transfer == HoldDeadline.transfer_id)
        .where(HoldDeadline.due_at <= now, LedgerResolution.pending_transfer.is_(None))
        .order_by(HoldDeadline.due_at)
        .limit(at_most)
    )
    return [TransferId(found) for found in await uow.session.scalars(due)]


async def strike(uow: UnitOfWork, holds: Sequence[TransferId]) -> None:
    """They are over."""
    if holds:
        await uow.session.execute(delete(HoldDeadline).where(HoldDeadline.transfer_id.in_(holds)))


async def put_off(uow: UnitOfWork, holds: Sequence[TransferId]) -> None:
    """Try these again later, so that they don't stand before the others."""
    later = update(HoldDeadline).where(HoldDeadline.transfer_id.in_(holds)).values(due_at=uow.clock.now() + PUT_OFF)
    await uow.session.execute(later)


async def overdue(uow: UnitOfWork) -> Overdue:
    """What should have been given back by now, as the books themselves say. Reads all transfers: for an audit."""
    await uow.session.execute(text("SET LOCAL statement_timeout = 0"))
    row = (await uow.session.execute(_OVERDUE, {"now": uow.clock.now()})).one()
    return Overdue(row.holds, row.since)


_WATCH = text("SELECT upto FROM hold_watch WHERE id = 1 FOR UPDATE")
_ENDED = text("SELECT ledger_xact(pg_snapshot_xmin(pg_current_snapshot()))")
_LIST = text("""
INSERT INTO hold_deadlines (transfer_id, due_at)
SELECT t.id, t.expires_at FROM ledger_transfers t
WHERE t.xact >= :since AND t.expires_at IS NOT NULL
  AND NOT EXISTS (SELECT FROM ledger_resolutions r WHERE r.pending_transfer = t.id)
ORDER BY t.id
ON CONFLICT DO NOTHING
""")
_SEEN = text("INSERT INTO hold_watch (id, upto) VALUES (1, :upto) ON CONFLICT (id) DO UPDATE SET upto = excluded.upto")
_STRIKE_ENDED = text("""
DELETE FROM hold_deadlines WHERE transfer_id IN (
  SELECT d.transfer_id FROM hold_deadlines d
  WHERE d.due_at <= :now AND EXISTS (SELECT FROM ledger_resolutions r WHERE r.pending_transfer = d.transfer_id)
  ORDER BY d.due_at LIMIT :at_most)
""")
_OVERDUE = text("""
SELECT count(*) AS holds, min(t.expires_at) AS since FROM ledger_transfers t
WHERE t.expires_at <= :now AND NOT EXISTS (SELECT FROM ledger_resolutions r WHERE r.pending_transfer = t.id)
""")
