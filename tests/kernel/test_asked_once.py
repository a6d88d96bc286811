"""What a unit that can't write was told it isn't told again; one that may write asks each time."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from core.kernel.db import Database, UnitOfWork, foreseeable

asked: list[object] = []


@foreseeable
async def count_to(uow: UnitOfWork, until: int, *, but: list[int] | None = None) -> list[int]:
    """The numbers up to this one."""
    asked.append((until, but))
    found = await uow.session.scalars(text("SELECT generate_series(1, :until)"), {"until": until})
    return [number for number in found if number not in (but or [])]


@foreseeable
async def refuse(uow: UnitOfWork) -> None:
    """It can't be known."""
    asked.append("refused")
    raise ZeroDivisionError


@pytest.fixture(autouse=True)
def fresh() -> None:
    asked.clear()


async def test_the_same_is_asked_once_in_a_unit_that_reads_and_each_unit_asks_for_itself(db: Database) -> None:
    for _ in range(2):
        async with db.reading() as uow:
            assert await count_to(uow, 3) == await count_to(uow, 3) == [1, 2, 3]

    assert asked == [(3, None)] * 2


async def test_something_else_is_asked_for(db: Database) -> None:
    async with db.reading() as uow:
        assert await count_to(uow, 3, but=[2]) == await count_to(uow, 3, but=[2]) == [1, 3]
        assert await count_to(uow, 2) == [1, 2]
        assert await count_to(uow, 3, but=[1]) == [2, 3]

    assert asked == [(3, [2]), (2, None), (3, [1])]


async def test_whoever_changes_a_list_that_she_was_given_changes_nobody_elses(db: Database) -> None:
    async with db.reading() as uow:
        (await count_to(uow, 2)).append(99)
        count_to.foresee(uow, [7], 5)
        (await count_to(uow, 5)).clear()

        assert await count_to(uow, 2) == [1, 2]
        assert await count_to(uow, 5) == [7]


async def test_a_unit_that_may_write_asks_each_time(db: Database) -> None:
    async with db.unit() as uow:
        count_to.foresee(uow, [7], 3)
        assert await count_to(uow, 3) == await count_to(uow, 3) == [1, 2, 3]

    assert asked == [(3, None)] * 2


async def test_a_refusal_is_no_answer(db: Database) -> None:
    async with db.reading() as uow:
        for _ in range(2):
            with pytest.raises(ZeroDivisionError):
                await refuse(uow)

    assert asked == ["refused"] * 2
