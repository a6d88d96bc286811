"""Her rights over her data on both channels: see, take along, correct, be forgotten, and be asked again when the terms change."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field

import pytest

from core.dialogue.engine import Conversation
from core.dialogue.flows import terms
from core.identity import consents
from core.identity.devices import link_telegram
from core.identity.erasure import erase
from core.identity.members import find_by_phone, locked
from core.identity.sessions import NotSignedIn
from core.kernel.db import Database
from core.kernel.ids import IntentId, MemberId
from core.kernel.money import Money
from core.kernel.phone import Phone
from core.kernel.secrets import Vault
from core.ledger.accounts import member_account
from core.payments.deposits import start_deposit
from core.reports.jobs import SEND_DATA, erase_due, send_data
from core.reports.obligations import what_keeps
from tests.conftest import FakeClock
from tests.dialogue.conftest import Chat, Handset
from tests.dialogue.stories import Sql, code_of
from tests.ledger.books import deposit
from tests.notifications.fake_senders import FakeChat

PIN = "248163"
NAME, PHONE = "Wanjiru Kamau", "+254712000001"


@dataclass
class Hands:
    database: Database
    chat: FakeChat = field(default_factory=FakeChat)


async def to_my_data(phone: Handset, *answers: str) -> str:
    await phone.dial()
    account = await phone.type("5")
    while "My data" not in account:
        assert "98" in account, account
        account = await phone.type("98")
    (line,) = [line for line in account.splitlines() if "My data" in line]
    return await phone.type(line.split()[0], *answers)


async def ask_to_be_forgotten(phone: Handset, sql: Sql, vault: Vault) -> str:
    """Through the menus, with the code that it takes besides her PIN."""
    asked = await to_my_data(phone, "4", "1")
    assert "code by SMS to have your data erased" in asked
    return await phone.type(await code_of(sql, vault, phone.number), PIN)


async def linked(db: Database, telegram: int = 7001) -> None:
    async with db.unit() as uow:
        member = await find_by_phone(uow, Phone(PHONE))
        assert member is not None
        await link_telegram(uow, member=member.id, telegram_id=telegram, chat=telegram, name="W")


async def test_on_a_feature_phone_she_sees_corrects_and_takes_along_what_is_known(wanjiru: Handset, sql: Sql) -> None:
    await wanjiru.register(NAME, PIN)

    menu = await to_my_data(wanjiru)
    assert "Wanjiru" not in menu
    seen = await wanjiru.type("1", PIN)
    assert seen.startswith("END Wanjiru Kamau\nPhone 0712000001")

    assert (await to_my_data(wanjiru, "3", "Wanjiru wa Kamau", PIN)).startswith("END Your name is now Wanjiru wa Kamau")
    assert (await to_my_data(wanjiru, "2", PIN)).startswith("END A summary comes by SMS")
    ((said,),) = await sql("SELECT message FROM sms_delivery_log WHERE template = 'member_data'")
    assert "Wanjiru wa Kamau, 0712000001" in said


async def test_in_a_chat_she_gets_a_document_with_everything_and_nothing_that_opens_a_door(
    wanjiru: Handset, conversation: Conversation, db: Database, sql: Sql
) -> None:
    await wanjiru.register(NAME, PIN)
    await linked(db)
    chat = Chat(conversation)
    await chat.command("data.menu")
    await chat.tap("export")
    assert "as a document" in await chat.type(PIN)

    ((payload,),) = await sql(f"SELECT payload FROM pgqueuer WHERE entrypoint = '{SEND_DATA}'")
    hands = Hands(db)
    await send_data(hands, json.loads(payload))
    (document,) = hands.chat.shown(7001)
    name, _, content = document.partition(": ")
    found = json.loads(content)
    assert name == "mtaa-my-data.json"
    assert found["account"][0]["phone"] == PHONE
    assert {"consents", "devices", "groups", "movements", "mpesa", "messages", "sign_in_attempts"} <= found.keys()
    assert {"contacts", "recoveries", "programs", "api_keys", "connections", "second_factor", "paybill_numbers"} <= found.keys()
    for secret in await sql("SELECT sealed_pin FROM members"):
        assert secret[0] not in content
    assert PHONE not in str(await sql("SELECT message FROM chat_delivery_log"))


async def test_she_is_forgotten_after_a_week_and_her_number_may_register_anew(
    wanjiru: Handset, db: Database, clock: FakeClock, sql: Sql, vault: Vault
) -> None:
    await wanjiru.register(NAME, PIN)
    await linked(db)
    ((member,),) = await sql("SELECT id FROM members")
    asked = await ask_to_be_forgotten(wanjiru, sql, vault)
    assert asked.startswith("END We will erase your data on")

    clock.advance(days=6, hours=23)
    await erase_due(Hands(db), {})
    assert await sql("SELECT name FROM members") == [(NAME,)]
    clock.advance(hours=2)
    await erase_due(Hands(db), {})

    assert await sql("SELECT name, phone, sealed_pin, telegram_id, disabled_reason FROM members") == [
        ("Former member", f"erased:{member}", "erased", None, "erased")
    ]
    tables = [name for (name,) in await sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    for table in tables:
        kept = str(await sql(f'SELECT * FROM "{table}"'))
        assert NAME not in kept, table
        assert "254712000001" not in kept, table
        assert "7001" not in kept or table == "pgqueuer", table
    assert "Register" in await wanjiru.dial() or "English" in await wanjiru.dial()
    assert "Welcome" in await wanjiru.register("Other Person", PIN)


async def test_she_may_change_her_mind_from_either_channel(
    wanjiru: Handset, conversation: Conversation, db: Database, clock: FakeClock, sql: Sql, vault: Vault
) -> None:
    await wanjiru.register(NAME, PIN)
    await linked(db)
    await ask_to_be_forgotten(wanjiru, sql, vault)
    chat = Chat(conversation)
    await chat.command("data.menu")
    assert "Your account stays" in await chat.tap("keep")

    clock.advance(days=8)
    await erase_due(Hands(db), {})
    assert await sql("SELECT name FROM members") == [(NAME,)]
    told = [text for (text,) in await sql("SELECT message FROM sms_delivery_log WHERE template = 'security' ORDER BY id")]
    assert "will be erased on" in told[-2]
    assert "will not be erased" in told[-1]


async def test_with_money_left_nobody_is_forgotten_neither_now_nor_when_it_comes_later(
    wanjiru: Handset, db: Database, clock: FakeClock, sql: Sql, vault: Vault
) -> None:
    await wanjiru.register(NAME, PIN)
    await ask_to_be_forgotten(wanjiru, sql, vault)
    async with db.unit() as uow:
        member = await find_by_phone(uow, Phone(PHONE))
        assert member is not None
    await deposit(db, member_account(member.id), Money(100_00))
    clock.advance(days=8)
    await erase_due(Hands(db), {})
    assert await sql("SELECT name FROM members") == [(NAME,)]
    assert "still have money here" in (await sql("SELECT message FROM sms_delivery_log ORDER BY id DESC LIMIT 1"))[0][0]

    await to_my_data(wanjiru, "4")
    assert "You still have money here" in await to_my_data(wanjiru, "4", "1")


async def due(wanjiru: Handset, db: Database, clock: FakeClock, sql: Sql, vault: Vault) -> MemberId:
    """A member whose time to be forgotten has come."""
    await wanjiru.register(NAME, PIN)
    await ask_to_be_forgotten(wanjiru, sql, vault)
    clock.advance(days=8)
    async with db.unit() as uow:
        member = await find_by_phone(uow, Phone(PHONE))
    assert member is not None
    return member.id


async def start(db: Database, member: MemberId) -> None:
    async with db.unit() as uow:
        asked = {"phone": Phone(PHONE), "amount": Money(100_00), "language": "en", "channel": "ussd"}
        await start_deposit(uow, intent=IntentId(uow.ids.new()), member=member, **asked)


async def test_a_payment_that_begins_while_she_is_being_forgotten_is_refused(
    wanjiru: Handset, db: Database, clock: FakeClock, sql: Sql, vault: Vault
) -> None:
    member = await due(wanjiru, db, clock, sql, vault)
    async with db.unit() as uow:
        await locked(uow, member)
        assert await what_keeps(uow, member=member) is None
        paying = asyncio.create_task(start(db, member))
        # Time enough to write its row, and to wait for hers.
        await asyncio.sleep(0.5)
        await erase(uow, member=member)
    with pytest.raises(NotSignedIn):
        await paying
    assert await sql("SELECT count(*) FROM mpesa_transactions") == [(0,)]


async def test_who_pays_at_the_very_moment_is_not_forgotten_before_that_is_known(
    wanjiru: Handset, db: Database, clock: FakeClock, sql: Sql, vault: Vault
) -> None:
    member = await due(wanjiru, db, clock, sql, vault)
    async with db.unit() as uow:
        asked = {"phone": Phone(PHONE), "amount": Money(100_00), "language": "en", "channel": "ussd"}
        await start_deposit(uow, intent=IntentId(uow.ids.new()), member=member, **asked)
        forgetting = asyncio.create_task(erase_due(Hands(db), {}))
        await asyncio.sleep(0.5)
        assert not forgetting.done()
    await forgetting
    assert await sql("SELECT name FROM members") == [(NAME,)]
    clock.advance(days=8)
    await erase_due(Hands(db), {})
    assert await sql("SELECT name FROM members") == [(NAME,)], "what became of the payment isn't known yet"


async def test_new_terms_are_asked_for_on_the_next_home_and_kept_with_the_old_ones(
    wanjiru: Handset, conversation: Conversation, db: Database, sql: Sql, monkeypatch: pytest.MonkeyPatch
) -> None:
    await wanjiru.register(NAME, PIN)
    await linked(db)
    monkeypatch.setattr(consents, "CONSENT_VERSION", "2027-01")
    monkeypatch.setattr(terms, "CONSENT_VERSION", "2027-01")
    chat = Chat(conversation)

    assert "Our terms have changed" in await chat.command("deposit.amount")
    assert "Our terms have changed" in await wanjiru.dial()
    assert "Please read this first" in await wanjiru.dial("1"), "nobody agrees to what she has not seen"
    assert (await wanjiru.type("2")).startswith("END Your account waits for you")
    assert await sql("SELECT version FROM consents") == [("2026-11",)]
    await wanjiru.dial()
    assert "See it" in await wanjiru.type("3"), "her data is hers without agreeing"

    await wanjiru.dial()
    assert "Balance" in await wanjiru.type("1")
    assert await sql("SELECT version, channel FROM consents ORDER BY version") == [("2026-11", "ussd"), ("2027-01", "ussd")]
    assert "What amount" in await chat.command("deposit.amount")
