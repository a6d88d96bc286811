"""What is in the books: balances, histories, and the legs of one transfer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, select, table
from sqlalchemy import column as named
from sqlalchemy.orm import aliased

from core.kernel.db import UnitOfWork, foreseeable
from core.kernel.ids import DaoId, MemberId, TransferId
from core.kernel.money import CURRENCIES, KES, Currency, Money
from core.kernel.questions import Asked, AskedRows, Question, Selected, given
from core.ledger.accounts import Account, Bucket, OwnerKind
from core.ledger.models import LedgerBalance, LedgerEntry, LedgerTransfer
from core.ledger.postings import Leg

# Every entry there is: those of months that were archived too.
_History = aliased(
    LedgerEntry,
    table("ledger_history", *(named(column.name, column.type) for column in LedgerEntry.__table__.columns)),
    adapt_on_names=True,
)


@dataclass(frozen=True)
class Balance:
    """What an account has in one currency."""

    available: Money
    pending: Money
    locked: Money

    @property
    def total(self) -> Money:
        """All three together."""
        return self.available + self.pending + self.locked


@dataclass(frozen=True)
class Entry:
    """One line of an account's history: what happened, and what the bucket held afterwards."""

    seq: int
    transfer: TransferId
    kind: str
    amount: Money
    after: Money
    bucket: Bucket
    at: datetime
    details: Mapping[str, str]


@dataclass(frozen=True)
class Recorded:
    """A transfer as it stands in the books: its kind, its step, what its legs did, and until when it holds money."""

    transfer: TransferId
    kind: str
    step: str
    legs: tuple[Leg, ...]
    expires_at: datetime | None


async def balance(uow: UnitOfWork, account: Account, currency: Currency = KES) -> Balance:
    """What the account has; zeros when it has never held this currency."""
    return (await balances(uow, [account], currency))[account]


@foreseeable
async def balances(uow: UnitOfWork, accounts: Sequence[Account], currency: Currency = KES) -> dict[Account, Balance]:
    """What each of the accounts has, read at one moment."""
    nothing = Money(0, currency)
    found = dict.fromkeys(accounts, Balance(nothing, nothing, nothing))
    rows: Iterable[Any]
    each = [balance_of(account, currency) for account in found]
    if len(each) == 1 or all(uow.knows(one.question, **one.parameters) for one in each):
        rows = [row for one in each for row in await uow.rows(one.question, **one.parameters)]
    else:
        owned = or_(false(), *_owned_by(found))
        rows = await uow.session.execute(_BALANCES.where(LedgerBalance.currency == currency.code, owned))
    for kind, member, dao, name, *held in rows:
        found[owner_of(kind, member, dao, name)] = Balance(*(_money(amount, currency) for amount in held))
    return found


async def held_in(uow: UnitOfWork, dao: DaoId, currency: Currency = KES) -> dict[MemberId, Balance]:
    """What each who belongs to a group, or ever did, holds inside it; those without such an account aren't among them."""
    rows = await uow.ask(HELD_IN, group=dao, currency=currency.code)
    return {
        MemberId(row["member"]): Balance(*(_money(row[name], currency) for name in ("available", "pending", "locked")))
        for row in rows
    }


HELD_IN = Question("""
    SELECT b.user_id AS member, b.available, b.pending, b.locked FROM dao_memberships s
    JOIN ledger_balances b ON b.kind = 'member' AND b.user_id = s.user_id AND b.dao_id = s.dao_id AND b.name IS NULL
      AND b.currency = :currency
    WHERE s.dao_id = :group
""")


async def entries(
    uow: UnitOfWork, account: Account, *, limit: int, before: int | None = None, currency: Currency = KES
) -> list[Entry]:
    """The account's history, newest first; `before` is the `seq` of the last line already seen."""
    lines = (
        select(_History, LedgerTransfer)
        .join(LedgerBalance, LedgerBalance.id == _History.balance_id)
        .join(LedgerTransfer, LedgerTransfer.id == _History.transfer_id)
        .where(_owned(account), LedgerBalance.currency == currency.code)
        .order_by(_History.seq.desc())
        .limit(limit)
    )
    if before is not None:
        lines = lines.where(_History.seq < before)
    return [_entry(entry, posted, currency) for entry, posted in await uow.session.execute(lines)]


async def find_posted(uow: UnitOfWork, key: UUID) -> TransferId | None:
    """The transfer that stands under this key, if it was posted."""
    found = await uow.session.scalar(select(LedgerTransfer.id).where(LedgerTransfer.key == key))
    return TransferId(found) if found else None


@dataclass(frozen=True)
class Brought:
    """A transfer, and what it left of an account's free money."""

    transfer: TransferId
    after: Money


