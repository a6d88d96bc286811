"""The disk of the write-ahead log fills up under load. Nothing that was acknowledged is lost, and the books open again."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from tests.chaos import disk
from tests.chaos.conftest import batching, opened, rounds
from tests.chaos.payday import Payday, pay, posting_singly
from tests.chaos.server import OwnServer


@pytest.fixture(scope="session")
def mountable(tmp_path_factory: pytest.TempPathFactory) -> None:
    if reason := disk.why_not(tmp_path_factory.mktemp("mount")):
        pytest.skip(reason)


@rounds(short=1, share=0.05)
async def test_acknowledged_postings_when_the_log_disk_is_full_are_there(
    mountable: None, server: OwnServer, payday: Payday, tally: Counter[str], number: int
) -> None:
    books = await server.fresh_books()
    over, url = asyncio.Event(), server.url(books)
    async with disk.small_log_disk(server) as log:
        async with opened(url) as database, batching(url) as batcher:
            await payday.begin(database)
            load = asyncio.create_task(pay(payday, database, batcher, over, patient=False))
            await payday.under_way()
            await asyncio.wait_for(disk.fill(server), 60)
            over.set()
            await disk.enlarge(server, log)
            await asyncio.wait_for(load, 60)

        async with opened(url) as database:
            assert await payday.missing(database) == set()
            await payday.settle(posting_singly(database))
            assert await payday.problems(database) == []
    assert payday.seen["lost sight of"], "the disk did not fill up"
