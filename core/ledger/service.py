"""The one small face of the books: move money, and read what is there.

A transfer happens completely or not at all, once per key, and never takes what isn't there; the database itself refuses
books that don't add up. At most one transfer per unit, as late in it as can be: its rows stay locked until the commit,
and two transfers in one unit could wait for another unit in a circle. Who may move what is decided by the callers.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, select

from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import DaoId, MemberId, TransferId
from core.kernel.money import CURRENCIES, KES, Currency, Money
from core.ledger.accounts import Account, Bucket
from core.ledger.models import LedgerBalance, LedgerEntry, LedgerTransfer

POST = (
    "SELECT status, transfer, currency, available, needed"
    " FROM ledger_post($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
)


@dataclass
class InsufficientFunds(CoreError):
    """The account has `available`, the transfer takes `needed`. Nothing was written; the unit can go on."""

    code = "insufficient-funds"
    kind = Kind.CONFLICT

    available: Money
    needed: Money


@dataclass
class KeyReused(CoreError):
    """This key has already moved other money. Nothing was written; the unit can go on."""

    code = "key-reused"
    kind = Kind.CONFLICT


@dataclass(frozen=True)
class Leg:
    """What a transfer does to one account: a positive amount raises its balance."""

    account: Account
    amount: Money
    bucket: Bucket = Bucket.AVAILABLE


@dataclass(frozen=True)
class Posted:
    """The transfer that stands under a key; `repeated` when it had been posted before."""

    transfer: TransferId
    repeated: bool


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


async def transfer(
    uow: UnitOfWork, *, key: UUID, kind: str, legs: Sequence[Leg], details: Mapping[str, str] | None = None
) -> Posted:
    """Move money between accounts, once per key.

    The legs must add up to zero in each currency and none may be zero (ValueError: that is a bug, not a refusal); debits
    are taken in the order given. Repeating a key with the same kind and legs returns the first transfer, whatever the
    details. Locks the balances until the unit ends. Raises InsufficientFunds, KeyReused.
    """
    _check(legs)

    connection = await uow.session.connection()
    arguments = (
        *(uow.ids.new(), key, fingerprint(kind, legs), kind, json.dumps(dict(details)) if details else None),
        uow.clock.now(),
        *_columns(legs),
    )
    answer = (await connection.exec_driver_sql(POST, arguments)).one()

    if answer.status == "short":
        currency = CURRENCIES[answer.currency]
        raise InsufficientFunds(_money(answer.available, currency), _money(answer.needed, currency))
    if answer.status == "reused":
        raise KeyReused
    return Posted(TransferId(answer.transfer), repeated=answer.status == "repeated")


def fingerprint(kind: str, legs: Sequence[Leg]) -> bytes:
    """What a key stands for: the kind and the legs in any order (SHA-256, 32 bytes)."""
    lines = sorted(
        f"{leg.account.kind}|{leg.account.member}|{leg.account.dao}|{leg.account.name}"
        f"|{leg.bucket.value}|{leg.amount.currency.code}|{leg.amount.minor}"
        for leg in legs
    )
    return hashlib.sha256("\n".join([kind, *lines]).encode()).digest()


def _check(legs: Sequence[Leg]) -> None:
    sums: Counter[Currency] = Counter()
    for leg in legs:
        if not leg.amount:
            raise ValueError("a leg moves something")
        sums[leg.amount.currency] += leg.amount.minor
    if not legs or any(sums.values()):
        raise ValueError("the legs of a transfer add up to zero in each currency")


def _columns(legs: Sequence[Leg]) -> tuple[list[object], ...]:
    """The legs as the arrays that the posting function takes: owners, currencies, buckets, amounts."""
    rows = [
        (
            *(leg.account.kind, leg.account.member, leg.account.dao, leg.account.name),
            *(leg.amount.currency.code, leg.bucket.value, leg.amount.as_decimal()),
        )
        for leg in legs
    ]
    return tuple(list(column) for column in zip(*rows, strict=True))


async def balance(uow: UnitOfWork, account: Account, currency: Currency = KES) -> Balance:
    """What the account has; zeros when it has never held this currency."""
    return (await balances(uow, [account], currency))[account]


async def balances(uow: UnitOfWork, accounts: Sequence[Account], currency: Currency = KES) -> dict[Account, Balance]:
    """What each of the accounts has, read at one moment."""
    nothing = Money(0, currency)
    found = dict.fromkeys(accounts, Balance(nothing, nothing, nothing))
    owned = or_(false(), *(_owned(account) for account in found))

    rows = await uow.session.execute(_BALANCES.where(LedgerBalance.currency == currency.code, owned))
    for kind, member, dao, name, *held in rows:
        owner = Account(kind, MemberId(member) if member else None, DaoId(dao) if dao else None, name)
        found[owner] = Balance(*(_money(amount, currency) for amount in held))
    return found


async def entries(
    uow: UnitOfWork, account: Account, *, limit: int, before: int | None = None, currency: Currency = KES
) -> list[Entry]:
    """The account's history, newest first; `before` is the `seq` of the last line already seen."""
    lines = (
        select(LedgerEntry, LedgerTransfer)
        .join(LedgerBalance, LedgerBalance.id == LedgerEntry.balance_id)
        .join(LedgerTransfer, LedgerTransfer.id == LedgerEntry.transfer_id)
        .where(_owned(account), LedgerBalance.currency == currency.code)
        .order_by(LedgerEntry.seq.desc())
        .limit(limit)
    )
    if before is not None:
        lines = lines.where(LedgerEntry.seq < before)
    return [_entry(entry, posted, currency) for entry, posted in await uow.session.execute(lines)]


_BALANCES = select(
    *(LedgerBalance.kind, LedgerBalance.user_id, LedgerBalance.dao_id, LedgerBalance.name),
    *(LedgerBalance.available, LedgerBalance.pending, LedgerBalance.locked),
)


def _owned(account: Account) -> ColumnElement[bool]:
    """The rows of this owner; every part is compared, so that `IS NULL` can use the index too."""
    return and_(
        LedgerBalance.kind == account.kind,
        LedgerBalance.user_id == account.member,
        LedgerBalance.dao_id == account.dao,
        LedgerBalance.name == account.name,
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
