"""Several answers in one: "1*200" is the group and the amount, as in a dialled code; a PIN is never among them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.kernel.db import Database
from core.kernel.money import Money
from tests.dialogue.conftest import Handset
from tests.dialogue.owners import give, group_of

Sql = Callable[..., Any]
PIN = "248163"


async def test_answers_at_once_lead_where_they_lead_one_by_one(wanjiru: Handset) -> None:
    await wanjiru.register(pin=PIN)
    await group_of(wanjiru)
    await group_of(wanjiru, "Harambee")

    await wanjiru.dial()
    one_by_one = await wanjiru.type("3", "2", "200")
    await wanjiru.dial()
    await wanjiru.type("3")
    at_once = await wanjiru.type("2*200")
    again = await wanjiru.hop(wanjiru.text)

    assert "to Harambee" in at_once
    assert at_once == one_by_one == again


async def test_a_pin_among_them_is_not_taken(wanjiru: Handset, db: Database, sql: Sql) -> None:
    await wanjiru.register(pin=PIN)
    await group_of(wanjiru)
    await give(db, sql, wanjiru, Money(1000_00))
    await wanjiru.dial()
    asked = await wanjiru.type("3", f"200*1*{PIN}")

    assert asked.startswith("CON Please enter your PIN")
    assert await sql("SELECT count(*) FROM login_attempts") == [(0,)]
    assert await sql("SELECT count(*) FROM contributions") == [(0,)]
    assert "200 to Umoja" in await wanjiru.type(PIN)


async def test_what_follows_an_answer_that_was_refused_is_not_taken(wanjiru: Handset) -> None:
    await wanjiru.register(pin=PIN)
    await group_of(wanjiru)
    await group_of(wanjiru, "Harambee")
    await wanjiru.dial()
    shown = await wanjiru.type("3", "7*2*200")

    assert "Choose a number: 1-2" in shown
    assert "To which group?" in shown


async def test_a_name_with_a_star_is_one_answer(wanjiru: Handset) -> None:
    await wanjiru.register(pin=PIN)
    await wanjiru.dial()
    shown = await wanjiru.type("4", "9", "Umoja*9")

    assert "Choose a number" not in shown


async def test_keys_among_them_are_keys(wanjiru: Handset) -> None:
    await wanjiru.register(pin=PIN)
    await wanjiru.dial()
    assert "1 Balance" in await wanjiru.type("2", "500*0*0")
