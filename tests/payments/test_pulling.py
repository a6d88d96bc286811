"""M-Pesa's own list of payments: what no callback told us, asked for when something is stuck."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from core.kernel.money import Money
from core.monitoring.attention import Task, tasks
from core.payments import pull_jobs
from core.payments.claims import claim_payment
from core.payments.outcomes import Unknown
from core.payments.ports import StatementLine, StatementPage

from .desk import Desk, Person
from .fake_mobile_money import CANCELLED, NOT_REACHED

RECEIPT = "SGPULL0001"


def line(desk: Desk, account: str, receipt: str = RECEIPT, amount: int = 500, payer: str = "") -> StatementLine:
    return StatementLine(receipt, Money(amount * 100), desk.clock.now(), account, payer)


def asked(desk: Desk) -> list[tuple[timedelta, int]]:
    """How far back the list was asked for each time, and which page."""
    return [(until - since, page) for since, until, page in desk.mobile_money.pages_asked]


@pytest.fixture
def late(desk: Desk) -> Desk:
    """A moment at which the hourly look isn't due."""
    desk.clock.advance(minutes=20)
    return desk


async def test_list_when_nothing_is_stuck_is_asked_for_once_an_hour(late: Desk) -> None:
    await late.take_named("pull-payments")
    assert late.mobile_money.pages_asked == []

    late.clock.advance(minutes=42)
    await late.take_named("pull-payments")
    # Nothing was ever read: all that the list still has.
    assert asked(late) == [(timedelta(hours=47, minutes=45), 0)]

    late.clock.advance(hours=1)
    await late.take_named("pull-payments")
    assert asked(late)[1:] == [(timedelta(hours=2, minutes=15), 0)]


async def test_hourly_look_after_an_outage_of_ours_brings_everything_since_the_last_one(late: Desk) -> None:
    """Five hours in which no confirmation came, no look was made, or none that read the list."""
    wanjiru = await late.person()
    number = await late.number(wanjiru)
    await listed(late)
    late.mobile_money.lines = [line(late, "chama", "SGOTHER001", 70)]
    for hour in range(5):
        late.clock.advance(hours=1)
        late.mobile_money.lines.append(line(late, number, f"SGPULL000{hour}", 100))
    assert await late.has(wanjiru) == Money(0)

    late.clock.advance(minutes=30)
    deposit = await late.prompted(wanjiru)
    late.clock.advance(minutes=10)
    await late.take_named("pull-payments")
    assert asked(late)[-1] == (timedelta(minutes=25), 0)
    late.clock.advance(minutes=20)
    await late.take_named("pull-payments")
    await late.work()

    # What was read for the prompt alone covers its own time, not the hours before.
    assert await late.has(wanjiru) == Money(5 * 97_50)
    late.clock.advance(hours=1)
    await late.receive(deposit, late.mobile_money.fail(late.mobile_money.last, CANCELLED))
    await late.work()
    await late.take_named("pull-payments")
    assert asked(late)[-1] == (timedelta(hours=2, minutes=15), 0)
    await late.audit_is_clean()


async def test_hourly_look_asks_again_for_hours_that_could_not_be_read_but_never_beyond_the_reach(late: Desk) -> None:
    await listed(late)
    for hours in range(1, 4):
        late.clock.advance(hours=1)
        late.mobile_money.pages = [Unknown("HTTP 503")] if hours % 2 else [StatementPage((), None, is_doubtful=True)]
        await late.take_named("pull-payments")
        assert asked(late)[-1] == (max(timedelta(hours=2), timedelta(hours=hours, minutes=30)) + timedelta(minutes=15), 0)

    late.clock.advance(days=4)
    await late.take_named("pull-payments")
    assert asked(late)[-1] == (timedelta(hours=47, minutes=45), 0)


async def test_prompt_when_every_callback_was_lost_is_credited_by_the_list(late: Desk) -> None:
    wanjiru = await late.person()
    deposit = await late.prompted(wanjiru)
    late.mobile_money.pay(late.mobile_money.last)
    await late.wait(minutes=3)
    assert (await late.row(deposit)).attention == "paid-without-receipt"

    late.mobile_money.pages = [StatementPage((line(late, late.mobile_money.last.request.reference),), None)]
    await late.take_named("pull-payments")
    await late.take_named("pull-payments")
    await late.work()

    assert (await late.find(deposit)).receipt == RECEIPT
    assert (await late.has(wanjiru), len(await late.sms(wanjiru))) == (Money(487_50), 2)
    (row,) = await late.rows("SELECT sources FROM payments_received")
    assert row.sources == ["pull"]
    await late.audit_is_clean()


