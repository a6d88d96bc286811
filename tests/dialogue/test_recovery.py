"""Getting back in, as people live it: on feature phones in both languages, in a chat, with a new number, and not as a thief."""

from __future__ import annotations

from typing import Any

import pytest
from redis.asyncio import Redis

from core.dialogue.engine import Conversation
from core.identity.devices import link_telegram
from core.identity.recovery_contacts import answer_request, ask_contact, requests_to
from core.kernel.db import Database
from core.kernel.ids import MemberId
from core.kernel.money import Money
from core.kernel.phone import masked, national, parse_phone
from core.kernel.secrets import PinHasher, Vault
from tests.conftest import FakeClock
from tests.dialogue.conftest import Chat, Client, Handset
from tests.dialogue.owners import PIN, give, group_of
from tests.dialogue.stories import Sql, Village, code_of
from tests.dialogue.test_second_factor import app_of
from tests.e2e.story import Story
from tests.identity.people import People
from tests.identity.village import NEW_PIN, let_count
from tests.identity.village import Village as Neighbours

PINS = {"Wanjiru": "248163", "Otieno": "592703", "Akinyi": "604718"}
NUMBERS = {"Wanjiru": "+254712000001", "Otieno": "+254722000002", "Akinyi": "+254733000003"}
NEW_NUMBER = "+254700000009"


@pytest.fixture
async def neighbours(db: Database, hasher: PinHasher, clock: FakeClock) -> Neighbours:
    """Wanjiru and three contacts who have accepted."""
    village = Neighbours(People(db, hasher), clock)
    await village.settle()
    return village


@pytest.fixture
def forgetful(client: Client) -> Handset:
    return Handset(client, "+254712000001")


async def pick(handset: Handset, screen: str, *options: str) -> str:
    """Type the number of each option in turn, paging on where it isn't on the first page."""
    for option in options:
        while option not in screen:
            screen = await handset.type("98")
        line = next(line for line in screen.removeprefix("CON ").splitlines() if option in line and line[0].isdigit())
        screen = await handset.type(line.removeprefix("CON ").split()[0])
    return screen


async def forgot(handset: Handset) -> str:
    return await pick(handset, await handset.dial(), "Account", "I forgot my PIN")


@pytest.mark.parametrize("language", ["en", "sw"])
async def test_a_forgotten_pin_on_feature_phones(
    client: Client, sql: Sql, vault: Vault, clock: FakeClock, db: Database, hasher: PinHasher, redis_url: str, language: str
) -> None:
    people = People(db, hasher)
    phones = {name: Handset(client, number) for name, number in NUMBERS.items()}
    for name, handset in phones.items():
        await handset.dial()
        await handset.type("1" if language == "en" else "2", "1", name, PINS[name], PINS[name])
    await two_groups(phones, sql)

    async def due() -> None:
        await people.calm(NUMBERS["Wanjiru"])
        await people.do_jobs("open-recovery", "look-at-changes")

    village = Village(phones, sql, vault, clock, due, redis=redis_url)
    await village.play(Story.read(f"recovery.{language}.txt"))


@pytest.mark.parametrize("language", ["en", "sw"])
async def test_a_forgotten_pin_on_telegram(
    client: Client,
    conversation: Conversation,
    sql: Sql,
    vault: Vault,
    clock: FakeClock,
    db: Database,
    hasher: PinHasher,
    redis_url: str,
    language: str,
) -> None:
    people = People(db, hasher)
    phones = {name: Handset(client, number) for name, number in NUMBERS.items()}
    chats = {name: Chat(conversation, 7001 + place, language=language) for place, name in enumerate(NUMBERS)}
    members = {}
    for name, number in NUMBERS.items():
        members[name] = await people.register(parse_phone(number), name=name, pin=PINS[name], language=language)
    for name in ("Otieno", "Akinyi"):
        async with db.unit() as uow:
            await ask_contact(uow, member=members["Wanjiru"].id, contact=members[name].id)
            (request,) = await requests_to(uow, contact=members[name].id)
            await answer_request(uow, contact=members[name].id, request=request.id, accepts=True)
    await let_count(db)
    for name in ("Wanjiru", "Otieno"):
        async with db.unit() as uow:
            telegram = chats[name].telegram
            await link_telegram(uow, member=members[name].id, telegram_id=telegram, chat=telegram, name=name)
    await give(db, sql, phones["Wanjiru"], Money(500_00))

    async def due() -> None:
        await people.calm(NUMBERS["Wanjiru"])
        await people.do_jobs("open-recovery", "look-at-changes")

    await Village(phones, sql, vault, clock, due, chats, redis=redis_url).play(Story.read(f"telegram_recovery.{language}.txt"))
    # What a thief of the chat alone could have done is in the tests below; here all that was proven before is over.
    assert await sql("SELECT count(*) FROM account_recovery WHERE status = 'used'") == [(1,)]
    assert await sql("SELECT count(*) FROM mpesa_transactions WHERE transaction_type = 'b2c'") == [(0,)]


