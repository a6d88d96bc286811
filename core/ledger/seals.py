"""The proof of the books: what is posted is sealed into a chain of hashes, away from the postings themselves.

A block covers everything that a range of transactions wrote, and ends before the oldest that is still open, so that nothing
can come late into it. Each seal contains the hash of the one before: who alters a byte anywhere would have to make every
later seal anew, and the newest one is told to others. Checking is for whoever audits; here is what both need.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.engine import Row

from core.kernel.db import UnitOfWork
from core.kernel.ids import TransferId
from core.kernel.money import CURRENCIES, Money
from core.ledger.accounts import Account, Bucket
from core.ledger.reading import owner_of

# Large enough that a block costs little beside its rows, small enough that checking one receipt reads little.
BLOCK_SIZE = 1000
# Few seconds of work at most, so that a unit stays short.
BLOCKS_AT_ONCE = 20


@dataclass(frozen=True)
class Sealed:
    """How many blocks were added, and whether more may be waiting."""

    blocks: int
    more: bool


@dataclass(frozen=True)
class Seal:
    """A block of the chain by its number from 1, its hash (SHA-256, 32 bytes) and when it was made."""

    number: int
    hash: bytes
    sealed_at: datetime


@dataclass(frozen=True)
class ProvenLeg:
    """One entry of a transfer: what it did to whose bucket, what was there afterwards, and its number in that balance."""

    account: Account
    bucket: Bucket
    amount: Money
    after: Money
    seq: int


@dataclass(frozen=True)
class Proof:
    """A transfer with its entries, and its seal: None while it waits for one. `holds` when the block's hash recomputes."""

    transfer: TransferId
    kind: str
    at: datetime
    posted_at: datetime
    details: Mapping[str, str]
    legs: tuple[ProvenLeg, ...]
    seal: Seal | None
    holds: bool


async def seal(uow: UnitOfWork, *, size: int = BLOCK_SIZE, blocks: int = BLOCKS_AT_ONCE) -> Sealed:
    """Seal what is waiting: up to `blocks` blocks of at least `size` transfers and refusals each (the last one may be smaller).

    What a transaction wrote that is still open, or younger than one that is, waits. Only one seals at a time.
    """
    asked = {"at": uow.clock.now(), "size": size, "blocks": blocks}
    row = (await uow.session.execute(text("SELECT blocks, more FROM ledger_seal(:at, :size, :blocks)"), asked)).one()
    return Sealed(row.blocks, more=row.more)


async def newest_seal(uow: UnitOfWork) -> Seal | None:
    """The end of the chain: whoever keeps it elsewhere can tell later whether the chain was made anew."""
    row = (await uow.session.execute(_NEWEST)).one_or_none()
    return Seal(row.number, row.hash, row.sealed_at) if row else None


async def waiting(uow: UnitOfWork) -> int:
    """How many transfers and refusals are not in a seal yet."""
    return int(await uow.session.scalar(_WAITING) or 0)


async def prove(uow: UnitOfWork, transfer: TransferId) -> Proof | None:
    """The transfer with everything that proves it, its block hashed again; None when there is no such transfer."""
    rows = (await uow.session.execute(_TRANSFER, {"transfer": transfer})).all()
    if not rows:
        return None
    head = rows[0]
    covering = (await uow.session.execute(_SEAL_OF, {"xact": head.xact})).one_or_none()
    return Proof(
        transfer=TransferId(head.id),
        kind=head.kind,
        at=head.event_at,
        posted_at=head.posted_at,
        details=head.details or {},
        legs=tuple(_leg(row) for row in rows if row.leg is not None),
        seal=Seal(covering.number, covering.hash, covering.sealed_at) if covering else None,
        holds=covering is not None and covering.holds,
    )


async def transfers_called(uow: UnitOfWork, name: UUID | str) -> list[TransferId]:
    """Transfers with this id or key, or whose id ends in these ten hexadecimal digits, as a member's reference does.

    Digits are looked for in all transfers, which takes seconds in large books.
    """
    query, value = (_BY_ID, name) if isinstance(name, UUID) else (_BY_ENDING, name.lower())
    return [TransferId(found) for found in await uow.session.scalars(query, {"name": value})]


# SQL of what no seal will ever cover: rows under the numbers of no transaction that there was. Their numbers were made up, or
# the books were restored to another server and not adopted.
UNREACHED = (
    "(xact < 0 OR (xact >= ledger_xact(pg_snapshot_xmax(pg_current_snapshot()))"
    " AND xact IS DISTINCT FROM ledger_xact(pg_current_xact_id_if_assigned())))"
)


def holds(seal: str, content: str) -> str:
    """SQL that is true when the row `seal` of ledger_seals is what `content`, the row of ledger_content, makes of it."""
    return (
        f"(({seal}.hash, {seal}.digest, {seal}.transfers, {seal}.entries, {seal}.rejections) IS NOT DISTINCT FROM"
        f" (ledger_seal_hash({seal}), {content}.digest, {content}.transfers, {content}.entries, {content}.rejections))"
    )


_NEWEST = text("SELECT number, hash, sealed_at FROM ledger_seals ORDER BY number DESC LIMIT 1")
_WAITING = text("""
SELECT (SELECT count(*) FROM ledger_transfers WHERE xact >= sealed.upto)
  + (SELECT count(*) FROM ledger_rejections WHERE xact >= sealed.upto)
FROM (SELECT coalesce(max(upto), 0) AS upto FROM ledger_seals) sealed
""")
_SEAL_OF = text(f"""
SELECT s.number, s.hash, s.sealed_at, {holds("s", "c")} AS holds
FROM (SELECT * FROM ledger_seals WHERE upto > :xact ORDER BY upto LIMIT 1) one
JOIN ledger_seals s ON s.number = one.number AND s.since <= :xact
CROSS JOIN LATERAL ledger_content(s.since, s.upto) c
""")
_TRANSFER = text("""
SELECT t.id, t.kind, t.event_at, t.posted_at, t.details, t.xact, e.leg, e.bucket, e.amount, e.after, e.seq, e.currency,
  b.kind AS owner, b.user_id, b.dao_id, b.name
FROM ledger_transfers t
LEFT JOIN ledger_history e ON e.transfer_id = t.id AND e.posted_at = t.posted_at
LEFT JOIN ledger_balances b ON b.id = e.balance_id
WHERE t.id = :transfer ORDER BY e.leg
""")
_BY_ID = text("SELECT id FROM ledger_transfers WHERE id = :name OR key = :name")
_BY_ENDING = text("SELECT id FROM ledger_transfers WHERE right(id::text, 10) = :name ORDER BY id")


def _leg(row: Row[Any]) -> ProvenLeg:
    currency = CURRENCIES[row.currency]
    return ProvenLeg(
        account=owner_of(row.owner, row.user_id, row.dao_id, row.name),
        bucket=Bucket(row.bucket),
        amount=Money.from_decimal(row.amount, currency),
        after=Money.from_decimal(row.after, currency),
        seq=row.seq,
    )
