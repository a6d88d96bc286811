"""Each control spoils what it says, also on days on which the first payments that come to hand are much alike."""

from __future__ import annotations

import pytest

from core.sandbox.daraja.book import Book, Entry
from tests.simulation.controls import NothingLikeIt, Spoiled, _another_owner

AT = "2026-11-28T09:00:00+00:00"


def paid(*prompts: tuple[str, str]) -> Book:
    """A book with one prompt for each phone and account."""
    book = Book({})
    for number, (phone, account) in enumerate(prompts):
        book.pay(Entry(f"SGPROMPT{number:02}", phone, 100, account, AT))
    return book


def test_another_owner_is_another_one_where_several_pay_for_the_same_member() -> None:
    book = paid(("+254712000001", "FIRST"), ("+254712000002", "FORFIRST"), ("+254712000003", "SECOND"))

    _another_owner(Spoiled(book, {"FIRST": "Wanjiru", "FORFIRST": "Wanjiru", "SECOND": "Otieno"}))

    assert [entry.account for entry in book.entries] == ["SECOND", "FORFIRST", "SECOND"]


def test_another_owner_needs_two_of_them() -> None:
    book = paid(("+254712000001", "FIRST"), ("+254712000002", "FORFIRST"))

    with pytest.raises(NothingLikeIt):
        _another_owner(Spoiled(book, {"FIRST": "Wanjiru", "FORFIRST": "Wanjiru"}))