async def brought(uow: UnitOfWork, key: UUID, account: Account, currency: Currency = KES) -> Brought | None:
    """The transfer under this key as the account saw it; None when none was posted that touched its free money."""
    lines = (
        select(LedgerTransfer.id, _History.after)
        .join(_History, _History.transfer_id == LedgerTransfer.id)
        .join(LedgerBalance, LedgerBalance.id == _History.balance_id)
        .where(LedgerTransfer.key == key, _owned(account), _History.currency == currency.code)
        .where(_History.bucket == Bucket.AVAILABLE.value)
        .order_by(_History.leg.desc())
        .limit(1)
    )
    found = (await uow.session.execute(lines)).one_or_none()
    return None if found is None else Brought(TransferId(found.id), _money(found.after, currency))


async def recorded(uow: UnitOfWork, transfer: TransferId) -> Recorded:
    """A transfer with its legs in order. Raises LookupError when there is none."""
    lines = (
        select(LedgerTransfer, _History, LedgerBalance)
        .join(_History, _History.transfer_id == LedgerTransfer.id)
        .join(LedgerBalance, LedgerBalance.id == _History.balance_id)
        .where(LedgerTransfer.id == transfer)
        .order_by(_History.leg)
    )
    rows = (await uow.session.execute(lines)).all()
    if not rows:
        raise LookupError(f"the books have no transfer {transfer}")
    head = rows[0][0]
    legs = tuple(
        Leg(_owner(row), _money(entry.amount, CURRENCIES[entry.currency]), Bucket(entry.bucket)) for _, entry, row in rows
    )
    return Recorded(TransferId(head.id), head.kind, head.step, legs, head.expires_at)


_BALANCES = select(
    *(LedgerBalance.kind, LedgerBalance.user_id, LedgerBalance.dao_id, LedgerBalance.name),
    *(LedgerBalance.available, LedgerBalance.pending, LedgerBalance.locked),
)


def balance_of(account: Account, currency: Currency = KES, *, member: Asked | None = None) -> AskedRows:
    """The question of what one account has. member: the question of whose it is, where that isn't known yet."""
    parts = {"member": member or account.member, "dao": account.dao, "name": account.name}
    known = {name: part for name, part in parts.items() if part is not None}
    return _of_one(frozenset(known)).about(kind=account.kind, currency=currency.code, **known)


@cache
def _of_one(known: frozenset[str]) -> Selected[*tuple[Any, ...]]:
    """By the parts that say whose it is; the others are compared too, so that `IS NULL` can use the index."""
    columns = {"member": LedgerBalance.user_id, "dao": LedgerBalance.dao_id, "name": LedgerBalance.name}
    owned = (column == given(name) if name in known else column.is_(None) for name, column in columns.items())
    return Selected(_BALANCES.where(LedgerBalance.kind == given("kind"), LedgerBalance.currency == given("currency"), *owned))


def _owner(row: LedgerBalance) -> Account:
    return owner_of(row.kind, row.user_id, row.dao_id, row.name)


def owner_of(kind: OwnerKind, member: UUID | None, dao: UUID | None, name: str | None) -> Account:
    """The account of a row of the books."""
    return Account(kind, MemberId(member) if member else None, DaoId(dao) if dao else None, name)


def _owned(account: Account) -> ColumnElement[bool]:
    """The rows of this owner; every part is compared, so that `IS NULL` can use the index too."""
    return and_(
        LedgerBalance.kind == account.kind,
        LedgerBalance.user_id == account.member,
        LedgerBalance.dao_id == account.dao,
        LedgerBalance.name == account.name,
    )


def _owned_by(accounts: Iterable[Account]) -> list[ColumnElement[bool]]:
    """The rows of these owners: of members' accounts of one sort all in one condition, however many there are."""
    alike: dict[tuple[OwnerKind, DaoId | None, str | None], list[Account]] = {}
    for account in accounts:
        alike.setdefault((account.kind, account.dao, account.name), []).append(account)
    return [_owned(of[0]) if len(of) == 1 else _owned_alike(of) for of in alike.values()]


def _owned_alike(accounts: Sequence[Account]) -> ColumnElement[bool]:
    first = accounts[0]
    return and_(
        LedgerBalance.kind == first.kind,
        LedgerBalance.user_id.in_([account.member for account in accounts]),
        LedgerBalance.dao_id == first.dao,
        LedgerBalance.name == first.name,
    )


def _entry(entry: LedgerEntry, posted: LedgerTransfer, currency: Currency) -> Entry:
    return Entry(
        seq=entry.seq,
        transfer=TransferId(posted.id),
        kind=posted.kind,
        amount=_money(entry.amount, currency),
        after=_money(entry.after, currency),
        bucket=Bucket(entry.bucket),
        at=posted.event_at,
        details=posted.details or {},
    )


def _money(amount: Decimal, currency: Currency) -> Money:
    return Money.from_decimal(amount, currency)
