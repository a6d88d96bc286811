"""A unit that only reads: it writes and locks nothing, and is told what any other unit would be told."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast
from uuid import uuid4

import pytest
from sqlalchemy import text as statement

from core.daos.groups import NotAMember
from core.dialogue.reading import OneReading
from core.dialogue.turn import Checks
from core.identity.draft_models import DraftRow
from core.kernel.db import Database, Notes, NotJustReading, UnitOfWork
from core.kernel.money import Money
from core.kernel.phone import Phone
from core.kernel.questions import Asked, Question
from core.reports.at_hand import lay_at_hand
from core.reports.rooms import OF_A_GROUP, OF_HERS
from tests.dialogue.conftest import Handset
from tests.dialogue.owners import group_of

Sql = Callable[..., Any]
PIN = "248163"


@pytest.mark.parametrize(
    "writes",
    [
        "UPDATE members SET name = 'Someone'",
        "INSERT INTO drafts (user_id, screen, state, channel, updated_at) SELECT id, 'x', '{}', 'ussd', now() FROM members",
        "SELECT id FROM members FOR UPDATE",
        "SELECT id FROM members FOR KEY SHARE",
        "DELETE FROM members",
        "SAVEPOINT one",
    ],
)
async def test_a_unit_that_reads_writes_and_locks_nothing(wanjiru: Handset, db: Database, sql: Sql, writes: str) -> None:
    await wanjiru.register(pin=PIN)

    with pytest.raises(NotJustReading):
        async with db.reading() as uow:
            await uow.session.execute(statement(writes))
    with pytest.raises(NotJustReading):
        async with db.reading() as uow:
            await uow.enqueue("anything", {})

    assert await sql("SELECT name, (SELECT count(*) FROM drafts) FROM members") == [("Wanjiru Kamau", 0)]


@pytest.mark.parametrize("writes", ["UPDATE members SET name = 'Someone'", "SELECT id FROM members FOR UPDATE"])
async def test_a_question_writes_and_locks_nothing(wanjiru: Handset, db: Database, sql: Sql, writes: str) -> None:
    await wanjiru.register(pin=PIN)

    with pytest.raises(NotJustReading):
        async with db.reading() as uow:
            await uow.ask(Question(writes))

    assert await sql("SELECT name FROM members") == [("Wanjiru Kamau",)]


async def test_what_was_only_added_in_a_unit_that_reads_is_refused_as_it_ends(db: Database, sql: Sql) -> None:
    with pytest.raises(NotJustReading):
        async with db.reading() as uow:
            uow.session.add(DraftRow(user_id=uuid4(), screen="x", state={}, channel="ussd", updated_at=uow.clock.now()))

    assert await sql("SELECT count(*) FROM drafts") == [(0,)]


async def test_a_question_is_answered_alike_in_both_kinds_of_unit(db: Database) -> None:
    asked = Question("""
        SELECT CAST(:id AS uuid) AS id, CAST(:amount AS numeric) AS amount, CAST(:at AS timestamptz) AS at,
          CAST(:state AS jsonb) AS state, CAST(:nothing AS text) AS nothing, :names = ANY(ARRAY['a', 'it:s']) AS found
    """)
    about = {"id": uuid4(), "amount": Decimal("0.10"), "at": datetime(2026, 5, 1, tzinfo=UTC), "nothing": None}
    found = []
    for unit in (db.unit, db.reading):
        async with unit() as uow:
            rows = await uow.ask(asked, **about, state='{"kept": [1, null]}', names="it:s")
            found.append([dict(row) for row in rows])

    assert found == [[about | {"state": {"kept": [1, None]}, "found": True}]] * 2


async def test_what_is_laid_at_hand_is_what_the_verbs_answer_themselves(wanjiru: Handset, db: Database, sql: Sql) -> None:
    await wanjiru.register(pin=PIN)
    for name in ("Umoja", "Harambee"):
        await group_of(wanjiru, name)
    await sql("UPDATE dao_memberships SET status = 'suspended' WHERE dao_id = (SELECT max(id::text)::uuid FROM daos)")
    await sql("UPDATE members SET telegram_id = 7001, telegram_chat = 7001")
    ways: tuple[dict[str, Any], ...] = (
        {"phone": Phone(wanjiru.number), "device": f"phone:{wanjiru.number}"},
        {"telegram": 7001, "device": "telegram:7001"},
        # A chat from which a number was shared is a chat.
        {"telegram": 7001, "phone": Phone("+254712000098"), "device": "telegram:7001"},
    )
    for (group,), about in itertools.product(await sql("SELECT id FROM daos"), ways):
        async with db.reading() as uow:
            await lay_at_hand(uow, group=group, **about)
            laid = dict(uow.foreseen or {})
            assert len(laid) > 15
            for (verb, args, asked), answer in laid.items():
                assert answer == await verb._verb(uow, *args, **dict(asked)), (verb.__name__, asked)


async def test_what_a_room_asks_ahead_is_what_it_would_be_told_alone(wanjiru: Handset, db: Database, sql: Sql) -> None:
    await wanjiru.register(pin=PIN)
    await group_of(wanjiru)
    [(group, code)], [(member,)] = await sql("SELECT id, code FROM daos"), await sql("SELECT id FROM members")
    typed = {"groups.code": code, "paybill.other": wanjiru.number, "withdraw.amount": Money(500_00)}
    ids = {name: uuid4() for name in ("kind", "loan", "proposal", "recurring", "rotation", "intent", "whom", "request")}
    values = {**ids, "group": group, "number": 1, "amount": Money(500_00)}
    for place in (*OF_A_GROUP, *OF_HERS):
        async with db.reading() as uow, db.reading() as alone:
            alone.clock = uow.clock
            about = {"phone": Phone(wanjiru.number), "device": f"phone:{wanjiru.number}"}
            await lay_at_hand(uow, group=group, place=place, values=values, answer=typed.get(place), **about)
            assert uow.told, place
            for (question, _, asked), rows in cast("dict[Any, Any]", uow.told).items():
                given = {name: list(one) if isinstance(one, tuple) else one for name, one in asked}
                if not any(isinstance(one, Asked) for one in given.values()):
                    assert [dict(row) for row in rows] == [_plain(question, row) for row in await alone.ask(question, **given)]
                    assert given.get("member", member) == member


def _plain(question: Question, row: Any) -> dict[Any, Any]:
    return dict(zip(question.columns or (), row.values(), strict=True))


async def test_a_stranger_is_told_of_no_room(wanjiru: Handset, db: Database, sql: Sql) -> None:
    await wanjiru.register(pin=PIN)
    await group_of(wanjiru)
    [(group,)] = await sql("SELECT id FROM daos")
    async with db.reading() as uow:
        await lay_at_hand(uow, group=group, place="treasury.menu", phone=Phone("+254712000099"), device="phone:+254712000099")
        assert uow.told == {}


async def test_of_a_refused_step_nothing_is_left_and_one_that_would_have_written_is_done_again(db: Database) -> None:
    laid: list[str] = []

    async def lay(_uow: UnitOfWork) -> None:
        laid.append("where it leads")

    async def again(_uow: UnitOfWork) -> None:
        laid.append("where she stays")

    async def step(reading: OneReading, *, adds: bool) -> None:
        async with reading.means.unit() as uow:
            await uow.leave(Question("SELECT 1"))
            if adds:
                uow.session.add(DraftRow(user_id=uuid4(), screen="x", state={}, channel="ussd", updated_at=uow.clock.now()))
            raise NotAMember

    async with db.reading() as uow:
        reading = OneReading(uow, cast("Checks", None), lay, again)
        async with reading.means.unit() as same:
            await same.leave(Question("SELECT 1"))
        with pytest.raises(NotAMember):
            await step(reading, adds=False)
        assert len(uow.left) == 1
        with pytest.raises(NotJustReading):
            await step(reading, adds=True)
        uow.session.expunge_all()

    assert laid == ["where it leads", "where she stays"]


async def test_what_is_left_behind_is_noted_only_when_the_unit_ended_well(db: Database) -> None:
    left: Notes = []

    async def fails() -> None:
        async with db.reading(left) as uow:
            await uow.leave(Question("SELECT 1"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails()
    assert left == []

    async with db.reading(left) as uow:
        await uow.leave(Question("SELECT 1"))
    assert len(left) == 1


async def test_a_unit_that_reads_hides_no_other_failure(db: Database) -> None:
    with pytest.raises(Exception, match="division by zero"):
        async with db.reading() as uow:
            await uow.session.execute(statement("SELECT 1/0"))
