"""Whatever dies, and whenever: what was acknowledged is there, once, and the books add up.

The negative control tells the server to answer before its disk has the answer. It must lose money, or this whole file proves
nothing.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections import Counter
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from core.kernel.db import Database
from tests.chaos import poster
from tests.chaos.conftest import batching, opened, rounds
from tests.chaos.payday import Payday, pay, posting_singly
from tests.chaos.server import OwnServer
from tests.chaos.wire import Wire

ROOT = Path(__file__).parents[2]
CONTROL_TRIES = 10
TERMINATED, MID_BATCH = 20, "mtaa-batcher terminated while active"
CUTS = 5

# The batcher's one connection while it is at work, or any other that posts.
TERMINATE = """
SELECT application_name, state FROM (
  SELECT pid, application_name, state FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid() AND query ILIKE '%ledger_post%'
  ORDER BY state = 'active' DESC, random() LIMIT 2
) working WHERE pg_terminate_backend(pid)
"""


async def kill_under_load(server: OwnServer, payday: Payday, books: str) -> None:
    """Load, and then SIGKILL at a moment that nobody chose; the server is up again at the end."""
    over, url = asyncio.Event(), server.url(books)
    async with opened(url) as database, batching(url) as batcher:
        await payday.begin(database)
        load = asyncio.create_task(pay(payday, database, batcher, over, patient=False))
        await payday.under_way()
        await asyncio.sleep(payday.chance.uniform(0, 0.6))
        await server.kill()
        over.set()
        await server.start()
        await asyncio.wait_for(load, 60)


@rounds(short=1, share=0.4)
async def test_acknowledged_postings_when_the_server_is_killed_are_there(
    server: OwnServer, payday: Payday, tally: Counter[str], number: int
) -> None:
    books = await server.fresh_books()

    await kill_under_load(server, payday, books)

    async with opened(server.url(books)) as database:
        assert await payday.missing(database) == set()
        await payday.settle(posting_singly(database))
        assert await payday.problems(database) == []
    assert payday.told, "nothing was posted, so nothing was tested"


async def test_acknowledged_postings_when_the_server_answers_too_early_are_lost(
    server: OwnServer, payday: Payday, tally: Counter[str]
) -> None:
    """The negative control. A lucky moment may spare a round, so it's tried a few times."""
    for _ in range(CONTROL_TRIES):
        books = await server.fresh_books(safe=False)
        await kill_under_load(server, payday, books)
        async with opened(server.url(books)) as database:
            lost = await payday.missing(database)
        if lost:
            tally["acknowledged and lost, as it must be"] += len(lost)
            return
        payday.told.clear()
    raise AssertionError(f"no money was lost in {CONTROL_TRIES} rounds without durable commits: these tests can't fail")


@rounds(short=1, share=0.1)
@pytest.mark.parametrize("how", ["one", "many"])
async def test_postings_when_their_process_is_killed_after_the_commit_stand_once(
    server: OwnServer, payday: Payday, tally: Counter[str], wire_folder: Path, how: str, number: int
) -> None:
    books, member, group = await server.fresh_books(), payday.members[0], payday.group
    async with opened(server.url(books)) as database:
        await payday.begin(database)
    assert member.member is not None
    assert group.dao is not None

    async with Wire(server.sockets, wire_folder) as wire:
        after = payday.chance.randint(0, 15)
        said = await kill_between_commit_and_reply(wire, after, how, wire.url(books), str(member.member), str(group.dao))

    payday.wishes = {UUID(line): poster.legs(member.member, group.dao) for line in said if not line.startswith("done ")}
    payday.told = {UUID(key): UUID(moved) for _, key, moved in (line.split() for line in said if line.startswith("done "))}
    payday.open = set(payday.wishes) - set(payday.told)
    doubtful = len(payday.open)
    async with opened(server.url(books)) as database:
        await payday.settle(posting_singly(database))
        assert payday.seen["found posted when asked again"] == doubtful, "it died after their commit"
        assert await payday.problems(database) == []
    assert doubtful, "it died before it heard of its last commit"


async def kill_between_commit_and_reply(wire: Wire, after: int, *arguments: str) -> list[str]:
    """Runs a posting process and kills it when an acknowledgement is on its way to it. What it had said until then."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.chaos.poster", *arguments), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )

    def kill_when_due() -> bool:
        if wire.seen["acknowledged"] < after:
            return True
        os.kill(process.pid, signal.SIGKILL)
        return False

    wire.may_acknowledge = kill_when_due
    output, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == -signal.SIGKILL
    return output.decode().split("\n")[:-1]


@rounds(short=1, share=0.15)
async def test_postings_when_their_connections_are_terminated_stand_once(
    server: OwnServer, payday: Payday, tally: Counter[str], number: int
) -> None:
    books = await server.fresh_books()
    url, over = server.url(books), asyncio.Event()
    async with opened(url) as database, opened(url, connections=1) as other, batching(url) as batcher:
        await payday.begin(database)
        load = asyncio.create_task(pay(payday, database, batcher, over, patient=True))
        hit = Counter[str]()
        async with asyncio.timeout(60):
            while hit.total() < TERMINATED or not hit[MID_BATCH]:
                await asyncio.sleep(payday.chance.uniform(0.02, 0.08))
                hit.update(await terminate(other))
        tally.update(hit)
        over.set()
        await asyncio.wait_for(load, 60)

        await payday.settle(posting_singly(database))
        assert await payday.problems(database) == []


async def terminate(database: Database) -> Counter[str]:
    """End a connection or two; whose, and what they were at."""
    async with database.unit() as uow:
        rows = await uow.session.execute(text(TERMINATE))
        return Counter(f"{row.application_name} terminated while {row.state}" for row in rows)


@rounds(short=1, share=0.2)
async def test_postings_when_acknowledgements_are_cut_off_stand_once(
    server: OwnServer, payday: Payday, tally: Counter[str], wire_folder: Path, number: int
) -> None:
    books, over = await server.fresh_books(), asyncio.Event()
    async with Wire(server.sockets, wire_folder) as wire:
        url = wire.url(books)
        async with opened(url) as database, batching(url) as batcher:
            await payday.begin(database)
            wire.may_acknowledge = lambda: payday.chance.random() > 0.05
            load = asyncio.create_task(pay(payday, database, batcher, over, patient=True))
            async with asyncio.timeout(60):
                while wire.seen["cut"] < CUTS:
                    await asyncio.sleep(0.01)
            over.set()
            await asyncio.wait_for(load, 60)

            wire.may_acknowledge = lambda: True
            await payday.settle(posting_singly(database))
            assert await payday.problems(database) == []
        tally["acknowledgements cut"] += wire.seen["cut"]
    assert payday.seen["found posted when asked again"], "no acknowledgement of a commit was cut"
