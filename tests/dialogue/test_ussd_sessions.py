"""How sessions ended, what they cost and where people drop off; an outcome that comes too late is told by SMS."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from core.dialogue.engine import Conversation
from core.dialogue.walk import Walk
from core.kernel.db import Database
from core.kernel.money import Money
from core.monitoring.ussd_sessions import Step, costs, funnel
from tests.dialogue.conftest import TOKEN, Client, Handset
from tests.dialogue.owners import give, group_of
from ussd import callback

Sql = Callable[..., Any]
PIN = "248163"


async def end(handset: Handset, status: str = "Success", cost: str = "KES 0.0800", **changed: str) -> None:
    form = {
        "date": "2026-11-28 08:00:00",
        "sessionId": handset.session,
        "serviceCode": "*384*77#",
        "networkCode": "63902",
        "phoneNumber": handset.number,
        "status": status,
        "cost": cost,
        "durationInMillis": "8000",
        "hopsCount": "4",
        "input": handset.text,
        "lastAppResponse": "END Your balance: KES 487.50",
    } | changed
    answer = await handset.client.post(f"/ussd/{TOKEN}/events", data=form)
    assert answer.status == 200


async def test_cost_by_task_and_group_and_the_funnel_of_a_task(
    wanjiru: Handset, otieno: Handset, db: Database, sql: Sql, clock: Any
) -> None:
    await wanjiru.register(pin=PIN)
    code = await group_of(wanjiru)
    await give(db, sql, wanjiru, Money(1000_00))
    for typed in (["3", "200", "1", PIN], ["3", "300"], ["3"], ["2", "500", "1", PIN]):
        await wanjiru.dial()
        if "1 Continue" in await wanjiru.hop(""):
            await wanjiru.type("3")
        await wanjiru.type(*typed)
        await end(wanjiru, "Success" if PIN in typed else "Incomplete")
    await wanjiru.dial("1")
    await wanjiru.type(PIN)
    await end(wanjiru, cost="0")
    await end(wanjiru, cost="KES 99")

    since = clock.now() - timedelta(days=1)
    async with db.unit() as uow:
        by_task = {one.name: (one.sessions, one.total) for one in await costs(uow, by="task", since=since)}
        by_group = {one.name: (one.sessions, one.total) for one in await costs(uow, by="group", since=since)}
        steps = await funnel(uow, task="contribute", since=since)
    assert by_task == {
        "contribute": (3, Decimal("0.24")),
        "deposit": (1, Decimal("0.08")),
        "balance": (1, Decimal("0.00")),
    }
    assert by_group[code] == (3, Decimal("0.24"))
    assert [(step.name, step.left) for step in steps if step.left] == [("contribute.amount", 1), ("contribute.confirm", 1)]
    assert Step("contribute.pay:pin", 1, 0) in steps
    assert Step("contribute.pay:end", 1, 0) in steps


async def test_an_end_event_leaves_no_trace_of_what_was_typed_or_shown(wanjiru: Handset, sql: Sql) -> None:
    await wanjiru.register(pin=PIN)
    await wanjiru.dial("1")
    await wanjiru.type(PIN)
    await end(wanjiru, hopsMetadata=f"home|{PIN}|balance.show:pin|KES 487.50")
    stranger = Handset(wanjiru.client, "+254799000009")
    stranger.session = "ATUid_unheard_of"
    await end(stranger, "248163", cost="248163 x", hopsMetadata=f"home|{PIN}|balance.show:pin|KES 487.50")

    rows = await sql("SELECT u::text FROM ussd_sessions u")
    assert len(rows) == 2
    # Long enough not to be found in a random id.
    for word in (PIN, "487.5", "48750", wanjiru.number.removeprefix("+"), "254799000009", wanjiru.session, "unheard"):
        assert word not in str(rows)
    assert await sql("SELECT status, task, steps FROM ussd_sessions WHERE status = 'unknown'") == [
        ("unknown", "balance", ["home", "balance.show:pin"])
    ]


async def test_each_hop_names_its_step_to_the_gateway(wanjiru: Handset, client: Client) -> None:
    await wanjiru.register(pin=PIN)
    await wanjiru.dial()
    form = {"phoneNumber": wanjiru.number, "text": "2", "sessionId": wanjiru.session, "networkCode": "63902"}

    answer = await client.post(f"/ussd/{TOKEN}", data=form)

    assert answer.headers["at-ussd-hop-metadata"] == "deposit.amount"


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From when it is called, every statement of a contribution takes longer than a hop may."""

    def begin() -> None:
        # Not before: what was done to come so far has all the time that it takes.
        monkeypatch.setattr(callback, "DEADLINE_SECONDS", 0.4)
        take = Walk.take

        async def slowly(self: Walk, *args: Any) -> Any:
            from sqlalchemy import text

            await self._turn.uow.session.execute(text("SELECT pg_sleep(0.9)"))
            return await take(self, *args)

        monkeypatch.setattr(Walk, "take", slowly)

    return begin


