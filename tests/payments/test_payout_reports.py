"""What is reported about a payment out: forged, repeated, reordered, contradicting; and workers that die around it."""

from __future__ import annotations

import contextlib
import itertools
import json
import random
from collections.abc import Callable
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.kernel.money import Money
from core.payments.inbox import store_callback
from core.payments.withdrawals import WithdrawalShort

from .counter import Counter
from .fake_payouts import FakePayouts, PayoutTrouble
from .test_any_order import MortalDatabase
from .test_withdrawal import shillings

FORGED: dict[str, Callable[[FakePayouts, str], bytes]] = {
    "amount-mismatch": lambda mpesa, name: mpesa.result(
        name, ResultCode=0, TransactionAmount=5, TransactionReceipt="SWFORGED01"
    ),
    "no-amount": lambda mpesa, name: mpesa.result(name, ResultCode=0, TransactionAmount=None, TransactionReceipt="SWFORGED01"),
    "no-receipt": lambda mpesa, name: mpesa.result(name, ResultCode=0, TransactionReceipt=None, TransactionID=""),
    "name-mismatch": lambda mpesa, name: mpesa.result(
        name, ResultCode=0, OriginatorConversationID="0", TransactionReceipt="SWFORGED01"
    ),
    "conversation-mismatch": lambda mpesa, name: mpesa.result(
        name, ResultCode=0, ConversationID="AG_other", TransactionReceipt="SWFORGED01"
    ),
    "not-json": lambda _mpesa, _name: b"\xff{",
    "no-result": lambda _mpesa, _name: b'{"Result": {"ResultDesc": ["?"]}}',
}


@pytest.mark.parametrize("why", FORGED)
async def test_report_when_it_does_not_fit_moves_nothing_and_is_seen(counter: Counter, why: str) -> None:
    wanjiru = await counter.rich()
    started = await counter.sent(wanjiru)
    [name] = await counter.names(started)

    await counter.hear(started.payouts[0].id, FORGED[why](counter.mpesa, name))

    assert await counter.outcomes() == [f"quarantined: {why}"]
    assert await counter.events() == [why]
    assert (await counter.see(started)).is_open
    assert (await counter.holdings(wanjiru)).locked == shillings(510)
    # The real one still counts.
    await counter.hear(started.payouts[0].id, counter.mpesa.finish(name))
    assert (await counter.see(started)).paid == shillings(500)
    await counter.books_agree()


async def test_report_about_something_else_moves_nothing_and_is_seen(counter: Counter) -> None:
    wanjiru, otieno = await counter.rich(), await counter.rich()
    hers, his = await counter.sent(wanjiru), await counter.sent(otieno)
    [her_name], [his_name] = await counter.names(hers), await counter.names(his)
    unknown = "01900000-0000-7000-8000-00000000abcd"

    await counter.hear(hers.payouts[0].id, counter.mpesa.finish(his_name))
    await counter.hear(unknown, counter.mpesa.result(his_name))
    await counter.hear("no-id-at-all", counter.mpesa.result(his_name))
    unsent = await counter.ask_for(wanjiru)
    async with counter.database.unit() as uow:
        body = counter.mpesa.result(her_name, ResultCode=0, TransactionReceipt="SWFORGED01")
        await store_callback(uow, kind="b2c-result", intent=str(unsent.payouts[0].id), body=body, remote="-")
    [early] = [job for job in await counter.jobs() if job.entrypoint == "read-payment-callback"]
    await counter.take(early)

    assert await counter.events() == ["name-mismatch", "unknown-intent", "unknown-intent", "never-sent"]
    assert (await counter.see(hers)).is_open
    assert (await counter.see(his)).is_open


async def test_receipt_that_was_used_before_pays_nothing(counter: Counter) -> None:
    wanjiru, otieno = await counter.rich(), await counter.rich()
    hers, his = await counter.sent(wanjiru), await counter.sent(otieno)
    [her_name], [his_name] = await counter.names(hers), await counter.names(his)
    await counter.hear(hers.payouts[0].id, counter.mpesa.finish(her_name))

    reused = counter.mpesa.result(his_name, ResultCode=0, TransactionReceipt=counter.mpesa.paid[0][1])
    await counter.hear(his.payouts[0].id, reused)
    await counter.hear(hers.payouts[0].id, counter.mpesa.result(her_name, TransactionReceipt="SW00000007"))

    assert await counter.events() == ["receipt-reused", "second-receipt"]
    assert (await counter.see(his)).is_open


