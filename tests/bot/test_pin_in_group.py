"""A PIN that is written into a group: locked at once, taken out of the chat, and she is told; other numbers are left alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.identity.exposed_pins import MOST_LOOKS
from tests.bot.conftest import PIN, Member
from tests.bot.test_group_chat import CHAT, act, groups

Sql = Callable[..., Any]
EXPOSED = "SELECT count(*) FROM security_events WHERE event_type = 'pin_exposed_in_group'"


@pytest.fixture
async def chatty(linked: Member) -> Member:
    """Wanjiru, in a group of which we are an administrator."""
    await act(linked, "group", title="Umoja chat")
    await act(linked, "group-admin", chat=CHAT)
    return linked


async def written(member: Member) -> list[str]:
    """What people wrote there, and what still stands."""
    return [one["text"] for one in (await groups(member))[0]["messages"] if one["out"]]


async def locked(sql: Sql) -> bool:
    [(until,)] = await sql("SELECT pin_locked_until FROM members")
    return until is not None


@pytest.mark.parametrize("said", [PIN, f" {PIN[:3]} {PIN[3:]} ", "2-4-8-1-6-3"])
async def test_a_pin_in_a_group_is_deleted_and_locked_and_she_is_told_everywhere(chatty: Member, sql: Sql, said: str) -> None:
    await act(chatty, "group-text", chat=CHAT, text=said)

    assert said not in await written(chatty)
    assert await locked(sql)
    assert await sql(EXPOSED) == [(1,)]
    messages = await sql("SELECT message FROM sms_delivery_log UNION ALL SELECT message FROM chat_delivery_log")
    told = [message for (message,) in messages if message and "written in a group" in message]
    assert len(told) == 2
    assert not any(PIN in str(message) for message in messages)
    assert "locked until" in await pin_of(chatty)


async def pin_of(member: Member) -> str:
    await member.write("/start")
    await member.tap("Balance")
    return await member.enter(PIN)


async def test_a_pin_that_we_may_not_delete_is_locked_and_she_is_asked_to_delete_it(linked: Member, sql: Sql) -> None:
    await act(linked, "group", title="Umoja chat")
    await act(linked, "group-text", chat=CHAT, text=f"@mtaa_practice_bot {PIN}")

    assert any(PIN in one for one in await written(linked))
    assert await locked(sql)
    assert "may not delete it" in await linked.screen()


async def test_other_numbers_are_left_alone_and_are_no_attempts(chatty: Member, sql: Sql) -> None:
    for said in ("482913", "Nimelipa 500000", f"{PIN}7", f"KES {PIN}"):
        await act(chatty, "group-text", chat=CHAT, text=said)

    assert {"482913", "Nimelipa 500000", f"{PIN}7", f"KES {PIN}"} <= set(await written(chatty))
    assert not await locked(sql)
    assert await sql("SELECT count(*) FROM login_attempts WHERE attempt_result <> 'success'") == [(0,)]


async def test_a_group_is_no_place_to_try_pins(chatty: Member, sql: Sql) -> None:
    """Only so many numbers of one member are looked at in a day; and nobody is told of any."""
    before = len(await chatty.messages())
    for number in range(MOST_LOOKS):
        await act(chatty, "group-text", chat=CHAT, text=f"48291{number}")
    await act(chatty, "group-text", chat=CHAT, text=PIN)

    assert not await locked(sql)
    assert len(await chatty.messages()) == before


async def test_somebody_elses_pin_is_no_pin(chatty: Member, otieno: Member, sql: Sql) -> None:
    await act(otieno, "group-text", chat=CHAT, text=PIN)

    assert PIN in await written(chatty)
    assert not await locked(sql)


async def test_a_pin_written_again_while_it_is_locked_tells_her_once(chatty: Member, sql: Sql) -> None:
    for _ in range(2):
        await act(chatty, "group-text", chat=CHAT, text=PIN)

    assert PIN not in await written(chatty)
    assert await sql(EXPOSED) == [(1,)]
