"""`python -m tests.year`: the long year, with its progress, its rules and how often each was used.

--seed draws the same year again; --carried 10 lets every tenth message go its whole way, which is half of all jobs saved. The
servers don't wait for the disk. 1 is the exit code when something was wrong or a rule was never used.
DATABASE_URL and REDIS_URL name servers whose databases may be made anew; without them embedded ones are started.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
import tempfile
from pathlib import Path
from random import SystemRandom

from tests.conftest import do_not_wait_for_the_disk, recreate, run_migrations

from .coverage import everything, lacking, table, used
from .play import Year, opened


def main() -> int:
    """Play it; 1 when something wasn't as it has to be."""
    parser = argparse.ArgumentParser(prog="python -m tests.year", description=__doc__)
    parser.add_argument("--groups", type=int, default=50)
    parser.add_argument("--members", type=int, default=20)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(10**6))
    parser.add_argument("--daily", action="store_true", help="something happens in every group every day")
    parser.add_argument("--carried", type=int, default=1)
    parser.add_argument("--transcripts", type=Path, help="a directory for what members typed and read, a file for each of them")
    given = parser.parse_args()
    logging.disable(logging.CRITICAL)
    return asyncio.run(_play(given))


def _say(line: str) -> None:
    print(line, flush=True)


async def _play(given: argparse.Namespace) -> int:
    from core.kernel.embedded import start

    with tempfile.TemporaryDirectory(prefix="mtaa-year-") as folder:
        if server := os.environ.get("DATABASE_URL"):
            return await _on(server, os.environ["REDIS_URL"], given, Path(folder))
        lease = await start(Path(folder) / "servers")
        try:
            await do_not_wait_for_the_disk(lease.servers.database_url)
            return await _on(lease.servers.database_url, lease.servers.redis_url, given, Path(folder))
        finally:
            await lease.release()


async def _on(server: str, redis_url: str, given: argparse.Namespace, folder: Path) -> int:
    url = await recreate(server, f"mtaa_year_{os.getpid()}")
    await asyncio.to_thread(run_migrations, url)
    _say(f"seed {given.seed}: {given.groups} groups of {given.members} members for {given.days} days")
    async with opened(url, redis_url, seed=given.seed, carried=given.carried) as (world, phones):
        year = Year(world, phones, given.groups, given.members, given.days, given.daily, _say)
        try:
            figures = await year.play(folder)
        finally:
            _say(everything(world))
            if given.transcripts:
                phones.talk.write(given.transcripts)
        _say(table(await used(world, days=given.days)))
        missing = await lacking(world, days=given.days)
    _say(f"{figures}")
    for line in (*world.surprises, *missing):
        _say(f"WRONG: {line}")
    return int(bool(world.surprises or missing))


if __name__ == "__main__":
    sys.exit(main())