async def test_failure_after_success_takes_nothing_back(counter: Counter) -> None:
    wanjiru = await counter.rich()
    started = await counter.sent(wanjiru)
    [name] = await counter.names(started)
    await counter.hear(started.payouts[0].id, counter.mpesa.finish(name))

    await counter.hear(started.payouts[0].id, counter.mpesa.result(name, ResultCode=1))

    assert await counter.outcomes() == ["paid", "ignored-after-success"]
    assert await counter.events() == ["failure-after-success"]
    assert len(await counter.sms(wanjiru)) == 1
    await counter.books_agree()


async def test_success_after_a_proven_failure_is_carried_by_suspense_until_a_person_decides(counter: Counter) -> None:
    wanjiru = await counter.rich()
    started = await counter.sent(wanjiru)
    [name] = await counter.names(started)
    await counter.hear(started.payouts[0].id, counter.mpesa.result(name, ResultCode=1))

    await counter.hear(started.payouts[0].id, counter.mpesa.finish(name))

    assert await counter.outcomes() == ["released", "paid"]
    assert (await counter.see(started)).payouts[0].books == "paid-after-release"
    assert (await counter.accounts())["suspense"] == shillings(-500)
    assert (await counter.holdings(wanjiru)).available == shillings(10_000)
    [row] = await counter.rows("SELECT attention FROM mpesa_transactions")
    assert row.attention == "paid-after-release"
    assert [event.severity for event in await counter.rows("SELECT severity FROM security_events")] == ["critical"]
    assert "after all" in (await counter.sms(wanjiru))[-1]
    await counter.books_agree()


@pytest.mark.parametrize("order", list(itertools.permutations(["result", "answer", "result"])))
async def test_reports_in_any_order_and_number_pay_once(counter: Counter, order: tuple[str, ...]) -> None:
    wanjiru = await counter.rich()
    counter.mpesa.troubles = ["answer-lost"]
    started = await counter.sent(wanjiru)
    [name] = await counter.names(started)
    result, answer = counter.mpesa.finish(name, charge=Money(5_00)), counter.mpesa.answer(name)

    for kind in order:
        if kind == "result":
            await counter.hear(started.payouts[0].id, result)
        else:
            await counter.hear(started.payouts[0].id, answer, "status-result")

    assert (await counter.see(started)).paid == shillings(500)
    assert len(await counter.sms(wanjiru)) == 1
    assert (await counter.accounts())["charges"] == Money(-5_00)
    await counter.books_agree()


@pytest.mark.parametrize("trouble", ["dies-before", "dies-after"])
async def test_payment_when_the_worker_dies_around_the_request_is_made_once(counter: Counter, trouble: PayoutTrouble) -> None:
    wanjiru = await counter.rich()
    counter.mpesa.troubles = [trouble]
    started = await counter.sent(wanjiru)
    [name] = await counter.names(started)

    await counter.wait(minutes=4)
    counter.mpesa.finish(name)
    await counter.wait(minutes=3)
    await counter.answer_questions()

    assert {one.payout for one in counter.mpesa.requests} == {name}
    assert len(counter.mpesa.paid) == 1
    assert (await counter.see(started)).paid == shillings(500)
    await counter.books_agree()


async def test_refusal_of_a_second_request_says_nothing_about_the_first(counter: Counter) -> None:
    wanjiru = await counter.rich()
    counter.mpesa.troubles = ["dies-after", "refused"]
    started = await counter.sent(wanjiru)
    [name] = await counter.names(started)

    await counter.wait(minutes=4)

    assert len(counter.mpesa.requests) == 2
    assert (await counter.holdings(wanjiru)).locked == started.total
    await counter.hear(started.payouts[0].id, counter.mpesa.finish(name))
    await counter.books_agree()


@pytest.mark.parametrize("after_commit", [False, True], ids=["before-commit", "after-commit"])
@pytest.mark.parametrize("nth", range(1, 7))
async def test_payment_when_the_worker_dies_around_any_commit_is_made_once(
    counter: Counter, nth: int, after_commit: bool
) -> None:
    wanjiru = await counter.rich()
    started = await counter.ask_for(wanjiru)
    [name] = await counter.names(started)
    real = counter.database
    mortal = MortalDatabase(real, nth, after_commit)
    counter.database = cast("Any", mortal)
    # Reading the queue takes units too, so the deaths fall on claims, records, reports and on the looking itself.
    died = await survived(counter.work())
    counter.database = real

    await counter.wait(minutes=4)
    if name in counter.mpesa.sent:
        counter.mpesa.finish(name)
    await counter.wait(hours=2)
    await counter.answer_questions()

    assert died or nth > 1
    assert {one.payout for one in counter.mpesa.requests} == {name}
    assert len(counter.mpesa.paid) == 1
    assert (await counter.see(started)).paid == shillings(500)
    await counter.books_agree()


