"""Changes of contacts and e-mail by phone and PIN alone wait three days, are told at every address, and can be stopped."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pyotp
import pytest
from sqlalchemy import text

from core.identity.addresses import email_of
from core.identity.devices import link_telegram
from core.identity.emails import EmailGate, email_counts_from, pending_email, remove_email, start_email
from core.identity.recovery import NoContacts
from core.identity.recovery_contacts import answer_request, ask_contact, contacts_who_count, remove_contact, requests_to
from core.identity.two_factor import begin_enrolment, confirm_enrolment, enable
from core.identity.vouching import NotAContact
from core.identity.waiting_changes import stop_changes, waiting_changes
from core.identity.waiting_time import LOOK_AT_CHANGES, WAITS
from core.kernel.db import Database
from core.kernel.phone import Phone
from tests.conftest import FakeClock
from tests.dialogue.mail import code_by_mail, letters

from .people import People, new_id
from .village import Village

THIEF, FRIEND = Phone("+254733000081"), Phone("+254733000082")


@pytest.fixture
async def village(people: People, clock: Any) -> Village:
    village = Village(people, clock)
    await village.settle()
    return village


async def choose(db: Database, village: Village, contact: Any) -> datetime:
    """Ask this person as whoever holds her phone and PIN can; he accepts at once."""
    async with db.unit() as uow:
        at = await ask_contact(uow, member=village.her.id, contact=contact.id)
    async with db.unit() as uow:
        (request,) = await requests_to(uow, contact=contact.id)
        await answer_request(uow, contact=contact.id, request=request.id, accepts=True)
    return at


async def counting(db: Database, village: Village) -> set[str]:
    async with db.unit() as uow:
        return {one.name for one in await contacts_who_count(uow, member=village.her.id)}


async def pass_days(people: People, clock: FakeClock, hours: int) -> None:
    """Time passes and the worker looks every day; a look that comes too early is put off by itself."""
    for _ in range(hours // 24):
        clock.advance(hours=24)
        await people.do_jobs(LOOK_AT_CHANGES)


async def test_contact_when_chosen_by_phone_and_pin_then_counts_after_three_days_and_is_told_twice(
    village: Village, db: Database, people: People, clock: FakeClock
) -> None:
    thief, before = await people.register(THIEF, name="Thief"), len(village.contacts)
    at = await choose(db, village, thief)
    assert at == clock.now() + WAITS
    assert await village.told("a new recovery contact counts from") == before + 1

    await pass_days(people, clock, 48)
    assert "Thief" not in await counting(db, village)
    assert await village.told("a new recovery contact counts from") == before + 2
    recovery = await village.start()
    with pytest.raises(NotAContact):
        await village.say(recovery, thief)
    await pass_days(people, clock, 24)
    assert "Thief" in await counting(db, village)
    with pytest.raises(NotAContact):
        await village.say(recovery, thief)
    assert await village.told("a new recovery contact counts from") == before + 2


async def test_contact_when_stopped_from_any_phone_or_chat_then_he_never_counts(
    village: Village, db: Database, people: People, clock: FakeClock
) -> None:
    async with db.unit() as uow:
        await link_telegram(uow, member=village.her.id, telegram_id=7001, chat=7001, name="W")
    thief = await people.register(THIEF, name="Thief")
    await choose(db, village, thief)
    async with db.unit() as uow:
        assert [one.what for one in await waiting_changes(uow, member=village.her.id)] == ["contact"]
        assert await stop_changes(uow, member=village.her.id, by="telegram") == 1
    await pass_days(people, clock, 96)
    assert await counting(db, village) == {"Contact A", "Contact B", "Contact C"}
    told = [row["message"] for row in await people.rows("chat_delivery_log", where="chat = 7001")]
    assert sum("counts from" in one for one in told) == 1
    assert sum("were stopped" in one for one in told) == 1
    (event,) = await people.rows("security_events", where="event_type = 'changes_stopped'")
    assert (event["severity"], event["ip_address"]) == ("high", "telegram")


async def test_contacts_when_a_thief_takes_all_off_then_they_count_until_she_has_had_three_days_to_stop_it(
    village: Village, db: Database, people: People, clock: FakeClock
) -> None:
    for contact in village.contacts:
        async with db.unit() as uow:
            assert await remove_contact(uow, member=village.her.id, contact=contact.id) == clock.now() + WAITS
    await pass_days(people, clock, 48)
    recovery = await village.start()
    await village.say(recovery, village.contacts[0])
    async with db.unit() as uow:
        assert await stop_changes(uow, member=village.her.id, by="ussd") == 3
    await pass_days(people, clock, 24)
    assert len(await counting(db, village)) == 3
    await village.say(recovery, village.contacts[1])
    assert await village.told("your contacts confirmed") == 1


async def test_contact_when_taken_off_and_nobody_stops_it_then_gone_also_without_the_worker(
    village: Village, db: Database, people: People, clock: FakeClock
) -> None:
    for contact in village.contacts[:2]:
        async with db.unit() as uow:
            await remove_contact(uow, member=village.her.id, contact=contact.id)
    clock.advance(hours=72)
    assert await counting(db, village) == {"Contact C"}
    with pytest.raises(NoContacts):
        await village.start()
    # He can be asked again, whether the worker has tidied up or not.
    await choose(db, village, village.contacts[0])
    assert await people.do_jobs(LOOK_AT_CHANGES) > 0
    statuses = [row["status"] for row in await people.rows("recovery_contacts")]
    assert sorted(statuses) == ["accepted", "accepted", "removed", "removed"]


async def test_contact_who_does_not_count_yet_is_let_go_at_once(village: Village, db: Database, people: People) -> None:
    thief = await people.register(THIEF, name="Thief")
    await choose(db, village, thief)
    async with db.unit() as uow:
        await remove_contact(uow, member=village.her.id, contact=thief.id)
        assert await waiting_changes(uow, member=village.her.id) == []


async def enrol(db: Database, village: Village, clock: FakeClock) -> None:
    async with db.unit() as uow:
        enrolment = await begin_enrolment(uow, member=village.her.id)
    async with db.unit() as uow:
        code = pyotp.TOTP(enrolment.key).at(clock.now())
        assert await confirm_enrolment(uow, member=village.her.id, code=code)
        await enable(uow, member=village.her.id)


async def test_change_when_an_authenticator_has_been_hers_for_three_days_then_at_once(
    village: Village, db: Database, people: People, clock: FakeClock
) -> None:
    await enrol(db, village, clock)
    friend = await people.register(FRIEND, name="Friend")
    # One that was set up with her phone a moment ago may be the thief's own.
    assert await choose(db, village, friend) == clock.now() + WAITS
    async with db.unit() as uow:
        await stop_changes(uow, member=village.her.id, by="ussd")
    clock.advance(hours=72)
    assert await choose(db, village, friend) == clock.now()
    assert "Friend" in await counting(db, village)
    async with db.unit() as uow:
        assert await remove_contact(uow, member=village.her.id, contact=friend.id) == clock.now()
    assert "Friend" not in await counting(db, village)


async def prove(db: Database, village: Village, address: str, clock: FakeClock) -> None:
    clock.advance(minutes=2)
    async with db.unit() as uow:
        await start_email(uow, member=village.her.id, address=address)
    code = await code_by_mail(db)
    outcome = await EmailGate(db).check(member=village.her.id, code=code, event_id=str(new_id()))
    assert outcome.verdict == "right"


async def mine(db: Database, village: Village) -> str | None:
    async with db.unit() as uow:
        return await email_of(uow, member=village.her.id)


async def test_email_when_it_is_the_first_then_hers_after_three_days_and_until_then_told_nothing(
    village: Village, db: Database, people: People, clock: FakeClock
) -> None:
    await prove(db, village, "thief@example.org", clock)
    async with db.unit() as uow:
        assert await email_counts_from(uow, member=village.her.id) == clock.now() + WAITS
        assert await pending_email(uow, member=village.her.id) is None, "its code was typed already"
    assert await mine(db, village) is None
    assert await village.told("a new e-mail counts from") == 1
    await village.start()
    assert [to for to, why in await letters(db) if "somebody asked" in why] == []

    await pass_days(people, clock, 72)
    assert await mine(db, village) == "thief@example.org"
    assert await village.told("now gets notices") == 1


async def test_email_when_replaced_and_removed_then_the_old_one_hears_all_until_the_end(
    village: Village, db: Database, people: People, clock: FakeClock
) -> None:
    await prove(db, village, "w1@example.org", clock)
    await pass_days(people, clock, 72)
    await prove(db, village, "thief@example.org", clock)
    assert await mine(db, village) == "w1@example.org"
    assert ("w1@example.org", True) in {(to, "a new e-mail counts from" in why) for to, why in await letters(db)}
    async with db.unit() as uow:
        await stop_changes(uow, member=village.her.id, by="ussd")
        assert await remove_email(uow, member=village.her.id) == clock.now() + WAITS
        assert await remove_email(uow, member=village.her.id) == clock.now() + WAITS, "asked again it is no later"
    await pass_days(people, clock, 48)
    assert await mine(db, village) == "w1@example.org"
    await pass_days(people, clock, 24)
    assert await mine(db, village) is None
    reasons = [row["ended_reason"] for row in await people.rows("email_addresses")]
    assert sorted(reasons) == ["removed", "stopped"]


@pytest.mark.parametrize("round_number", range(3))
async def test_change_when_stopped_at_the_very_moment_then_exactly_one_happens(
    village: Village, db: Database, people: People, clock: FakeClock, round_number: int
) -> None:
    await prove(db, village, "thief@example.org", clock)
    clock.advance(hours=72, seconds=round_number - 1)

    async def stop() -> int:
        async with db.unit() as uow:
            return await stop_changes(uow, member=village.her.id, by="ussd")

    stopped, _, _ = await asyncio.gather(stop(), people.do_jobs(LOOK_AT_CHANGES), people.do_jobs(LOOK_AT_CHANGES))
    clock.advance(minutes=1)
    await people.do_jobs(LOOK_AT_CHANGES)
    assert (await mine(db, village) is None) is (stopped == 1)


async def test_change_when_its_member_was_erased_meanwhile_then_nothing_is_done_or_told(
    village: Village, db: Database, people: People, clock: FakeClock
) -> None:
    await prove(db, village, "w@example.org", clock)
    async with db.unit() as uow:
        await uow.session.execute(
            text("UPDATE members SET erased_at = now(), phone = 'erased:' || id WHERE id = :her"), {"her": village.her.id}
        )
    clock.advance(seconds=timedelta(hours=72).total_seconds())
    before = len(await people.rows("sms_delivery_log"))
    await people.do_jobs(LOOK_AT_CHANGES)
    assert len(await people.rows("sms_delivery_log")) == before