async def two_groups(phones: dict[str, Handset], sql: Sql) -> None:
    """Otieno's group and Akinyi's group, with Wanjiru in both: each founder is its chair."""
    for founder in ("Otieno", "Akinyi"):
        await phones[founder].dial("4")
        await phones[founder].type("9", f"Umoja {founder}", "2", "1")
    codes = [code for (code,) in await sql("SELECT code FROM daos WHERE kind = 'harambee' ORDER BY created_at")]
    for code in codes:
        await phones["Wanjiru"].dial("4")
        await phones["Wanjiru"].type("8", code, "1", "1", "1")
    # That she has joined was told to the officials before this story begins.
    await sql("DELETE FROM sms_delivery_log")


async def test_recovery_when_redis_is_flushed_between_any_two_calls_then_nothing_changes(
    forgetful: Handset, neighbours: Neighbours, sql: Sql, vault: Vault, clock: FakeClock, redis_url: str
) -> None:
    redis = Redis.from_url(redis_url)
    await pick(forgetful, await forgot(forgetful), "Confirm")
    await redis.flushdb()
    await forgot(forgetful)
    started = await forgetful.type(await code_of(sql, vault, forgetful.number))
    assert "Your contacts are asked" in started
    await redis.flushdb()
    assert "must confirm" in await forgot(forgetful)
    [(recovery,)] = await sql("SELECT id FROM account_recovery")
    for contact in neighbours.contacts[:2]:
        await redis.flushdb()
        phone = Handset(forgetful.client, contact.phone)
        asked = await pick(phone, await phone.dial(), "Account", "Help a member", "Wanjiru", "Confirm")
        assert "Confirm that this is Wanjiru" in asked
        assert "You have confirmed" in await phone.type("739205")
    clock.advance(hours=24)
    await neighbours.people.calm()
    await redis.flushdb()
    choose = await pick(forgetful, await forgot(forgetful), "Choose a new PIN")
    assert "new PIN" in choose
    await redis.flushdb()
    await pick(forgetful, await forgot(forgetful), "Choose a new PIN")
    done = await forgetful.type(NEW_PIN, NEW_PIN)
    assert "your account has a new PIN" in done
    assert await sql("SELECT status FROM account_recovery WHERE id = :id", id=recovery) == [("used",)]
    await redis.aclose()


async def test_recovery_when_she_is_locked_out_then_the_way_back_in_is_on_that_screen(
    forgetful: Handset, neighbours: Neighbours
) -> None:
    await forgetful.dial()
    await forgetful.type("1")
    last = await forgetful.type("604718", "604719", "604720", "604721", "604722")
    assert "locked until" in last
    assert "SMS" in await pick(forgetful, last, "I forgot my PIN")


async def test_recovery_when_nobody_can_vouch_then_says_what_to_do(wanjiru: Handset) -> None:
    await wanjiru.register()
    assert "you need 2 contacts" in await forgot(wanjiru)


async def test_recovery_when_a_thief_has_the_phone_then_no_screen_gives_a_new_pin(
    forgetful: Handset, neighbours: Neighbours, sql: Sql, vault: Vault, clock: FakeClock
) -> None:
    """U10: with her SIM he gets the code and can start; without her contacts there is nothing to choose."""
    await pick(forgetful, await forgot(forgetful), "Confirm")
    await forgot(forgetful)
    await forgetful.type(await code_of(sql, vault, forgetful.number))
    clock.advance(hours=48)
    status = await forgot(forgetful)
    assert "Choose a new PIN" not in status
    assert "stopped" in await pick(forgetful, status, "Stop", "Confirm")


async def test_recovery_when_the_code_is_wrong_then_tries_are_counted(forgetful: Handset, neighbours: Neighbours) -> None:
    await pick(forgetful, await forgot(forgetful), "Confirm")
    assert "Type the 6-digit code" in await forgot(forgetful)
    assert "4 tries left" in await forgetful.type("000000")
    assert await neighbours.people.rows("account_recovery") == []


