"""What members owe: opened once, paid in the group's order, fined by the rules, waived with a reason, told with its arithmetic."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from core.daos.calendar import Schedule, day_of
from core.daos.dues.by_rule import start_from_constitution
from core.daos.dues.changing import change_kind, create_kind, end_kind, set_member_amount
from core.daos.dues.kinds import BadContributionAmount, FollowsTheRules, NotInThePast, RoundsCollect, UnknownKind, kinds_of
from core.daos.dues.opening import open_charges
from core.daos.dues.standing import boards, missed, next_due
from core.daos.dues.waivers import NothingToWaive, NotYourOwnCharge, waive
from core.daos.groups import NotAMember, create_group, join
from core.daos.people import NotYourRole
from core.daos.savings import savings_in
from core.daos.standing import reinstate, suspend
from core.kernel.money import Money
from core.payments.outages import begin_outage, end_outage
from tests.daos.people import new_id, new_intent, shillings, someone

from .village import Village

# The clock starts on Monday 23 November 2026.
SUNDAY = Schedule("weekly", 7)
FIRST_SUNDAY = date(2026, 11, 29)


async def test_charges_are_opened_once_for_all_who_belong_and_nobody_twice(village: Village) -> None:
    await village.settle(3)
    await village.kind(SUNDAY)

    async def opening() -> int:
        async with village.db.unit() as uow:
            return len(await open_charges(uow, group=village.group))

    assert sorted(await asyncio.gather(*(opening() for _ in range(8)))) == [0] * 7 + [3]
    await village.until(village.at(date(2026, 12, 13), 1), timedelta(days=1))
    counts = await village.rows(
        "SELECT period, count(*) AS charges FROM contribution_charges WHERE sort = 'contribution' GROUP BY 1 ORDER BY 1"
    )
    assert [(row.period.day, row.charges) for row in counts] == [(29, 3), (6, 3), (13, 3), (20, 3)]


async def test_late_joiners_owe_from_the_first_week_that_opens_after_them_and_suspended_members_nothing(
    village: Village,
) -> None:
    await village.settle(2)
    await village.kind(SUNDAY)
    await village.until(village.at(date(2026, 11, 25)), timedelta(days=1))
    late = await someone(village.db, "Late", money=shillings(1_000))
    async with village.db.unit() as uow:
        await join(uow, member=late, group=village.group)
    await village.rows("UPDATE dao_memberships SET status = 'suspended' WHERE user_id = :m RETURNING id", m=village.members[1])
    await village.until(village.at(date(2026, 12, 7)), timedelta(hours=12))

    days = await village.rows("SELECT user_id, period FROM contribution_charges WHERE sort = 'contribution' ORDER BY period")
    hers = [row.period for row in days if row.user_id == late]
    assert hers[0] == date(2026, 12, 6)
    assert [row.period for row in days if row.user_id == village.members[1]] == [FIRST_SUNDAY]


async def test_a_payment_pays_fines_first_then_the_oldest_and_keeps_the_rest_as_credit(village: Village) -> None:
    await village.settle(1, fine=50_00, grace_days=2)
    await village.kind(SUNDAY, 500)
    await village.kind(SUNDAY, 100, name="Welfare", purpose="welfare")
    amina = village.members[0]
    await village.until(village.at(date(2026, 12, 4)), timedelta(days=1))

    # Two charges of 29 November are late since the end of 1 December, each with its fine; those of 6 December are open.
    made = await village.pay(amina, 900)

    assert [(line.category, line.purpose, line.amount.minor // 100) for line in made.lines] == [
        ("fines", "treasury", 50),
        ("fines", "treasury", 50),
        ("contribution", "treasury", 500),
        ("welfare", "welfare", 100),
        ("contribution", "treasury", 200),
    ]
    assert made.owes == shillings(300 + 100)
    rest = await village.pay(amina, 1_000)
    assert (rest.lines[-1].sort, rest.lines[-1].amount, rest.owes) == ("credit", shillings(600), shillings(0))
    assert await village.held() == {"treasury": shillings(1_100), "welfare": shillings(200), "credit": shillings(600)}
    await village.until(village.at(date(2026, 12, 7)), timedelta(hours=12))
    # The next week opened and took the credit by itself.
    assert await village.held() == {"treasury": shillings(1_600), "welfare": shillings(300)}
    assert (await village.dues(amina)).total == shillings(0)
    await village.audit_is_clean()


async def test_partial_payment_by_the_rule_waits_as_credit_until_it_is_whole(village: Village) -> None:
    await village.settle(1, partial_payments=False, fine=0)
    await village.kind(SUNDAY, 500)
    await village.tend()
    amina = village.members[0]

    first = await village.pay(amina, 300)
    await village.work()
    assert (first.owes, await village.held()) == (shillings(200), {"credit": shillings(300)})

    await village.pay(amina, 200)
    await village.work()
    assert await village.held() == {"treasury": shillings(500)}
    assert (await village.dues(amina)).charges == ()
    await village.audit_is_clean()


async def test_a_fine_says_why_and_is_capped_and_stops_when_it_is_paid(village: Village) -> None:
    await village.settle(2, fine=0, fine_percent=1_000, fine_every="day", fine_cap=120_00, grace_days=1)
    await village.kind(SUNDAY, 500)
    await village.tend()
    amina, juma = village.members
    await village.pay(juma, 100)
    await village.until(village.at(date(2026, 12, 1), 12), timedelta(hours=12))
    await village.pay(juma, 440)

    fines = await village.rows(
        "SELECT user_id, step, amount, why FROM contribution_charges WHERE sort = 'fine' ORDER BY user_id, step"
    )
    assert [(row.step, int(row.amount)) for row in fines if row.user_id == juma] == [(0, 40)]
    await village.until(village.at(date(2026, 12, 6), 12), timedelta(days=1))
    fines = await village.rows("SELECT step, amount FROM contribution_charges WHERE sort = 'fine' AND user_id = :m", m=amina)
    assert sorted((row.step, int(row.amount)) for row in fines) == [(0, 50), (1, 50), (2, 20)]
    said = [one for one in await village.said(juma) if "fine" in one]
    assert said == ["Umoja: fine KES 40. Savings 29/11: KES 400 short at 30/11 23:59 (rules 2: 10% a day)."]
    async with village.db.unit() as uow:
        assert await missed(uow, group=village.group, members=village.members) == {amina: 1, juma: 0}


async def test_a_late_callback_of_a_payment_in_time_undoes_the_fine_even_when_it_was_paid(village: Village) -> None:
    await village.settle(1, fine=50_00, grace_days=0)
    await village.kind(SUNDAY, 500)
    await village.tend()
    amina = village.members[0]
    await village.until(village.at(date(2026, 11, 30), 8), timedelta(days=2))
    await village.pay(amina, 50)
    in_time = village.at(FIRST_SUNDAY, 23, 58)

    async def heard_late() -> None:
        """A payment that M-Pesa completed before midnight arrives in the morning."""
        from core.daos.contributions import record_contribution
        from core.daos.dues.paying import Wanted, plan, posting_of
        from core.ledger.service import transfer

        async with village.db.unit() as uow:
            wanted = Wanted(new_intent(), village.group, amina, amina, shillings(500), "mpesa", in_time)
            payment = await plan(uow, wanted)
            posting = posting_of(payment)
            posted = await transfer(uow, key=posting.key, kind=posting.kind, legs=posting.legs)
            await record_contribution(uow, payment, posted.transfer)

    await heard_late()
    await village.work()

    # 550 came in, 500 were due: the 50 for the fine are hers again, as credit for next week.
    assert await village.held() == {"treasury": shillings(500), "credit": shillings(50)}
    waived = await village.rows("SELECT reason, waived_by, amount FROM charge_waivers")
    assert [(row.reason, row.waived_by, int(row.amount)) for row in waived] == [("paid in time after all", None, 50)]
    await village.audit_is_clean()


async def test_fines_are_frozen_while_m_pesa_is_out_and_while_her_payment_is_under_way(village: Village) -> None:
    await village.settle(2, fine=50_00, grace_days=0)
    await village.kind(SUNDAY, 500)
    await village.tend()
    amina, juma = village.members
    await village.rows(
        "INSERT INTO mpesa_transactions (id, user_id, transaction_type, phone_number, amount, currency, fee_amount,"
        " fee_percentage, status, channel, language, sent_at, next_check_at, created_at, updated_at)"
        " VALUES (:id, :m, 'stk_push', '+254700000000', 500, 'KES', 0, 0, 'processing', 'ussd', 'en', :t, :t, :t, :t)"
        " RETURNING id",
        id=new_id(), m=juma, t=village.clock.now(),
    )  # fmt: skip
    await village.until(village.at(FIRST_SUNDAY, 20), timedelta(days=3))
    async with village.db.unit() as uow:
        await begin_outage(uow, began_at=village.at(FIRST_SUNDAY, 19), reason="M-PESA is down", by="operator")
    await village.until(village.at(date(2026, 11, 30), 12), timedelta(hours=8))
    assert await village.rows("SELECT id FROM contribution_charges WHERE sort = 'fine'") == []

    async with village.db.unit() as uow:
        await end_outage(uow, ended_at=village.at(date(2026, 11, 30), 7), by="operator")
    # Twelve hours were lost, so her day ends at noon.
    await village.until(village.at(date(2026, 11, 30), 13))
    assert await village.rows("SELECT id FROM contribution_charges WHERE sort = 'fine'") == []
    await village.until(village.at(date(2026, 11, 30), 15))
    fines = await village.rows("SELECT user_id FROM contribution_charges WHERE sort = 'fine'")
    assert [row.user_id for row in fines] == [amina]


async def test_no_time_passes_for_fines_while_a_member_is_suspended_and_can_not_pay(village: Village) -> None:
    await village.settle(3, fine_every="day", fine_cap=0)
    chair, away, late = village.members
    await village.kind(Schedule("dates", dates=(date(2026, 11, 27),)))
    await village.until(village.at(date(2026, 11, 28)))
    async with village.db.unit() as uow:
        await suspend(uow, group=village.group, member=away, by=chair, reason="a quarrel")
    await village.until(village.at(date(2026, 12, 28)), step=timedelta(hours=12))
    async with village.db.unit() as uow:
        await reinstate(uow, group=village.group, member=away, by=chair)
    await village.until(village.at(date(2026, 12, 29), 9))
    still_in_her_extra_days = (await village.dues(away)).charges
    await village.until(village.at(date(2026, 12, 31), 18))

    assert [one.sort for one in still_in_her_extra_days] == ["contribution"]
    fined = [one for one in (await village.dues(away)).charges if one.sort == "fine"]
    assert [day_of(one.due_at) for one in fined] == [date(2026, 12, 29), date(2026, 12, 30)]
    assert len([one for one in (await village.dues(late)).charges if one.sort == "fine"]) > 30


async def test_an_outage_put_on_record_later_lifts_the_fine(village: Village) -> None:
    await village.settle(1, fine=50_00, grace_days=0)
    await village.kind(SUNDAY, 500)
    await village.until(village.at(date(2026, 11, 30), 8), timedelta(days=2))
    assert (await village.dues(village.members[0])).total == shillings(500 + 50 + 500)
    async with village.db.unit() as uow:
        await begin_outage(uow, began_at=village.at(FIRST_SUNDAY, 12), reason="M-PESA was down", by="operator")

    await village.tend()

    assert (await village.dues(village.members[0])).total == shillings(500 + 500)


async def test_a_waiver_needs_an_official_and_a_reason_and_gives_back_what_was_paid(village: Village) -> None:
    await village.settle(2, fine=50_00, grace_days=0)
    await village.kind(SUNDAY, 500)
    chair, juma = village.members
    await village.until(village.at(date(2026, 11, 30), 8), timedelta(days=2))
    await village.pay(juma, 50)
    rows = await village.rows("SELECT id, user_id FROM contribution_charges WHERE sort = 'fine'")
    fines = {row.user_id: row.id for row in rows}
    intent = new_intent()

    async def waived(official: object, charge: object, wanted: object = None) -> Money:
        async with village.db.unit() as uow:
            return await waive(
                uow,
                intent=wanted or new_intent(),
                official=official,
                group=village.group,
                charge=charge,
                reason="hospital",
                paid_too=True,
            )  # type: ignore[arg-type]

    with pytest.raises(NotYourOwnCharge):
        await waived(chair, fines[chair])
    with pytest.raises(NotYourRole):
        await waived(juma, fines[chair])
    assert await waived(chair, fines[juma], intent) == shillings(50)
    assert await waived(chair, fines[juma], intent) == shillings(50)
    with pytest.raises(NothingToWaive):
        await waived(chair, fines[juma])

    assert await village.held() == {"credit": shillings(50)}
    assert (await village.said(juma))[-1] == "Umoja: Fine, Savings 29/11 is waived, KES 50. Reason: hospital."
    await village.audit_is_clean()


async def test_paying_for_another_pays_her_dues_and_tells_her(village: Village) -> None:
    await village.settle(2)
    await village.kind(SUNDAY, 500)
    await village.tend()
    amina, juma = village.members

    made = await village.pay(amina, 300, paid_by=juma)

    assert (made.owes, made.balance) == (shillings(200), shillings(99_700))
    assert (await village.said(amina))[-1] == "Member 1 paid KES 300 for you to Umoja. You still owe KES 200."
    assert (await village.dues(juma)).total == shillings(500)
    stranger = await someone(village.db, "Stranger", money=shillings(1_000))
    with pytest.raises(NotAMember):
        await village.pay(amina, 100, paid_by=stranger)
    await village.audit_is_clean()


async def test_payments_at_once_never_pay_a_charge_twice(village: Village) -> None:
    await village.settle(2)
    await village.kind(SUNDAY, 500)
    await village.tend()
    amina, juma = village.members

    await asyncio.gather(*(village.pay(amina, 90, paid_by=[amina, juma][n % 2]) for n in range(10)))
    await village.work()

    assert await village.held() == {"treasury": shillings(500), "credit": shillings(400)}
    await village.audit_is_clean()


async def test_a_kind_changes_from_a_day_on_and_never_in_the_past(village: Village) -> None:
    await village.settle(2)
    kind = await village.kind(SUNDAY, 500)
    amina, juma = village.members
    await village.tend()
    given = {"official": amina, "group": village.group, "kind": kind.id}
    async with village.db.unit() as uow:
        with pytest.raises(NotInThePast):
            await change_kind(uow, amount=shillings(600), schedule=SUNDAY, from_day=FIRST_SUNDAY, **given)
        with pytest.raises(BadContributionAmount):
            await change_kind(uow, amount=shillings(9), schedule=SUNDAY, from_day=date(2026, 12, 6), **given)
        await change_kind(uow, amount=shillings(600), schedule=SUNDAY, from_day=date(2026, 12, 1), **given)
        await set_member_amount(uow, member=juma, amount=shillings(250), from_day=date(2026, 12, 10), **given)
    await village.until(village.at(date(2026, 12, 7)), timedelta(days=1))
    async with village.db.unit() as uow:
        last = await end_kind(uow, **given)
    await village.until(village.at(date(2026, 12, 20)), timedelta(days=1))

    rows = await village.rows(
        "SELECT user_id = :juma AS hers, period, amount FROM contribution_charges WHERE sort = 'contribution'"
        " ORDER BY period, 1", juma=juma,
    )  # fmt: skip
    assert [(row.hers, row.period.day, int(row.amount)) for row in rows] == [
        (False, 29, 500), (True, 29, 500), (False, 6, 600), (True, 6, 600), (False, 13, 600), (True, 13, 250),
    ]  # fmt: skip
    assert last == date(2026, 12, 13)


async def test_other_days_count_from_the_first_day_that_is_not_opened(village: Village) -> None:
    await village.settle(1)
    kind = await village.kind(SUNDAY, 500)
    (amina,) = village.members
    await village.tend()
    given = {
        "official": amina,
        "group": village.group,
        "kind": kind.id,
        "amount": shillings(500),
        "from_day": date(2026, 12, 1),
    }
    dates = Schedule("dates", dates=(date(2026, 12, 9), date(2026, 12, 24)))
    async with village.db.unit() as uow:
        early = Schedule("dates", dates=(date(2026, 11, 30), date(2026, 12, 24)))
        with pytest.raises(NotInThePast):
            await change_kind(uow, schedule=early, **given)
        changed = await change_kind(uow, schedule=dates, **given)
    # Monday 23 November: what is opened for Sunday the 29th stays; the Sundays after it are none any more.
    assert [changed.next_day(day) for day in (date(2026, 11, 23), date(2026, 11, 30), date(2026, 12, 10))] == [
        FIRST_SUNDAY, date(2026, 12, 9), date(2026, 12, 24)
    ]  # fmt: skip
    assert changed.next_day(date(2026, 12, 25)) is None
    await village.until(village.at(date(2026, 11, 29), 12), timedelta(days=1))
    async with village.db.unit() as uow:
        assert await next_due(uow, group=village.group) == date(2026, 12, 9)
    await village.until(village.at(date(2026, 12, 26)), timedelta(days=1))

    rows = await village.rows("SELECT period FROM contribution_charges WHERE sort = 'contribution' ORDER BY period")
    assert [row.period for row in rows] == [FIRST_SUNDAY, date(2026, 12, 9), date(2026, 12, 24)]


async def test_nothing_is_opened_by_the_old_days_while_they_are_being_changed(village: Village) -> None:
    await village.settle(1)
    kind = await village.kind(SUNDAY, 500)
    (amina,) = village.members
    given = {
        "official": amina,
        "group": village.group,
        "kind": kind.id,
        "amount": shillings(500),
        "from_day": date(2026, 11, 24),
    }

    async def opening() -> int:
        async with village.db.unit() as uow:
            return len(await open_charges(uow, group=village.group))

    async with village.db.unit() as uow:
        await change_kind(uow, schedule=Schedule("weekly", 5), **given)
        opens = asyncio.create_task(opening())
        done, _ = await asyncio.wait([opens], timeout=1)
        assert not done, "it waits for the change"
    assert await opens == 1

    rows = await village.rows("SELECT period FROM contribution_charges")
    assert [row.period for row in rows] == [date(2026, 11, 27)]


async def test_what_the_rules_say_and_what_has_ended_is_not_changed_by_an_official(village: Village) -> None:
    await village.settle(1)
    (chair,) = village.members
    own = await village.kind(SUNDAY, 500)
    given = {"official": chair, "group": village.group, "amount": shillings(700), "schedule": SUNDAY}
    async with village.db.unit() as uow:
        wanted = {"official": chair, "group": village.group, "rule": "contribution"}
        regular = await start_from_constitution(uow, intent=new_intent(), **wanted)
        await end_kind(uow, official=chair, group=village.group, kind=own.id)
    for kind, refusal in ((regular, FollowsTheRules), (own, UnknownKind)):
        async with village.db.unit() as uow:
            with pytest.raises(refusal):
                await change_kind(uow, kind=kind.id, from_day=date(2027, 1, 1), **given)


async def test_the_regular_kind_follows_the_constitution_when_it_changes(village: Village) -> None:
    await village.settle(1)
    chair = village.members[0]
    async with village.db.unit() as uow:
        regular = await start_from_constitution(
            uow, intent=new_intent(), official=chair, group=village.group, rule="contribution"
        )
        again = await start_from_constitution(
            uow, intent=new_intent(), official=chair, group=village.group, rule="contribution"
        )
    assert regular.id == again.id
    assert (regular.versions[0].schedule, regular.versions[0].amount) == (Schedule("monthly", 5), shillings(500))
    await village.enact(contribution=700_00, frequency="weekly", due_day=7)
    await village.until(village.at(date(2026, 12, 1)), timedelta(days=1))

    async with village.db.unit() as uow:
        (now,) = await kinds_of(uow, group=village.group)
    assert [(one.amount, one.schedule.frequency) for one in now.versions] == [
        (shillings(500), "monthly"),
        (shillings(700), "weekly"),
    ]


async def test_a_least_amount_takes_more_and_a_custom_calendar_has_its_days(village: Village) -> None:
    await village.settle(1)
    days = (date(2026, 11, 25), date(2026, 12, 24))
    await village.kind(Schedule("dates", dates=days), 200, name="Harambee", mode="minimum", purpose="project")
    await village.tend()

    made = await village.pay(village.members[0], 1_000)

    assert [(line.sort, line.amount) for line in made.lines] == [("charge", shillings(200)), ("more", shillings(800))]
    assert await village.held() == {"project": shillings(1_000)}
    assert await village.pay(village.members[0], 10)
    assert await village.held() == {"project": shillings(1_010)}


async def test_the_board_shows_who_paid_who_is_late_and_savings_count_what_stays_hers(village: Village) -> None:
    await village.settle(3, fine=50_00, grace_days=0)
    await village.kind(SUNDAY, 500)
    await village.kind(SUNDAY, 100, name="Welfare", purpose="welfare")
    await village.tend()
    amina, juma, _ = village.members
    await village.pay(amina, 600)
    await village.pay(juma, 200)
    async with village.db.unit() as uow:
        savings, _ = await boards(uow, viewer=amina, group=village.group)
    assert [(one.name, one.state) for one in savings.standings] == [
        ("Member 1", "part"),
        ("Member 2", "due"),
        ("Member 0", "paid"),
    ]
    assert (savings.paid, savings.expected, savings.day) == (shillings(700), shillings(1_500), FIRST_SUNDAY)

    await village.until(village.at(date(2026, 11, 30), 8), timedelta(days=2))
    await village.pay(juma, 500)
    async with village.db.unit() as uow:
        assert await savings_in(uow, group=village.group, members=[juma]) == {juma: shillings(500)}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE contribution_charges SET paid = paid + 1",
        "UPDATE contribution_charges SET amount = amount + 1",
        "UPDATE contribution_payments SET amount = amount + 1",
        "UPDATE contribution_lines SET amount = amount + 1",
        "DELETE FROM contribution_lines",
        "DELETE FROM contribution_charges",
        "UPDATE contribution_kinds SET name = 'Other'",
        "UPDATE contribution_kind_versions SET amount = 1",
        (
            "INSERT INTO contribution_lines (id, payment_id, place, sort, purpose, category, amount)"
            " SELECT gen_random_uuid(), id, 9, 'gift', 'treasury', 'contribution', 1 FROM contribution_payments"
        ),
        (
            "INSERT INTO contribution_lines (id, payment_id, place, sort, purpose, category, charge_id, amount)"
            " SELECT gen_random_uuid(), p.id, 9, 'charge', 'treasury', 'contribution', c.id, 1"
            " FROM contribution_payments p, contribution_charges c"
        ),
    ],
)
async def test_the_database_refuses_what_would_not_add_up(village: Village, statement: str) -> None:
    await village.settle(1)
    await village.kind(SUNDAY, 500)
    await village.tend()
    await village.pay(village.members[0], 500)

    with pytest.raises(DBAPIError):
        await village.rows(f"{statement} RETURNING 1")


async def test_create_kind_when_repeated_is_one_and_only_officials_may(village: Village) -> None:
    await village.settle(2)
    intent, given = new_intent(), {"name": "Plot", "purpose": "project", "schedule": SUNDAY, "amount": shillings(50)}
    async with village.db.unit() as uow:
        one = await create_kind(uow, intent=intent, official=village.members[0], group=village.group, **given)
        two = await create_kind(uow, intent=intent, official=village.members[0], group=village.group, **given)
        with pytest.raises(NotYourRole):
            await create_kind(uow, intent=new_intent(), official=village.members[1], group=village.group, **given)
    assert one.id == two.id


async def test_contributions_never_reach_the_pot_of_turns_which_its_rounds_fill(village: Village) -> None:
    """A regular contribution of a merry-go-round went there, where no turn would ever have paid it out."""
    await village.settle(2)
    async with village.db.unit() as uow:
        merry = await create_group(uow, intent=new_intent(), founder=village.members[0], name="Merry", kind="merry_go_round")
        village.group = merry.id
        given = {"official": village.members[0], "group": merry.id}
        regular = await start_from_constitution(uow, intent=new_intent(), rule="contribution", **given)
        with pytest.raises(RoundsCollect):
            await create_kind(
                uow, intent=new_intent(), name="Turns", purpose="rotation", schedule=SUNDAY, amount=shillings(50), **given
            )
    assert regular.purpose == "treasury"
    await village.tend()
    await village.pay(village.members[0], 500)
    assert await village.held() == {"treasury": shillings(500)}
    await village.audit_is_clean()
