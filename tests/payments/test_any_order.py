"""Whatever arrives, in any order, how often, and wherever the worker dies: the receipt is credited at most once.

Hypothesis plays a story on the real database; at its end the books, the member's messages and the two ledgers (ours and
M-Pesa's) are compared.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core.kernel.db import Database, UnitOfWork
from core.kernel.money import Money

from .desk import JOBS, Desk, Person
from .fake_mobile_money import CANCELLED, NOT_REACHED, FakeMobileMoney, Prompt, WorkerDied, failure, success

ANSWERS = st.sampled_from([None, "answer-lost", "refused", "unreachable", "worker-dies-before", "worker-dies-after"])
ENDS = st.sampled_from(["paid", "cancelled", "not-reached", "silence", "cancelled-then-paid"])
CALLBACKS = ["real", "earlier-failure", "forged-amount", "forged-receipt-shape", "other-prompt", "not-reached", "garbage"]
STEPS = st.one_of(
    st.sampled_from(["work", "push-again", "ask-again", "sweep", "queue-lost"]).map(lambda name: (name, None)),
    st.sampled_from(CALLBACKS).map(lambda name: ("callback", name)),
    st.sampled_from([1, 20, 45, 130, 3700]).map(lambda seconds: ("wait", seconds)),
    st.sampled_from(["no-answer", "contradict", None]).map(lambda trouble: ("query-trouble", trouble)),
    # The worker dies around its n-th next transaction: before that is committed, or just after.
    st.tuples(st.integers(1, 3), st.booleans()).map(lambda where: ("die", where)),
)


@dataclass
class MortalDatabase:
    """The database as a worker sees it that may die around any transaction."""

    real: Database
    units_left: int = 0
    after_commit: bool = False

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[UnitOfWork]:
        self.units_left -= 1
        dies = self.units_left == 0
        async with self.real.unit() as uow:
            yield uow
            if dies and not self.after_commit:
                raise WorkerDied
        if dies:
            raise WorkerDied


@dataclass
class Story:
    """One deposit and everything that happens to it."""

    desk: Desk
    worker: Desk
    wanjiru: Person
    end: str
    deposit: Any = None
    honest_success_delivered: bool = False

    @property
    def prompt(self) -> Prompt | None:
        return next(iter(self.desk.mobile_money.prompts.values()), None)

    async def happen(self, what: str, detail: Any) -> None:
        match what:
            case "work":
                await self.work()
            case "push-again":
                await self.run("push-deposit", {"intent": str(self.deposit.intent)})
            case "ask-again":
                asked = (await self.desk.row(self.deposit)).retry_count
                await self.run("ask-about-deposit", {"intent": str(self.deposit.intent), "number": asked})
            case "sweep":
                await self.run("sweep-payments", {})
            case "queue-lost":
                await self.desk.forget_jobs()
            case "wait":
                await self.desk.jobs()
                self.desk.clock.advance(seconds=detail)
            case "query-trouble":
                self.desk.mobile_money.query_trouble = detail
            case "die":
                mortal = cast("MortalDatabase", self.worker.database)
                mortal.units_left, mortal.after_commit = detail
            case "callback":
                if (body := self.body(detail)) is not None:
                    await self.desk.receive(self.deposit, body)

    async def run(self, job: str, payload: dict[str, Any]) -> None:
        with contextlib.suppress(WorkerDied):
            await JOBS[job](self.worker, payload)

    async def work(self) -> None:
        """Everything that is due, each job until it has been run through once."""
        for _ in range(50):
            due = [job for job in await self.desk.jobs() if self.desk.due[job.id] <= self.desk.clock.now()]
            if not due:
                return
            await self.take(due[0])

    async def take(self, job: Any) -> None:
        try:
            await JOBS[job.entrypoint](self.worker, json.loads(job.payload))
        except WorkerDied:
            return
        await self.desk.rows("DELETE FROM pgqueuer WHERE id = :id RETURNING id", id=job.id)

    def body(self, kind: str) -> bytes | None:
        prompt, phone = self.prompt, self.desk.mobile_money
        if prompt is None:
            return b"{}" if kind == "garbage" else None
        paid = {"amount": 500, "receipt": "SGFORGED01", "paid_at": self.desk.clock.now()}
        made: bytes | None = b"\x00[[["
        match kind:
            case "real":
                made = self.real_end(prompt)
            case "earlier-failure":
                made = failure(prompt, CANCELLED)
            case "not-reached":
                made = failure(prompt, NOT_REACHED)
            case "forged-amount":
                made = success(prompt, **{**paid, "amount": 50_000})
            case "forged-receipt-shape":
                made = success(prompt, **{**paid, "receipt": "no"})
            case "other-prompt":
                # While our own request has no answer, any id may be the right one: only afterwards is another one wrong.
                stranger = Prompt(prompt.request, "m", f"{prompt.checkout_request_id}-not")
                made = success(stranger, **paid) if phone.trouble is None else None
        return made

    def real_end(self, prompt: Prompt) -> bytes | None:
        """How the prompt really ended; M-Pesa's own book says so too."""
        phone = self.desk.mobile_money
        if self.end == "silence":
            return None
        if self.end == "not-reached":
            return phone.fail(prompt, NOT_REACHED)
        if self.end == "cancelled" or (self.end == "cancelled-then-paid" and prompt.result_code is None):
            return phone.fail(prompt, CANCELLED)
        self.honest_success_delivered = True
        if prompt.receipt is not None:
            paid_at = self.desk.clock.now()
            return success(prompt, amount=500, receipt=prompt.receipt, paid_at=paid_at)
        return phone.pay(prompt)


