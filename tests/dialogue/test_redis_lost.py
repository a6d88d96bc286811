"""Redis emptied between any two steps changes no count and opens no door; Redis away lets nobody in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from redis.asyncio import Redis

from core.dialogue.engine import Conversation
from core.dialogue.holding import Overloaded
from core.dialogue.turn import Kind
from core.identity.codes import CodeGate
from core.identity.devices import link_telegram
from core.identity.members import find_by_phone
from core.identity.pins import LOCKS_AT
from core.kernel.db import Database
from core.kernel.phone import Phone
from core.kernel.secrets import Hashing, PinHasher
from core.providers.redis_store import RedisStore
from tests.conversing import conversation_on
from tests.dialogue.conftest import Chat, Handset

PIN, WRONG = "248163", "604718"


@pytest.fixture
async def flush(redis_url: str) -> AsyncIterator[Callable[..., Any]]:
    redis = Redis.from_url(redis_url)
    yield redis.flushdb
    await redis.aclose()


async def test_emptied_between_any_two_steps_five_wrong_pins_still_lock_and_the_lock_stays(
    wanjiru: Handset, flush: Callable[..., Any], sql: Callable[..., Any]
) -> None:
    await wanjiru.register(pin=PIN)
    for tries in range(LOCKS_AT - 1, 0, -1):
        await wanjiru.dial()
        await wanjiru.type("1")
        left = "One try left" if tries == 1 else f"{tries} tries left"
        assert left in await wanjiru.type(WRONG)
        await flush()
    await wanjiru.dial()
    await wanjiru.type("1", WRONG)
    await flush()
    await wanjiru.dial()
    assert "locked" in await wanjiru.type("1", PIN)
    assert await sql("SELECT pin_failures, pin_locked_until IS NOT NULL FROM members") == [(5, True)]
    assert await sql("SELECT count(*) FROM login_attempts") == [(6,)]


async def test_emptied_before_the_pin_nothing_private_is_shown_and_nothing_is_counted(
    wanjiru: Handset, flush: Callable[..., Any], sql: Callable[..., Any]
) -> None:
    await wanjiru.register(pin=PIN)
    # The gateway repeats all that was typed, so she is brought back to the question; what was typed as a PIN is not taken.
    for answers in (["1"], ["2", "500", "1"]):
        await wanjiru.dial()
        await wanjiru.type(*answers)
        await flush()
        shown = await wanjiru.type(PIN)
        assert shown.startswith("CON Please enter your PIN")
    assert await sql("SELECT count(*) FROM login_attempts") == [(0,)]
    assert await sql("SELECT count(*) FROM mpesa_transactions") == [(0,)]


async def test_emptied_a_recent_pin_is_forgotten_and_asked_for_again(
    wanjiru: Handset, conversation: Conversation, db: Database, flush: Callable[..., Any]
) -> None:
    await wanjiru.register(pin=PIN)
    async with db.unit() as uow:
        member = await find_by_phone(uow, Phone(wanjiru.number))
        assert member is not None
        await link_telegram(uow, member=member.id, telegram_id=7001, chat=7001, name="W")
    chat = Chat(conversation)
    await chat.command("balance.show")
    await chat.type(PIN)
    assert "Your balance" in await chat.command("balance.show")
    await flush()
    assert "PIN" in await chat.command("balance.show")


async def test_emptied_a_code_is_guessed_no_more_often(
    conversation: Conversation, flush: Callable[..., Any], sql: Callable[..., Any]
) -> None:
    chat = Chat(conversation, telegram=7009)
    await chat.do(Kind.START)
    await chat.do(Kind.CONTACT, "+254712000009")
    for _ in range(7):
        await flush()
        await CodeGate(conversation._database).check(
            purpose="telegram-link", subject="7009:+254712000009", code="000000", event_id=str(_)
        )
    ((attempts,),) = await sql("SELECT attempts FROM otp_challenges")
    assert attempts <= 5


async def test_away_nobody_gets_in_and_nothing_is_counted(
    db: Database, hasher: PinHasher, wanjiru: Handset, sql: Callable[..., Any]
) -> None:
    await wanjiru.register(pin=PIN)
    dead = RedisStore("redis://127.0.0.1:1/0")
    conversation = conversation_on(db, dead, hasher, dial="")
    for kind, value in ((Kind.START, ""), (Kind.COMMAND, "balance.show"), (Kind.TYPED, PIN)):
        with pytest.raises(Overloaded):
            await Chat(conversation).do(kind, value)
    await dead.aclose()
    assert await sql("SELECT count(*) FROM login_attempts") == [(0,)]


async def test_a_failure_in_the_middle_of_a_pin_says_nothing_of_it(
    wanjiru: Handset, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, sql: Callable[..., Any]
) -> None:
    """X6, U2: neither the screen nor the log nor a table has what was typed, though the log has the whole exception."""
    await wanjiru.register(pin=PIN)

    async def broken(_hashing: Hashing, pin: str, _sealed: str | None, *, owner: str) -> bool:
        raise RuntimeError(f"a bug with {len(pin)} characters")

    monkeypatch.setattr(Hashing, "verify", broken)
    caplog.set_level("DEBUG")
    await wanjiru.dial()
    shown = await wanjiru.type("1", WRONG)

    assert shown.startswith("END Something went wrong")
    assert "a bug with 6 characters" in caplog.text
    assert WRONG not in caplog.text
    assert await sql("SELECT pin_failures FROM members") == [(0,)]
