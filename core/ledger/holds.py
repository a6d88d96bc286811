"""Money that is set aside under an intent until it is known what becomes of it: settled, released, or expired.

A hold ends once, whoever asks first. It isn't free to spend meanwhile and still belongs to its owner. A payment whose outcome
may stay unknown is held without an end of time: money that may be on its way out must not become free by itself.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from core.kernel.db import UnitOfWork
from core.kernel.ids import TransferId
from core.kernel.money import Money
from core.ledger import deadlines
from core.ledger.accounts import Account, Bucket
from core.ledger.posting import post, post_all
from core.ledger.postings import HoldResolved, Leg, Posted, Posting
from core.ledger.reading import Recorded, recorded

log = logging.getLogger(__name__)

EXPIRY = "expiry"
# As many as one batch posts comfortably; the worker comes again.
MOST_AT_ONCE = 256


@dataclass(frozen=True)
class Held:
    """A hold: whose money, how much, in which bucket it waits, and until when (None: until somebody decides)."""

    transfer: TransferId
    account: Account
    amount: Money
    bucket: Bucket
    expires_at: datetime | None


async def hold(
    uow: UnitOfWork,
    *,
    intent: UUID,
    kind: str,
    account: Account,
    amount: Money,
    expires_at: datetime | None = None,
    bucket: Bucket = Bucket.LOCKED,
    details: Mapping[str, str] | None = None,
) -> Posted:
    """Set money of the account aside, once per intent; its transfer names the hold from then on.

    bucket: LOCKED, or PENDING for what a group has allocated. A repeat returns the first hold with its first end of time.
    Raises InsufficientFunds, KeyReused; ValueError for an amount that isn't positive or the bucket AVAILABLE.
    """
    if amount.minor <= 0 or bucket is Bucket.AVAILABLE:
        raise ValueError("a hold sets something aside")
    legs = [Leg(account, -amount), Leg(account, amount, bucket)]
    return await post(uow, Posting(intent, kind, legs, details, step="pending", expires_at=expires_at))


async def settle(
    uow: UnitOfWork,
    *,
    key: UUID,
    hold: TransferId,
    to: Sequence[tuple[Account, Money]],
    kind: str,
    details: Mapping[str, str] | None = None,
) -> Posted:
    """End the hold by paying from it; what is left over becomes the holder's free money again.

    Raises HoldResolved, KeyReused; LookupError when there is no such transfer, ValueError when it is no hold or the payments
    are none, not positive, or more than it holds.
    """
    held = await find_hold(uow, hold)
    rest = held.amount
    for _, amount in to:
        rest -= amount
    if not to or rest.minor < 0 or any(amount.minor <= 0 for _, amount in to):
        raise ValueError("a hold is settled by paying some or all of it")
    legs = [Leg(held.account, -held.amount, held.bucket), *(Leg(account, amount) for account, amount in to)]
    if rest:
        legs.append(Leg(held.account, rest))
    return await post(uow, Posting(key, kind, legs, details, step="post", ref=hold))


async def release(
    uow: UnitOfWork, *, key: UUID, hold: TransferId, kind: str, details: Mapping[str, str] | None = None
) -> Posted:
    """End the hold by giving all of it back. Raises HoldResolved, KeyReused; LookupError, ValueError as `settle` does."""
    held = await find_hold(uow, hold)
    return await post(uow, Posting(key, kind, _given_back(held), details, step="void", ref=hold))


async def expire_due(uow: UnitOfWork, *, at_most: int = MOST_AT_ONCE) -> list[TransferId]:
    """Give back what was held longer than it should be, the longest overdue first; the holds that ended by this call.

    Harmless to run twice at once: one waits for the other. It is one ledger call, so the unit may hold no other.
    """
    await deadlines.list_new(uow)
    held = [await recorded(uow, found) for found in await deadlines.find_due(uow, at_most=at_most)]
    # Everybody finds the same key for the same hold, so two of them can't even disagree.
    postings = [Posting(uuid5(each.transfer, EXPIRY), EXPIRY, _undone(each), step="expire", ref=each.transfer) for each in held]
    answers = await post_all(uow, postings)

    over = [each.transfer for each, answer in zip(held, answers, strict=True) if isinstance(answer, (Posted, HoldResolved))]
    await deadlines.strike(uow, over)
    if len(over) < len(held):
        left = [each.transfer for each in held if each.transfer not in over]
        log.error("holds that can't be given back: %s", left)
        await deadlines.put_off(uow, left)
    ended = zip(held, answers, strict=True)
    return [each.transfer for each, answer in ended if isinstance(answer, Posted) and not answer.repeated]


async def find_hold(uow: UnitOfWork, hold: TransferId) -> Held:
    """What was set aside, whether it still is or not. Raises LookupError, ValueError when that transfer is no hold."""
    return _held(await recorded(uow, hold))


def _held(found: Recorded) -> Held:
    if found.step != "pending":
        raise ValueError(f"a {found.step} transfer holds nothing")
    kept = [leg for leg in found.legs if leg.bucket is not Bucket.AVAILABLE]
    assert len(kept) == 1  # noqa: S101 - `hold` sets one amount aside
    return Held(found.transfer, kept[0].account, kept[0].amount, kept[0].bucket, found.expires_at)


def _given_back(held: Held) -> list[Leg]:
    return [Leg(held.account, -held.amount, held.bucket), Leg(held.account, held.amount)]


def _undone(held: Recorded) -> list[Leg]:
    """Everything back to where it came from, however many the hold took from; what was set aside leaves first."""
    legs = sorted(held.legs, key=lambda leg: leg.bucket is Bucket.AVAILABLE)
    return [Leg(leg.account, -leg.amount, leg.bucket) for leg in legs]
