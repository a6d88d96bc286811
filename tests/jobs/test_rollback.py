"""A job exists exactly when the unit that enqueued it was committed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from core.kernel.db import Database, UnitOfWork


async def jobs(db: Database) -> list[Any]:
    async with db.unit() as uow:
        rows = await uow.session.execute(text("SELECT entrypoint, payload, status::text FROM pgqueuer ORDER BY id"))
        return [tuple(row) for row in rows]


async def statement(uow: UnitOfWork) -> None:
    await uow.session.execute(text("SELECT 1"))


async def nothing(_uow: UnitOfWork) -> None:
    """Leaves the enqueue as the very first statement of its transaction."""


@pytest.mark.parametrize("before", [nothing, statement])
async def test_job_when_unit_rolls_back_then_there_is_none(db: Database, before: Any) -> None:
    with pytest.raises(RuntimeError):  # noqa: PT012 - the unit as a whole fails
        async with db.unit() as uow:
            await before(uow)
            await uow.enqueue("some-job", {"n": 1})
            raise RuntimeError("changed my mind")
    assert await jobs(db) == []


@pytest.mark.parametrize("before", [nothing, statement])
async def test_job_when_unit_commits_then_it_waits(db: Database, before: Any) -> None:
    async with db.unit() as uow:
        await before(uow)
        await uow.enqueue("some-job", {"n": 1})
        assert await jobs(db) == [], "nobody else sees it before the commit"
    assert await jobs(db) == [("some-job", b'{"n": 1}', "queued")]


async def test_job_when_key_waits_already_then_one(db: Database) -> None:
    for _ in range(3):
        async with db.unit() as uow:
            await uow.enqueue("sweep", {}, key="sweep")
    assert len(await jobs(db)) == 1


async def test_job_when_delayed_then_not_due_before(db: Database) -> None:
    async with db.unit() as uow:
        await uow.enqueue("later", {}, after=timedelta(minutes=3))
        wait = await uow.session.scalar(text("SELECT execute_after - created FROM pgqueuer"))
    assert wait == timedelta(minutes=3)


async def test_many_jobs_are_taken_up_in_their_order(db: Database) -> None:
    async with db.unit() as uow:
        await uow.enqueue_all("some-job", [{"n": number} for number in range(50)])
        await uow.enqueue_all("some-job", [])

    assert [payload for _, payload, _ in await jobs(db)] == [b'{"n": %d}' % number for number in range(50)]


async def test_a_key_that_waits_keeps_only_its_own_job_out(db: Database) -> None:
    async with db.unit() as uow:
        await uow.enqueue("some-job", {"n": 1}, key="one")
        await uow.enqueue_all("some-job", [{"n": 2}, {"n": 3}], keys=["one", "three"])

    assert [payload for _, payload, _ in await jobs(db)] == [b'{"n": 1}', b'{"n": 3}']
