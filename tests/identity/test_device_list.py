"""What speaks for a member: numbered for good, told of, and taken off at once."""

from __future__ import annotations

import pytest

from core.identity.device_list import PhoneStays, UnknownDevice, devices_of, remember_program, revoke_device
from core.identity.devices import link_telegram
from core.identity.members import Member, find_by_telegram
from core.identity.pins import PinGate
from core.identity.sessions import NotSignedIn, begin_session, find_session
from core.kernel.db import Database
from core.kernel.phone import Phone
from core.kernel.secrets import PinHasher
from tests.conftest import FakeClock
from tests.notifications.post_office import PostOffice

from .people import PIN, WANJIRU, People

OTIENO = Phone("+254722000002")


async def program(db: Database, member: Member, secret: str = "secret-1", name: str = "Tablet") -> bool:
    async with db.unit() as uow:
        _, is_new = await remember_program(uow, member=member.id, secret=secret, name=name, address="10.0.0.1", agent="Mozilla")
    return is_new


async def shown(db: Database, member: Member) -> list[tuple[int, str, str]]:
    async with db.unit() as uow:
        return [(device.number, device.kind, device.name) for device in await devices_of(uow, member=member.id)]


async def test_devices_when_phone_chat_and_program_speak_for_her_then_all_are_listed(db: Database, people: People) -> None:
    member = await people.register()
    async with db.unit() as uow:
        await link_telegram(uow, member=member.id, telegram_id=42, chat=42, name="Wanjiru K")
    await program(db, member)
    assert await shown(db, member) == [
        (1, "mobile", "+2547XX***001"),
        (2, "telegram", "Wanjiru K"),
        (3, "program", "Tablet"),
    ]


async def test_program_when_new_then_told_by_sms_and_chat_and_when_known_then_not_again(db: Database, people: People) -> None:
    member, office = await people.register(), PostOffice(db)
    async with db.unit() as uow:
        await link_telegram(uow, member=member.id, telegram_id=42, chat=42, name="W")
    await office.work()
    before = len(office.sms.to(WANJIRU))
    assert [await program(db, member) for _ in range(3)] == [True, False, False]
    await office.work()
    (told,) = office.sms.to(WANJIRU)[before:]
    assert "Tablet" in told
    assert any("Tablet" in message for message in office.chat.shown(42))
    assert len(await people.rows("security_events", where="event_type = 'new_device'")) == 1


async def test_program_when_one_handset_serves_two_members_then_each_has_it(db: Database, people: People) -> None:
    wanjiru, otieno = await people.register(), await people.register(OTIENO)
    assert await program(db, wanjiru) is True
    assert await program(db, otieno) is True
    assert await program(db, wanjiru) is False


async def test_revoke_when_a_program_then_its_sessions_end_and_back_again_it_is_told_of_as_new(
    db: Database, people: People
) -> None:
    member = await people.register()
    await program(db, member, "one", "One")
    async with db.unit() as uow:
        device, _ = await remember_program(uow, member=member.id, secret="two", name="Two", address="x", agent="")
        signed_in = await begin_session(uow, member=member.id, device=device, methods=["pin"], address="x", agent="")
    async with db.unit() as uow:
        assert (await revoke_device(uow, member=member.id, number=3)).name == "Two"
    async with db.unit() as uow:
        with pytest.raises(NotSignedIn):
            await find_session(uow, signed_in.session.id)
        with pytest.raises(UnknownDevice):
            await revoke_device(uow, member=member.id, number=3)
    assert [number for number, _, _ in await shown(db, member)] == [1, 2]
    assert await program(db, member, "three", "Three") is True
    assert await program(db, member, "two", "Two again") is True
    assert await shown(db, member) == [
        (1, "mobile", "+2547XX***001"),
        (2, "program", "One"),
        (3, "program", "Two again"),
        (4, "program", "Three"),
    ]


async def test_revoke_when_the_chat_then_it_is_unlinked(db: Database, people: People) -> None:
    member = await people.register()
    async with db.unit() as uow:
        await link_telegram(uow, member=member.id, telegram_id=42, chat=42, name="W")
    async with db.unit() as uow:
        await revoke_device(uow, member=member.id, number=2)
    async with db.unit() as uow:
        assert await find_by_telegram(uow, 42) is None


async def test_revoke_when_her_own_phone_or_somebody_elses_device_then_refused(db: Database, people: People) -> None:
    wanjiru, otieno = await people.register(), await people.register(OTIENO)
    await program(db, wanjiru)
    async with db.unit() as uow:
        with pytest.raises(PhoneStays):
            await revoke_device(uow, member=wanjiru.id, number=1)
        with pytest.raises(UnknownDevice):
            await revoke_device(uow, member=otieno.id, number=2)


async def test_pin_when_right_then_the_sitting_is_in_the_record(
    db: Database, people: People, hasher: PinHasher, clock: FakeClock
) -> None:
    member = await people.register()
    gate = PinGate(db, hasher)
    clock.advance(hours=1)
    await gate.check(member=member.id, pin=PIN, channel="ussd", event_id="one")
    await gate.check(member=member.id, pin=PIN, channel="ussd", event_id="two")
    await gate.check(member=member.id, pin="739206", channel="ussd", event_id="three")
    audits = [(row["action"], row["ip_address"]) for row in await people.rows("session_audits")]
    assert audits == [("session_created", "ussd"), ("session_created", "ussd"), ("session_renewed", "ussd")]
    (device,) = await people.rows("user_devices")
    assert (device["device_type"], device["last_used_at"], device["trusted"]) == ("mobile", clock.now(), True)
