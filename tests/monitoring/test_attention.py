"""What somebody should have been told, or the books should know, and that no machine will do any more, is an operator's task."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from core.jobs.failures import give_up
from core.kernel.db import Database
from core.kernel.money import Money
from core.monitoring.attention import tasks
from core.monitoring.given_up import deal_with
from tests.payments.counter import Counter
from tests.payments.fake_payouts import FakePayouts


@pytest.fixture
def counter(db: Database, clock: Any) -> Counter:
    return Counter(db, FakePayouts(clock), clock)


async def listed(counter: Counter) -> list[tuple[str, str]]:
    async with counter.database.unit() as uow:
        return [(task.kind, task.why) for task in await tasks(uow)]


async def test_a_charge_that_nobody_told_of_is_a_task_once_the_statement_should_have(counter: Counter) -> None:
    wanjiru = await counter.rich()
    withdrawal = await counter.sent(wanjiru)
    [name] = await counter.names(withdrawal)
    await counter.hear(withdrawal.payouts[0].id, counter.mpesa.finish(name))
    for _ in range(3):
        counter.clock.advance(days=1, hours=1)
        await counter.work()
        counter.mpesa.about.clear()
    asked = await counter.rows("SELECT charge_questions, real_charge FROM payouts")
    assert [tuple(row) for row in asked] == [(3, None)]
    counter.clock.advance(days=3)

    assert ("charge", "M-Pesa never told what it charged") in await listed(counter)
    await counter.rows("UPDATE payouts SET real_charge = 5, charge_source = 'statement' RETURNING id")
    assert await listed(counter) == [("charge", "told, not booked")]
    await counter.rows("UPDATE payouts SET charge_booked_at = now() RETURNING id")
    assert await listed(counter) == []


async def test_a_job_that_was_given_up_is_a_task_until_somebody_has_dealt_with_it(counter: Counter) -> None:
    now = counter.clock.now()
    for number in (4711, 4712):
        given = {"job": "tell-of-treasury-request", "payload": {"request": "1"}, "attempts": 9, "error": "KeyError in _said"}
        await give_up(counter.database, job_id=number, now=now, **given)
    assert await listed(counter) == [("job", "tell-of-treasury-request given up: KeyError in _said")] * 2

    async with counter.database.unit() as uow:
        assert await deal_with(uow, job_id=4711, again=True)
    async with counter.database.unit() as uow:
        assert not await deal_with(uow, job_id=4711, again=True), "once"
        assert await deal_with(uow, job_id=4712, again=False)
        assert not await deal_with(uow, job_id=1, again=True)

    assert await listed(counter) == []
    queued = await counter.rows("SELECT count(*) AS n FROM pgqueuer WHERE entrypoint = 'tell-of-treasury-request'")
    assert queued[0].n == 1


@pytest.mark.parametrize(
    ("template", "status", "shown"),
    [("deposit", "failed", True), ("treasury", "failed", True), ("deposit", "sent", False), ("meeting", "failed", False)],
)
async def test_a_receipt_that_never_arrived_is_a_task_for_a_week(
    counter: Counter, template: str, status: str, *, shown: bool
) -> None:
    person = await counter.person()
    async with counter.database.unit() as uow:
        await uow.session.execute(
            text(
                "INSERT INTO sms_delivery_log (id, user_id, to_phone, message, template, status, error_message, attempts, doubts,"
                " created_at) VALUES (gen_random_uuid(), :user, :phone, 'x', :template, :status, 'absent', 5, 0, :now)"
            ),
            {"user": person.id, "phone": person.phone, "template": template, "status": status, "now": counter.clock.now()},
        )

    assert [kind for kind, _ in await listed(counter)] == (["message"] if shown else [])
    counter.clock.advance(days=8)
    assert await listed(counter) == []


async def test_a_treasury_payment_that_the_group_was_never_told_of_is_a_task(db: Database, clock: Any) -> None:
    from tests.treasury.chama import Chama

    chama = await Chama(db, FakePayouts(clock), clock).found()
    request = await chama.approved(Money(2_000_00), to=await chama.outside())
    await chama.wait(hours=24)
    await chama.hear((await chama.find(request)).payout or "", chama.mpesa.finish(list(chama.mpesa.sent)[-1]))
    clock.advance(hours=1)
    assert "request" not in {kind for kind, _ in await listed(chama)}

    await chama.rows("UPDATE treasury_requests SET told = '{}' RETURNING id")

    assert ("request", "paid, the group was never told") in await listed(chama)
