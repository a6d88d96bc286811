from __future__ import annotations

import asyncio

import pytest

from core.identity.devices import TelegramTaken, link_telegram, unlink_telegram
from core.identity.email_models import EmailAddress
from core.identity.events import record_security_event
from core.identity.members import Member, find, find_by_telegram
from core.identity.models import MemberRow
from core.kernel.db import Database
from core.kernel.phone import Phone
from tests.notifications.post_office import PostOffice

from .people import WANJIRU, People, new_id

OTIENO = Phone("+254722000002")
LINKED = "device_type = 'telegram'"


@pytest.fixture
def office(db: Database) -> PostOffice:
    return PostOffice(db)


async def link(db: Database, member: Member, telegram_id: int = 42, name: str = "Wanjiru K") -> None:
    async with db.unit() as uow:
        await link_telegram(uow, member=member.id, telegram_id=telegram_id, chat=telegram_id, name=name)


async def test_link_when_new_then_found_by_telegram_and_phone_is_told(db: Database, people: People, office: PostOffice) -> None:
    member = await people.register()
    await link(db, member)
    async with db.unit() as uow:
        found = await find_by_telegram(uow, 42)
    assert found is not None
    assert (found.id, found.telegram, found.chat) == (member.id, 42, 42)
    await office.work()
    (told,) = office.sms.to(WANJIRU)
    assert "Wanjiru K" in told
    device = (await people.rows("user_devices", where=LINKED))[0]
    assert (device["device_fingerprint"], device["device_name"], device["trusted"]) == ("telegram:42", "Wanjiru K", False)
    audit = (await people.rows("session_audits"))[-1]
    assert (audit["action"], audit["device_id"], audit["user_id"]) == ("session_created", device["id"], member.id)


async def test_link_when_she_has_an_email_then_that_is_told_too(db: Database, people: People) -> None:
    """Who links with a stolen SIM gets the SMS; the mailbox may be the one address that he doesn't hold."""
    member = await people.register()
    async with db.unit() as uow:
        proven = {"verified_at": uow.clock.now(), "expires_at": uow.clock.now(), "created_at": uow.clock.now()}
        uow.session.add(EmailAddress(id=new_id(), user_id=member.id, address="w@example.org", **proven))
    async with db.unit() as uow:
        await link_telegram(uow, member=member.id, telegram_id=7001, chat=7001, name="Stranger")
    assert [row["to_email"] for row in await people.rows("email_delivery_log")] == ["w@example.org"]


async def test_link_when_repeated_then_one_device_and_one_sms(db: Database, people: People, office: PostOffice) -> None:
    member = await people.register()
    for _ in range(3):
        await link(db, member)
    await office.work()
    assert len(office.sms.to(WANJIRU)) == len(await people.rows("user_devices", where=LINKED)) == 1


async def test_link_when_account_belongs_to_another_then_refused(db: Database, people: People) -> None:
    wanjiru, otieno = await people.register(), await people.register(OTIENO)
    await link(db, wanjiru)
    with pytest.raises(TelegramTaken):
        await link(db, otieno)
    async with db.unit() as uow:
        assert (await find_by_telegram(uow, 42) or otieno).id == wanjiru.id


async def test_link_when_two_claim_one_account_at_once_then_one_gets_it(db: Database, people: People) -> None:
    members = [await people.register(Phone(f"+25471200000{n}")) for n in range(8)]
    results = await asyncio.gather(*(link(db, member) for member in members), return_exceptions=True)
    assert [result for result in results if result is None] == [None]
    assert all(isinstance(result, TelegramTaken) for result in results if result is not None)
    assert len(await people.rows("user_devices", where=LINKED)) == 1


async def test_link_when_refused_then_callers_unit_can_go_on(db: Database, people: People) -> None:
    """A refusal is an answer: the turn still has to write its own things."""
    wanjiru, otieno = await people.register(), await people.register(OTIENO)
    await link(db, wanjiru)
    async with db.unit() as uow:
        with pytest.raises(TelegramTaken):
            await link_telegram(uow, member=otieno.id, telegram_id=42, chat=42, name="X")
        await record_security_event(uow, event_type="suspicious_activity", severity="low", member=otieno.id)
    assert len(await people.rows("security_events", where="event_type = 'suspicious_activity'")) == 1


async def test_link_when_member_moves_then_old_account_is_let_go_and_told(
    db: Database, people: People, office: PostOffice
) -> None:
    member = await people.register(language="sw")
    await link(db, member, 42)
    await link(db, member, 43)
    await office.work()
    async with db.unit() as uow:
        assert await find_by_telegram(uow, 42) is None
        assert (await find_by_telegram(uow, 43)) is not None
    assert office.chat.shown(42) == ["Akaunti hii ya Telegram haijaunganishwa tena na akaunti ya Mtaa DAO."]
    revoked = await people.rows("user_devices", where="revoked_at IS NOT NULL")
    assert [device["device_fingerprint"] for device in revoked] == ["telegram:42"]
    assert len(office.sms.to(WANJIRU)) == 2


async def test_link_when_moved_back_then_the_old_device_is_good_again(db: Database, people: People) -> None:
    member = await people.register()
    for telegram_id in (42, 43, 42):
        await link(db, member, telegram_id)
    live = await people.rows("user_devices", where=f"{LINKED} AND revoked_at IS NULL")
    assert [device["device_fingerprint"] for device in live] == ["telegram:42"]


async def test_link_when_one_handset_serves_two_members_then_both_have_their_device(db: Database, people: People) -> None:
    wanjiru, otieno = await people.register(), await people.register(OTIENO)
    await link(db, wanjiru)
    async with db.unit() as uow:
        await unlink_telegram(uow, member=wanjiru.id)
    await link(db, otieno)
    assert len(await people.rows("user_devices", where=LINKED)) == 2


@pytest.mark.parametrize("name", ["", "😀😀", "<b>x</b> 12345 évîl.com " * 20])
async def test_link_when_account_has_an_odd_name_then_the_sms_is_one_part(
    db: Database, people: People, office: PostOffice, name: str
) -> None:
    member = await people.register()
    await link(db, member, name=name)
    await office.work()
    (told,) = office.sms.to(WANJIRU)
    assert len(told) <= 160
    assert "<" not in told
    assert ".com" not in told


async def test_unlink_when_nothing_is_linked_then_nothing_happens(db: Database, people: People) -> None:
    member = await people.register()
    async with db.unit() as uow:
        await unlink_telegram(uow, member=member.id)
        assert await find(uow, member.id) == member
    assert [row["action"] for row in await people.rows("session_audits")] == ["session_created"]


async def test_security_event_when_recorded_then_row_has_it_all(db: Database, people: People) -> None:
    async with db.unit() as uow:
        await record_security_event(
            uow, event_type="suspicious_activity", severity="critical", address="10.0.0.1", details={"why": "test"}
        )
    event = await people.row("security_events")
    assert (event["severity"], event["ip_address"], event["details"], event["resolved"]) == (
        "critical",
        "10.0.0.1",
        {"why": "test"},
        False,
    )


async def test_unlink_when_a_chat_was_linked_since_the_row_was_read_then_that_one_is_let_go(
    db: Database, people: People
) -> None:
    member = await people.register()
    async with db.unit() as uow:
        kept = await uow.session.get_one(MemberRow, member.id)
        await link(db, member)
        await unlink_telegram(uow, member=member.id)
        assert kept.telegram_id is None
    assert (await people.row("members"))["telegram_id"] is None
    (device,) = await people.rows("user_devices", where=LINKED)
    assert device["revoked_at"] is not None
