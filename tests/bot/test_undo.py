"""What can be taken back is, for half a minute, by a button; what can't be taken back says so before the PIN."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.app import check_book
from core.kernel.texts import catalogue
from tests.bot.conftest import PIN, Member
from tests.bot.test_pictures import chama  # noqa: F401 - a fixture
from tests.conftest import FakeClock

Sql = Callable[..., Any]
PREFERRED = "SELECT way FROM notification_preferences"


async def labels(member: Member) -> list[str]:
    return [label for row in await member.labels() for label in row]


async def by_sms(member: Member) -> str:
    """She has one topic told by SMS from now on."""
    await member.write("/settings")
    await member.tap("Notices")
    await member.tap((await labels(member))[0])
    return await member.tap((await labels(member))[1])


@pytest.mark.parametrize("seconds", [0, 30])
async def test_what_was_done_is_undone_by_the_button_within_half_a_minute(
    linked: Member, clock: FakeClock, sql: Sql, seconds: int
) -> None:
    await by_sms(linked)
    assert await sql(PREFERRED) == [("sms",)]
    assert await labels(linked) == ["Undo", "Home"]
    clock.advance(seconds=seconds)
    await linked.tap("Undo")

    assert await sql(PREFERRED) in ([], [("any",)])
    assert "Undo" not in await labels(linked)


async def test_after_half_a_minute_the_button_says_so_and_changes_nothing(linked: Member, clock: FakeClock, sql: Sql) -> None:
    await by_sms(linked)
    clock.advance(seconds=31)
    said = await linked.tap("Undo")

    assert "more than half a minute ago" in said
    assert await sql(PREFERRED) == [("sms",)]


async def test_the_button_of_an_older_message_undoes_nothing(linked: Member, sql: Sql) -> None:
    await by_sms(linked)
    message, data = await linked.button("Undo")
    await linked.write("/deposit")
    await linked.send_tap(message, data, forged=True)
    await linked.quiet()

    assert await sql(PREFERRED) == [("sms",)]
    assert "amount" in await linked.screen()


async def test_undo_tapped_many_times_undoes_once(linked: Member, sql: Sql) -> None:
    await by_sms(linked)
    await linked.tap("Undo", times=4)

    assert await sql(PREFERRED) in ([], [("any",)])


async def test_a_proposal_is_taken_back_with_the_pin_that_this_takes(linked: Member, chama: str, sql: Sql) -> None:  # noqa: F811
    await linked.write("/groups")
    for label in (chama, "Decisions", "Votes", "Propose something", "A decision"):
        await linked.tap(label)
    await linked.write("Buy two tents")
    await linked.tap("Confirm")
    await linked.enter(PIN)
    assert "Undo" in await labels(linked)
    said = await linked.tap("Undo")
    assert "Take back proposal 1" in said
    await linked.enter(PIN)

    assert await sql("SELECT state FROM proposals") == [("cancelled",)]


async def test_what_cant_be_undone_says_so_before_the_pin_and_offers_no_button(linked: Member, chama: str) -> None:  # noqa: F811
    await linked.write("/contribute")
    await linked.tap(chama)
    await linked.write("200")
    said = await linked.tap("Confirm")
    assert "This can't be undone." in said
    await linked.enter(PIN)

    assert "Undo" not in await labels(linked)


def test_what_moves_her_money_at_once_is_final_and_what_only_asks_others_is_not() -> None:
    final = {name for name, one in check_book(catalogue()).actions.items() if one.final}

    moves = {"contribute.pay", "withdraw.send", "loans.pay", "merry.send", "merry.joined", "shares.bought", "welfare.paid"}
    assert moves <= final
    assert not final & {"votes.propose", "loans.send", "treasury.send", "leave.give", "data.request_erasure", "recurring.begin"}
