"""Proof that the verdict can fail: M-Pesa's book is spoiled in ways that a lost or doubled payment would spoil it, and put right again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from core.sandbox.daraja.book import Book, Entry
from tests.simulation.play import Play
from tests.simulation.verdict import judge

# By chance a short day may have no payout; that the verdict can fail is still proven by the others.
FEWEST = 3


class NothingLikeIt(Exception):
    """This day had no such payment."""


@dataclass(frozen=True)
class Spoiled:
    """M-Pesa's book, and who it is that each prompt's account stands for."""

    book: Book
    owners: dict[str, object]


def _first(book: Book, *kinds: str) -> Entry:
    return _one(entry for entry in book.entries if entry.kind in kinds)


def _one(entries: Iterator[Entry]) -> Entry:
    found = next(entries, None)
    if found is None:
        raise NothingLikeIt
    return found


def _never_paid(at: Spoiled) -> None:
    """One that we credited was never paid."""
    entry = at.book._entries.pop(_first(at.book, "paybill", "prompt").receipt)
    at.book._balance -= entry.moved


def _not_taken_in(at: Spoiled) -> None:
    """One was paid that we never heard of."""
    at.book._add(replace(_first(at.book, "paybill"), receipt="SGCONTROL1"))


def _another_amount(at: Spoiled) -> None:
    """One was paid with a shilling more."""
    entry = _first(at.book, "paybill", "prompt")
    at.book._entries[entry.receipt] = replace(entry, amount=entry.amount + 1)
    at.book._balance += 1


def _paid_out_twice(at: Spoiled) -> None:
    """M-Pesa paid one of our payouts twice."""
    at.book._add(replace(_first(at.book, "payout"), receipt="SGCONTROL2"))


def _another_owner(at: Spoiled) -> None:
    """One was credited to somebody who didn't pay it."""
    prompts = [entry for entry in at.book.entries if entry.kind == "prompt" and entry.account in at.owners]
    entry = _one(iter(prompts))
    other = _one(one for one in prompts if at.owners[one.account] != at.owners[entry.account])
    at.book._entries[entry.receipt] = replace(entry, account=other.account)


CONTROLS: tuple[Callable[[Spoiled], None], ...] = (
    _never_paid,
    _not_taken_in,
    _another_amount,
    _paid_out_twice,
    _another_owner,
)


async def unnoticed(play: Play) -> list[str]:
    """The spoilings that the verdict doesn't find; it should be none of them."""
    book, missed, tried = play.town.mpesa.book, [], 0
    prompts = await play.town.fetch(
        "SELECT account_reference, user_id FROM mpesa_transactions WHERE transaction_type = 'stk_push'"
    )
    owners = {row["account_reference"]: row["user_id"] for row in prompts}
    for spoil in CONTROLS:
        entries, balance = dict(book._entries), book._balance
        try:
            spoil(Spoiled(book, owners))
        except NothingLikeIt:
            continue
        tried += 1
        if not (await judge(play, audited=False)).wrong:
            missed.append(str(spoil.__doc__))
        book._entries, book._balance = entries, balance
    if tried < FEWEST:
        missed.append(f"only {tried} kinds of payments could be spoiled")
    return missed
