"""Fines by hand within the group's rules, objections to them, and what two officials give back."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from core.daos.calendar import Schedule
from core.daos.dues.attendance import fine_attendance
from core.daos.dues.fining import BadFine, NoFinesHere, give_fine, may_be_fined, may_object, object_to_fine
from core.daos.dues.reasons import BadReason
from core.daos.dues.refunds import (
    NoOtherOfficial,
    NoRefund,
    RefundWaits,
    ask_refund,
    decide_refund,
    paid_charges,
    refunds_waiting,
)
from core.daos.dues.waivers import NothingToWaive, NotYourOwnCharge, UnknownCharge
from core.daos.meetings import apologise, attend, call_meeting, open_attendance
from core.daos.minutes import confirm_minutes, freeze_minutes
from core.daos.offices import appoint
from core.daos.people import NotYourRole
from core.kernel.errors import CoreError
from core.kernel.money import Money
from core.ledger.service import KeyReused
from tests.daos.people import new_intent, shillings

from .village import Village


async def officials(village: Village, count: int = 5, **rules: Any) -> None:
    """The first three are chair, secretary and treasurer."""
    await village.settle(count, **{"fine": 50_00, "fine_cap": 200_00, "approvals": 2, **rules})
    async with village.db.unit() as uow:
        for member, role in zip(village.members[1:3], ("secretary", "treasurer"), strict=False):
            await appoint(uow, group=village.group, member=member, role=role)  # type: ignore[arg-type]


async def fine(village: Village, member: int = 3, amount: int = 100, official: int = 0, **given: Any) -> Any:
    about: dict[str, Any] = {"cause": "noise", "intent": new_intent(), **given}
    async with village.db.unit() as uow:
        return await give_fine(
            uow,
            official=village.members[official],
            group=village.group,
            member=village.members[member],
            amount=shillings(amount),
            **about,
        )


async def paid(village: Village, member: int = 3, amount: int = 100) -> None:
    # What is paid in the very moment in which it was given isn't paid for it.
    village.clock.advance(minutes=1)
    await village.pay(village.members[member], amount)


async def refund(village: Village, charge: Any, official: int = 0, **given: Any) -> str:
    about: dict[str, Any] = {"reason": "charged by mistake", "intent": new_intent(), **given}
    async with village.db.unit() as uow:
        return await ask_refund(uow, official=village.members[official], group=village.group, charge=charge, **about)


async def decide(village: Village, official: int, *, agrees: bool = True) -> str:
    (row,) = await village.rows("SELECT id FROM charge_refunds ORDER BY asked_at DESC LIMIT 1")
    async with village.db.unit() as uow:
        return await decide_refund(uow, refund=row.id, official=village.members[official], agrees=agrees)


async def test_an_official_fines_within_the_rules_and_the_member_is_told_why(village: Village) -> None:
    await officials(village)
    intent = new_intent()
    given = await fine(village, intent=intent)
    assert await fine(village, intent=intent) == given, "once"
    said = (await village.said(village.members[3]))[-1]
    assert "fine KES 100. Reason: noise or phone at the meeting. Not right? Object" in said
    assert (await village.dues(village.members[3])).total == shillings(100)

    with pytest.raises(KeyReused):
        await fine(village, amount=150, intent=intent)
    with pytest.raises(BadFine) as refused:
        await fine(village, amount=201)
    assert refused.value.high == shillings(200), "the cap of the rules"
    with pytest.raises(NotYourOwnCharge):
        await fine(village, member=0)
    with pytest.raises(NotYourRole):
        await fine(village, official=4)
    with pytest.raises(BadReason):
        await fine(village, cause="other", reason="x")
    await village.enact(fine=0, fine_percent=0)
    with pytest.raises(NoFinesHere):
        await fine(village)
    await village.audit_is_clean()


async def test_who_was_absent_or_late_is_read_from_the_last_meeting(village: Village) -> None:
    await officials(village)
    chair = village.members[0]
    async with village.db.unit() as uow:
        assert await may_be_fined(uow, official=chair, group=village.group, cause="absent") == [], "no meeting yet"
        starts = village.clock.now() + timedelta(days=8)
        await call_meeting(uow, group=village.group, by=chair, starts_at=starts, place="Church hall")
    village.clock.advance(days=8)
    async with village.db.unit() as uow:
        code = await open_attendance(uow, group=village.group, by=chair)
        await attend(uow, group=village.group, member=village.members[1], code=code)
    village.clock.advance(minutes=40)
    async with village.db.unit() as uow:
        await attend(uow, group=village.group, member=village.members[2], code=code)
        await freeze_minutes(uow, group=village.group, by=chair, sources=())

    async with village.db.unit() as uow:
        about: dict[str, Any] = {"official": chair, "group": village.group}
        absent = [one.id for one in await may_be_fined(uow, cause="absent", **about)]
        late = [one.id for one in await may_be_fined(uow, cause="late", **about)]
    assert (absent, late) == (village.members[3:], [village.members[2]])


async def held(village: Village, *, absent: int, late: int) -> UUID:
    """A meeting in whose minutes one member was absent, one late, one excused; the others were there. It waits for the chair."""
    chair, secretary, *others = village.members
    async with village.db.unit() as uow:
        starts = village.clock.now() + timedelta(days=8)
        await call_meeting(uow, group=village.group, by=secretary, starts_at=starts, place="Church hall")
    async with village.db.unit() as uow:
        await apologise(uow, group=village.group, member=village.members[-1])
    village.clock.advance(days=8)
    async with village.db.unit() as uow:
        code = await open_attendance(uow, group=village.group, by=secretary)
    for member in (chair, *others[:-1]):
        if member not in (village.members[absent], village.members[late]):
            async with village.db.unit() as uow:
                await attend(uow, group=village.group, member=member, code=code)
    village.clock.advance(minutes=20)
    async with village.db.unit() as uow:
        await attend(uow, group=village.group, member=village.members[late], code=code)
        minutes = await freeze_minutes(uow, group=village.group, by=secretary, sources=())
    return minutes.meeting


async def test_the_rules_fine_who_was_absent_or_late_when_the_chair_confirms_the_minutes(village: Village) -> None:
    await officials(village, 6, absence_fine=30_00, lateness_fine=10_00)
    chair, absent, late, excused = (village.members[place] for place in (0, 3, 4, 5))
    meeting = await held(village, absent=3, late=4)
    assert (await village.dues(absent)).total == Money(0), "not before the chair has confirmed it"
    async with village.db.unit() as uow:
        await confirm_minutes(uow, meeting=meeting, group=village.group, by=chair)
    async with village.db.unit() as uow:
        assert await fine_attendance(uow, meeting=meeting) == 0, "once"

    owed = {member: (await village.dues(member)).total for member in village.members}
    assert {member: amount for member, amount in owed.items() if amount} == {absent: shillings(30), late: shillings(10)}
    said = ["".join(one for one in await village.said(member) if "fine" in one) for member in (absent, late)]
    assert "fine KES 30. Reason: absent from the meeting. Not right? Object" in said[0]
    assert "fine KES 10. Reason: late to the meeting. Not right? Object" in said[1]
    assert owed[excused] == Money(0)
    async with village.db.unit() as uow:
        assert await may_be_fined(uow, official=chair, group=village.group, cause="absent") == [], "nobody is fined twice"
        [charge] = (await village.dues(absent)).charges
        assert await object_to_fine(uow, member=absent, group=village.group, charge=charge.id)
    await village.audit_is_clean()


async def test_a_group_without_such_a_rule_fines_nobody_by_itself(village: Village) -> None:
    await officials(village, 6)
    meeting = await held(village, absent=3, late=4)
    async with village.db.unit() as uow:
        await confirm_minutes(uow, meeting=meeting, group=village.group, by=village.members[0])
        waiting = await may_be_fined(uow, official=village.members[0], group=village.group, cause="absent")

    assert (await village.dues(village.members[3])).total == Money(0)
    assert [one.id for one in waiting] == [village.members[3]]


async def test_a_member_objects_once_to_what_she_was_given_and_the_officials_hear(village: Village) -> None:
    await officials(village)
    given = await fine(village)
    async with village.db.unit() as uow:
        about: dict[str, Any] = {"group": village.group, "charge": given.id}
        assert await may_object(uow, charge=given)
        assert await object_to_fine(uow, member=village.members[3], **about)
        with pytest.raises(UnknownCharge):
            await object_to_fine(uow, member=village.members[4], **about)
    async with village.db.unit() as uow:
        assert not await object_to_fine(uow, member=village.members[3], **about)
        assert not await may_object(uow, charge=given)
    for official in range(3):
        assert sum("objects to a fine" in said for said in await village.said(village.members[official])) == 1
    assert not any("objects" in said for said in await village.said(village.members[4]))


async def test_what_was_paid_is_given_back_by_two_officials(village: Village) -> None:
    await officials(village)
    await village.kind(Schedule("monthly", 28), 500)
    given = await fine(village)
    with pytest.raises(NothingToWaive):
        await refund(village, given.id)
    await paid(village)
    with pytest.raises(NotYourRole):
        await refund(village, given.id, official=4)

    intent = new_intent()
    assert [await refund(village, given.id, intent=intent) for _ in range(2)] == ["asked", "asked"]
    with pytest.raises(RefundWaits):
        await refund(village, given.id, official=1)
    assert (await village.dues(village.members[3])).credit == Money(0), "one official moves nothing"
    with pytest.raises(NoRefund):
        await decide(village, 0)
    with pytest.raises(NotYourRole):
        await decide(village, 3)
    async with village.db.unit() as uow:
        assert await refunds_waiting(uow, group=village.group, official=village.members[0]) == []
        (waiting,) = await refunds_waiting(uow, group=village.group, official=village.members[1])
    assert (waiting.amount, waiting.name, waiting.reason) == (shillings(100), "Member 3", "charged by mistake")
    assert [await decide(village, 1) for _ in range(2)] == ["done", "done"]

    assert (await village.dues(village.members[3])).credit == shillings(100)
    assert any("is waived, KES 100" in said for said in await village.said(village.members[3]))
    async with village.db.unit() as uow:
        assert await paid_charges(uow, group=village.group, member=village.members[3]) == []
    await village.audit_is_clean()


async def test_a_refund_is_refused_or_expires_and_can_be_asked_for_again(village: Village) -> None:
    await officials(village)
    given = await fine(village)
    await paid(village)
    assert await refund(village, given.id) == "asked"
    assert await decide(village, 2, agrees=False) == "refused"
    with pytest.raises(NoRefund):
        await decide(village, 1)
    assert await refund(village, given.id, official=1) == "asked"
    village.clock.advance(hours=73)
    with pytest.raises(NoRefund):
        await decide(village, 0)
    assert await refund(village, given.id) == "asked"
    assert (await village.held())["treasury"] == shillings(100)


async def test_nobody_decides_about_her_own_and_one_official_is_enough_only_where_the_rules_say(village: Village) -> None:
    await village.settle(2, fine=50_00, approvals=2)
    given = await fine(village, member=1, amount=50)
    await paid(village, 1, 50)
    with pytest.raises(NoOtherOfficial):
        await refund(village, given.id)
    await village.enact(fine=50_00, approvals=1)

    assert await refund(village, given.id) == "done"
    assert (await village.dues(village.members[1])).credit == shillings(50)
    await village.audit_is_clean()


async def test_an_officials_own_payment_is_given_back_by_two_others(village: Village) -> None:
    await officials(village)
    given = await fine(village, member=1, official=0)
    await paid(village, 1)
    with pytest.raises(NotYourOwnCharge):
        await refund(village, given.id, official=1)
    await refund(village, given.id, official=0)
    with pytest.raises(NoRefund):
        await decide(village, 1)
    assert await decide(village, 2) == "done"


async def test_words_at_once_give_back_once(village: Village) -> None:
    await officials(village)
    given = await fine(village)
    await paid(village)
    await refund(village, given.id)

    async def word(official: int, *, agrees: bool) -> str:
        try:
            return await decide(village, official, agrees=agrees)
        except CoreError as refused:
            return refused.code

    answers = await asyncio.gather(*(word(1 + n % 2, agrees=n % 3 > 0) for n in range(10)))

    ended = await village.rows("SELECT status FROM charge_refunds")
    back = (await village.dues(village.members[3])).credit
    assert back == (shillings(100) if ended[0].status == "done" else Money(0)), answers
    (count,) = await village.rows("SELECT count(*) AS n FROM charge_waivers")
    assert count.n == (1 if back else 0)
    await village.audit_is_clean()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE charge_refunds SET reason = 'another one'",
        "DELETE FROM charge_refunds",
        "UPDATE charge_objections SET created_at = now()",
        "DELETE FROM charge_objections",
    ],
)
async def test_what_was_decided_and_objected_to_stays(village: Village, statement: str) -> None:
    await officials(village, approvals=1)
    given = await fine(village)
    async with village.db.unit() as uow:
        await object_to_fine(uow, member=village.members[3], group=village.group, charge=given.id)
    await paid(village)
    await refund(village, given.id)

    with pytest.raises(Exception, match="stays"):
        async with village.db.unit() as uow:
            await uow.session.execute(text(statement))
