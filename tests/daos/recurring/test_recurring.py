"""Standing payments: one payment for each due date whatever dies and however many look, the retry plan, no drift."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from core.daos.calendar import Schedule, at_hour
from core.daos.groups import create_group
from core.daos.recurring.jobs import tend
from core.daos.recurring.plans import (
    BadRecurring,
    Recurring,
    UnknownRecurring,
    WantedRecurring,
    begin_recurring,
    end_recurring,
    find_recurring,
    pause_recurring,
    resume_recurring,
)
from core.daos.recurring.running import intent_of, tend_recurring
from core.daos.standing import reinstate, suspend
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import Money
from core.ledger.accounts import treasury
from core.ledger.service import balance
from tests.daos.dues.village import Village
from tests.daos.people import new_intent, shillings, someone
from tests.payments.desk import Desk, Person
from tests.payments.fake_mobile_money import CANCELLED

# Tomorrow, as the clock stands.
FIRST = date(2026, 11, 24)


async def begin(db: Any, member: MemberId, group: DaoId, cadence: str = "daily", **given: Any) -> Recurring:
    wanted = WantedRecurring(
        given.pop("amount", shillings(100)), cadence, given.pop("first_day", FIRST), given.pop("method", "wallet"), **given
    )  # type: ignore[arg-type]
    async with db.unit() as uow:
        return await begin_recurring(uow, intent=new_intent(), member=member, group=group, wanted=wanted)


async def run(village: Village, plan: Recurring) -> None:
    await tend(village, {"recurring": str(plan.id)})


async def found(village: Village, plan: Recurring) -> Any:
    (row,) = await village.rows("SELECT * FROM recurring_payments WHERE id = :id", id=plan.id)
    return row


async def paid_days(village: Village) -> list[date]:
    rows = await village.rows(
        "SELECT r.due_at, p.amount FROM recurring_runs r JOIN contribution_payments p ON p.intent = r.payment_id"
        " WHERE r.state = 'paid' ORDER BY r.number"
    )
    return [row.due_at.date() for row in rows]


class Killed(BaseException):
    """The process ends at this statement."""


async def test_each_due_date_is_paid_once_wherever_a_scheduler_dies_and_two_more_look(village: Village) -> None:
    """Day by day the first scheduler dies one statement later, until it lives through; two others finish at once."""
    await village.settle(1)
    plan = await begin(village.db, village.members[0], village.group)
    village.clock.moment = at_hour(FIRST, 9).astimezone(village.clock.moment.tzinfo)
    engine, statements = village.db.engine.sync_engine, [0, 0]

    def die(*_: Any) -> None:
        statements[0] += 1
        if statements[0] == statements[1]:
            raise Killed

    day = 0
    lived = False
    while not lived:
        day += 1
        statements[:] = [0, day]
        event.listen(engine, "before_cursor_execute", die)
        try:
            async with village.db.unit() as uow:
                await tend_recurring(uow, recurring=plan.id)
            lived = True
        except Killed:
            pass
        finally:
            event.remove(engine, "before_cursor_execute", die)
        await asyncio.gather(run(village, plan), run(village, plan))
        assert len(await paid_days(village)) == day
        village.clock.advance(days=1)

    assert day > 10
    assert await paid_days(village) == [FIRST + timedelta(days=n) for n in range(day)]
    async with village.db.unit() as uow:
        assert (await balance(uow, treasury(village.group))).total == shillings(100 * day)
    row = await found(village, plan)
    assert (row.total_payments, row.successful_payments, row.failed_attempts) == (day, day, 0)
    await village.audit_is_clean()


async def test_month_ends_come_back_and_the_count_and_the_end_date_end_it(village: Village) -> None:
    await village.settle(1)
    member = village.members[0]
    three = await begin(village.db, member, village.group, "monthly", first_day=date(2027, 1, 31), most=3)
    ended = await begin(
        village.db, member, village.group, "weekly", first_day=date(2027, 1, 1), last_day=date(2027, 1, 20), interval=2
    )
    village.clock.moment = at_hour(date(2027, 5, 1), 9).astimezone(village.clock.moment.tzinfo)
    await run(village, three)
    await run(village, ended)

    assert sorted(await paid_days(village)) == [
        date(2027, 1, 1),
        date(2027, 1, 15),
        date(2027, 1, 31),
        date(2027, 2, 28),
        date(2027, 3, 31),
    ]
    for plan in (three, ended):
        row = await found(village, plan)
        assert (row.is_active, row.cancelled_reason, row.look_at) == (False, "completed", None)
    assert (await village.said(member)).count("Umoja: your automatic KES 100 has come to its end. All payments are made.") == 2


async def test_a_short_balance_is_tried_again_by_the_plan_and_stops_after_three_failures(village: Village) -> None:
    await village.settle(1, money=50)
    member = village.members[0]
    plan = await begin(village.db, member, village.group, "weekly")
    village.clock.moment = at_hour(FIRST, 9).astimezone(village.clock.moment.tzinfo)
    tried = []
    for _ in range(24 * 6):
        before = (await found(village, plan)).total_payments
        await run(village, plan)
        if (await found(village, plan)).total_payments > before:
            tried.append(village.clock.now() - at_hour(FIRST, 9))
        village.clock.advance(hours=1)
        if (await found(village, plan)).is_paused:
            break

    assert tried == [timedelta(0), timedelta(hours=2), timedelta(days=1)]
    row = await found(village, plan)
    assert (row.paused_reason, row.failed_attempts, row.last_failure_reason, row.is_active) == ("failures", 3, "short", True)
    said = await village.said(member)
    assert said[-1].endswith("has stopped: it failed three times in a row. Resume it under Automatic contribution.")
    assert said[-2] == ("Umoja: your automatic KES 100 was not paid: your balance is too low. We try again 25/11/26 09:00.")
    async with village.db.unit() as uow:
        again = await resume_recurring(uow, member=member, recurring=plan.id)
    assert again.next_at == at_hour(FIRST + timedelta(days=7), 9)


async def test_a_balance_that_comes_in_time_pays_at_the_retry(village: Village) -> None:
    await village.settle(2, money=100)
    member, neighbour = village.members
    plan = await begin(village.db, member, village.group, "weekly", amount=shillings(150))
    village.clock.moment = at_hour(FIRST, 9).astimezone(village.clock.moment.tzinfo)
    await run(village, plan)
    from core.ledger.accounts import member_account
    from core.ledger.service import Leg, transfer

    async with village.db.unit() as uow:
        legs = [Leg(member_account(neighbour), shillings(-60)), Leg(member_account(member), shillings(60))]
        await transfer(uow, key=new_intent(), kind="gift", legs=legs)
    village.clock.advance(hours=2)
    await run(village, plan)

    row = await found(village, plan)
    assert (row.total_payments, row.successful_payments, row.failed_attempts) == (2, 1, 0)
    assert row.next_payment_date == at_hour(FIRST + timedelta(days=7), 9)


async def test_she_is_told_three_days_before_once_and_nothing_is_paid_while_it_is_paused(village: Village) -> None:
    await village.settle(1)
    member = village.members[0]
    plan = await begin(village.db, member, village.group, "weekly", first_day=date(2026, 11, 28))
    village.clock.moment = at_hour(date(2026, 11, 25), 9).astimezone(village.clock.moment.tzinfo)
    await asyncio.gather(*(run(village, plan) for _ in range(4)))
    assert await village.said(member) == [
        "Umoja: your automatic KES 100 is paid from your balance on 28/11/26 09:00. Pause it under Automatic contribution."
    ]
    async with village.db.unit() as uow:
        paused = await pause_recurring(uow, member=member, recurring=plan.id, reason="no money now")
        assert (paused.state, paused.reason) == ("paused", "no money now")
    village.clock.advance(days=12)
    await run(village, plan)
    assert await paid_days(village) == []
    async with village.db.unit() as uow:
        going = await resume_recurring(uow, member=member, recurring=plan.id)
    assert going.next_at == at_hour(date(2026, 12, 12), 9)
    village.clock.advance(days=5)
    await run(village, plan)
    assert await paid_days(village) == [date(2026, 12, 12)]
    async with village.db.unit() as uow:
        assert (await end_recurring(uow, member=member, recurring=plan.id, reason="member")).state == "ended"
        with pytest.raises(UnknownRecurring):
            await pause_recurring(uow, member=member, recurring=plan.id, reason="again")
    village.clock.advance(days=30)
    await run(village, plan)
    assert len(await paid_days(village)) == 1


async def test_what_recurs_pays_what_is_due_and_ends_when_she_has_left(village: Village) -> None:
    await village.settle(2)
    _, member = village.members
    await village.kind(Schedule("weekly", 7), 100)
    await village.tend()
    plan = await begin(village.db, member, village.group, "weekly", first_day=date(2026, 11, 27))
    village.clock.moment = at_hour(date(2026, 11, 27), 9).astimezone(village.clock.moment.tzinfo)
    await run(village, plan)
    assert (await village.dues(member)).charges == ()

    await village.rows("UPDATE dao_memberships SET status = 'left' WHERE user_id = :m RETURNING id", m=member)
    village.clock.advance(days=7)
    await run(village, plan)
    row = await found(village, plan)
    assert (row.is_active, row.cancelled_reason) == (False, "left")


async def test_what_is_resumed_after_its_last_day_pays_nothing_more(village: Village) -> None:
    await village.settle(1)
    member = village.members[0]
    plan = await begin(village.db, member, village.group, "weekly", last_day=FIRST + timedelta(days=8))
    village.clock.moment = at_hour(FIRST, 9).astimezone(village.clock.moment.tzinfo)
    await run(village, plan)
    async with village.db.unit() as uow:
        await pause_recurring(uow, member=member, recurring=plan.id, reason="travel")
    village.clock.advance(days=10)
    async with village.db.unit() as uow:
        again = await resume_recurring(uow, member=member, recurring=plan.id)
    village.clock.advance(days=30)
    await run(village, plan)

    assert (again.state, again.reason) == ("ended", "completed")
    assert await paid_days(village) == [FIRST]
    assert (await found(village, plan)).look_at is None


async def test_who_is_suspended_is_told_that_it_stopped_and_goes_on_with_it_when_she_is_back(village: Village) -> None:
    await village.settle(2)
    chair, member = village.members
    plan = await begin(village.db, member, village.group, "weekly")
    async with village.db.unit() as uow:
        await suspend(uow, group=village.group, member=member, by=chair, reason="no dues for months")
    village.clock.moment = at_hour(FIRST, 9).astimezone(village.clock.moment.tzinfo)
    await run(village, plan)
    row = await found(village, plan)
    assert (row.is_active, row.is_paused, row.paused_reason, row.look_at) == (True, True, "suspended", None)
    assert (await village.said(member))[-1] == (
        "Umoja: your automatic KES 100 has stopped, as you are suspended. When you are back you can resume it."
    )
    async with village.db.unit() as uow:
        await reinstate(uow, group=village.group, member=member, by=chair)
        await resume_recurring(uow, member=member, recurring=plan.id)
    village.clock.advance(days=7)
    await run(village, plan)
    assert await paid_days(village) == [FIRST + timedelta(days=7)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": Money(9_00)},
        {"first_day": FIRST - timedelta(days=2)},
        {"last_day": FIRST - timedelta(days=2)},
        {"interval": 0},
        {"most": 0},
    ],
)
async def test_begin_when_it_makes_no_sense_is_refused(village: Village, wrong: dict[str, Any]) -> None:
    await village.settle(1)
    with pytest.raises(BadRecurring):
        await begin(village.db, village.members[0], village.group, **wrong)
    stranger = await someone(village.db)
    plan = await begin(village.db, village.members[0], village.group)
    async with village.db.unit() as uow:
        with pytest.raises(UnknownRecurring):
            await find_recurring(uow, member=stranger, recurring=plan.id)


# By M-Pesa, at the payments desk.


@pytest.fixture
async def wanjiru(desk: Desk) -> Person:
    return await desk.person()


@pytest.fixture
async def group(desk: Desk, wanjiru: Person) -> DaoId:
    async with desk.database.unit() as uow:
        return (await create_group(uow, intent=new_intent(), founder=wanjiru.id, name="Umoja")).id


async def look(desk: Desk) -> None:
    await desk.take_named("look-at-recurring")
    await desk.work()


async def in_treasury(desk: Desk, group: DaoId) -> Money:
    async with desk.database.unit() as uow:
        return (await balance(uow, treasury(group))).available


async def test_by_m_pesa_the_whole_amount_reaches_the_group_and_no_second_prompt_rings(
    desk: Desk, wanjiru: Person, group: DaoId
) -> None:
    plan = await begin(desk.database, wanjiru.id, group, "weekly", method="mpesa", amount=shillings(500))
    desk.clock.moment = at_hour(FIRST, 9).astimezone(desk.clock.moment.tzinfo)
    for _ in range(3):
        await asyncio.gather(*(tend(desk, {"recurring": str(plan.id)}) for _ in range(3)))
        await desk.work()
        desk.clock.advance(minutes=1)
    (prompt,) = desk.mobile_money.prompts.values()
    assert prompt.request.amount == Money(513_00)

    await desk.receive(str((await desk.rows("SELECT id FROM mpesa_transactions"))[0].id), desk.mobile_money.pay(prompt))
    await desk.work()
    desk.clock.advance(minutes=3)
    await look(desk)

    # The fee of 2.5 % is 12.82 (half to even), so 18 cents more than she wanted reach the group.
    assert await in_treasury(desk, group) == Money(500_18)
    (row,) = await desk.rows("SELECT * FROM recurring_payments")
    assert (row.successful_payments, row.total_payments, row.failed_attempts) == (1, 1, 0)
    await desk.audit_is_clean()


async def test_by_m_pesa_a_refused_prompt_is_tried_again_and_a_late_payment_of_it_isnt_asked_for_twice(
    desk: Desk, wanjiru: Person, group: DaoId
) -> None:
    plan = await begin(desk.database, wanjiru.id, group, "weekly", method="mpesa", amount=shillings(500))
    desk.clock.moment = at_hour(FIRST, 9).astimezone(desk.clock.moment.tzinfo)
    await look(desk)
    (prompt,) = desk.mobile_money.prompts.values()
    (run_row,) = await desk.rows("SELECT id FROM recurring_runs")
    first = str(intent_of(run_row.id, 1))
    await desk.receive(first, desk.mobile_money.fail(prompt, CANCELLED))
    await desk.work()
    desk.clock.advance(minutes=5)
    await look(desk)
    (row,) = await desk.rows("SELECT * FROM recurring_payments WHERE id = :id", id=plan.id)
    assert (row.failed_attempts, row.last_failure_reason) == (1, "mpesa")
    # M-Pesa says later that it was paid after all.
    await desk.receive(first, desk.mobile_money.pay(prompt))
    await desk.work()
    desk.clock.advance(hours=3)
    await look(desk)

    assert len(desk.mobile_money.prompts) == 1
    (row,) = await desk.rows("SELECT * FROM recurring_payments WHERE id = :id", id=plan.id)
    assert (row.successful_payments, row.total_payments, row.failed_attempts) == (1, 2, 0)
    assert await in_treasury(desk, group) == Money(500_18)


async def test_a_prompt_that_fails_when_she_has_paused_promises_no_other_try(desk: Desk, wanjiru: Person, group: DaoId) -> None:
    plan = await begin(desk.database, wanjiru.id, group, "weekly", method="mpesa", amount=shillings(500))
    desk.clock.moment = at_hour(FIRST, 9).astimezone(desk.clock.moment.tzinfo)
    await look(desk)
    (prompt,) = desk.mobile_money.prompts.values()
    async with desk.database.unit() as uow:
        await pause_recurring(uow, member=wanjiru.id, recurring=plan.id, reason="money")
    (run_row,) = await desk.rows("SELECT id FROM recurring_runs")
    await desk.receive(str(intent_of(run_row.id, 1)), desk.mobile_money.fail(prompt, CANCELLED))
    await desk.work()
    desk.clock.advance(minutes=5)
    await look(desk)
    desk.clock.advance(hours=3)
    await look(desk)

    (row,) = await desk.rows("SELECT * FROM recurring_payments WHERE id = :id", id=plan.id)
    assert (row.is_paused, row.paused_reason, row.failed_attempts, row.look_at) == (True, "money", 1, None)
    assert len(desk.mobile_money.prompts) == 1
    said = await desk.rows("SELECT message FROM sms_delivery_log WHERE template = 'recurring_payment'")
    assert [one.message for one in said if "try again" in one.message] == []