async def survived(work: Any) -> bool:
    try:
        await work
    except BaseException as end:
        if type(end).__name__ != "WorkerDied":
            raise
        return True
    return False


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.one_of(st.binary(max_size=200), st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=8),
       lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["Result", "ResultCode", "ResultParameters",
       "ResultParameter", "Key", "Value", "ReferenceData", "x"]), inner, max_size=4), max_leaves=12).map(lambda v: json.dumps(v).encode())))  # fmt: skip
async def test_report_of_any_content_moves_nothing_and_is_read_to_its_end(counter: Counter, body: bytes) -> None:
    if not counter.people:
        counter.started = await counter.sent(await counter.rich())  # type: ignore[attr-defined]
    payout = counter.started.payouts[0].id  # type: ignore[attr-defined]

    await counter.hear(payout, body)

    assert (await counter.see(counter.started)).is_open  # type: ignore[attr-defined]
    [unread] = await counter.rows("SELECT count(*) AS n FROM payment_callbacks WHERE outcome IS NULL")
    assert unread.n == 0


@pytest.mark.parametrize("seed", [20261123])
async def test_sixty_withdrawals_with_everything_going_wrong_end_with_books_that_agree(counter: Counter, seed: int) -> None:
    """Members withdraw while requests, results, answers and workers fail by lot; replay a failure by its seed."""
    chance = random.Random(seed)
    members = [await counter.rich(shillings(20_000)) for _ in range(10)]
    troubles: list[PayoutTrouble] = ["", "", "", "unreachable", "busy", "refused", "answer-lost", "dies-before", "dies-after"]
    counter.mpesa.troubles = [chance.choice(troubles) for _ in range(400)]
    started = 0
    for _ in range(60):
        with contextlib.suppress(WithdrawalShort):
            await counter.ask_for(chance.choice(members), shillings(chance.randint(10, 6_000)))
            started += 1
        await counter.work()
        await some_reports(counter, chance)
        counter.clock.advance(seconds=chance.choice([1, 20, 200]))
        if chance.random() < 0.05:
            await counter.forget_jobs()
            counter.clock.advance(minutes=3)
            await counter.sweep()
    counter.mpesa.troubles = []
    for _ in range(9):
        await counter.sweep()
        await counter.wait(days=1)
        for name in counter.mpesa.sent:
            counter.mpesa.finish(name, charge=Money(9_00))
        await counter.answer_questions()
    open_ones = await counter.rows(
        "SELECT m.originator_conversation_id AS name FROM mpesa_transactions m JOIN payouts p USING (id)"
        " WHERE (m.status, p.books) NOT IN (('completed', 'paid'), ('failed', 'released'))"
        " AND (m.attention, m.status, p.books) IS DISTINCT FROM ('unresolved', 'processing', 'held')"
    )
    unresolved = await counter.rows(
        "SELECT originator_conversation_id AS name FROM mpesa_transactions WHERE status = 'processing'"
    )
    assert open_ones == [], f"seed {seed}"
    # What nobody could find out, M-Pesa never had: its worker died before the request and the next one was refused.
    assert not {row.name for row in unresolved} & counter.mpesa.sent.keys(), f"seed {seed}"
    assert len({one.payout for one in counter.mpesa.requests}) <= started
    await counter.books_agree()
    charged = sum(counter.mpesa.charges.values(), Money(0))
    assert (await counter.accounts())["charges"] == -charged, f"seed {seed}"
    told = await counter.rows("SELECT count(*) AS n FROM withdrawals WHERE told = '{}'")
    assert told[0].n == 0


async def some_reports(counter: Counter, chance: random.Random) -> None:
    """Some payments end; some of their results come, some twice, some forged, some never."""
    ids = {
        row.name: row.id for row in await counter.rows("SELECT id, originator_conversation_id AS name FROM mpesa_transactions")
    }
    for name, one in list(counter.mpesa.sent.items()):
        if one.code is None and chance.random() < 0.5:
            body = counter.mpesa.finish(name, chance.choice(["0", "0", "0", "1", "8"]), charge=Money(9_00))
            for _ in range(chance.choice([0, 1, 1, 2])):
                await counter.hear(ids[name], body)
        if chance.random() < 0.05:
            await counter.hear(
                ids[name], counter.mpesa.result(name, ResultCode=0, TransactionAmount=1, TransactionReceipt="SWFORGED02")
            )