async def test_recovery_in_a_chat_is_stopped_from_the_phone(
    conversation: Conversation, forgetful: Handset, neighbours: Neighbours, db: Database, sql: Sql, vault: Vault
) -> None:
    """T9: the Telegram account alone recovers nothing, and her phone can stop what it began."""
    chat = await linked_chat(conversation, db, neighbours.her.id)
    await chat.command("recovery.start")
    assert "Type the 6-digit code" in await chat.tap("yes")
    assert "Your contacts are asked" in await chat.type(await code_of(sql, vault, forgetful.number))

    assert "stopped" in await pick(forgetful, await forgot(forgetful), "Stop", "Confirm")
    assert "Start?" in await chat.command("recovery.start")


async def ask_for_number(handset: Handset, sql: Sql, vault: Vault, *, old: str) -> str:
    """From a new phone: my number changed, the old number, the code, no authenticator, up to the question for the PIN."""
    assert "dial *384*77# within 5 minutes" in await pick_number(handset, old)
    await pick_number(handset, old)
    return await pick(handset, await handset.type(await code_of(sql, vault, handset.number)), "No")


async def linked_chat(conversation: Conversation, db: Database, member: MemberId) -> Chat:
    """A chat that is hers."""
    async with db.unit() as uow:
        await link_telegram(uow, member=member, telegram_id=7001, chat=7001, name="W")
    return Chat(conversation)


async def pick_number(handset: Handset, old: str) -> str:
    await pick(handset, await handset.dial(), "My number changed")
    return await handset.type(old)


async def test_a_new_number_needs_code_pin_contacts_and_three_days(
    client: Client, neighbours: Neighbours, sql: Sql, vault: Vault, clock: FakeClock
) -> None:
    new = Handset(client, NEW_NUMBER)
    asked = await ask_for_number(new, sql, vault, old="0712000001")
    assert "PIN" in asked
    assert "0712000001" not in asked
    assert "4 tries left" in await new.type("604718")
    assert "Your contacts are asked" in await new.type("739205")
    assert await sql("SELECT pin_failures FROM members WHERE phone = '+254712000001'") == [(0,)]
    for contact in neighbours.contacts[:2]:
        phone = Handset(client, contact.phone)
        await pick(phone, await phone.dial(), "Account", "Help a member", "Wanjiru", "Confirm")
        await phone.type("739205")
    clock.advance(hours=72)
    await neighbours.people.calm(NEW_NUMBER)
    await pick(new, await new.dial(), "My number changed", "Choose a new PIN")
    assert "your account has a new PIN" in await new.type(NEW_PIN, NEW_PIN)

    await new.dial()
    assert "Your balance" in await new.type("1", NEW_PIN)
    assert "Kiswahili" in await Handset(client, "+254712000001").dial(), "the old number is nobody's now"


async def test_a_new_number_of_nobody_gets_the_answers_of_a_members(
    client: Client, neighbours: Neighbours, sql: Sql, vault: Vault
) -> None:
    """A5: whoever tries numbers from his own phone can't tell which are members'."""
    heard = []
    for place, old in enumerate(("0712000001", "0799999999")):
        stranger = Handset(client, f"+25470000000{place}")
        screens = [await pick_number(stranger, old), await pick_number(stranger, old)]
        screens.append(await stranger.type(await code_of(sql, vault, stranger.number)))
        screens.append(await stranger.type("2"))
        screens += [await stranger.type("604718") for _ in range(5)]
        heard.append([screen.replace(masked(parse_phone(old)), "*") for screen in screens])
    assert heard[0] == heard[1]


async def test_a_new_number_from_a_linked_chat(
    conversation: Conversation, neighbours: Neighbours, db: Database, sql: Sql, vault: Vault
) -> None:
    chat = await linked_chat(conversation, db, neighbours.her.id)
    await chat.command("account.menu")
    await chat.tap("number")
    await chat.type("0700000009")
    asked = await chat.type(await code_of(sql, vault, NEW_NUMBER))
    assert "Change your number" in asked
    assert "Your contacts are asked" in await chat.type("739205")
    assert await sql("SELECT new_phone, recovery_type FROM account_recovery") == [(NEW_NUMBER, "number_change")]


async def test_contacts_when_chosen_and_seen_then_names_only_behind_the_pin(
    client: Client, wanjiru: Handset, otieno: Handset, sql: Sql
) -> None:
    await wanjiru.register()
    await otieno.register(name="Otieno Odhiambo")
    code = await group_of(otieno)
    await wanjiru.dial("4")
    await wanjiru.type("8", code, "1", "1", "1")

    menu = await pick(wanjiru, await wanjiru.dial(), "Account", "Recovery contacts")
    officials = await pick(wanjiru, menu, "Officials")
    asked = await pick(wanjiru, officials, "chair of Umoja")
    assert not any("Otieno" in screen for screen in (menu, officials, asked))
    assert "We have asked" in await wanjiru.type(PIN)
    await pick(wanjiru, await wanjiru.dial(), "Account", "Recovery contacts", "See my contacts")
    assert "Otieno Odhiambo: not answered" in await wanjiru.type(PIN)
    request = await pick(otieno, await otieno.dial(), "Account", "Help a member", "Wanjiru")
    assert "You see none of their money" in request
    await pick(otieno, request, "Confirm")
    assert "recovery contact of Wanjiru" in await otieno.type(PIN)
    assert await sql("SELECT status FROM recovery_contacts") == [("accepted",)]
    await pick(wanjiru, await wanjiru.dial(), "Account", "Recovery contacts", "Take one off")
    await wanjiru.type("0722000002")
    assert "can no longer confirm" in await wanjiru.type(PIN)


