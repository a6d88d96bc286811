"""The PIN on Telegram: pressed on shuffled keys, never typed, never kept in clear."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from redis.asyncio import Redis

from bot.keypad import Keypad
from tests.bot.conftest import PIN, Member


async def keys(member: Member) -> dict[str, str]:
    """Label to data of the keys now shown."""
    rows = (await member.messages())[-1]["buttons"]
    return {button["text"]: button["data"] for row in rows for button in row}


async def everything_in(redis_url: str) -> str:
    redis = Redis.from_url(redis_url, decode_responses=True)
    found = {key: await redis.get(key) for key in await redis.keys() if await redis.type(key) == "string"}
    await redis.aclose()
    return str(found)


async def test_pin_when_asked_shows_ten_keys_delete_and_a_way_out(linked: Member) -> None:
    await linked.tap("Balance")
    labels = await linked.labels()

    assert sorted(label for row in labels[:4] for label in row) == [*"0123456789", "⌫"]
    assert labels[-1] == ["Back", "Cancel"]
    assert "○ ○ ○ ○ ○ ○" in await linked.screen()


async def test_keys_carry_tokens_that_say_nothing_and_change_each_time(linked: Member) -> None:
    await linked.tap("Balance")
    first = await keys(linked)
    await linked.tap("Cancel")
    await linked.tap("Balance")
    second = await keys(linked)

    assert not set(first.values()) & set(second.values()) - {first["Back"], first["Cancel"]}
    assert all(data.startswith("key:") and len(data) >= 16 for label, data in first.items() if label.isdigit())
    assert len({tuple(Keypad.fresh(1, "").keys.values()) for _ in range(20)}) > 1


async def test_pin_when_right_shows_the_balance_where_the_keys_were(linked: Member) -> None:
    await linked.tap("Balance")
    before = [message["id"] for message in await linked.messages()]
    said = await linked.enter(PIN)

    assert "Your balance: KES 0" in said
    assert [message["id"] for message in await linked.messages()] == before
    assert await linked.labels() == [["Home"]]


async def test_entering_shows_how_many_digits_and_delete_takes_one_back(linked: Member) -> None:
    await linked.tap("Balance")
    assert "● ● ○ ○ ○ ○" in await linked.enter("24")
    assert "● ○ ○ ○ ○ ○" in await linked.tap("⌫")
    assert "○ ○ ○ ○ ○ ○" in await linked.tap("⌫")
    assert "○ ○ ○ ○ ○ ○" in await linked.tap("⌫")
    assert "Your balance" in await linked.enter(PIN)


async def test_digits_when_entered_are_nowhere_in_clear(
    linked: Member, redis_url: str, sql: Callable[..., Any], caplog: Any
) -> None:
    await linked.tap("Balance")
    tokens = await keys(linked)
    await linked.enter(PIN[:5])
    kept = await everything_in(redis_url)
    await linked.tap(PIN[5])
    after = await everything_in(redis_url)

    assert "keypad" in kept
    assert "keypad" not in after
    for secret in (PIN, PIN[:5], *(tokens[digit].removeprefix("key:") for digit in "0123456789")):
        assert secret not in kept
        assert secret not in after
        assert secret not in caplog.text
    rows = await sql("SELECT row_to_json(t)::text FROM telegram_updates t")
    assert all(PIN not in row for (row,) in rows)
    assert await sql("SELECT count(*) FROM telegram_updates WHERE sealed_payload IS NOT NULL") == [(0,)]


async def test_pin_when_wrong_says_how_many_tries_are_left_and_asks_again(linked: Member) -> None:
    await linked.tap("Balance")
    said = await linked.enter("135790")

    assert "Wrong PIN" in said
    assert "Wrong PIN" in await linked.toast()
    assert "Your balance" in await linked.enter(PIN)


async def test_key_when_tapped_after_the_pin_was_handed_in_does_nothing(linked: Member, sql: Callable[..., Any]) -> None:
    await linked.tap("Balance")
    message, data = await linked.button(PIN[5])
    await linked.enter(PIN)
    await linked.send_tap(message, data, forged=True)
    await linked.quiet()

    assert await linked.toast() == "These keys have expired. Here are new ones."
    assert await sql("SELECT count(*) FROM login_attempts WHERE event_id NOT LIKE 'code %'") == [(1,)]


async def test_last_key_when_tapped_twice_counts_one_attempt(linked: Member, sql: Callable[..., Any]) -> None:
    await linked.tap("Balance")
    await linked.enter("13579")
    await linked.tap("0", times=2)

    assert await sql("SELECT count(*) FROM login_attempts WHERE event_id NOT LIKE 'code %'") == [(1,)]


async def test_keys_when_their_time_is_over_are_replaced(linked: Member, redis_url: str) -> None:
    await linked.tap("Balance")
    await linked.enter("24")
    redis = Redis.from_url(redis_url)
    await redis.delete(f"note:telegram:keypad:{linked.telegram}")
    await redis.aclose()
    old = await keys(linked)
    said = await linked.tap("8")

    assert await linked.toast() == "These keys have expired. Here are new ones."
    assert "○ ○ ○ ○ ○ ○" in said
    assert (await keys(linked))["8"] != old["8"]
    assert "Your balance" in await linked.enter(PIN)


async def test_key_of_one_person_is_worth_nothing_to_another(linked: Member, otieno: Member, sql: Callable[..., Any]) -> None:
    await otieno.write("/start")
    await linked.tap("Balance")
    _, data = await linked.button("2")
    await otieno.send_tap((await otieno.messages())[-1]["id"], data, forged=True)
    await otieno.quiet()

    assert "expired" in await otieno.toast()
    assert "○ ○ ○ ○ ○ ○" in await linked.screen()


async def test_pin_when_typed_is_deleted_and_not_used(linked: Member, sql: Callable[..., Any], redis_url: str) -> None:
    await linked.tap("Balance")
    before = [one["id"] for one in (await linked.played.chat(linked.phone))["messages"]]
    for typed in (PIN, "2 4 8 1 6 3", "2481", "24816399", "٢٤٨١٦٣"):
        said = await linked.write(typed)
        assert "Never type your PIN" in said
        assert "Your balance" not in said

    assert [one["id"] for one in (await linked.played.chat(linked.phone))["messages"]] == before
    assert await sql("SELECT count(*) FROM login_attempts WHERE event_id NOT LIKE 'code %'") == [(0,)]
    assert PIN not in await everything_in(redis_url)
    assert "Your balance" in await linked.enter(PIN)


async def test_new_pin_when_typed_is_deleted_and_not_used(wanjiru: Member, sql: Callable[..., Any]) -> None:
    await wanjiru.link()
    await wanjiru.tap("English")
    await wanjiru.tap("Register: I agree")
    await wanjiru.write("Wanjiru Kamau")
    for _ in range(5):
        await wanjiru.write(PIN)

    chat = await wanjiru.played.chat(wanjiru.phone)
    assert PIN not in [one["text"] for one in chat["messages"]]
    assert await sql("SELECT count(*) FROM members") == [(0,)]


async def test_words_when_a_pin_is_asked_are_no_attempt(linked: Member, sql: Callable[..., Any]) -> None:
    await linked.tap("Balance")
    said = await linked.write("what is this?")

    assert "with the keys below" in said
    assert (await linked.labels())[-1] == ["Back", "Cancel"]
    assert await sql("SELECT count(*) FROM login_attempts WHERE event_id NOT LIKE 'code %'") == [(0,)]


async def test_pin_when_it_cant_be_deleted_says_so(linked: Member) -> None:
    await linked.tap("Balance")
    await linked.played.fault("telegram.call", "http_500", method="deleteMessage", times=None)
    said = await linked.write(PIN)

    assert "delete your message yourself" in said


async def test_code_and_amount_when_typed_stay(linked: Member) -> None:
    await linked.write("/deposit")
    await linked.write("5000")
    chat = await linked.played.chat(linked.phone)

    assert "5000" in [one["text"] for one in chat["messages"] if one["out"]]