async def test_list_when_it_has_pages_and_breaks_off_is_read_to_the_end_the_next_time(late: Desk) -> None:
    wanjiru = await late.person()
    number = await late.number(wanjiru)
    await late.prompted(wanjiru)
    await late.wait(minutes=3)
    first = StatementPage((line(late, number, "SGPULL0001"), line(late, "chama", "SGPULL0002", 70)), 1)
    second = StatementPage((line(late, number, "SGPULL0003", 100),), None)

    late.mobile_money.pages = [first, Unknown("timeout")]
    await late.take_named("pull-payments")
    assert (await late.has(wanjiru), await late.suspense()) == (Money(487_50), Money(70_00))

    late.mobile_money.pages = [first, second]
    await late.take_named("pull-payments")

    assert (await late.has(wanjiru), await late.suspense()) == (Money(487_50 + 97_50), Money(70_00))
    await late.audit_is_clean()


def a_line_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pull_jobs, "READING", 0.0)


async def long_list(desk: Desk, many: int = 7) -> Person:
    """The hour has begun, and the list has so many payments to her, three to a page."""
    wanjiru = await desk.person()
    number = await desk.number(wanjiru)
    desk.clock.advance(minutes=41)
    desk.mobile_money.lines = [line(desk, number, f"SGPULL000{one}", 100) for one in range(many)]
    return wanjiru


async def parts(desk: Desk) -> list[str]:
    """Those that wait for a worker."""
    return [job.payload for job in await desk.jobs() if job.entrypoint == "pull-payments"]


async def whole_lists(desk: Desk) -> list[timedelta]:
    return [row.until - row.since for row in await desk.rows("SELECT since, until FROM whole_lists")]


