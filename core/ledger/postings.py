"""What is asked of the books and what they answer: legs, postings, their fingerprint, refusals.

The functions of the database take postings as arrays; turning them into that, and their answers into values or
refusals, happens here for the single posting and for the batch alike.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Literal, Protocol
from uuid import UUID

from core.kernel.errors import CoreError, Kind
from core.kernel.ids import TransferId
from core.kernel.money import CURRENCIES, Money
from core.ledger.accounts import Account, Bucket

Step = Literal["single", "pending", "post", "void", "expire", "reverse"]

POST = (
    "SELECT status, transfer, currency, available, needed"
    " FROM ledger_post($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
)
POST_BATCH = (
    "SELECT status, transfer, currency, available, needed, problem"
    " FROM ledger_post_batch($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)"
)

POST_PLAIN = "SELECT ledger_post_plain($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
# What PostgreSQL's BIGINT holds; a few tokens of 18 decimals are more.
LARGEST_MINOR = 2**63 - 1


@dataclass
class InsufficientFunds(CoreError):
    """The account has `available`, the transfer takes `needed`. No money moved; the unit can go on."""

    code = "insufficient-funds"
    kind = Kind.CONFLICT

    available: Money
    needed: Money


@dataclass
class KeyReused(CoreError):
    """This key already stands for something else. Nothing was written; the unit can go on."""

    code = "key-reused"
    kind = Kind.CONFLICT


@dataclass
class HoldResolved(CoreError):
    """The hold was settled, released or has expired, by somebody else's key. No money moved; the unit can go on."""

    code = "hold-resolved"
    kind = Kind.CONFLICT


@dataclass
class AlreadyReversed(CoreError):
    """The transfer was taken back before, under another key. No money moved; the unit can go on."""

    code = "already-reversed"
    kind = Kind.CONFLICT


class BrokenPosting(ValueError):
    """The database refused a posting that is wrong in itself: a bug, not a refusal."""


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
class Posting:
    """A movement of money under a key.

    The legs must add up to zero in each currency and none may be zero; debits are taken in the order given. `ref` is the
    transfer that a step ends or takes back, `expires_at` belongs to holds. Raises ValueError when the legs are wrong.
    """

    key: UUID
    kind: str
    legs: Sequence[Leg]
    details: Mapping[str, str] | None = None
    step: Step = "single"
    ref: UUID | None = None
    expires_at: datetime | None = None

    def __post_init__(self) -> None:
        sums: dict[str, int] = {}
        for leg in self.legs:
            amount = leg.amount
            if not amount.minor:
                raise ValueError("a leg moves something")
            code = amount.currency.code
            sums[code] = sums.get(code, 0) + amount.minor
        if not self.legs or any(sums.values()):
            raise ValueError("the legs of a transfer add up to zero in each currency")

    @cached_property
    def fingerprint(self) -> bytes:
        """What the key stands for: kind, legs in any order, and what it refers to (SHA-256, 32 bytes)."""
        return fingerprint(self.kind, self.legs, self.step, self.ref)


def fingerprint(kind: str, legs: Sequence[Leg], step: Step = "single", ref: UUID | None = None) -> bytes:
    """What a key stands for: the kind, the legs in any order and what they refer to (SHA-256, 32 bytes).

    A hold's end of time is left out: it is counted from the moment of asking, so a repeat would never be the same.
    """
    lines = sorted([f"{leg.account.written}|{leg.bucket.value}|{leg.amount.currency.code}|{leg.amount.minor}" for leg in legs])
    # Transfers on their own have the fingerprint that they had before there were other steps.
    step_of = [] if step == "single" else [f"{step}|{ref}"]
    return hashlib.sha256("\n".join([kind, *step_of, *lines]).encode()).digest()


def single_arguments(posting: Posting, *, transfer: UUID, now: datetime) -> tuple[object, ...]:
    """A posting as `ledger_post` takes it."""
    return (
        *(transfer, posting.key, posting.fingerprint, posting.kind, _json(posting.details), now),
        *_columns(posting.legs),
        *(posting.step, posting.ref, posting.expires_at),
    )


def batch_arguments(postings: Sequence[Posting], *, transfers: Sequence[UUID], now: datetime) -> tuple[object, ...]:
    """Postings as `ledger_post_batch` takes them."""
    return (
        *(list(transfers), [each.key for each in postings], [each.fingerprint for each in postings]),
        *([each.kind for each in postings], [_json(each.details) for each in postings], now),
        *([each.step for each in postings], [each.ref for each in postings], [each.expires_at for each in postings]),
        [len(each.legs) for each in postings],
        *_columns([leg for each in postings for leg in each.legs]),
    )


def is_plain(posting: Posting) -> bool:
    """Whether it may go the short way: a transfer on its own that moves free money."""
    if posting.step != "single":
        return False
    for leg in posting.legs:  # noqa: SIM110 - a generator would cost as much as what it asks
        if leg.bucket is not Bucket.AVAILABLE or abs(leg.amount.minor) > LARGEST_MINOR:
            return False
    return True


def plain_arguments(postings: Sequence[Posting], *, transfers: Sequence[UUID], now: datetime) -> tuple[object, ...]:
    """Plain postings as `ledger_post_plain` takes them: each account once, legs by the place of theirs."""
    accounts: dict[tuple[object, ...], int] = {}
    of, numbers, places, amounts = list[int](), list[int](), list[int](), list[int]()
    for n, posting in enumerate(postings, 1):
        for number, leg in enumerate(posting.legs, 1):
            account, amount = leg.account, leg.amount
            who = account.kind, account.member, account.dao, account.name, amount.currency.code
            of.append(n)
            numbers.append(number)
            places.append(accounts.setdefault(who, len(accounts) + 1))
            amounts.append(amount.minor)
    return (
        *(list(transfers), [each.key for each in postings], [each.fingerprint for each in postings]),
        *([each.kind for each in postings], [_json(each.details) for each in postings], now),
        *([len(each.legs) for each in postings], *(list(column) for column in zip(*accounts, strict=True))),
        *(of, numbers, places, amounts),
    )


class Answer(Protocol):
    """A row that one of the functions returned."""

    def __getitem__(self, name: int, /) -> object: ...


def outcome(answer: Answer) -> Posted | CoreError | BrokenPosting:
    """What the answer means: the transfer that stands under the key, or why there is none."""
    status, transfer, currency, available, needed = (answer[place] for place in range(5))
    match status:
        case "posted" | "repeated":
            assert isinstance(transfer, UUID)  # noqa: S101 - narrows for the type checker
            return Posted(TransferId(transfer), repeated=status == "repeated")
        case "short":
            return InsufficientFunds(_money(available, currency), _money(needed, currency))
        case "reused":
            return KeyReused()
        case "resolved":
            return HoldResolved()
        case "reversed":
            return AlreadyReversed()
    return BrokenPosting(str(answer[5]))


def _money(amount: object, currency: object) -> Money:
    assert isinstance(amount, Decimal)  # noqa: S101 - narrows for the type checker
    return Money.from_decimal(amount, CURRENCIES[str(currency)])


def _json(details: Mapping[str, str] | None) -> str | None:
    return json.dumps(dict(details)) if details else None


def _columns(legs: Sequence[Leg]) -> tuple[list[object], ...]:
    """The legs as arrays: owners, currencies, buckets, amounts."""
    rows = [
        (
            *(leg.account.kind, leg.account.member, leg.account.dao, leg.account.name),
            *(leg.amount.currency.code, leg.bucket.value, leg.amount.as_decimal()),
        )
        for leg in legs
    ]
    return tuple(list(column) for column in zip(*rows, strict=True))
