"""Whose word counts: not that of an account which changed hands a short while ago, whoever holds it now."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from core.identity.signing import SIGNS_AGAIN_AFTER, SigningHold, SignsLater, may_sign, require_may_sign, signing_hold
from core.identity.sim_swap_models import SimSwapCheck
from core.kernel.ids import MemberId
from core.kernel.phone import Phone

from .people import People, new_id
from .village import Village


@pytest.fixture
async def village(people: People, clock: Any) -> Village:
    village = Village(people, clock)
    await village.settle()
    return village


async def hold_of(people: People, member: MemberId) -> SigningHold | None:
    async with people.database.unit() as uow:
        held = await signing_hold(uow, member=member)
        assert await may_sign(uow, member=member) == (held is None)
        if held is not None:
            with pytest.raises(SignsLater):
                await require_may_sign(uow, member=member)
        return held


async def swapped(people: People, phone: Phone, *, ago: timedelta) -> None:
    async with people.database.unit() as uow:
        now = uow.clock.now()
        check = SimSwapCheck(id=new_id(), phone=phone, why="payout", status="answered", verdict="swapped", swapped_at=now - ago)
        check.created_at = check.answered_at = now
        uow.session.add(check)


async def test_official_when_her_account_was_recovered_then_she_approves_nothing_for_three_days(
    village: Village, people: People, clock: Any
) -> None:
    assert await hold_of(people, village.her.id) is None
    await village.recovered()
    recovered = clock.now()
    assert await hold_of(people, village.her.id) == SigningHold("recovered", recovered + SIGNS_AGAIN_AFTER)
    clock.advance(hours=71, minutes=59)
    assert await hold_of(people, village.her.id) is not None
    clock.advance(minutes=1)
    assert await hold_of(people, village.her.id) is None


async def test_official_when_her_sim_was_swapped_or_her_account_is_closed_then_she_approves_nothing(
    village: Village, people: People, clock: Any
) -> None:
    await swapped(people, village.her.phone, ago=timedelta(hours=2))
    assert await hold_of(people, village.her.id) == SigningHold("sim_swapped", clock.now() + timedelta(hours=70))
    clock.advance(hours=70)
    assert await hold_of(people, village.her.id) is None
    async with people.database.unit() as uow:
        closed = text("UPDATE members SET disabled_at = :now, disabled_reason = 'wrong_pins' WHERE id = :id")
        await uow.session.execute(closed, {"now": clock.now(), "id": village.her.id})
    assert await hold_of(people, village.her.id) == SigningHold("closed")


async def test_contact_when_his_own_sim_was_swapped_then_he_can_say_no_but_not_yes(village: Village, people: People) -> None:
    """A stolen account must not vouch for the theft of the next one."""
    recovery = await village.start()
    thief, honest, third = village.contacts
    await swapped(people, thief.phone, ago=timedelta(hours=1))
    with pytest.raises(SignsLater):
        await village.say(recovery, thief)
    assert await people.rows("recovery_confirmations") == []
    await village.say(recovery, honest)
    await village.say(recovery, thief, "refused")
    await village.say(recovery, third)
    assert (await people.rows("account_recovery"))[0]["confirmed_at"] is not None


async def test_contact_when_his_sim_is_swapped_after_his_word_then_it_does_not_count(village: Village, people: People) -> None:
    recovery = await village.start()
    thief, honest, third = village.contacts
    await village.say(recovery, thief)
    await swapped(people, thief.phone, ago=timedelta(minutes=1))
    await village.say(recovery, honest)
    assert (await people.rows("account_recovery"))[0]["confirmed_at"] is None
    await village.say(recovery, third)
    assert (await people.rows("account_recovery"))[0]["confirmed_at"] is not None
