"""Looking back into the books: what an account had at any moment, and its statement, page by page.

Everything here is read from entries, those in the archive too, never from the row that carries today's balance; each verb is
one query, and finds its place by look-ups however long the account's history is. A moment means when the books changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Text, Uuid, bindparam, text
from sqlalchemy.engine import Row
from sqlalchemy.sql.elements import TextClause

from core.kernel.db import UnitOfWork
from core.kernel.ids import TransferId
from core.kernel.money import KES, Currency, Money
from core.ledger.accounts import Account, Bucket
from core.ledger.reading import Balance

LONGEST_PAGE = 500


@dataclass(frozen=True)
class Line:
    """One line of a statement: what happened, and what its bucket held afterwards.

    `at` is when it happened, `posted_at` when it was booked; lines are in the order of `seq`, which has no gaps.
    """

    seq: int
    transfer: TransferId
    kind: str
    bucket: Bucket
    amount: Money
    after: Money
    at: datetime
    posted_at: datetime
    details: Mapping[str, str]


@dataclass(frozen=True)
class Page:
    """Lines, newest first. `older` is what to pass as `before` to get the next page, None when there is none."""

    lines: tuple[Line, ...]
    older: int | None


@dataclass(frozen=True)
class Period:
    """What an account had when a period opened and when it closed, and its lines in between: `first` to `last` by number.

    Without a line in the period `first` is `last` + 1.
    """

    opening: Balance
    closing: Balance
    first: int
    last: int

    @property
    def lines(self) -> int:
        """How many entries the period has."""
        return self.last - self.first + 1


async def balance_at(uow: UnitOfWork, account: Account, moment: datetime, currency: Currency = KES) -> Balance:
    """What the account had at `moment`, with all that was booked up to and at it; zeros before its first entry."""
    rows = await uow.session.execute(_BALANCE_AT, {**_owner(account, currency), "moment": moment})
    return _balance(rows.one_or_none(), currency)


async def period(uow: UnitOfWork, account: Account, *, since: datetime, until: datetime, currency: Currency = KES) -> Period:
    """The account between `since` (inclusive) and `until` (exclusive), both by when things were booked.

    Raises ValueError when it ends before it begins.
    """
    if until < since:
        raise ValueError("a period ends after it begins")
    asked = {**_owner(account, currency), "since": since, "until": until}
    row = (await uow.session.execute(_PERIOD, asked)).one_or_none()
    if row is None:
        return Period(_balance(None, currency), _balance(None, currency), first=1, last=0)
    return Period(_balance(row[2:5], currency), _balance(row[5:8], currency), first=row[0] + 1, last=row[1])


async def statement(
    uow: UnitOfWork,
    account: Account,
    *,
    limit: int,
    before: int | None = None,
    first: int = 1,
    currency: Currency = KES,
) -> Page:
    """Up to `limit` lines (at most 500), newest first, from the one before number `before` down to number `first`.

    Numbers never change, so new entries don't move the pages. For a period pass its `last` + 1 and its `first`. Raises
    ValueError for a limit that isn't 1 to 500.
    """
    if not 1 <= limit <= LONGEST_PAGE:
        raise ValueError(f"a page has 1 to {LONGEST_PAGE} lines")
    asked = {**_owner(account, currency), "before": before, "first": first, "limit": limit + 1}
    rows = (await uow.session.execute(_STATEMENT, asked)).all()
    lines = tuple(_line(row, currency) for row in rows[:limit])
    return Page(lines, older=lines[-1].seq if len(rows) > limit else None)


# Every part is compared, and with IS NULL where there is none, so that the owner's unique index finds the row.
_OWNED = """
FROM ledger_balances b
WHERE b.kind = :kind AND (b.user_id = :member OR (b.user_id IS NULL AND CAST(:member AS uuid) IS NULL))
  AND (b.dao_id = :dao OR (b.dao_id IS NULL AND CAST(:dao AS uuid) IS NULL))
  AND (b.name = :name OR (b.name IS NULL AND CAST(:name AS text) IS NULL)) AND b.currency = :currency
"""


def _owner(account: Account, currency: Currency) -> dict[str, object]:
    return {
        "kind": account.kind,
        "member": account.member,
        "dao": account.dao,
        "name": account.name,
        "currency": currency.code,
    }


def _asking(query: str) -> TextClause:
    owner = (bindparam("member", type_=Uuid()), bindparam("dao", type_=Uuid()), bindparam("name", type_=Text()))
    return text(query).bindparams(*owner)


_BALANCE_AT = _asking(f"""
SELECT held.available, held.pending, held.locked
FROM (SELECT b.id {_OWNED}) owned
CROSS JOIN LATERAL ledger_position(owned.id, :moment, true) AS place(seq)
CROSS JOIN LATERAL ledger_balance_after(owned.id, place.seq) AS held
""")

_PERIOD = _asking(f"""
SELECT opened.seq, closed.seq, opening.available, opening.pending, opening.locked, closing.available, closing.pending,
  closing.locked
FROM (SELECT b.id {_OWNED}) owned
CROSS JOIN LATERAL ledger_position(owned.id, :since, false) AS opened(seq)
CROSS JOIN LATERAL ledger_position(owned.id, :until, false) AS closed(seq)
CROSS JOIN LATERAL ledger_balance_after(owned.id, opened.seq) AS opening
CROSS JOIN LATERAL ledger_balance_after(owned.id, closed.seq) AS closing
""")

_STATEMENT = _asking(f"""
SELECT line.seq, line.transfer_id, t.kind, line.bucket, line.amount, line.after, t.event_at, line.posted_at, t.details
FROM (SELECT b.id {_OWNED}) owned
CROSS JOIN LATERAL ledger_lines(owned.id, :before, :first, :limit) AS line
CROSS JOIN LATERAL (SELECT t.kind, t.event_at, t.details FROM ledger_transfers t WHERE t.id = line.transfer_id OFFSET 0) AS t
ORDER BY line.seq DESC
""").bindparams(bindparam("before", type_=BigInteger()), bindparam("first", type_=BigInteger()))


def _balance(row: Row[Any] | tuple[Decimal, ...] | None, currency: Currency) -> Balance:
    held = row if row is not None else (Decimal(0),) * 3
    return Balance(*(Money.from_decimal(amount, currency) for amount in held))


def _line(row: Row[Any], currency: Currency) -> Line:
    transfer: UUID = row.transfer_id
    return Line(
        seq=row.seq,
        transfer=TransferId(transfer),
        kind=row.kind,
        bucket=Bucket(row.bucket),
        amount=Money.from_decimal(row.amount, currency),
        after=Money.from_decimal(row.after, currency),
        at=row.event_at,
        posted_at=row.posted_at,
        details=row.details or {},
    )
