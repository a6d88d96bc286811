"""Moving money at once: transfers, splits, exchanges, and taking one back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from core.kernel.db import UnitOfWork
from core.kernel.ids import TransferId
from core.kernel.money import Currency, Money
from core.ledger.accounts import FX, Account
from core.ledger.posting import post, post_all
from core.ledger.postings import Leg, Posted, Posting
from core.ledger.reading import recorded

REVERSIBLE = ("single", "post")


async def transfer(
    uow: UnitOfWork, *, key: UUID, kind: str, legs: Sequence[Leg], details: Mapping[str, str] | None = None
) -> Posted:
    """Move money between accounts, once per key.

    The legs must add up to zero in each currency and none may be zero (ValueError: that is a bug, not a refusal); debits
    are taken in the order given. Repeating a key with the same kind and legs returns the first transfer, whatever the
    details. Locks the balances until the unit ends. Raises InsufficientFunds, KeyReused.
    """
    return await post(uow, Posting(key, kind, legs, details))


def transfer_last(
    uow: UnitOfWork, *, key: UUID, kind: str, legs: Sequence[Leg], details: Mapping[str, str] | None = None
) -> None:
    """Move money as `transfer` does, when all else of the unit is written, just before its commit.

    For verbs that don't need the answer and whose transfers meet at one account: its row is locked for the commit alone.
    Several of one unit are posted in one call. The end of the unit raises what `transfer` raises; then nothing of it happened.
    """
    uow.leave_to_the_end(_post_together, Posting(key, kind, legs, details))


async def _post_together(uow: UnitOfWork, postings: list[Posting]) -> None:
    """Post what was left to the end. Raises the first refusal."""
    if len(postings) == 1:
        await post(uow, postings[0])
        return
    for answer in await post_all(uow, postings):
        if not isinstance(answer, Posted):
            raise answer


async def split(
    uow: UnitOfWork,
    *,
    key: UUID,
    kind: str,
    giver: Account,
    amount: Money,
    among: Mapping[Account, int],
    details: Mapping[str, str] | None = None,
) -> Posted:
    """Share `amount` out in proportion to the weights, to the last cent, in one transfer.

    Whoever's share comes to nothing has no leg. Raises InsufficientFunds, KeyReused; ValueError for weights that are negative
    or all zero.
    """
    shares = zip(among, amount.split(list(among.values())), strict=True)
    legs = [Leg(giver, -amount), *(Leg(taker, share) for taker, share in shares if share)]
    return await post(uow, Posting(key, kind, legs, details))


async def exchange(
    uow: UnitOfWork,
    *,
    key: UUID,
    kind: str,
    account: Account,
    given: Money,
    taken: Money,
    rate: Decimal,
    details: Mapping[str, str] | None = None,
) -> Posted:
    """Change `given` into `taken` at our own desk: four legs, so that each currency adds up to zero by itself.

    rate: units of the taken currency for one of the given; it is written down digit by digit. What it comes to, and how that
    is rounded, is decided by the caller. Raises InsufficientFunds, KeyReused; ValueError for amounts that are not positive or
    of one currency, and for a rate that isn't a number above zero.
    """
    if given.minor <= 0 or taken.minor <= 0 or given.currency == taken.currency:
        raise ValueError("an exchange gives and takes something, in two currencies")
    if not rate.is_finite() or rate <= 0:
        raise ValueError("a rate is a number above zero")
    legs = [Leg(account, -given), Leg(FX, given), Leg(FX, -taken), Leg(account, taken)]
    said = {**(details or {}), "rate": f"{rate:f}", "rate_of": f"{taken.currency.code} for 1 {given.currency.code}"}
    return await post(uow, Posting(key, kind, legs, said))


async def reverse(
    uow: UnitOfWork, *, key: UUID, transfer: TransferId, kind: str, details: Mapping[str, str] | None = None
) -> Posted:
    """Take a transfer back, once: everybody gives back what it brought and gets back what it took.

    What a settled hold paid goes back to the holder's free money. Raises InsufficientFunds when somebody has spent it,
    AlreadyReversed, KeyReused; LookupError when there is no such transfer, ValueError when it is a hold, the release of one,
    or itself a reversal.
    """
    first = await recorded(uow, transfer)
    if first.step not in REVERSIBLE:
        raise ValueError(f"a {first.step} transfer can't be taken back")
    moved: dict[tuple[Account, Currency], Money] = defaultdict()
    for leg in first.legs:
        place = leg.account, leg.amount.currency
        moved[place] = moved.get(place, Money(0, leg.amount.currency)) - leg.amount
    legs = [Leg(account, amount) for (account, _), amount in moved.items() if amount]
    return await post(uow, Posting(key, kind, legs, details, step="reverse", ref=transfer))