async def test_a_slow_database_ends_the_hop_and_the_outcome_comes_once_by_sms(
    wanjiru: Handset, db: Database, sql: Sql, slow: Callable[[], None]
) -> None:
    await wanjiru.register(pin=PIN)
    await give(db, sql, wanjiru, Money(1000_00))
    await group_of(wanjiru)
    await sql("DELETE FROM sms_delivery_log")
    await wanjiru.dial("3")
    await wanjiru.type("200", "1")
    slow()

    shown = await wanjiru.type(PIN)
    assert shown.startswith("END We are still at it and will SMS you")
    await settle(sql, "SELECT count(*) FROM contributions")

    repeated = await wanjiru.hop(wanjiru.text)
    told = await sql("SELECT message FROM sms_delivery_log")
    assert told == [(repeated.removeprefix("END "),)], "the receipt once, not again as the late outcome"
    assert "KES 200" in repeated
    assert await sql("SELECT count(*) FROM contributions") == [(1,)]


async def test_a_late_answer_that_was_no_receipt_comes_by_sms_too_and_a_late_question_says_where(
    wanjiru: Handset, sql: Sql, slow: Callable[[], None]
) -> None:
    await wanjiru.register(pin=PIN)
    await wanjiru.dial("2")
    await wanjiru.type("500")
    slow()

    assert "will SMS you" in await wanjiru.type("1")
    await settle(sql, "SELECT count(*) FROM sms_delivery_log")
    assert "will SMS you" in await wanjiru.type(PIN)
    await settle(sql, "SELECT count(*) FROM sms_delivery_log WHERE message LIKE '%500%'")

    question, outcome = await sql("SELECT message FROM sms_delivery_log ORDER BY id")
    assert question == ("What you asked for is ready. Dial *384*77# to go on.",)
    assert "KES 500" in outcome[0]
    assert await sql("SELECT count(*) FROM mpesa_transactions") == [(1,)]


async def test_an_outcome_is_told_when_the_database_comes_back(
    wanjiru: Handset, sql: Sql, slow: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    await wanjiru.register(pin=PIN)
    await wanjiru.dial("1")
    slow()
    monkeypatch.setattr(callback, "RETRIES", (0.05,) * 5)
    tell, tries = Conversation.tell_late, []

    async def away(self: Conversation, **what: Any) -> None:
        tries.append(1)
        if len(tries) < 3:
            raise OperationalError("away", None, Exception())
        await tell(self, **what)

    monkeypatch.setattr(Conversation, "tell_late", away)
    await wanjiru.type(PIN)
    await settle(sql, "SELECT count(*) FROM sms_delivery_log")

    assert len(tries) == 3
    assert "Your balance" in str(await sql("SELECT message FROM sms_delivery_log"))


async def test_a_dial_that_was_given_up_takes_nothing_from_the_dial_that_followed(
    wanjiru: Handset, sql: Sql, slow: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    await wanjiru.register(pin=PIN)
    await sql("DELETE FROM sms_delivery_log")
    take, first, go_on = Walk.take, [True], asyncio.Event()

    async def held_up(self: Walk, *args: Any) -> Any:
        if first.pop() if first else False:
            await go_on.wait()
        return await take(self, *args)

    monkeypatch.setattr(Walk, "take", held_up)
    assert "will SMS you" in await wanjiru.dial()
    assert "1 Balance" in await wanjiru.dial()
    go_on.set()
    await settle(sql, "SELECT count(*) FROM sms_delivery_log")

    assert "What amount" in await wanjiru.type("2")
    [(told,)] = await sql("SELECT message FROM sms_delivery_log")
    assert told == "Your last request did not go through; nothing was done. Dial *384*77# again."


async def settle(sql: Sql, query: str) -> None:
    """Wait until the query counts something, and the work behind it has been told."""
    for _ in range(100):
        if (await sql(query))[0][0]:
            await asyncio.sleep(0.3)
            return
        await asyncio.sleep(0.05)
    raise AssertionError(query)
