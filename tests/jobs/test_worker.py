"""The worker: every job at least once, patience, dead letters, and a calm end."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import Any, Self

import asyncpg
import pytest

from core.jobs.handlers import JOBS, WORK, Patience

from .bench import Bench

CANARY = "482913"


async def note(services: Bench, payload: dict[str, Any]) -> None:
    services.seen.append(payload)


async def test_job_when_enqueued_then_handled_once_and_gone(bench: Bench) -> None:
    await bench.enqueue("note", {"n": 1})
    async with bench.worker({"note": note}):
        await bench.until_empty()
        await bench.enqueue("note", {"n": 2})
        await bench.until_empty()
    assert bench.seen == [{"n": 1}, {"n": 2}]


async def test_job_when_handler_fails_at_first_then_tried_again(bench: Bench) -> None:
    async def fails_twice(services: Bench, payload: dict[str, Any]) -> None:
        services.seen.append(payload)
        if len(services.seen) < 3:
            raise RuntimeError("not yet")

    await bench.enqueue("flaky", {"n": 1})
    async with bench.worker({"flaky": fails_twice}):
        await bench.until_empty()
    assert len(bench.seen) == 3
    assert await bench.count("job_failures") == 0


async def test_job_when_it_always_fails_then_dead_letter_without_its_message(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    async def poison(services: Bench, payload: dict[str, Any]) -> None:
        services.seen.append(payload)
        raise ValueError(f"code={CANARY}")

    await bench.enqueue("poison", {"id": "7"})
    await bench.enqueue("note", {"n": 1})
    with caplog.at_level(logging.ERROR):
        async with bench.worker({"poison": poison, "note": note}):
            await bench.until_empty()
    (letter,) = await bench.query("SELECT * FROM job_failures")
    assert (letter["job"], letter["payload"], letter["attempts"]) == ("poison", {"id": "7"}, 3)
    assert letter["error"].startswith("ValueError in poison (test_worker.py:")
    assert any("given up" in record.getMessage() for record in caplog.records)
    assert CANARY not in str(await bench.query("SELECT * FROM job_failures, pgqueuer_log"))
    assert bench.seen.count({"n": 1}) == 1, "its neighbour was not held up"


async def test_job_when_payload_is_damaged_then_dead_letter_all_the_same(bench: Bench) -> None:
    async with bench.database.unit() as uow:
        from sqlalchemy import text

        await uow.session.execute(
            text("INSERT INTO pgqueuer (priority, status, entrypoint, payload) VALUES (0, 'queued', 'note', 'not json')")
        )
    async with bench.worker({"note": note}):
        await bench.until_empty()
    (letter,) = await bench.query("SELECT * FROM job_failures")
    assert (letter["job"], letter["payload"]) == ("note", {})
    assert letter["error"].startswith("JSONDecodeError")


async def test_job_when_it_hangs_then_cut_off_and_given_up(bench: Bench) -> None:
    async def hangs(services: Bench, payload: dict[str, Any]) -> None:
        services.seen.append(payload)
        await asyncio.sleep(3600)

    impatient = Patience(attempts=2, first_wait=timedelta(0), longest_wait=timedelta(0), at_most=timedelta(seconds=0.1))
    await bench.enqueue("hangs")
    async with bench.worker({"hangs": hangs}, patience=impatient):
        await bench.until_empty()
    (letter,) = await bench.query("SELECT error FROM job_failures")
    assert (len(bench.seen), letter["error"].split(" ")[0]) == (2, "TimeoutError")


async def test_worker_when_told_to_stop_then_finishes_what_it_holds_and_takes_nothing_new(bench: Bench) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(services: Bench, payload: dict[str, Any]) -> None:
        begun.set()
        await go_on.wait()
        services.seen.append(payload)

    await bench.enqueue("slow", {"n": 1})
    async with bench.worker({"slow": slow}) as running:
        await begun.wait()
        bench.stop.set()
        await bench.enqueue("slow", {"n": 2})
        await asyncio.sleep(0.3)
        assert not running.done()
        go_on.set()
    assert bench.seen == [{"n": 1}]
    assert await bench.count("pgqueuer", "status = 'queued'") == 1, "the other one waits for the next worker"


async def test_worker_when_database_connections_break_then_it_comes_back_and_loses_no_job(
    bench: Bench, database_url: str
) -> None:
    """All connections are cut while jobs run: those that ran and those that waited are all handled in the end."""
    begun = asyncio.Event()

    async def writes(services: Bench, payload: dict[str, Any]) -> None:
        begun.set()
        await asyncio.sleep(0.2)
        services.seen.append(payload["n"])

    for number in range(40):
        await bench.enqueue("writes", {"n": number})
    async with bench.worker({"writes": writes}, heartbeat=timedelta(seconds=2)):
        await begun.wait()
        for _ in range(3):
            await cut_all_connections(database_url)
            await asyncio.sleep(0.4)

        async def all_seen() -> bool:
            return set(bench.seen) == set(range(40))

        await bench.until(all_seen)
        await bench.until_empty()
    assert await bench.count("job_failures") == 0


async def test_job_when_the_library_fails_beside_it_then_goes_on_to_its_end(bench: Bench) -> None:
    """First the queue fails and the library waits for what runs; then its scheduler fails too, and the library cancels that.

    It takes a cancelled job for a finished one and deletes it.
    """
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(services: Bench, payload: dict[str, Any]) -> None:
        begun.set()
        await go_on.wait()
        services.seen.append(payload)

    async def failed_beside() -> bool:
        return any("queue can't be read" in record.getMessage() for record in records.records)

    await bench.enqueue("slow", {"n": 1})
    with Records("core.jobs.worker") as records:
        async with bench.worker({"slow": slow}):
            await begun.wait()
            for table in ("pgqueuer", "pgqueuer_schedules"):
                await bench.execute(f"ALTER TABLE {table} RENAME TO out_of_reach")
                await asyncio.sleep(3)  # each looks at its table at least every two seconds
                await bench.execute(f"ALTER TABLE out_of_reach RENAME TO {table}")
            go_on.set()
            await bench.until(failed_beside)
            await bench.until_empty()
    assert bench.seen == [{"n": 1}]


class Records(logging.Handler):
    """What one logger says during a block."""

    def __init__(self, logger: str) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []
        self._logger = logging.getLogger(logger)

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    def __enter__(self) -> Self:
        self._logger.addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._logger.removeHandler(self)


async def cut_all_connections(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'mtaa worker'"
    )
    await connection.close()


async def test_job_when_held_by_the_library_then_taken_up_again(bench: Bench) -> None:
    from sqlalchemy import text

    await bench.enqueue("note", {"n": 1})
    async with bench.database.unit() as uow:
        await uow.session.execute(text("UPDATE pgqueuer SET status = 'failed'"))
    await JOBS["take-up-held-jobs"](bench, {})
    async with bench.worker({"note": note}):
        await bench.until_empty()
    assert bench.seen == [{"n": 1}]


async def test_regular_job_when_its_time_comes_then_runs_once_for_all_workers(bench: Bench) -> None:
    async with bench.worker({"note": note}, regularly={"note": "* * * * *"}):

        async def scheduled() -> bool:
            return await bench.count("pgqueuer_schedules") == 1

        await bench.until(scheduled)
        # The library counts by the minute; the test moves the plan instead of waiting for it.
        assert await bench.count("pgqueuer_schedules", "entrypoint = 'note'") == 1
    from core.jobs.worker import _tick

    for _ in range(3):
        await _tick("note", bench)(None)  # type: ignore[arg-type]
    assert await bench.count("pgqueuer") == 1
    async with bench.worker({"note": note}):
        await bench.until_empty()
    assert bench.seen == [{}]


async def test_tidying_up_when_run_then_only_what_is_old_goes(bench: Bench) -> None:
    from sqlalchemy import text

    async with bench.database.unit() as uow:
        for age in ("1 day", "30 days"):
            await uow.session.execute(
                text(
                    "INSERT INTO pgqueuer_log (job_id, status, priority, entrypoint, created)"
                    f" VALUES (1, 'successful', 0, 'note', now() - INTERVAL '{age}')"
                )
            )
    await JOBS["tidy-up"](bench, {})
    assert await bench.count("pgqueuer_log") == 1


def test_work_when_collected_then_every_regular_job_has_a_handler_and_a_valid_time() -> None:
    from croniter import croniter

    assert set(WORK.regularly) <= set(WORK.handlers)
    assert all(croniter.is_valid(expression) for expression in WORK.regularly.values())
    assert {"deliver-sms", "deliver-chat", "deliver-email"} <= set(JOBS)


def test_patience_when_attempts_grow_then_waits_double_up_to_the_longest() -> None:
    patience = Patience(first_wait=timedelta(seconds=2), longest_wait=timedelta(seconds=10))
    assert [patience.wait(attempt).total_seconds() for attempt in (1, 2, 3, 4, 50)] == [2, 4, 8, 10, 10]
