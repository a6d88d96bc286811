"""Several questions in one statement: each is answered as it would be alone, in PostgreSQL's own types."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from core.identity.models import MemberRow
from core.kernel.db import Database, NotJustReading
from core.kernel.phone import Phone
from core.kernel.questions import Question, Selected, given
from tests.members import enrol

TYPES = Question("""
    SELECT CAST(:id AS uuid) AS id, 0.10 AS amount, CAST(:at AS timestamptz) AS at, '{"kept": [1, null]}'::jsonb AS state,
      '[1]'::json AS list, NULL::text AS nothing, ARRAY['a', 'it:s'] AS words, ARRAY[CAST(:id AS uuid)] AS ids,
      ARRAY[DATE '2026-05-01'] AS days, 'x' AS word, true AS yes, n FROM generate_series(1, :most) n ORDER BY n DESC
""")
BY_NAME = Selected(select(MemberRow).where(MemberRow.name == given("name")))
NUMBERS = Selected(
    select(MemberRow.phone, MemberRow.name).where(MemberRow.id == given("member"), MemberRow.language.in_(("en", "sw")))
)
WHO = Question("SELECT id FROM members WHERE phone = :phone")
NAME = Question("SELECT name FROM members WHERE id = :member")


async def settled(db: Database, phone: str = "+254712000001", name: str = "Wanjiru Kamau") -> MemberRow:
    async with db.unit() as uow:
        await enrol(uow, phone, name=name)
        return (await uow.session.scalars(select(MemberRow).where(MemberRow.phone == phone))).one()


async def test_questions_asked_together_are_answered_as_each_alone(db: Database) -> None:
    member = await settled(db)
    about: dict[str, Any] = {"id": uuid4(), "at": datetime(2026, 5, 1, tzinfo=UTC), "most": 2}
    who = WHO.about(phone="+254712000001")
    async with db.reading() as uow:
        found = await uow.ask_together(
            [
                TYPES.about(**about),
                who,
                NAME.about(member=who),
                NUMBERS.about(member=who),
                TYPES.about(**about | {"most": 0}),
                NAME.about(member=WHO.about(phone="nobody's")),
            ]
        )
        alone = [dict(row) for row in await uow.ask(TYPES, **about)]

    kept = {"id": about["id"], "ids": [about["id"]], "amount": Decimal("0.10"), "at": about["at"], "state": {"kept": [1, None]}}
    other = {"list": [1], "nothing": None, "words": ["a", "it:s"], "days": [date(2026, 5, 1)], "word": "x", "yes": True}
    assert found[0] == alone == [kept | other | {"n": n} for n in (2, 1)]
    assert found[1:3] == [[{"id": member.id}], [{"name": "Wanjiru Kamau"}]]
    assert [list(row.values()) for row in found[3]] == [["+254712000001", "Wanjiru Kamau"]]
    assert found[4:] == [[], []]


async def test_what_was_laid_is_told_to_whoever_asks_exactly_that(db: Database) -> None:
    member, other = await settled(db), await settled(db, "+254712000002", "Otieno Odera")
    async with db.reading() as uow:
        uow.lay(NAME, [{"name": "as laid"}], member=member.id)
        assert await uow.ask(NAME, member=member.id) == [{"name": "as laid"}]
        assert [dict(row) for row in await uow.ask(NAME, member=other.id)] == [{"name": "Otieno Odera"}]
    async with db.unit() as uow:
        uow.lay(NAME, [{"name": "as laid"}], member=member.id)
        assert [dict(row) for row in await uow.ask(NAME, member=member.id)] == [{"name": "Wanjiru Kamau"}]
        with pytest.raises(RuntimeError):
            await uow.ask_together([WHO.about(phone="+254712000001")])


async def test_objects_are_the_sessions_own_in_both_kinds_of_unit_and_none_is_changed_where_only_is_read(db: Database) -> None:
    member = await settled(db)
    async with db.unit() as uow:
        [(row,)] = await uow.rows(BY_NAME, name="Wanjiru Kamau")
        assert (row.id, Phone(row.phone)) == (member.id, member.phone)
        assert row is await uow.session.get(MemberRow, member.id)
    async with db.reading() as uow:
        [(row,)] = await uow.rows(BY_NAME, name="Wanjiru Kamau")
        assert (row.id, Phone(row.phone)) == (member.id, member.phone)
        assert row is await uow.session.get(MemberRow, member.id)

    async def rename() -> None:
        async with db.reading() as uow:
            [(row,)] = await uow.rows(BY_NAME, name="Wanjiru Kamau")
            row.name = "Someone"

    with pytest.raises(NotJustReading):
        await rename()
    async with db.unit() as uow:
        assert [dict(one) for one in await uow.ask(NAME, member=member.id)] == [{"name": "Wanjiru Kamau"}]


async def test_a_question_without_one_of_its_parameters_is_not_asked(db: Database) -> None:
    for unit in (db.unit, db.reading):
        async with unit() as uow:
            with pytest.raises(KeyError):
                await uow.rows(BY_NAME)


async def test_all_that_a_unit_reads_is_of_one_moment(db: Database) -> None:
    async with db.reading() as uow:
        assert uow.clock.now() is uow.clock.now()
