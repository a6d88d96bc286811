"""An e-mail address from a feature phone and from a chat: typed, proven, changed, removed, each told where it matters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.dialogue.engine import Conversation
from core.dialogue.turn import Kind
from core.identity.devices import link_telegram
from core.identity.members import find_by_phone
from core.identity.waiting_time import LOOK_AT_CHANGES
from core.kernel.db import Database
from core.kernel.ids import MemberId
from core.kernel.phone import Phone
from core.kernel.secrets import PinHasher, Vault
from tests.conftest import FakeClock
from tests.dialogue.conftest import Chat, Handset
from tests.dialogue.mail import code_by_mail, letters
from tests.dialogue.stories import code_of
from tests.dialogue.test_second_factor import app_of
from tests.identity.people import People

PIN = "248163"


async def open_email(phone: Handset) -> str:
    """Through the menus, wherever they put it."""
    account = await phone.dial("5")
    while "E-mail" not in account and "Barua pepe" not in account:
        assert "98" in account, account
        account = await phone.type("98")
    (line,) = [line for line in account.splitlines() if "E-mail" in line or "Barua pepe" in line]
    return await phone.type(line.split()[0])


async def linked(db: Database, phone: str, telegram: int) -> None:
    async with db.unit() as uow:
        member = await find_by_phone(uow, Phone(phone))
        assert member is not None
        await link_telegram(uow, member=member.id, telegram_id=telegram, chat=telegram, name="W")


async def three_days_later(db: Database, clock: FakeClock, hasher: PinHasher) -> None:
    """What waited is in force."""
    clock.advance(hours=72)
    await People(db, hasher).do_jobs(LOOK_AT_CHANGES)


async def test_on_a_feature_phone_an_address_is_typed_in_words_and_proven_by_a_second_call(
    wanjiru: Handset, db: Database, sql: Callable[..., Any], clock: FakeClock, hasher: PinHasher
) -> None:
    await wanjiru.register(pin=PIN)
    await open_email(wanjiru)

    asked = await wanjiru.type("1", "Wanjiru.K at gmail dot com")
    assert "Send a code to w***@gmail.com" in asked
    assert "PIN" in asked
    assert (await wanjiru.type(PIN)).startswith("END We have sent a code to w***@gmail.com")
    code = await code_by_mail(db)

    menu = await open_email(wanjiru)
    assert "1 Enter the code" in menu
    assert "That code is not right. 4 tries left." in await wanjiru.type("1", "000000" if code != "000000" else "000001")
    assert (await wanjiru.type(code)).startswith("END The code is right. For your safety this e-mail is yours from")
    assert await sql("SELECT verified_at, code_digest FROM email_addresses") == [(None, None)]
    await three_days_later(db, clock, hasher)
    assert await sql("SELECT address, verified_at IS NOT NULL, code_digest FROM email_addresses") == [
        ("wanjiru.k@gmail.com", True, None)
    ]
    waits, notice = (
        said for (said,) in await sql("SELECT message FROM sms_delivery_log WHERE message LIKE '%e-mail%' ORDER BY id")
    )
    assert "a new e-mail counts from" in waits
    assert "w***@gmail.com" in notice


async def test_in_a_chat_the_old_address_is_told_of_the_change_and_of_the_end(
    wanjiru: Handset,
    conversation: Conversation,
    db: Database,
    sql: Callable[..., Any],
    vault: Vault,
    clock: FakeClock,
    hasher: PinHasher,
) -> None:
    await wanjiru.register(pin=PIN)
    await linked(db, wanjiru.number, 7001)
    chat = Chat(conversation)
    for address in ("w1@example.org", "w2@example.org"):
        await chat.command("email.address")
        asked = await chat.type(address)
        # In a chat an address takes a code that names it, besides her PIN.
        assert "code by SMS to change your e-mail to w***@example.org" in asked
        await chat.type(await code_of(sql, vault, wanjiru.number))
        assert "6-digit code that we sent to w***@example.org" in await chat.type(PIN)
        to, body = (await letters(db))[-1]
        assert to == address
        assert "The code is right" in await chat.type(body.split()[0])
        await three_days_later(db, clock, hasher)

    told = await letters(db)
    assert sorted(to for to, _ in told) == ["w1@example.org", "w1@example.org", "w2@example.org"]
    assert sum("w***@example.org now gets notices" in why for _, why in told) == 2
    assert ("w1@example.org", True) in {(to, "a new e-mail counts from" in why) for to, why in told}

    await chat.command("email.menu")
    clock.advance(minutes=2)
    assert "code by SMS to remove your e-mail" in await chat.tap("remove")
    await chat.type(await code_of(sql, vault, wanjiru.number))
    assert "your e-mail is removed only at" in await chat.type(PIN)
    await three_days_later(db, clock, hasher)
    assert [(to, "no longer" in why) for to, why in await letters(db)] == [("w2@example.org", False), ("w2@example.org", True)]
    assert await sql("SELECT count(*) FROM email_addresses WHERE ended_at IS NULL") == [(0,)]
    assert await sql("SELECT count(*) FROM chat_delivery_log WHERE message LIKE '%e-mail%'") == [(6,)]
    # She is told what happened, never who she is: no e-mail ever lets anybody in.
    assert await sql(
        "SELECT event_type, count(*) FROM security_events WHERE event_type LIKE 'email%' GROUP BY 1 ORDER BY 1"
    ) == [
        ("email_removed", 1),
        ("email_verified", 2),
    ]


async def test_with_phone_and_pin_alone_nobody_takes_the_address_of_a_member_who_has_an_authenticator(
    wanjiru: Handset, db: Database, sql: Callable[..., Any], clock: FakeClock, hasher: PinHasher
) -> None:
    await wanjiru.register(pin=PIN)
    await open_email(wanjiru)
    await wanjiru.type("1", "wanjiru at example dot org", PIN)
    await open_email(wanjiru)
    await wanjiru.type("1", await code_by_mail(db))
    [(member,)] = await sql("SELECT id FROM members")
    app, _ = await app_of(db, MemberId(member), clock)
    await three_days_later(db, clock, hasher)

    await open_email(wanjiru)
    assert "authenticator app" in await wanjiru.type("1", "thief at example dot org")
    assert "4 tries left" in await wanjiru.type("000000")
    await open_email(wanjiru)
    assert "authenticator app" in await wanjiru.type("2")
    await open_email(wanjiru)
    await wanjiru.type("2", app.at(clock.now()))
    assert "Your e-mail is removed" in await wanjiru.type(PIN)
    assert await sql("SELECT address, ended_reason FROM email_addresses") == [("wanjiru@example.org", "removed")]


async def test_what_is_no_address_is_asked_for_again_and_nothing_is_sent(wanjiru: Handset, db: Database) -> None:
    await wanjiru.register(pin=PIN)
    await open_email(wanjiru)
    assert "That is not an e-mail address" in await wanjiru.type("1", "wanjiru gmail com")
    assert await letters(db) == []


async def test_without_the_pin_no_code_leaves(wanjiru: Handset, db: Database) -> None:
    await wanjiru.register(pin=PIN)
    await open_email(wanjiru)
    await wanjiru.type("1", "w@example.org", "604718")
    assert await letters(db) == []


async def test_a_redelivered_guess_is_counted_once(
    wanjiru: Handset, conversation: Conversation, db: Database, sql: Callable[..., Any], vault: Vault
) -> None:
    await wanjiru.register(pin=PIN)
    await linked(db, wanjiru.number, 7001)
    chat = Chat(conversation)
    await chat.command("email.address")
    await chat.type("w@example.org")
    await chat.type(await code_of(sql, vault, wanjiru.number))
    await chat.type(PIN)
    wrong = "000000" if await code_by_mail(db) != "000000" else "000001"
    for _ in range(3):
        assert "4 tries left" in await chat.do(Kind.TYPED, wrong, event="the same")
