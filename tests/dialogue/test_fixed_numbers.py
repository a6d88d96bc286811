"""Menus whose options come and go keep their numbers: what she knows by heart, or dials at once, means the same each time."""

from __future__ import annotations

from core.daos.loans.asking import ask_for_loan
from core.identity.members import Member
from core.kernel.db import Database
from tests.daos.people import new_intent, shillings
from tests.dialogue.conftest import Handset
from tests.dialogue.test_loans import PINS, members
from tests.dialogue.test_what_is_offered import OPTION, Sql, at, phones, umoja, whole

__all__ = ["members", "phones"]


async def offered(phone: Handset, *way: str) -> dict[str, str]:
    return dict(OPTION.findall(await whole(phone, await at(phone, *way))))


async def test_loans_have_their_numbers_whatever_waits(
    phones: dict[str, Handset], db: Database, members: dict[str, Member], sql: Sql
) -> None:
    quiet = {name: await offered(phones[name], "Savings", "Loans") for name in ("Wanjiru", "Akinyi", "Kamau")}
    async with db.unit() as uow:
        await ask_for_loan(
            uow,
            intent=new_intent(),
            group=await umoja(sql),
            member=members["Akinyi"].id,
            amount=shillings(2_000),
            months=2,
            guarantors=[members["Kamau"].id],
        )
    busy = {name: await offered(phones[name], "Savings", "Loans") for name in quiet}
    await at(phones["Kamau"], "Savings", "Loans", "Vouch", "A")
    await phones["Kamau"].type("1", PINS["Kamau"])
    decided = await offered(phones["Wanjiru"], "Savings", "Loans")

    assert quiet["Wanjiru"] == {"2": "Ask for a loan", "3": "All loans", "4": "Loan pot"}
    assert quiet["Akinyi"] == quiet["Kamau"] == {"2": "Ask for a loan", "3": "All loans"}
    assert busy["Akinyi"] == {"1": "My loan", "3": "All loans"}
    assert busy["Kamau"] == {**quiet["Kamau"], "5": "Vouch (1)"}
    assert decided == {**quiet["Wanjiru"], "6": "To decide (1)"}


async def test_votes_have_their_numbers_however_many_are_open(phones: dict[str, Handset]) -> None:
    akinyi = phones["Akinyi"]
    always = {"7": "Propose something", "8": "Results", "9": "My representative"}
    assert await offered(akinyi, "Decisions", "Votes") == always
    # Nobody has more than three open at a time.
    for number, name in enumerate(["Akinyi", "Kamau", "Otieno"] * 3, start=1):
        await at(phones[name], "Decisions", "Votes", "Propose", "A poll")
        await phones[name].type(f"Swali {number}", "Ndio, La", "1", PINS[name])

    found = await offered(akinyi, "Decisions", "Votes")

    assert found.items() >= always.items()
    others = {number: label for number, label in found.items() if number not in always and number != "98"}
    assert list(others) == ["1", "2", "3", "4", "5", "6", "10", "11", "12"]
    assert {label.partition(" (")[0] for label in others.values()} == {f"Swali {number}" for number in range(1, 10)}


async def test_shares_have_their_numbers_before_and_after_a_cycle_begins(phones: dict[str, Handset]) -> None:
    assert await offered(phones["Wanjiru"], "Savings", "Shares") == {"5": "Begin a cycle"}
    await at(phones["Wanjiru"], "Savings", "Shares", "Begin")
    await phones["Wanjiru"].type("1", PINS["Wanjiru"])

    hers = await offered(phones["Akinyi"], "Savings", "Shares")

    assert hers == {"1": "Buy shares", "2": "My shares", "3": "If we shared out today"}
    assert await offered(phones["Wanjiru"], "Savings", "Shares") == {**hers, "4": "Share-out"}
