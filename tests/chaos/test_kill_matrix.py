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

from sqlalchemy import text

from tests.chaos import poster
from tests.chaos.conftest import opened, rounds
from tests.chaos.payday import Payday, posting_singly
from tests.chaos.server import OwnServer
from tests.chaos.wire import Wire

ROOT = Path(__file__).parents[2]
CALLERS = 12
CONTROL_TRIES = 10

TERMINATE = """
SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM (
  SELECT pid FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid() AND query ILIKE '%ledger_post%'
  ORDER BY state = 'active' DESC, random() LIMIT 2
) working
"""


async def kill_under_load(server: OwnServer, payday: Payday, books: str) -> None:
    """Load, and then SIGKILL at a moment that nobody chose; the server is up again at the end."""
    over = asyncio.Event()
    async with opened(server.url(books)) as database:
        await payday.begin(database)
        load = asyncio.create_task(payday.go_on(posting_singly(database), callers=CALLERS, until=over))
        await asyncio.sleep(payday.chance.uniform(0.3, 0.8))
        await server.kill()
        await asyncio.wait_for(load, 30)
    await server.start()


@rounds(short=2, share=0.4)
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


@rounds(short=2, share=0.2)
async def test_posting_when_its_process_is_killed_after_the_commit_stands_once(
    server: OwnServer, payday: Payday, tally: Counter[str], wire_folder: Path, number: int
) -> None:
    books, member, group = await server.fresh_books(), payday.members[0], payday.group
    async with opened(server.url(books)) as database:
        await payday.begin(database)
    assert member.member is not None
    assert group.dao is not None

    async with Wire(server.sockets, wire_folder) as wire:
        keys, done = await kill_between_commit_and_reply(
            wire, books, member.member, group.dao, after=payday.chance.randint(0, 15)
        )

    assert len(keys) == len(done) + 1, "it died after a commit and before it heard of it"
    payday.wishes = dict.fromkeys(keys, poster.legs(member.member, group.dao))
    payday.told = dict(zip(keys, done, strict=False))
    async with opened(server.url(books)) as database:
        repeated = await posting_singly(database)(keys[-1], payday.wishes[keys[-1]])
        assert repeated.repeated, "the commit had happened"
        payday.told[keys[-1]] = repeated.transfer
        assert await payday.problems(database) == []


async def kill_between_commit_and_reply(
    wire: Wire, books: str, member: UUID, group: UUID, *, after: int
) -> tuple[list[UUID], list[UUID]]:
    """Runs a posting process and kills it when an acknowledgement is on its way. Its keys, and the transfers it heard of."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.chaos.poster", wire.url(books), str(member), str(group)),
        cwd=ROOT, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip

    def kill_when_due() -> bool:
        if wire.seen["acknowledged"] < after:
            return True
        os.kill(process.pid, signal.SIGKILL)
        return False

    wire.may_acknowledge = kill_when_due
    output, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == -signal.SIGKILL
    lines = output.decode().split("\n")[:-1]
    done = [UUID(line.removeprefix("done ")) for line in lines if line.startswith("done ")]
    return [UUID(line) for line in lines if not line.startswith("done ")], done


@rounds(short=1, share=0.15)
async def test_postings_when_their_connections_are_terminated_stand_once(
    server: OwnServer, payday: Payday, tally: Counter[str], number: int
) -> None:
    books = await server.fresh_books()
    async with opened(server.url(books)) as database, opened(server.url(books), connections=1) as other:
        await payday.begin(database)
        over = asyncio.Event()
        load = asyncio.create_task(payday.go_on(posting_singly(database), callers=CALLERS, until=over, patient=True))
        for _ in range(12):
            await asyncio.sleep(payday.chance.uniform(0.02, 0.08))
            async with other.unit() as uow:
                tally["connections terminated"] += int(await uow.session.scalar(text(TERMINATE)) or 0)
        over.set()
        await asyncio.wait_for(load, 30)

        await payday.settle(posting_singly(database))
        assert await payday.problems(database) == []
    assert payday.seen["lost sight of"], "no posting was hit"


@rounds(short=1, share=0.2)
async def test_postings_when_acknowledgements_are_cut_off_stand_once(
    server: OwnServer, payday: Payday, tally: Counter[str], wire_folder: Path, number: int
) -> None:
    books = await server.fresh_books()
    async with Wire(server.sockets, wire_folder) as wire, opened(wire.url(books)) as database:
        await payday.begin(database)
        wire.may_acknowledge = lambda: payday.chance.random() > 0.05
        over = asyncio.Event()
        load = asyncio.create_task(payday.go_on(posting_singly(database), callers=CALLERS, until=over, patient=True))
        await asyncio.sleep(0.7)
        over.set()
        await asyncio.wait_for(load, 30)

        wire.may_acknowledge = lambda: True
        await payday.settle(posting_singly(database))
        assert await payday.problems(database) == []
        tally["acknowledgements cut"] += wire.seen["cut"]
    assert payday.seen["found posted when asked again"], "no acknowledgement of a commit was cut"
