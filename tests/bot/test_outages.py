"""Telegram late, flooded, gone or repeating itself: nothing happens twice, and nothing is lost that can be had again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from redis.asyncio import Redis

from tests.bot.conftest import PIN, Member

HOME = "What would you like to do?"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.calls.PAUSE_SECONDS", 0.01)


async def test_update_when_delivered_twice_is_handled_once(linked: Member, sql: Callable[..., Any]) -> None:
    await linked.played.fault("telegram.update", "double")
    before = len(await linked.messages())
    await linked.write("/deposit")

    assert len(await linked.messages()) == before + 1


async def test_send_when_flooded_waits_as_long_as_telegram_says(linked: Member) -> None:
    await linked.played.fault("telegram.call", "http_429", method="sendMessage", seconds=1, times=2)

    assert "What amount" in await linked.write("/deposit")


async def test_edit_when_telegram_is_broken_for_a_moment_is_repeated(linked: Member) -> None:
    await linked.played.fault("telegram.call", "http_500", method="editMessageText", times=3)

    assert "What amount" in await linked.tap("Deposit")


async def test_send_when_its_answer_is_lost_may_show_a_screen_twice_but_the_older_one_is_dead(linked: Member) -> None:
    await linked.played.fault("telegram.call", "hang_after", method="sendMessage")
    await linked.write("/settings")
    first, second = (await linked.messages())[-2:]
    assert first["text"] == second["text"]
    await linked.send_tap(first["id"], first["buttons"][0][0]["data"])
    await linked.quiet()

    assert "expired" in await linked.toast()
    assert not (await linked.messages())[-2]["buttons"]
    assert HOME in await linked.tap("Home")


async def test_tap_when_answering_fails_still_works(linked: Member) -> None:
    await linked.played.fault("telegram.call", "http_500", method="answerCallbackQuery", times=None)

    assert "What amount" in await linked.tap("Deposit")


async def test_screen_when_its_message_was_deleted_is_sent_anew(linked: Member) -> None:
    await linked.write("/settings")
    message, data = await linked.button("Help")
    await linked.played.act(linked.phone, "telegram/delete", message=message)
    await linked.send_tap(message, data, forged=True)
    await linked.quiet()

    assert "Deposit by M-PESA" in await linked.screen()
    assert (await linked.messages())[-1]["id"] != message


async def test_chat_when_blocked_is_left_in_peace_and_goes_on_afterwards(linked: Member, sql: Callable[..., Any]) -> None:
    message, data = await linked.button("Deposit")
    await linked.played.fault("telegram.update", "delay", seconds=1)
    await linked.send_tap(message, data)
    await linked.played.act(linked.phone, "telegram/block", blocked=True)
    await linked.quiet()
    await linked.played.act(linked.phone, "telegram/block", blocked=False)
    await linked.quiet()

    assert HOME in await linked.write("/start")
    assert await sql("SELECT count(*) FROM telegram_updates WHERE problem IS NOT NULL") == [(0,)]


async def test_notes_when_lost_cost_a_question_asked_again_and_no_more(
    linked: Member, redis_url: str, sql: Callable[..., Any]
) -> None:
    await linked.write("/deposit")
    await linked.write("500")
    redis = Redis.from_url(redis_url)
    await redis.flushdb()
    await redis.aclose()
    said = await linked.tap("Confirm")

    assert HOME in said
    assert await sql("SELECT count(*) FROM mpesa_transactions") == [(0,)]
    await linked.tap("Deposit")
    assert "Fee" in await linked.write("500")


async def test_telegram_when_down_for_longer_gives_the_screen_up_but_not_the_person(
    linked: Member, sql: Callable[..., Any]
) -> None:
    await linked.played.fault("telegram.call", "http_500", method="sendMessage", times=24)
    await linked.played.act(linked.phone, "telegram/text", text="/deposit")
    await linked.quiet()
    assert await sql("SELECT problem FROM telegram_updates WHERE problem IS NOT NULL") == [("NotDelivered",)]

    assert "Fee" in await linked.write("500")


async def test_payment_when_the_last_key_is_handled_again_after_a_crash_happens_once(
    linked: Member, sql: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The turn is committed and remembered, but the process dies before the screen is shown and the update marked."""
    from bot.showing import Screens

    await linked.write("/deposit")
    await linked.write("500")
    await linked.tap("Confirm")
    await linked.enter(PIN[:5])
    show, crashes = Screens.show, []

    async def crashing(self: Screens, *args: Any, **more: Any) -> None:
        if not crashes:
            crashes.append(1)
            raise ConnectionResetError
        await show(self, *args, **more)

    monkeypatch.setattr(Screens, "show", crashing)
    said = await linked.tap(PIN[5])

    assert crashes
    assert "on its way to your phone" in said
    assert await sql("SELECT count(*) FROM mpesa_transactions") == [(1,)]
    assert await sql("SELECT count(*) FROM login_attempts WHERE event_id NOT LIKE 'code %'") == [(1,)]
    assert await sql("SELECT count(*) FROM live_messages") == [(1,)]


async def test_key_when_handled_again_after_a_crash_counts_one_digit(linked: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.showing import Screens

    await linked.tap("Balance")
    show_dots, crashes = Screens.show_dots, []

    async def crashing(self: Screens, *args: Any, **more: Any) -> None:
        crashes.append(1)
        if len(crashes) in (1, 3):
            raise ConnectionResetError
        await show_dots(self, *args, **more)

    monkeypatch.setattr(Screens, "show_dots", crashing)
    assert "● ○ ○ ○ ○ ○" in await linked.tap(PIN[0])
    assert "○ ○ ○ ○ ○ ○" in await linked.tap("\N{ERASE TO THE LEFT}")
    assert "Your balance" in await linked.enter(PIN)


async def test_screen_when_shown_but_not_marked_before_a_crash_is_not_shown_twice(
    linked: Member, monkeypatch: pytest.MonkeyPatch, sql: Callable[..., Any]
) -> None:
    import bot.inbox

    finish, crashes = bot.inbox.finish_update, []

    async def crashing(*args: Any, **more: Any) -> None:
        if not crashes:
            crashes.append(1)
            raise ConnectionResetError
        await finish(*args, **more)

    monkeypatch.setattr(bot.inbox, "finish_update", crashing)
    before = len(await linked.messages())
    await linked.write("/deposit")

    assert crashes
    assert len(await linked.messages()) == before + 1
    assert await sql("SELECT max(attempts) FROM telegram_updates") == [(2,)]
