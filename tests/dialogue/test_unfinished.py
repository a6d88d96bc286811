"""What was begun is offered again, wherever she comes back, until it is done, dropped or a day old; money moves once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from redis.asyncio import Redis

from core.dialogue.engine import Conversation
from core.dialogue.turn import Kind
from core.identity.devices import link_telegram
from core.identity.members import find_by_phone
from core.kernel.db import Database
from core.kernel.money import Money
from core.kernel.phone import Phone
from tests.conftest import FakeClock
from tests.dialogue.conftest import Chat, Handset
from tests.dialogue.owners import give, group_of

Sql = Callable[..., Any]
PIN = "248163"


@pytest.fixture
async def chat(wanjiru: Handset, conversation: Conversation, db: Database, sql: Sql) -> Chat:
    """Wanjiru's chat; she has 1,000 and a group."""
    await wanjiru.register(pin=PIN)
    await give(db, sql, wanjiru, Money(1000_00))
    await group_of(wanjiru)
    async with db.unit() as uow:
        member = await find_by_phone(uow, Phone(wanjiru.number))
        assert member is not None
        await link_telegram(uow, member=member.id, telegram_id=7001, chat=7001, name="W")
    return Chat(conversation)


async def to_confirm(wanjiru: Handset) -> None:
    await wanjiru.dial("3")
    assert "KES 200" in await wanjiru.type("200")


async def empty(redis_url: str) -> None:
    redis = Redis.from_url(redis_url)
    await redis.flushdb()
    await redis.aclose()


async def test_redis_emptied_then_the_next_dial_offers_it_at_its_confirm_screen_with_the_same_intent(
    wanjiru: Handset, chat: Chat, sql: Sql, redis_url: str
) -> None:
    await to_confirm(wanjiru)
    [(intent,)] = await sql("SELECT intent FROM drafts")
    await empty(redis_url)

    offered = await wanjiru.dial()
    confirm = await wanjiru.type("9")
    done = await wanjiru.type("1", PIN)

    assert "KES 200: Contribute, not finished." in offered
    assert "9 Continue where you stopped\n1 Balance" in offered, "the other numbers stay what they are"
    assert "KES 200" in confirm
    assert "KES 800" in done
    assert await sql("SELECT count(*) FROM contributions") == [(1,)]
    assert await sql("SELECT intent FROM contributions") == [(intent,)]


@pytest.mark.parametrize("begins", ["chat", "phone"])
async def test_begun_on_one_channel_it_is_finished_on_the_other_as_the_same_command(
    wanjiru: Handset, chat: Chat, sql: Sql, begins: str
) -> None:
    if begins == "chat":
        await chat.command("contribute.start")
        await chat.tap((await sql("SELECT id::text FROM daos"))[0][0])
        await chat.type("200")
    else:
        await to_confirm(wanjiru)
    [(intent, channel)] = await sql("SELECT intent, channel FROM drafts")
    assert channel == {"chat": "telegram", "phone": "ussd"}[begins]
    if begins == "chat":
        await wanjiru.dial()
        done = await wanjiru.type("9", "1", PIN)
    else:
        await chat.do(Kind.START)
        await chat.tap("continue")
        await chat.tap("yes")
        done = await chat.type(PIN)

    assert "KES 800" in done
    assert await sql("SELECT intent FROM contributions") == [(intent,)]
    assert await sql("SELECT count(*) FROM drafts") == [(0,)]
    assert "1 Balance" in await wanjiru.dial()
    assert "not finished" not in await chat.do(Kind.START)


async def test_what_is_confirmed_on_both_at_once_is_one_contribution(wanjiru: Handset, chat: Chat, sql: Sql) -> None:
    await to_confirm(wanjiru)
    await wanjiru.type("1")
    await chat.do(Kind.START)
    await chat.tap("continue")
    await chat.tap("yes")

    await wanjiru.type(PIN)
    await chat.type(PIN)

    assert await sql("SELECT count(*), sum(amount)::int FROM contributions") == [(1, 200)]


async def test_what_is_a_day_old_is_not_offered(wanjiru: Handset, chat: Chat, clock: FakeClock) -> None:
    await to_confirm(wanjiru)
    clock.advance(hours=24, minutes=1)

    assert "1 Balance" in await wanjiru.dial()
    assert "not finished" not in await chat.do(Kind.START)


@pytest.mark.parametrize("how", ["cancelled", "home", "refused"])
async def test_what_she_let_go_is_not_offered(wanjiru: Handset, chat: Chat, sql: Sql, how: str) -> None:
    if how == "refused":
        await wanjiru.dial("3")
        await wanjiru.type("5000", "1", PIN)
    else:
        await to_confirm(wanjiru)
    if how != "refused":
        await wanjiru.type("2" if how == "cancelled" else "00")

    assert await sql("SELECT count(*) FROM drafts") == [(0,)]
    assert "1 Balance" in await wanjiru.dial()
    assert await sql("SELECT count(*) FROM contributions") == [(0,)]


async def test_another_task_leaves_it_for_another_time_and_gets_none_of_its_values(wanjiru: Handset, chat: Chat) -> None:
    await to_confirm(wanjiru)
    await wanjiru.dial()

    assert "What amount do you want to deposit" in await wanjiru.type("2")
    assert "KES 200: Contribute, not finished" in await wanjiru.dial()


async def test_what_is_done_here_leaves_what_was_begun_there_meanwhile(wanjiru: Handset, chat: Chat, sql: Sql) -> None:
    await to_confirm(wanjiru)
    await chat.command("deposit.amount")
    await chat.type("700")

    await wanjiru.type("1", PIN)

    assert "KES 700: Deposit" in await wanjiru.dial()


async def test_no_secret_and_no_proof_is_in_a_draft(wanjiru: Handset, chat: Chat, sql: Sql) -> None:
    await to_confirm(wanjiru)
    await wanjiru.type("1", "730519")
    await wanjiru.dial("5")
    kept = str(await sql("SELECT screen, state::text FROM drafts"))

    assert "contribute.confirm" in kept
    assert not [word for word in (PIN, "730519", "sealed", "argon2") if word in kept]
    await wanjiru.dial()
    confirm = await wanjiru.type("9")
    assert "KES 200" in confirm, "never past the PIN"
    assert "PIN" in await wanjiru.type("1")


async def test_looking_around_writes_nothing(wanjiru: Handset, chat: Chat, sql: Sql) -> None:
    await wanjiru.dial()
    await wanjiru.type("4", "1", "5")

    assert await sql("SELECT count(*) FROM drafts") == [(0,)]
