"""Threat A1: whoever tries PINs on a device that isn't hers shuts himself out, and never her."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from core.identity.devices import link_telegram
from core.identity.members import Member
from core.identity.pin_change import change_pin
from core.identity.pin_news import TELL_OF_PINS
from core.identity.pins import DISABLES_AT, LOCKED_FOR, LOCKS_AT, PinGate, PinOutcome
from core.identity.strangers import NOBODY
from core.kernel.db import Database
from core.kernel.secrets import PinHasher, Vault

from .people import PIN, People, new_id
from .test_pins import WRONG, CountingHasher

HER_PHONE, STRANGER = "phone:+254712000001", "telegram:6660001"
UNKNOWN = "+254799999999"


@pytest.fixture
def gate(db: Database, hasher: PinHasher) -> PinGate:
    return PinGate(db, hasher)


@pytest.fixture
async def member(people: People) -> Member:
    return await people.register()


async def enter(gate: PinGate, member: Member | None, pin: str = PIN, *, device: str = HER_PHONE) -> PinOutcome:
    return await gate.check(
        member=member.id if member else NOBODY,
        pin=pin,
        channel="telegram" if device.startswith("telegram") else "ussd",
        event_id=str(new_id()),
        device=device,
        claimed="" if member else UNKNOWN,
    )


async def test_a1_when_a_foreign_account_is_locked_then_her_own_phone_still_works(
    gate: PinGate, member: Member, people: People
) -> None:
    outcomes = [await enter(gate, member, WRONG, device=STRANGER) for _ in range(LOCKS_AT)]
    assert [outcome.tries_left for outcome in outcomes] == [4, 3, 2, 1, 0]
    assert outcomes[-1].verdict == "locked"
    assert (await enter(gate, member, device=STRANGER)).verdict == "locked", "even with the right PIN"

    assert await enter(gate, member) == PinOutcome("right", tries_left=LOCKS_AT)
    (row,) = await people.rows("members")
    assert (row["pin_failures"], row["pin_locked_until"]) == (0, None)


async def test_a1_when_foreign_devices_change_then_they_share_ten_tries_and_hers_keeps_its_own(
    gate: PinGate, member: Member, clock: Any, people: People
) -> None:
    for number in range(DISABLES_AT):
        if number == LOCKS_AT:
            clock.advance(seconds=LOCKED_FOR.total_seconds())
        outcome = await enter(gate, member, WRONG, device=f"telegram:{number}")
    assert outcome == PinOutcome("disabled")
    clock.advance(days=30)
    assert (await enter(gate, member, device="telegram:77")).verdict == "disabled"
    assert (await enter(gate, member)).verdict == "right", "her own phone, with nothing counted against it"
    events = await people.rows("security_events", where="event_type LIKE 'foreign_devices%'")
    assert [event["severity"] for event in events] == ["medium", "high"]
    await people.do_jobs(TELL_OF_PINS)
    told = await people.rows("sms_delivery_log")
    assert len(told) == 2
    assert all("a phone that is not yours" in row["message"] for row in told)


async def test_a1_when_her_own_account_is_linked_then_it_counts_at_her_own_door(
    db: Database, gate: PinGate, member: Member
) -> None:
    async with db.unit() as uow:
        await link_telegram(uow, member=member.id, telegram_id=7001, chat=7001, name="Wanjiru")
    await enter(gate, member, WRONG, device="telegram:7001")
    assert (await enter(gate, member, WRONG)).tries_left == LOCKS_AT - 2


async def test_a1_when_her_own_door_is_disabled_then_a_foreign_right_pin_does_not_open_it(
    gate: PinGate, member: Member, clock: Any
) -> None:
    for number in range(DISABLES_AT):
        if number == LOCKS_AT:
            clock.advance(seconds=LOCKED_FOR.total_seconds())
        await enter(gate, member, WRONG)
    assert await enter(gate, member, device=STRANGER) == PinOutcome("disabled", knows_pin=True)
    assert (await enter(gate, member)).verdict == "disabled"


@pytest.mark.usefixtures("dear_hashes")
async def test_a1_when_she_changes_her_pin_then_foreign_devices_start_anew(
    db: Database, hasher: PinHasher, gate: PinGate, member: Member
) -> None:
    await asyncio.gather(*(enter(gate, member, WRONG, device=STRANGER) for _ in range(LOCKS_AT)))
    sealed = await hasher.hash("815203", owner=str(member.id))
    async with db.unit() as uow:
        await change_pin(uow, member=member.id, sealed_pin=sealed, channel="ussd")
    assert (await enter(gate, member, "815203", device=STRANGER)).verdict == "right"


async def test_a5_when_number_is_nobodys_then_answers_are_those_of_a_member(
    gate: PinGate, member: Member, clock: Any, people: People
) -> None:
    async def tries(whose: Member | None) -> list[PinOutcome]:
        return [await enter(gate, whose, WRONG, device=STRANGER) for _ in range(LOCKS_AT + 1)]

    assert await tries(None) == await tries(member)
    assert {row["attempt_result"] for row in await people.rows("login_attempts", where="user_id IS NULL")} == {
        "failed_not_found",
        "account_locked",
    }
    clock.advance(minutes=31)
    assert (await enter(gate, None, WRONG, device=STRANGER)) == (await enter(gate, member, WRONG, device=STRANGER))


@pytest.mark.parametrize("round_number", range(3))
@pytest.mark.usefixtures("dear_hashes")
async def test_a2_when_two_hundred_foreign_guesses_come_at_once_then_exactly_five_are_counted(
    db: Database, vault: Vault, member: Member, people: People, round_number: int
) -> None:
    hasher = CountingHasher(vault)
    gate = PinGate(db, hasher)
    start = asyncio.Event()

    async def guess(number: int) -> PinOutcome:
        await start.wait()
        return await enter(gate, member, f"{604_000 + number}", device=f"telegram:{round_number}{number % 7}")

    guesses = [asyncio.create_task(guess(number)) for number in range(200)]
    start.set()
    outcomes = await asyncio.gather(*guesses, return_exceptions=True)
    (counted,) = await people.rows("foreign_pins")
    assert (hasher.checked, counted["failures"]) == (LOCKS_AT, LOCKS_AT)
    assert not [one for one in outcomes if isinstance(one, PinOutcome) and one.verdict == "right"]
    assert (await enter(gate, member)).verdict == "right"
