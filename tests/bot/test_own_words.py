"""What a member writes of her own accord, as Telegram delivers it: opened, said back, and asked for where it isn't clear."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.bot.conftest import PIN, Member


async def test_a_wish_in_one_sentence_shows_its_confirmation_and_waits_for_a_tap(
    linked: Member, sql: Callable[..., Any]
) -> None:
    said = await linked.write("naomba kuweka elfu mbili")

    assert said.startswith("I understood: Deposit, KES 2,000.")
    assert "You get KES 1,950" in said
    assert ["Confirm", "Cancel"] in await linked.labels()
    assert await sql("SELECT count(*) FROM mpesa_transactions") == [(0,)]


async def test_a_private_thing_is_asked_for_on_the_keypad_and_another_wish_leaves_it(linked: Member) -> None:
    assert "I understood: Balance." in await linked.write("salio langu")
    assert "You get KES 487.50" in await linked.write("weka 500")
    await linked.write("balance")

    assert "Your balance: KES 0" in await linked.enter(PIN)


async def test_what_is_not_clear_is_answered_with_what_may_be_written(linked: Member) -> None:
    assert 'That could be "Withdraw" or "Contribute".' in await linked.write("toa 500")
    assert "I did not understand that. Tap a button, or write one thing, for example: balance, deposit 500" in (
        await linked.write("habari <b>&")
    )
    assert "you can also write what you want" in await linked.write("/help")