async def settle_down(story: Story) -> None:
    """The worker lives, M-Pesa answers, and time goes by until nothing is due any more."""
    cast("MortalDatabase", story.worker.database).units_left = 0
    story.desk.mobile_money.query_trouble = None
    for _ in range(4):
        await story.work()
        await story.desk.jobs()
        story.desk.clock.advance(minutes=3)
        await story.run("sweep-payments", {})
    await story.work()


async def check(story: Story) -> None:
    desk, deposit = story.desk, story.deposit
    row, said = await desk.row(deposit), await desk.sms(story.wanjiru)
    paid = row.status == "completed"

    assert sum(desk.mobile_money.asked.values()) <= 1
    assert paid == story.honest_success_delivered
    assert len(desk.mobile_money.book) <= 1
    await desk.books_add_up()
    assert await desk.has(story.wanjiru) == Money(487_50 if paid else 0)
    (held, earned) = await desk.system()
    assert (-held, earned) == ((Money(500_00), Money(12_50)) if paid else (Money(0), Money(0)))
    if paid:
        assert desk.mobile_money.book == [(row.mpesa_receipt_number, Money(500_00))]
    fees = await desk.rows("SELECT transaction_id FROM transaction_fees")
    assert [fee.transaction_id for fee in fees] == ([deposit.intent] if paid else [])
    assert await desk.rows("SELECT id FROM payment_callbacks WHERE processed_at IS NULL") == []

    assert len(said) == len(set(said)) == len(row.told)
    assert len([one for one in said if "received" in one]) == int(paid)
    assert said, "she was told something"
    if paid:
        assert "received" in said[-1]
    if row.status in ("pending", "processing"):
        assert row.next_check_at is not None
        assert "If you" in said[-1]
    if row.status == "failed":
        assert "No money was taken" in said[-1]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(answer=ANSWERS, end=ENDS, steps=st.lists(STEPS, min_size=1, max_size=12))
@example(answer="worker-dies-after", end="paid", steps=[("push-again", None), ("callback", "real"), ("callback", "real")])
@example(answer=None, end="paid", steps=[("callback", "real"), ("die", (1, True)), ("work", None), ("work", None)])
@example(answer=None, end="paid", steps=[("callback", "real"), ("die", (1, False)), ("work", None), ("queue-lost", None)])
@example(answer=None, end="cancelled-then-paid", steps=[("callback", "real"), ("work", None), ("callback", "real")])
@example(
    answer="answer-lost", end="paid", steps=[("callback", "not-reached"), ("wait", 130), ("work", None), ("callback", "real")]
)
@example(answer="refused", end="silence", steps=[("die", (2, False)), ("push-again", None), ("wait", 130), ("work", None)])
async def test_deposit_whatever_happens_is_credited_at_most_once_and_told(
    db: Database, answer: Any, end: str, steps: list[tuple[str, Any]]
) -> None:
    clock = await fresh_start(db)
    desk = Desk(db, FakeMobileMoney(clock), clock)
    worker = Desk(cast("Database", MortalDatabase(db)), desk.mobile_money, clock)
    story = Story(desk, worker, await desk.person(), end)
    story.deposit = await desk.start(story.wanjiru)
    desk.mobile_money.trouble = answer
    await story.run("push-deposit", {"intent": str(story.deposit.intent)})

    for what, detail in steps:
        await story.happen(what, detail)

    await settle_down(story)
    await check(story)


async def fresh_start(db: Database) -> Any:
    """Each story has its own empty database and clock; the fixtures are shared by all examples."""
    import asyncpg

    from tests.conftest import RESET, FakeClock

    url = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await asyncpg.connect(url)
    await connection.execute(RESET)
    await connection.close()
    clock = FakeClock()
    db._clock = clock  # the one place where the shared fixture's clock is replaced
    return clock
