"""A group's rules: bounds, versions that stay, and from when on they count."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core.daos.constitutions import enact, rules_of
from core.daos.groups import create_group
from core.daos.rules import DEFAULTS, GROUP_KINDS, BadRule, Rules
from core.kernel.db import Database
from core.kernel.ids import DaoId
from core.kernel.money import Money
from tests.conftest import FakeClock
from tests.daos.people import new_intent, someone


async def a_group(db: Database) -> DaoId:
    founder = await someone(db)
    async with db.unit() as uow:
        return (await create_group(uow, intent=new_intent(), founder=founder, name="Umoja")).id


@pytest.mark.parametrize("kind", [*GROUP_KINDS, "practice"])
def test_every_kind_has_rules_within_their_own_bounds(kind: str) -> None:
    rules = DEFAULTS[kind]

    assert Rules().changed(rules.answers()) == rules


@pytest.mark.parametrize(
    ("rule", "answer"),
    [("grace_days", 15), ("grace_days", True), ("fine", -1), ("fine", "50"), ("frequency", "daily"), ("allocation", ["fines"])],
)
def test_an_answer_out_of_bounds_is_no_rule(rule: str, answer: object) -> None:
    with pytest.raises(BadRule) as refused:
        Rules().changed({rule: answer})

    assert refused.value.rule == rule


async def test_a_new_version_counts_from_its_day_on_and_the_old_one_stays(db: Database, clock: FakeClock) -> None:
    group, start = await a_group(db), clock.now()
    async with db.unit() as uow:
        before = await rules_of(uow, group=group)
        stricter = replace(before, fine=Money(100_00))
        assert await enact(uow, group=group, rules=stricter, in_force_from=start + timedelta(days=7), because="vote 9") == 2
        assert await rules_of(uow, group=group) == before == DEFAULTS["chama"]

    clock.advance(days=7)
    async with db.unit() as uow:
        assert await rules_of(uow, group=group) == stricter
        assert await rules_of(uow, group=group, at=start) == before


async def test_a_version_can_not_be_changed(db: Database) -> None:
    group = await a_group(db)
    async with db.unit() as uow:
        await enact(uow, group=group, rules=Rules(), in_force_from=uow.clock.now(), because="founding")

    for statement in ("UPDATE dao_constitutions SET because = 'me'", "DELETE FROM dao_constitutions"):
        with pytest.raises(IntegrityError, match="its next version"):
            async with db.unit() as uow:
                await uow.session.execute(text(statement))


@pytest.mark.parametrize("weeks", ["weekly", "biweekly"])
def test_a_month_becomes_weeks_by_one_answer(weeks: str) -> None:
    monthly = replace(Rules(), due_day=15)

    assert monthly.changed({"frequency": weeks}).due_day == 7, "Sunday"
    assert replace(Rules(), due_day=5).changed({"frequency": weeks}).due_day == 5
    assert monthly.changed({"frequency": "monthly", "due_day": 28}).due_day == 28
    with pytest.raises(BadRule):
        monthly.changed({"frequency": weeks, "due_day": 8})
