"""Recovery: never by an SMS alone, stoppable by anybody who holds an address of hers, and nothing old survives it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core.identity.device_list import devices_of
from core.identity.devices import link_telegram
from core.identity.pins import DISABLES_AT, LOCKED_FOR, LOCKS_AT
from core.identity.recovery import (
    MOST_STARTS,
    NoContacts,
    RecoveryOver,
    RecoveryUnderway,
    TooManyRecoveries,
    cancel_recovery,
    pending_recovery,
    pending_row,
)
from core.identity.recovery_contacts import BadContact, needed_of, remove_contact
from core.identity.recovery_finish import (
    LITTLE_A_DAY,
    OPEN_RECOVERY,
    RecoveryElsewhere,
    RecoveryNotOpen,
    finish_recovery,
    require_open,
    withdrawals_capped,
    withdrawals_held_until,
)
from core.identity.registration import AlreadyRegistered
from core.identity.step_up import DEFAULT_LIMIT, limit_of, set_limit
from core.identity.two_factor import begin_enrolment, confirm_enrolment, enable, has_two_factor
from core.identity.vouching import NotAContact, to_vouch_for
from core.kernel.db import Database
from core.kernel.money import Money
from core.kernel.phone import Phone

from .people import PIN, People
from .village import HER_PHONE, NEW_PIN, Village

NEW_NUMBER = Phone("+254733000009")


@pytest.fixture
async def village(people: People, clock: Any) -> Village:
    village = Village(people, clock)
    await village.settle()
    return village


async def test_recovery_when_contacts_confirm_and_a_day_has_passed_then_a_new_pin_opens(
    village: Village, people: People, clock: Any
) -> None:
    recovery = await village.start()
    assert await village.told("somebody asked for a new PIN") == 1
    assert [await village.told("asks to get back in", one.phone) for one in village.contacts] == [1, 1, 1]

    await village.say(recovery, village.contacts[0])
    await village.say(recovery, village.contacts[2])
    assert await village.told("your contacts confirmed") == 1
    clock.advance(hours=24)
    await people.calm()
    assert await people.do_jobs(OPEN_RECOVERY) == 1
    assert await village.told("you can choose your new PIN now") == 1
    await village.finish(recovery)

    assert await village.told("your account has a new PIN") == 1
    assert (await village.enter(NEW_PIN)).verdict == "right"
    assert (await village.enter(PIN)).verdict == "wrong"
    (row,) = await people.rows("account_recovery")
    assert (row["status"], row["recovery_type"], row["method"]) == ("used", "password_reset", "sms_and_contacts")
    assert HER_PHONE not in row["token"]


async def test_recovery_when_only_the_sms_is_there_then_never_opens(village: Village, clock: Any) -> None:
    """Threats U9 and U10: whoever has the SIM, by swap or because the number was given away, has a code and nothing more."""
    recovery = await village.start()
    await village.say(recovery, village.contacts[0])
    for hours in (0, 24, 47):
        clock.advance(hours=hours)
        with pytest.raises(RecoveryNotOpen):
            await village.finish(recovery)
    clock.advance(hours=24)
    with pytest.raises(RecoveryOver):
        await village.finish(recovery)


async def test_recovery_when_the_waiting_time_is_not_over_then_no_new_pin(village: Village, clock: Any) -> None:
    recovery = await village.confirmed()
    clock.advance(hours=23, minutes=59)
    with pytest.raises(RecoveryNotOpen):
        await village.finish(recovery)
    clock.advance(minutes=1)
    await village.finish(recovery)


async def test_recovery_when_account_was_disabled_then_opens_it(village: Village, people: People, clock: Any) -> None:
    for number in range(DISABLES_AT):
        if number == LOCKS_AT:
            clock.advance(seconds=LOCKED_FOR.total_seconds())
        await village.enter("604718")
    assert (await village.enter()).verdict == "disabled"
    await village.recovered()

    assert (await village.enter(NEW_PIN)).verdict == "right"
    (row,) = await people.rows("account_recovery")
    assert row["recovery_type"] == "account_unlock"


async def test_recovery_when_done_then_sessions_and_trust_are_dead_and_money_waits(
    village: Village, db: Database, people: People, clock: Any
) -> None:
    async with db.unit() as uow:
        await link_telegram(uow, member=village.her.id, telegram_id=7001, chat=7001, name="W")
        await uow.session.execute(text("UPDATE user_devices SET trusted = true"))
    await village.recovered()

    async with db.unit() as uow:
        held = await withdrawals_held_until(uow, village.her.id)
        assert held == clock.now() + timedelta(hours=24)
        assert await withdrawals_capped(uow, village.her.id) == (LITTLE_A_DAY, clock.now() + timedelta(hours=72))
        assert await withdrawals_held_until(uow, village.contacts[0].id) is None
        clock.advance(hours=24)
        assert await withdrawals_held_until(uow, village.her.id) is None
        assert await withdrawals_capped(uow, village.her.id) is not None
        clock.advance(hours=48)
        assert await withdrawals_capped(uow, village.her.id) is None
    devices = await people.rows("user_devices", where=f"user_id = '{village.her.id}'")
    assert {row["device_fingerprint"] for row in devices if row["trusted"]} <= {HER_PHONE}
    (row,) = await people.rows("members", where=f"id = '{village.her.id}'")
    assert row["telegram_id"] is None
    told = await people.rows("chat_delivery_log")
    assert len(told) >= 4, "the chat that was let go heard of every step"


async def test_recovery_when_cancelled_then_over_whatever_comes_after(
    village: Village, db: Database, clock: Any, people: People
) -> None:
    recovery = await village.confirmed()
    async with db.unit() as uow:
        await cancel_recovery(uow, recovery=recovery.id, by="telegram")
    clock.advance(hours=24)
    with pytest.raises(RecoveryOver):
        await village.finish(recovery)
    assert await village.told("was stopped") == 1
    assert (await village.enter()).verdict == "right", "the old PIN stays"
    await people.do_jobs(OPEN_RECOVERY)
    assert await village.told("you can choose") == 0


@pytest.mark.parametrize("round_number", range(3))
async def test_recovery_when_cancelled_and_finished_at_once_then_exactly_one_happens(
    village: Village, db: Database, people: People, clock: Any, round_number: int
) -> None:
    recovery = await village.confirmed()
    clock.advance(hours=24, minutes=round_number)

    async def cancel() -> None:
        async with db.unit() as uow:
            await cancel_recovery(uow, recovery=recovery.id, by="ussd")

    ends = await asyncio.gather(village.finish(recovery), cancel(), cancel(), return_exceptions=True)
    assert [type(end) for end in ends if end is not None] == [RecoveryOver, RecoveryOver]
    (row,) = await people.rows("account_recovery")
    opened = (await village.enter(NEW_PIN)).verdict == "right"
    assert (row["status"] == "used") is opened is (ends[0] is None)


async def test_recovery_when_one_contact_confirms_twenty_times_at_once_then_counts_once(
    village: Village, people: People
) -> None:
    recovery = await village.start()
    await asyncio.gather(*(village.say(recovery, village.contacts[0]) for _ in range(20)))
    (row,) = await people.rows("account_recovery")
    assert (row["confirmed_at"], len(await people.rows("recovery_confirmations"))) == (None, 1)


async def test_recovery_when_all_confirm_at_once_then_one_waiting_time_begins(village: Village, people: People) -> None:
    recovery = await village.start()
    await asyncio.gather(*(village.say(recovery, contact) for contact in village.contacts))
    assert await village.told("your contacts confirmed") == 1
    assert await people.do_jobs(OPEN_RECOVERY) == 1


async def test_recovery_when_enough_contacts_say_no_then_over(village: Village, people: People) -> None:
    recovery = await village.start()
    await village.say(recovery, village.contacts[0], "refused")
    (row,) = await people.rows("account_recovery")
    assert row["status"] == "pending", "two others can still confirm"
    await village.say(recovery, village.contacts[1], "refused")
    (row,) = await people.rows("account_recovery")
    assert (row["status"], row["cancelled_by"]) == ("cancelled", "contacts")


async def test_recovery_when_a_contact_is_new_removed_or_nobody_then_his_word_counts_nothing(
    village: Village, db: Database, people: People, clock: Any
) -> None:
    async with db.unit() as uow:
        await remove_contact(uow, member=village.her.id, contact=village.contacts[0].id)
    clock.advance(hours=71, minutes=59)
    recovery = await village.start()
    clock.advance(minutes=1)
    late = await people.register(Phone("+254722000099"))
    await village.befriend(late)
    async with db.unit() as uow:
        assert await to_vouch_for(uow, contact=late.id) == []
    for nobody in (late, village.contacts[0], village.her):
        with pytest.raises(NotAContact):
            await village.say(recovery, nobody)


async def test_recovery_when_asked_on_another_device_then_cannot_be_finished_there(village: Village, clock: Any) -> None:
    recovery = await village.confirmed(device="telegram:7001")
    clock.advance(hours=24)
    for device in (HER_PHONE, "telegram:7002", ""):
        with pytest.raises(RecoveryElsewhere):
            await village.finish(recovery, device=device)
    await village.finish(recovery, device="telegram:7001")


async def test_recovery_when_number_is_new_then_it_is_hers_after_three_days_and_the_old_one_hears_all(
    village: Village, people: People, clock: Any
) -> None:
    device = f"phone:{NEW_NUMBER}"
    recovery = await village.confirmed(device=device, new_phone=NEW_NUMBER)
    clock.advance(hours=71)
    with pytest.raises(RecoveryNotOpen):
        await village.finish(recovery, device=device)
    clock.advance(hours=1)
    await village.finish(recovery, device=device)

    (row,) = await people.rows("members", where=f"id = '{village.her.id}'")
    assert row["phone"] == NEW_NUMBER
    for number in (village.her.phone, NEW_NUMBER):
        for step in ("somebody asked", "your contacts confirmed", "has a new PIN"):
            assert await village.told(step, number) == 1
    assert (await village.enter(NEW_PIN)).verdict == "right"


async def test_recovery_when_number_is_new_then_the_old_sim_is_a_strangers_and_can_lock_nobody_out(
    village: Village, people: People, clock: Any
) -> None:
    """A1: a stolen SIM was hers and trusted; after the change what is typed there must not count at her own door."""
    old = HER_PHONE
    await village.recovered(device=f"phone:{NEW_NUMBER}", new_phone=NEW_NUMBER)
    verdicts = [(await village.enter("604718", device=old)).verdict for _ in range(DISABLES_AT + 1)]
    assert verdicts.count("wrong") == LOCKS_AT - 1
    assert (await village.enter(NEW_PIN, device=f"phone:{NEW_NUMBER}")).verdict == "right"

    async with people.database.unit() as uow:
        (device,) = await devices_of(uow, member=village.her.id)
    assert (device.kind, device.name, device.trusted) == ("mobile", "+2547XX***009", True)
    (row,) = await people.rows("user_devices", where=f"device_fingerprint = '{old}'")
    assert (row["trusted"], row["revoked_at"] is not None) == (False, True)


async def test_recovery_when_the_new_number_registers_while_it_waits_then_refused_calmly(
    village: Village, people: People, clock: Any
) -> None:
    device = f"phone:{NEW_NUMBER}"
    recovery = await village.confirmed(device=device, new_phone=NEW_NUMBER)
    await people.register(NEW_NUMBER, name="Impatient")
    clock.advance(hours=72)
    with pytest.raises(AlreadyRegistered):
        await village.finish(recovery, device=device)
    assert (await village.enter()).verdict == "right", "nothing of her account has changed"
    assert (await people.rows("account_recovery"))[0]["status"] == "pending"


async def test_recovery_when_new_number_belongs_to_a_member_then_refused(village: Village) -> None:
    with pytest.raises(AlreadyRegistered):
        await village.start(new_phone=village.contacts[0].phone)


async def test_recovery_when_asked_for_again_and_again_then_one_at_a_time_and_three_in_a_week(
    village: Village, db: Database, clock: Any
) -> None:
    for _ in range(MOST_STARTS):
        recovery = await village.start()
        with pytest.raises(RecoveryUnderway):
            await village.start()
        async with db.unit() as uow:
            await cancel_recovery(uow, recovery=recovery.id, by="ussd")
    with pytest.raises(TooManyRecoveries) as refusal:
        await village.start()
    assert refusal.value.days == 7
    clock.advance(days=7)
    await village.start()


async def test_recovery_when_nobody_confirms_in_three_days_then_expired_and_another_may_begin(
    village: Village, db: Database, people: People, clock: Any
) -> None:
    await village.start()
    clock.advance(hours=72)
    async with db.unit() as uow:
        assert await pending_recovery(uow, member=village.her.id) is None
    assert [row["status"] for row in await people.rows("account_recovery")] == ["expired"]
    await village.start()


async def test_recovery_when_over_then_the_database_keeps_it_as_it_ended(village: Village, db: Database) -> None:
    await village.recovered()
    with pytest.raises(IntegrityError, match="stays as it is"):
        async with db.unit() as uow:
            await uow.session.execute(text("UPDATE account_recovery SET status = 'pending', used_at = NULL"))


async def test_contacts_when_too_few_then_no_recovery(people: People, clock: Any) -> None:
    village = Village(people, clock)
    await village.settle(contacts=1)
    with pytest.raises(NoContacts):
        await village.start()


async def test_contacts_when_chosen_then_never_herself_twice_or_a_sixth(village: Village, people: People) -> None:
    for contact, reason in ((village.her, "self"), (village.contacts[0], "twice")):
        with pytest.raises(BadContact) as refusal:
            await village.befriend(contact)
        assert refusal.value.reason == reason
    for number in (4, 5):
        await village.befriend(await people.register(Phone(f"+25472200000{number}")))
    with pytest.raises(BadContact) as refusal:
        await village.befriend(await people.register(Phone("+254722000006")))
    assert refusal.value.reason == "many"
    assert await village.told("a new recovery contact counts from") == 5


def test_needed_when_counted_then_more_than_half_and_two_at_least() -> None:
    assert [needed_of(accepted) for accepted in (2, 3, 4, 5)] == [2, 2, 3, 3]


async def test_finish_when_asked_for_anew_meanwhile_then_both_are_answered(
    village: Village, people: People, db: Database, clock: Any
) -> None:
    recovery = await village.confirmed()
    clock.moment += timedelta(hours=24)
    await people.calm()
    sealed = await people.hasher.hash(NEW_PIN, owner=str(village.her.id))
    async with db.unit() as uow:
        await require_open(uow, recovery=recovery.id, device=HER_PHONE)
        anew = asyncio.create_task(village.start())
        # Time enough to lock what it locks first, and to wait for the other.
        await asyncio.sleep(0.5)
        await finish_recovery(uow, recovery=recovery.id, device=HER_PHONE, sealed_pin=sealed, channel="ussd")
    assert (await anew).status == "pending"
    assert (await village.enter(NEW_PIN)).verdict == "right"


async def test_cancel_when_asked_for_anew_meanwhile_then_both_are_answered(village: Village, db: Database) -> None:
    recovery = await village.start()
    async with db.unit() as uow:
        await pending_row(uow, recovery.id)
        anew = asyncio.create_task(village.start())
        await asyncio.sleep(0.5)
        await cancel_recovery(uow, recovery=recovery.id, by="telegram")
    assert (await anew).status == "pending"


@pytest.mark.parametrize("times", range(3))
async def test_recovery_when_stopped_finished_and_asked_for_anew_at_once_then_one_of_them_and_nobody_waits_for_ever(
    village: Village, people: People, db: Database, clock: Any, times: int
) -> None:
    recovery = await village.confirmed()
    clock.moment += timedelta(hours=24)
    await people.calm()
    released = asyncio.Event()

    async def stop() -> None:
        await released.wait()
        async with db.unit() as uow:
            await cancel_recovery(uow, recovery=recovery.id, by="telegram")

    async def finish() -> None:
        await released.wait()
        await village.finish(recovery, calm=False)

    async def again() -> None:
        await released.wait()
        await village.start()

    tasks = [asyncio.create_task(one()) for one in (*[stop] * 5, *[finish] * 5, *[again] * 5)]
    released.set()
    came = await asyncio.gather(*tasks, return_exceptions=True)
    assert {type(one) for one in came} <= {type(None), RecoveryOver, RecoveryUnderway}, came
    ended = [one is None for one in came[:10]]
    assert sum(ended) == 1
    assert (await village.enter(NEW_PIN)).verdict == ("right" if any(ended[5:]) else "wrong")
    rows = await people.rows("account_recovery", where=f"id = '{recovery.id}'")
    assert rows[0]["status"] == ("used" if any(ended[5:]) else "cancelled")


@pytest.mark.parametrize(("days", "stays"), [(2, False), (4, True)])
async def test_finish_when_an_authenticator_was_set_up_shortly_before_then_it_is_forgotten_and_an_old_one_stays(
    village: Village, people: People, db: Database, clock: Any, days: int, stays: bool
) -> None:
    async with db.unit() as uow:
        key = (await begin_enrolment(uow, member=village.her.id)).key
        assert await confirm_enrolment(uow, member=village.her.id, code=pyotp.TOTP(key).at(clock.now()))
        await enable(uow, member=village.her.id)
    clock.moment += timedelta(days=days)
    await village.recovered()
    async with db.unit() as uow:
        assert await has_two_factor(uow, member=village.her.id) is stays
    assert await village.told("two-step check was turned off") == int(not stays)


async def with_app(village: Village, clock: Any) -> None:
    """She has an authenticator that is months old."""
    async with village.people.database.unit() as uow:
        key = (await begin_enrolment(uow, member=village.her.id)).key
        assert await confirm_enrolment(uow, member=village.her.id, code=pyotp.TOTP(key).at(clock.now()))
        await enable(uow, member=village.her.id)
    clock.moment += timedelta(days=60)


async def has_app(village: Village) -> bool:
    async with village.people.database.unit() as uow:
        return await has_two_factor(uow, member=village.her.id)


async def test_recovery_when_her_authenticator_is_lost_then_it_is_off_after_three_days_and_everybody_was_told(
    village: Village, people: People, db: Database, clock: Any
) -> None:
    await with_app(village, clock)
    recovery = await village.confirmed(app_lost=True)
    assert await village.told("to turn off two-step check") == 1
    for contact in village.contacts:
        assert await village.told("asks to get back in without two-step check", contact.phone) == 1
    assert await village.told("a new PIN turns off two-step check") == 1
    clock.moment += timedelta(hours=71, minutes=59)
    with pytest.raises(RecoveryNotOpen):
        await village.finish(recovery)
    assert await has_app(village)
    clock.moment += timedelta(minutes=1)
    await people.calm()
    await people.do_jobs(OPEN_RECOVERY)
    assert await village.told("Two-step check goes off then") == 1
    await village.finish(recovery)

    assert not await has_app(village)
    assert await village.told("two-step check was turned off") == 1
    (row,) = await people.rows("two_factor_auth")
    assert (row["secret"], row["backup_codes"]) == (None, None)
    events = {row["event_type"]: row["details"] for row in await people.rows("security_events")}
    assert "two_factor_disabled" in events
    assert events["recovery_started"]["app_lost"] is True
    await with_app(village, clock)
    assert await has_app(village), "she can set up another one"


async def test_recovery_when_she_did_not_say_that_her_authenticator_is_lost_then_it_stays(village: Village, clock: Any) -> None:
    await with_app(village, clock)
    await village.recovered()
    assert await has_app(village)
    assert await village.told("two-step check") == 0


async def test_recovery_when_nothing_is_there_to_lose_then_no_longer_wait(village: Village, people: People) -> None:
    recovery = await village.start(app_lost=True)
    assert not recovery.app_lost
    assert await village.told("two-step check") == 0


async def test_recovery_when_her_number_and_authenticator_are_lost_then_both_are_new(village: Village, clock: Any) -> None:
    await with_app(village, clock)
    await village.recovered(device=f"phone:{NEW_NUMBER}", new_phone=NEW_NUMBER, app_lost=True)
    assert not await has_app(village)


async def limit_to(village: Village, shillings: int) -> None:
    async with village.people.database.unit() as uow:
        await set_limit(uow, member=village.her.id, limit=Money(shillings * 100))


async def limit_now(village: Village) -> Money:
    async with village.people.database.unit() as uow:
        return await limit_of(uow, member=village.her.id)


async def test_recovery_when_her_limit_was_raised_lately_then_it_is_as_it_was_and_she_is_told(
    village: Village, people: People, clock: Any
) -> None:
    await limit_to(village, 1_000)
    clock.moment += timedelta(hours=72)
    await limit_to(village, 900_000)
    clock.moment += timedelta(hours=71)
    await village.recovered()
    assert await limit_now(village) == Money(1_000_00)
    assert await village.told("It is KES 1,000 in 24 hours again") == 1
    events = await people.rows("security_events", where="event_type = 'step_up_limit_changed'")
    assert [row["details"]["to"] for row in events] == ["KES 1,000", "KES 900,000", "KES 1,000"]


async def test_recovery_when_her_limit_was_raised_while_it_waited_then_it_is_the_default_again(
    village: Village, clock: Any
) -> None:
    recovery = await village.confirmed()
    await limit_to(village, 900_000)
    clock.moment += timedelta(hours=24)
    await village.finish(recovery)
    assert await limit_now(village) == DEFAULT_LIMIT


@pytest.mark.parametrize(("set_to", "ago"), [(200_000, 73), (500, 1)])
async def test_recovery_when_her_limit_was_raised_long_ago_or_lowered_then_it_stays(
    village: Village, clock: Any, set_to: int, ago: int
) -> None:
    await limit_to(village, set_to)
    clock.moment += timedelta(hours=ago)
    await village.recovered()
    assert await limit_now(village) == Money(set_to * 100)
    assert await village.told("in 24 hours again") == 0


async def test_recovery_when_a_limit_was_lowered_and_raised_again_then_the_lowest_counts(village: Village, clock: Any) -> None:
    """She saw something and lowered it; he raised it again, though not above what it was before."""
    for shillings in (100, 40_000):
        await limit_to(village, shillings)
        clock.moment += timedelta(minutes=5)
    await village.recovered()
    assert await limit_now(village) == Money(100_00)
