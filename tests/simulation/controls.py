"""Proof that the verdict can fail: M-Pesa's book is spoiled in ways that a lost or doubled payment would spoil it, and put right again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from core.sandbox.daraja.book import Book, Entry
from tests.simulation.play import Play
from tests.simulation.verdict import judge

# By chance a short day may have no payout; that the verdict can fail is still proven by the others.
FEWEST = 3


class NothingLikeIt(Exception):
    """This day had no such payment."""


def _first(book: Book, *kinds: str) -> Entry:
    return _one(entry for entry in book.entries if entry.kind in kinds)


def _one(entries: Iterator[Entry]) -> Entry:
    found = next(entries, None)
    if found is None:
        raise NothingLikeIt
    return found


def _never_paid(book: Book) -> None:
    """One that we credited was never paid."""
    entry = book._entries.pop(_first(book, "paybill", "prompt").receipt)
    book._balance -= entry.moved


def _not_taken_in(book: Book) -> None:
    """One was paid that we never heard of."""
    book._add(replace(_first(book, "paybill"), receipt="SGCONTROL1"))


def _another_amount(book: Book) -> None:
    """One was paid with a shilling more."""
    entry = _first(book, "paybill", "prompt")
    book._entries[entry.receipt] = replace(entry, amount=entry.amount + 1)
    book._balance += 1


def _paid_out_twice(book: Book) -> None:
    """M-Pesa paid one of our payouts twice."""
    book._add(replace(_first(book, "payout"), receipt="SGCONTROL2"))


def _another_owner(book: Book) -> None:
    """One was credited to somebody who didn't pay it."""
    entry = _first(book, "prompt")
    other = _one(one for one in book.entries if one.kind == "prompt" and one.phone != entry.phone)
    book._entries[entry.receipt] = replace(entry, account=other.account)


CONTROLS: tuple[Callable[[Book], None], ...] = (_never_paid, _not_taken_in, _another_amount, _paid_out_twice, _another_owner)


async def unnoticed(play: Play) -> list[str]:
    """The spoilings that the verdict doesn't find; it should be none of them."""
    book, missed, tried = play.town.mpesa.book, [], 0
    for spoil in CONTROLS:
        entries, balance = dict(book._entries), book._balance
        try:
            spoil(book)
        except NothingLikeIt:
            continue
        tried += 1
        if not (await judge(play, audited=False)).wrong:
            missed.append(str(spoil.__doc__))
        book._entries, book._balance = entries, balance
    if tried < FEWEST:
        missed.append(f"only {tried} kinds of payments could be spoiled")
    return missed
