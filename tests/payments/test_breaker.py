"""Payouts stop by themselves when nothing comes back, and until a person has looked when the operator is refused."""

from __future__ import annotations

from typing import Any

import pytest

from core.kernel.db import Database
from core.payments.breaker import MOST_FAILURES, note_payout_ended, note_payout_taken, payouts_stopped, resume_payouts
from core.payments.outcomes import Accepted, Failed, Succeeded, Unknown

from .counter import TEN_THOUSAND, Counter
from .desk import new_id
from .fake_mobile_money import answer_body

SILENCE, REFUSED = Unknown("timeout"), Failed("2001", "The initiator information is invalid.")
NOT_SENT = Failed("unreachable", "nobody there", "not-sent")


async def taken(db: Database, *outcomes: Any) -> str | None:
    for outcome in outcomes:
        async with db.unit() as uow:
            await note_payout_taken(uow, outcome)
    return await stopped(db)


async def ended(db: Database, outcome: Any) -> str | None:
    async with db.unit() as uow:
        await note_payout_ended(uow, outcome)
    return await stopped(db)


async def stopped(db: Database) -> str | None:
    async with db.unit() as uow:
        return await payouts_stopped(uow)


async def events(db: Database) -> list[tuple[str, str]]:
    async with db.unit() as uow:
        connection = await uow.session.connection()
        rows = await connection.exec_driver_sql(
            "SELECT severity, details->>'reason' FROM security_events ORDER BY created_at, id"
        )
        return [tuple(row) for row in rows]


@pytest.mark.parametrize("failure", [SILENCE, NOT_SENT, Failed("busy", "spike arrest", "busy")])
async def test_payouts_when_five_answers_in_a_row_prove_nothing_pause_and_then_try_again(
    db: Database, clock: Any, failure: Any
) -> None:
    assert await taken(db, *[failure] * (MOST_FAILURES - 1)) is None
    assert await taken(db, failure) == "no-answers"
    assert await events(db) == [("high", "no-answers")]

    clock.advance(seconds=60)
    assert await stopped(db) is None
    assert await taken(db, failure) == "no-answers"
    clock.advance(seconds=61)
    assert await stopped(db) == "no-answers"
    clock.advance(seconds=60)
    assert await taken(db, Accepted("AG_1")) is None
    assert await taken(db, *[failure] * (MOST_FAILURES - 1)) is None
    # One alarm for the whole time of trouble.
    assert len(await events(db)) == 1


async def test_payouts_when_answers_are_mixed_or_refuse_one_payee_go_on(db: Database) -> None:
    refused_payee = Failed("400.002.02", "Bad Request - Invalid PartyB")

    assert await taken(db, *[SILENCE, SILENCE, SILENCE, SILENCE, Accepted("AG_1")] * 3) is None
    assert await taken(db, *[refused_payee] * 20) is None
    assert await ended(db, Failed("2040", "unregistered", "unregistered")) is None
    assert await events(db) == []


@pytest.mark.parametrize(
    ("code", "reason"), [("2001", "operator-refused"), ("8006", "operator-locked"), ("21", "operator-not-allowed")]
)
async def test_payouts_when_the_operator_is_refused_stop_until_a_person_resumes_them(
    db: Database, clock: Any, code: str, reason: str
) -> None:
    assert await ended(db, Failed(code, "refused")) == reason
    assert await events(db) == [("critical", reason)]

    clock.advance(days=30)
    assert await ended(db, Succeeded()) == reason
    assert await taken(db, Accepted("AG_1"), *[SILENCE] * 10) == reason

    async with db.unit() as uow:
        assert await resume_payouts(uow)
        assert not await resume_payouts(uow)
    assert await stopped(db) is None


async def test_withdrawals_when_the_operator_is_locked_wait_and_go_out_once_resumed(counter: Counter, db: Database) -> None:
    hers, his = await counter.rich(), await counter.rich()
    first = await counter.sent(hers)
    [name] = await counter.names(first)
    await counter.hear(first.payouts[0].id, counter.mpesa.finish(name, "8006"))

    second = await counter.sent(his)
    await counter.wait(hours=3)

    assert [one.payout for one in counter.mpesa.requests] == [name]
    assert (await counter.see(second)).is_open
    async with db.unit() as uow:
        assert await resume_payouts(uow)
    await counter.wait(minutes=3)
    [his_name] = await counter.names(second)
    assert [one.payout for one in counter.mpesa.requests] == [name, his_name]
    await counter.hear(second.payouts[0].id, counter.mpesa.finish(his_name))
    assert not (await counter.see(second)).is_open
    await counter.books_agree()


async def test_withdrawal_when_payouts_stay_stopped_for_a_day_comes_back(counter: Counter, db: Database) -> None:
    async with db.unit() as uow:
        await note_payout_ended(uow, REFUSED)
    wanjiru = await counter.rich()
    started = await counter.sent(wanjiru)

    await counter.wait(hours=23)
    assert (await counter.see(started)).is_open
    await counter.wait(hours=2)

    assert not (await counter.see(started)).is_open
    assert counter.mpesa.requests == []
    assert (await counter.holdings(wanjiru)).available == TEN_THOUSAND
    await counter.books_agree()


async def test_withdrawals_when_nobody_is_reached_pause_and_all_go_out_later(counter: Counter) -> None:
    people = [await counter.rich() for _ in range(MOST_FAILURES + 2)]
    counter.mpesa.troubles = ["unreachable"] * MOST_FAILURES
    started = [await counter.sent(person) for person in people]

    assert len(counter.mpesa.requests) == MOST_FAILURES
    await counter.wait(hours=1)

    for one in started:
        [name] = await counter.names(one)
        await counter.hear(one.payouts[0].id, counter.mpesa.finish(name))
        assert not (await counter.see(one)).is_open
    assert len(counter.mpesa.paid) == len(people)
    await counter.books_agree()


@pytest.mark.parametrize(("code", "reason"), [("2001", "operator-refused"), ("8006", "operator-locked")])
async def test_payouts_when_an_answer_about_anything_refuses_the_operator_stop_and_alarm(
    counter: Counter, db: Database, code: str, reason: str
) -> None:
    """Nothing is paid out for days, and the password has ended meanwhile: the next question finds out."""
    wanjiru = await counter.rich()
    refused = answer_body(receipt="", amount="", payer="", status="", code=code)
    for receipt in ("SGLARGE001", "SGLARGE002"):
        await counter.confirm(account=await counter.number(wanjiru), receipt=receipt, amount="150000.00")
    await counter.work()

    for question in counter.mpesa.about:
        await counter.answer(question, refused)
    await counter.work()

    assert await stopped(db) == reason
    assert await events(db) == [("critical", reason)]
    assert (await counter.outcomes())[-2:] == ["operator-refused"] * 2
    await counter.audit_is_clean()


async def test_payouts_when_a_forger_posts_such_an_answer_about_nothing_of_ours_go_on(counter: Counter, db: Database) -> None:
    await counter.hear(new_id(), answer_body(receipt="", amount="", payer="", code="8006"), "status-result")

    assert await stopped(db) is None
