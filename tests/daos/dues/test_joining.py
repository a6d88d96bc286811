"""Two rules that were only read: what joining costs, and after how many missed contributions officials hear of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.daos.calendar import Schedule
from core.daos.dues.fining import may_object, object_to_fine
from core.daos.dues.jobs import JOBS, MISSED_JOB
from core.daos.dues.standing import fines_paid
from core.daos.dues.waivers import UnknownCharge
from core.daos.dues.why import why_fine
from core.daos.invitations import accept_invitation, invitations_for, invite
from core.daos.leaving import give_notice, settle_departure
from core.daos.offices import appoint
from core.daos.requests import answer_join_request, enter, requests_of
from core.daos.savings import savings_in
from core.identity.members import find
from core.kernel.db import Database
from core.kernel.ids import MemberId
from core.kernel.money import Money
from core.kernel.texts import catalogue
from tests.conftest import FakeClock
from tests.daos.people import shillings, someone

from .village import Village

FEE = shillings(200)


@pytest.fixture
async def village(db: Database, clock: FakeClock) -> Village:
    """A group of three that asks 200 of whoever joins."""
    found = Village(db, clock)
    await found.settle(3, joining_fee=FEE.minor, exit_notice_days=0)
    return found


async def invited(village: Village, role: str = "member", *, known: MemberId | None = None) -> MemberId:
    """Somebody who joins by an invitation."""
    member = known or await someone(village.db, "Juma Otieno", money=shillings(5_000))
    async with village.db.unit() as uow:
        who = await find(uow, member)
        assert who is not None
        about = {"phone": who.phone, "role": role, "language": "en"}
        await invite(uow, group=village.group, by=village.members[0], **about)  # type: ignore[arg-type]
    async with village.db.unit() as uow:
        [offered] = await invitations_for(uow, member=who)
        await accept_invitation(uow, invitation=offered.id, member=member, rules_version=2)
    return member


async def told(village: Village, template: str) -> list[tuple[MemberId, str]]:
    rows = await village.rows(
        "SELECT user_id, message FROM sms_delivery_log WHERE template = :template ORDER BY created_at, id", template=template
    )
    return [(row.user_id, row.message) for row in rows]


async def test_whoever_joins_owes_what_joining_costs_and_pays_it_first(village: Village) -> None:
    juma = await invited(village)

    [charge] = (await village.dues(juma)).charges
    assert (charge.amount, charge.missing) == (FEE, FEE)
    english = catalogue()
    assert english.say("en", charge.label).startswith("Joining ")
    assert english.say("en", why_fine(charge, group="Umoja")) == (
        "Umoja: joining costs KES 200, once (rule 2). Paid KES 0. Rules 2."
    )
    [(whom, said)] = await told(village, "joining_fee")
    assert whom == juma
    assert said.startswith("Umoja: whoever joins pays KES 200 once, as the rules say. Pay: *")

    await village.kind(Schedule("weekly", 3), 100)
    village.clock.advance(minutes=1)
    village.members.append(juma)
    await village.pay(juma, 250)
    assert (await village.dues(juma)).total == Money(0)
    async with village.db.unit() as uow:
        saved = await savings_in(uow, group=village.group, members=[juma])
        fines = await fines_paid(uow, group=village.group, since=village.clock.now() - timedelta(days=9))
    assert (saved[juma], fines) == (Money(0), Money(0)), "what joining costs is neither saved nor a fine"
    assert await village.held() == {"treasury": FEE, "credit": shillings(50)}


async def test_nobody_objects_to_what_joining_costs(village: Village) -> None:
    juma = await invited(village)
    [charge] = (await village.dues(juma)).charges
    async with village.db.unit() as uow:
        assert not await may_object(uow, charge=charge)
        with pytest.raises(UnknownCharge):
            await object_to_fine(uow, member=juma, group=village.group, charge=charge.id)


async def test_it_is_owed_once_however_often_she_comes_back(village: Village) -> None:
    juma = await invited(village)
    village.clock.advance(minutes=1)
    await village.pay(juma, 200)
    async with village.db.unit() as uow:
        await give_notice(uow, group=village.group, member=juma)
    [departure] = await village.rows("SELECT id FROM dao_departures")
    async with village.db.unit() as uow:
        await settle_departure(uow, departure=departure.id)
    await invited(village, known=juma)

    assert (await village.dues(juma)).charges == ()
    assert await village.held() == {"treasury": FEE}


async def test_observers_and_groups_without_a_fee_charge_nothing(village: Village) -> None:
    mentor = await invited(village, "observer")
    assert (await village.dues(mentor)).charges == ()
    await village.enact(joining_fee=0, join_by="code")
    juma = await someone(village.db, "Juma")
    async with village.db.unit() as uow:
        assert await enter(uow, group=village.group, member=juma, rules_version=3) == "joined"
    assert (await village.dues(juma)).charges == ()


async def test_by_the_groups_code_and_when_an_official_lets_her_in_it_is_what_she_accepted(village: Village) -> None:
    juma, sofia = await someone(village.db, "Juma"), await someone(village.db, "Sofia")
    async with village.db.unit() as uow:
        assert await enter(uow, group=village.group, member=juma, rules_version=2) == "asked"
    await village.enact(joining_fee=900_00, join_by="code")
    async with village.db.unit() as uow:
        [waiting] = await requests_of(uow, group=village.group, viewer=village.members[0])
        by = village.members[0]
        await answer_join_request(uow, request=waiting.id, group=village.group, by=by, accepts=True)
    async with village.db.unit() as uow:
        assert await enter(uow, group=village.group, member=sofia, rules_version=3) == "joined"

    owed = [(await village.dues(member)).total for member in (juma, sofia)]
    assert owed == [FEE, shillings(900)]


async def test_officials_and_she_hear_when_she_has_missed_as_many_as_the_rules_say(db: Database, clock: FakeClock) -> None:
    village = Village(db, clock)
    await village.settle(4, missed_until_suspended=2, fine=0)
    chair, secretary, late, good = village.members
    async with db.unit() as uow:
        await appoint(uow, group=village.group, member=secretary, role="secretary")
    await village.kind(Schedule("weekly", 3), 100)
    for member in (chair, secretary, good):
        await village.pay(member, 500)

    async def days(count: int) -> list[tuple[MemberId, str]]:
        for _ in range(count):
            await village.until(village.clock.now() + timedelta(days=1), timedelta(hours=6))
            await JOBS[MISSED_JOB](village, {})
            await village.work()
        return await told(village, "missed")

    assert await days(11) == []
    said = dict(await days(2))
    assert set(said) == {chair, secretary, late}
    assert said[late].startswith("Umoja: you have missed 2 contributions. By rule 4 you may be suspended. Pay: *")
    assert said[chair].startswith("Umoja: M. 2 has missed 2 contributions and may be suspended (rule 4).")
    assert len(await days(1)) == 3, "once, however often it is looked at"
    await village.pay(late, 100)
    assert len(await days(7)) == 6, "and again when it comes to so many again"
