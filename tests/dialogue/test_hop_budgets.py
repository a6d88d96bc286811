"""Each task within its number of hops. How often a hop asks the databases is in test_reading_hops.py."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.daos.calendar import Schedule
from core.daos.dues.changing import create_kind
from core.daos.dues.opening import open_charges
from core.kernel.db import Database
from core.kernel.ids import DaoId, IntentId, MemberId
from core.kernel.money import Money
from tests.conftest import FakeClock
from tests.dialogue.conftest import Handset
from tests.dialogue.owners import give, group_of

PIN = "248163"
BUDGETS = tomllib.loads(Path(__file__).with_name("hop_budgets.toml").read_text(encoding="utf-8"))
# What the issue of a task demands; the file may be stricter and never laxer.
DEMANDED = {"deposit": 5, "contribute": 5, "balance": 3}


def test_the_budgets_are_no_laxer_than_was_promised() -> None:
    assert {task: BUDGETS[task]["budget"] for task in DEMANDED} == DEMANDED


async def let_fall_due(db: Database, sql: Callable[..., Any], clock: FakeClock) -> None:
    """KES 250 a week to Umoja, of which two are open by now."""
    [(group, chair)] = await sql("SELECT id, founder FROM daos WHERE name = 'Umoja'")
    async with db.unit() as uow:
        rhythm = Schedule("weekly", 3)
        await create_kind(
            uow,
            intent=IntentId(uow.ids.new()),
            official=MemberId(chair),
            group=DaoId(group),
            name="Savings",
            purpose="treasury",
            schedule=rhythm,
            amount=Money(250_00),
        )
    clock.advance(days=7)
    async with db.unit() as uow:
        await open_charges(uow, group=DaoId(group))


@pytest.mark.parametrize("task", sorted(BUDGETS))
async def test_a_task_is_done_within_its_hops(
    wanjiru: Handset, db: Database, sql: Callable[..., Any], task: str, monkeypatch: pytest.MonkeyPatch, clock: FakeClock
) -> None:
    await wanjiru.register(pin=PIN)
    code = await group_of(wanjiru)
    for name in BUDGETS[task].get("groups", []):
        await group_of(wanjiru, name)
    if BUDGETS[task].get("due"):
        await let_fall_due(db, sql, clock)
    await give(db, sql, wanjiru, Money(1000_00))
    hops: list[str] = []
    phone = type(wanjiru)
    hop = phone.hop

    async def counted(self: Handset, text: str, **changed: str) -> str:
        hops.append(await hop(self, text, **changed))
        return hops[-1]

    monkeypatch.setattr(phone, "hop", counted)
    words = {"PIN": PIN, "CODE": code}
    plan = BUDGETS[task]
    await wanjiru.dial(*(words.get(one, one) for one in plan.get("dial", [])))
    last = await wanjiru.type(*(words.get(one, one) for one in plan["keys"]))

    assert last.startswith("END "), hops
    assert plan["ends_with"] in last
    assert len(hops) == 1 + len(plan["keys"]) <= plan["budget"], hops
    assert all(one.startswith("CON ") for one in hops[:-1])
