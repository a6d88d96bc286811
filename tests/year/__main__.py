"""`python -m tests.year`: the long year, with its progress, its rules and how often each was used.

--seed draws the same year again, with the same --parts: so many processes share the groups, each with a database and books of its
own. Every --carried-th message goes its whole way, since to send them all is half of all jobs. The servers don't wait for the disk.
1 is the exit code when something was wrong or a rule was never used.
DATABASE_URL and REDIS_URL name servers whose databases may be made anew; without them embedded ones are started.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path
from random import SystemRandom

from tests.conftest import do_not_wait_for_the_disk, recreate, run_migrations

from .coverage import everything, never_used, table
from .part import Found, Part, live_apart, split, together

# Each has one of Redis' sixteen databases; whoever runs tests beside has the first.
MOST_PARTS = 15


def main() -> int:
    """Play it; 1 when something wasn't as it has to be."""
    parser = argparse.ArgumentParser(prog="python -m tests.year", description=__doc__)
    parser.add_argument("--groups", type=int, default=50)
    parser.add_argument("--members", type=int, default=20)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(10**6))
    parser.add_argument("--daily", action="store_true", help="something happens in every group every day")
    parser.add_argument("--carried", type=int, default=10)
    parser.add_argument("--parts", type=int, default=os.cpu_count() or 1, help="processes; as many as there are cores")
    parser.add_argument("--transcripts", type=Path, help="a directory for what members typed and read, a file for each of them")
    return asyncio.run(_play(parser.parse_args()))


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
    numbers = split(given.groups, min(given.parts, MOST_PARTS))
    _say(f"seed {given.seed}, parts {len(numbers)}: {given.groups} groups of {given.members} members for {given.days} days")
    parts = [await _part(server, redis_url, given, folder, place, of) for place, of in enumerate(numbers, start=1)]
    began = time.monotonic()
    found = await asyncio.gather(*(live_apart(part) for part in parts))
    return _told(given, [one for one in found if one], len(parts), time.monotonic() - began)


async def _part(
    server: str, redis_url: str, given: argparse.Namespace, folder: Path, place: int, numbers: tuple[int, ...]
) -> Part:
    url = await recreate(server, f"mtaa_year_{os.getpid()}_{place}")
    await asyncio.to_thread(run_migrations, url)
    return Part(
        name=f"part {place}",
        database_url=url,
        redis_url=f"{redis_url.partition('?')[0]}?db={place}",
        seed=given.seed,
        numbers=numbers,
        members=given.members,
        days=given.days,
        daily=given.daily,
        carried=given.carried,
        transcripts=str(given.transcripts or ""),
        result=str(folder / f"part-{place}.json"),
    )


def _told(given: argparse.Namespace, found: list[Found], parts: int, seconds: float) -> int:
    counts, rules = together(found)
    _say(everything(counts))
    _say(table(rules))
    wrong = [line for one in found for line in one.wrong] + never_used(rules)
    if len(found) < parts:
        wrong.append(f"{parts - len(found)} of {parts} parts broke off")
    for one in found:
        _say(f"{one.figures}")
    _say(f"{given.groups * given.days:,} days of groups in {seconds:,.0f} s")
    for line in wrong:
        _say(f"WRONG: {line}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
