"""U9: a phone or chat that nobody proved for 90 days is proven again, and not by whoever has the number now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from redis.asyncio import Redis

from core.dialogue.engine import Conversation
from core.dialogue.turn import Kind
from core.identity.devices import link_telegram
from core.identity.sim_swap_models import SimSwapCheck
from core.kernel.db import Database
from core.kernel.ids import MemberId
from core.kernel.secrets import PinHasher, Vault
from tests.conftest import FakeClock
from tests.dialogue.conftest import Chat, Client, Handset
from tests.dialogue.stories import code_of
from tests.dialogue.test_second_factor import app_of
from tests.identity.people import PIN, WANJIRU, People, new_id
from tests.identity.village import NEW_PIN, Village

Sql = Callable[..., Any]
IDLE = "You have not used this number with us for 90 days"


@pytest.fixture
async def her(db: Database, hasher: PinHasher) -> MemberId:
    return (await People(db, hasher).register()).id


@pytest.fixture
def phone(client: Client, her: MemberId) -> Handset:
    return Handset(client, WANJIRU)


async def linked(db: Database, her: MemberId) -> None:
    async with db.unit() as uow:
        await link_telegram(uow, member=her, telegram_id=7001, chat=7001, name="W")


async def swapped(db: Database, at: Any) -> None:
    """The network answers that the SIM was swapped then."""
    async with db.unit() as uow:
        now = uow.clock.now()
        check = SimSwapCheck(id=new_id(), phone=WANJIRU, why="idle", status="answered", verdict="swapped", swapped_at=at)
        check.created_at = check.answered_at = now
        uow.session.add(check)


async def events(sql: Sql, kind: str) -> int:
    [(found,)] = await sql("SELECT count(*) FROM security_events WHERE event_type = :kind", kind=kind)
    return int(found)


async def test_phone_when_idle_for_ninety_days_then_a_code_by_sms_before_the_pin_and_she_is_told(
    phone: Handset, sql: Sql, vault: Vault, clock: FakeClock
) -> None:
    clock.advance(days=89, hours=23)
    assert "PIN" in await phone.dial("1")
    clock.advance(hours=1)
    assert IDLE in await phone.dial("1")
    assert "Type it" in await phone.dial("1")
    assert "4 tries left" in await phone.type("000000" if await code_of(sql, vault, WANJIRU) != "000000" else "000001")
    assert "PIN" in await phone.type(await code_of(sql, vault, WANJIRU))
    assert "KES" in await phone.type(PIN)
    assert await events(sql, "idle_device_used") == 1
    assert await sql("SELECT count(*) FROM sms_delivery_log WHERE message LIKE '%silent for 90 days%'") == [(1,)]
    assert "PIN" in await phone.dial("1"), "once is enough"


async def test_phone_when_the_pin_was_typed_lately_then_no_code(phone: Handset, clock: FakeClock) -> None:
    for _ in range(3):
        clock.advance(days=80)
        await phone.dial("1")
        assert "KES" in await phone.type(PIN)


async def test_phone_when_a_wrong_pin_was_typed_meanwhile_then_that_proved_nothing(phone: Handset, clock: FakeClock) -> None:
    clock.advance(days=60)
    await phone.dial("1")
    await phone.type("604718")
    clock.advance(days=30)
    assert IDLE in await phone.dial("1")


async def test_phone_when_its_sim_was_changed_since_then_no_code_helps_and_the_contacts_must(
    phone: Handset, db: Database, sql: Sql, vault: Vault, clock: FakeClock
) -> None:
    """A recycled number: whoever has it now gets every SMS, and may even know her PIN."""
    clock.advance(days=100)
    await phone.dial("1")
    await phone.dial("1")
    await swapped(db, clock.now() - timedelta(days=10))
    assert "your contacts must confirm" in await phone.type(await code_of(sql, vault, WANJIRU))
    assert "your contacts must confirm" in await phone.dial("1")
    assert await events(sql, "idle_device_used") == 0


async def test_phone_when_its_sim_was_changed_and_her_contacts_confirmed_then_she_is_in(
    client: Client, db: Database, hasher: PinHasher, clock: FakeClock
) -> None:
    village = Village(People(db, hasher), clock)
    await village.settle()
    phone = Handset(client, WANJIRU)
    clock.advance(days=100)
    await swapped(db, clock.now() - timedelta(days=10))
    assert "your contacts must confirm" in await phone.dial("1")
    await village.recovered()
    assert "PIN" in await phone.dial("1")
    assert "KES" in await phone.type(NEW_PIN)


async def test_phone_when_its_sim_was_changed_before_she_last_used_it_then_a_code_is_enough(
    phone: Handset, db: Database, sql: Sql, vault: Vault, clock: FakeClock
) -> None:
    at = clock.now()
    clock.advance(days=5)
    await phone.dial("1")
    await phone.type(PIN)
    clock.advance(days=90)
    await swapped(db, at)
    await phone.dial("1")
    await phone.dial("1")
    assert "PIN" in await phone.type(await code_of(sql, vault, WANJIRU))


async def test_phone_when_she_has_an_authenticator_then_its_code_and_no_sms(
    phone: Handset, her: MemberId, db: Database, sql: Sql, clock: FakeClock
) -> None:
    app, _ = await app_of(db, her, clock)
    clock.advance(days=100)
    await swapped(db, clock.now() - timedelta(days=10))
    assert "authenticator app" in await phone.dial("1")
    assert "PIN" in await phone.type(app.at(clock.now()))
    assert await sql("SELECT count(*) FROM otp_challenges") == [(0,)]


async def test_chat_when_idle_then_a_code_to_her_phone_and_one_chat_wakes_no_phone(
    phone: Handset, her: MemberId, conversation: Conversation, db: Database, sql: Sql, vault: Vault, clock: FakeClock
) -> None:
    await linked(db, her)
    chat = Chat(conversation)
    clock.advance(days=90)
    await chat.command("balance.show")
    assert "code by SMS to use your account again" in (await chat.command("balance.show"))
    await chat.type(await code_of(sql, vault, WANJIRU))
    assert "KES" in await chat.type(PIN)
    clock.advance(minutes=2)
    assert IDLE in await phone.dial("1")


async def test_chat_when_idle_and_the_sim_is_another_then_stopped_unless_her_phone_was_used_since(
    phone: Handset, her: MemberId, conversation: Conversation, db: Database, sql: Sql, vault: Vault, clock: FakeClock
) -> None:
    await linked(db, her)
    chat = Chat(conversation)
    at = clock.now() + timedelta(days=1)
    clock.advance(days=60)
    await swapped(db, at)
    clock.advance(days=31)
    assert "your contacts must confirm" in await chat.command("balance.show")
    # She proved her new SIM on her phone while that wasn't idle yet: then it is hers.
    await sql("UPDATE user_devices SET last_used_at = :at WHERE device_type = 'mobile'", at=at + timedelta(days=1))
    assert "code by SMS" in await chat.command("balance.show")


async def test_code_of_one_idle_time_when_typed_in_the_next_then_worth_nothing(
    phone: Handset, sql: Sql, vault: Vault, clock: FakeClock
) -> None:
    clock.advance(days=90)
    await phone.dial("1")
    await phone.dial("1")
    await phone.type(await code_of(sql, vault, WANJIRU))
    assert "KES" in await phone.type(PIN)
    clock.advance(days=90)
    assert IDLE in await phone.dial("1")


@pytest.mark.parametrize("flushed", [False, True])
async def test_idle_phone_when_redis_is_flushed_between_any_two_steps_then_still_a_code_first(
    phone: Handset, sql: Sql, vault: Vault, clock: FakeClock, redis_url: str, flushed: bool
) -> None:
    clock.advance(days=90)
    assert IDLE in await phone.dial("1")
    if flushed:
        redis = Redis.from_url(redis_url)
        await redis.flushdb()
        await redis.aclose()
    await phone.dial("1")
    screen = await phone.type(PIN)
    assert "4 tries left" in screen, "a PIN is no code"
    assert await sql("SELECT count(*) FROM login_attempts") == [(0,)]


async def test_link_when_the_number_is_idle_then_a_code_by_sms_links_nothing(
    phone: Handset, her: MemberId, conversation: Conversation, db: Database, sql: Sql, vault: Vault, clock: FakeClock
) -> None:
    await linked(db, her)
    clock.advance(days=90)
    thief = Chat(conversation, telegram=7002)
    await thief.do(Kind.START)
    await thief.do(Kind.CONTACT, WANJIRU)
    assert "was not used with us for 90 days" in await thief.type(await code_of(sql, vault, WANJIRU))
    assert await sql("SELECT telegram_id FROM members") == [(7001,)]
    assert await sql("SELECT count(*) FROM chat_delivery_log WHERE message LIKE '%so we refused%'") == [(1,)]