async def test_list_that_is_too_long_for_one_job_is_read_to_its_end_by_several(
    late: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_line_at_a_time(monkeypatch)
    wanjiru = await long_list(late)

    await late.take_named("pull-payments")
    for read in range(1, 7):
        assert (await late.has(wanjiru), await whole_lists(late)) == (Money(97_50 * read), [])
        late.clock.advance(minutes=1)
        (job,) = [job for job in await late.jobs() if job.entrypoint == "pull-payments"]
        await late.take(job)

    assert (await late.has(wanjiru), await parts(late)) == (Money(97_50 * 7), [])
    assert await whole_lists(late) == [timedelta(hours=47, minutes=45)]
    assert len({(since, until) for since, until, _ in late.mobile_money.pages_asked}) == 1
    await late.audit_is_clean()


async def test_part_of_a_list_whose_worker_dies_before_the_queue_knows_is_read_again(
    late: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_line_at_a_time(monkeypatch)
    wanjiru = await long_list(late)
    await late.take_named("pull-payments")
    (again,) = await parts(late)

    await late.take_named("pull-payments", **json.loads(again))
    await late.work()

    assert await late.has(wanjiru) == Money(97_50 * 7)
    assert set(await whole_lists(late)) == {timedelta(hours=47, minutes=45)}
    await late.audit_is_clean()


async def test_part_of_a_list_when_time_went_by_is_read_from_its_beginning_within_the_reach(
    late: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_line_at_a_time(monkeypatch)
    wanjiru = await long_list(late, many=6)
    for _ in range(4):
        await late.take_named("pull-payments", **json.loads((await parts(late) or ["{}"])[-1]))
    *_, last = await parts(late)
    assert json.loads(last)["page"] == 1
    await late.forget_jobs()

    late.clock.advance(hours=1)
    await late.take_named("pull-payments", **json.loads(last))
    assert asked(late)[-1] == (timedelta(hours=46, minutes=45), 0)
    await late.work()
    assert await late.has(wanjiru) == Money(97_50 * 6)
    assert await whole_lists(late) == [timedelta(hours=46, minutes=45)]

    many = len(late.mobile_money.pages_asked)
    late.clock.advance(days=2)
    await late.take_named("pull-payments", **json.loads(last))
    assert len(late.mobile_money.pages_asked) == many


async def test_list_that_breaks_off_in_a_later_job_is_not_whole(late: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    a_line_at_a_time(monkeypatch)
    await long_list(late)
    await late.take_named("pull-payments")
    late.mobile_money.pages, late.mobile_money.lines = [Unknown("timeout")], []
    await late.work()

    assert (await whole_lists(late), await parts(late)) == ([], [])


async def test_claim_when_the_list_knows_the_payment_is_credited_by_it(late: Desk) -> None:
    wanjiru = await late.person()
    async with late.database.unit() as uow:
        assert (await claim_payment(uow, member=wanjiru.id, typed=RECEIPT)).outcome == "asking"

    late.mobile_money.pages = [StatementPage((line(late, "", payer=f"2547*****{wanjiru.phone[-3:]}"),), None)]
    await late.take_named("pull-payments")
    await late.work()

    assert (await late.has(wanjiru), await late.suspense()) == (Money(487_50), Money(0))
    await late.audit_is_clean()


@pytest.mark.parametrize("came", [True, False])
async def test_list_when_it_is_empty_although_payments_came_raises_the_alarm_once_a_day(late: Desk, came: bool) -> None:
    wanjiru = await late.person()
    if came:
        await late.confirm(account=await late.number(wanjiru))
        await late.work()
    late.clock.advance(minutes=41)

    for _ in range(2):
        late.mobile_money.pages = [StatementPage((), None, is_doubtful=True)]
        await late.take_named("pull-payments")

    events = await late.rows("SELECT severity FROM security_events WHERE event_type = 'payment_list_doubtful'")
    assert [event.severity for event in events] == (["high"] if came else [])


async def test_list_that_can_not_be_read_for_three_hours_raises_the_alarm_once_a_day(late: Desk) -> None:
    late.clock.advance(minutes=41)
    for hour in range(6):
        late.mobile_money.pages = [Unknown("HTTP 503")]
        await late.take_named("pull-payments")
        events = await late.rows("SELECT details FROM security_events WHERE event_type = 'payment_list_doubtful'")
        assert [event.details for event in events] == ([{"unreadable": "HTTP 503"}] if hour >= 2 else [])
        late.clock.advance(hours=1)

    # One look that worked begins the count anew.
    await late.rows("DELETE FROM security_events RETURNING id")
    for page in (Unknown("x"), Unknown("x"), StatementPage((), None), Unknown("x"), Unknown("x")):
        late.mobile_money.pages = [page]
        await late.take_named("pull-payments")
        late.clock.advance(hours=1)
    assert await late.rows("SELECT id FROM security_events WHERE event_type = 'payment_list_doubtful'") == []


async def found(desk: Desk) -> list[tuple[str, str]]:
    async with desk.database.unit() as uow:
        listed: list[Task] = await tasks(uow)
    return [(task.kind, task.why) for task in listed]


async def test_tasks_name_everything_that_a_person_has_to_look_at(late: Desk) -> None:
    wanjiru = await late.person()
    assert await found(late) == []
    deposit = await late.prompted(wanjiru)
    late.mobile_money.pay(late.mobile_money.last)
    await late.wait(minutes=1)
    late.clock.advance(seconds=1)
    await late.confirm(account="chama", amount="70", MSISDN="")
    await late.work()
    late.clock.advance(seconds=1)
    async with late.database.unit() as uow:
        await claim_payment(uow, member=wanjiru.id, typed="SGC2B00001")

    assert await found(late) == [
        ("payment", "processing, paid-without-receipt"),
        ("suspense", "unknown account"),
        ("claim", "not provably the claimant's"),
    ]

    await late.receive(deposit, b"never read")
    late.clock.advance(hours=1)
    assert ("callback", "not read") in await found(late)


async def test_deposit_when_nobody_ever_tells_its_end_becomes_a_task_and_never_waits_unseen(late: Desk) -> None:
    await late.prompted(await late.person())

    await late.wait(days=8)

    assert await found(late) == [("payment", "processing, unresolved")]
    await late.audit_is_clean()


async def listed(desk: Desk) -> None:
    """M-Pesa's list of the last hours is read to its end; another payment is in it, so it isn't one that may be silent."""
    desk.mobile_money.pages = [StatementPage((line(desk, "chama", "SGOTHER001", 70),), None)]
    desk.clock.moment = desk.clock.moment.replace(minute=2) + timedelta(hours=1)
    await desk.take_named("pull-payments")


@pytest.mark.parametrize("answer", [NOT_REACHED, None])
async def test_prompt_when_nobody_answered_and_the_whole_list_has_no_payment_for_it_ends_as_expired(
    late: Desk, answer: int | None
) -> None:
    deposit = await late.prompted(await late.person())
    if answer is not None:
        await late.receive(deposit, late.mobile_money.fail(late.mobile_money.last, answer))
    await late.wait(minutes=30)
    assert (await late.find(deposit)).status == "processing"

    await listed(late)
    await late.wait(hours=6)

    found = await late.find(deposit)
    assert (found.status, found.reason) == ("failed", "expired")
    assert "not answered in time. No money was taken" in (await late.sms(Person(found.member, found.phone)))[-1]
    await late.confirm(account=late.mobile_money.last.request.reference, receipt=RECEIPT)
    await late.work()
    assert (await late.find(deposit)).receipt == RECEIPT
    await late.audit_is_clean()


@pytest.mark.parametrize("why", ["never-read", "broken-off", "may-be-silent", "too-early", "said-to-be-paid"])
async def test_prompt_when_the_list_proves_nothing_stays_open(late: Desk, why: str) -> None:
    deposit = await late.prompted(await late.person())
    if why == "said-to-be-paid":
        late.mobile_money.pay(late.mobile_money.last)
    if why == "too-early":
        await late.take_named("pull-payments")
    await late.wait(minutes=30)
    pages = {
        "broken-off": [StatementPage((line(late, "chama", "SGOTHER001"),), 1), Unknown("timeout")],
        "may-be-silent": [StatementPage((), None, is_doubtful=True)],
    }
    if why == "said-to-be-paid":
        await listed(late)
    elif why in pages:
        late.mobile_money.pages = list(pages[why])
        late.clock.advance(hours=1)
        await late.take_named("pull-payments")
    await late.wait(hours=26)

    assert (await late.find(deposit)).status == "processing"


async def test_deposit_when_it_failed_is_nobodys_task(late: Desk) -> None:
    deposit = await late.prompted(await late.person())
    await late.receive(deposit, late.mobile_money.fail(late.mobile_money.last, CANCELLED))
    await late.work()

    assert await found(late) == []