async def test_contacts_when_she_has_an_authenticator_then_phone_and_pin_change_none_of_them(
    wanjiru: Handset, otieno: Handset, sql: Sql, db: Database, clock: FakeClock
) -> None:
    await wanjiru.register()
    await otieno.register(name="Otieno Odhiambo")
    code = await group_of(otieno)
    await wanjiru.dial("4")
    await wanjiru.type("8", code, "1", "1", "1")
    [(member,)] = await sql("SELECT id FROM members WHERE phone = :phone", phone=wanjiru.number)
    app, _ = await app_of(db, MemberId(member), clock)

    ways = ("Account", "Recovery contacts", "Officials", "chair of Umoja")
    assert "authenticator app" in await pick(wanjiru, await wanjiru.dial(), *ways)
    assert "4 tries left" in await wanjiru.type("000000")
    assert await sql("SELECT count(*) FROM recovery_contacts") == [(0,)]
    await pick(wanjiru, await wanjiru.dial(), *ways)
    await wanjiru.type(app.at(clock.now()))
    assert "We have asked" in await wanjiru.type(PIN)


async def test_contacts_when_changed_in_a_chat_then_a_code_comes_to_her_phone_first(
    conversation: Conversation, neighbours: Neighbours, db: Database, sql: Sql, vault: Vault
) -> None:
    left = "SELECT count(*) FROM recovery_contacts WHERE user_id = :her AND status = 'accepted' AND leaves_at IS NULL"
    [(before,)] = await sql(left, her=neighbours.her.id)
    chat = await linked_chat(conversation, db, neighbours.her.id)
    await chat.command("contacts.off")
    asked = await chat.type(national(neighbours.contacts[0].phone))
    assert "SMS" in asked
    wrong = await chat.type("739205")
    assert "4 tries left" in wrong, "the PIN isn't the code"
    assert await sql(left, her=neighbours.her.id) == [(before,)]
    await chat.type(await code_of(sql, vault, neighbours.her.phone))
    assert "this person stays your contact until" in await chat.type("739205")
    assert await sql(left, her=neighbours.her.id) == [(before - 1,)]


async def test_contacts_when_number_is_outside_her_groups_then_same_answer_as_nobodys(
    wanjiru: Handset, otieno: Handset
) -> None:
    await wanjiru.register()
    await otieno.register()
    for number in ("0722000002", "0799999999"):
        await pick(wanjiru, await wanjiru.dial(), "Account", "Recovery contacts", "Add by phone number")
        assert "Nobody in your groups" in await wanjiru.type(number)


async def test_pins_and_codes_of_a_recovery_are_nowhere(
    forgetful: Handset,
    neighbours: Neighbours,
    sql: Sql,
    vault: Vault,
    clock: FakeClock,
    redis_url: str,
    caplog: Any,
) -> None:
    await pick(forgetful, await forgot(forgetful), "Confirm")
    await forgot(forgetful)
    code = await code_of(sql, vault, forgetful.number)
    await forgetful.type(code)
    [(recovery,)] = await sql("SELECT id FROM account_recovery")
    for contact in neighbours.contacts[:2]:
        phone = Handset(forgetful.client, contact.phone)
        await pick(phone, await phone.dial(), "Account", "Help a member", "Wanjiru", "Confirm")
        await phone.type("739205")
    clock.advance(hours=24)
    await neighbours.people.calm()
    await pick(forgetful, await forgot(forgetful), "Choose a new PIN")
    await forgetful.type(NEW_PIN)
    redis = Redis.from_url(redis_url, decode_responses=True)
    kept = await everything(redis) + await neighbours.people.everything() + caplog.text
    await redis.aclose()

    assert recovery
    for secret in (code, "739205", NEW_PIN):
        assert secret not in kept


async def everything(redis: Redis) -> str:
    return "".join([str(await redis.get(key)) async for key in redis.scan_iter() if await redis.type(key) == "string"])
