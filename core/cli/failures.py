"""`mtaa jobs`: what the worker gave up on; do one again, or leave it."""

from __future__ import annotations

import sys

from core.cli.audit import open_books
from core.kernel.clock import local_time
from core.kernel.settings import Settings
from core.monitoring.given_up import deal_with, given_up

MOST_SHOWN = 200


async def jobs(settings: Settings, action: str, job: str) -> int:
    """Print the open ones, 1 when there are any; or deal with one: 1 when it isn't open, 2 when its id can't be read."""
    if action == "list":
        return await _show(settings)
    if not job.isdecimal():
        print("give the number of a job, as `mtaa jobs` shows it", file=sys.stderr)
        return 2
    async with open_books(settings) as database, database.unit() as uow:
        done = await deal_with(uow, job_id=int(job), again=action == "again")
    print({"again": "queued again", "leave": "left"}[action] if done else "no job that was given up has this number")
    return 0 if done else 1


async def _show(settings: Settings) -> int:
    async with open_books(settings) as database, database.unit() as uow:
        found = await given_up(uow, limit=MOST_SHOWN)
    for one in found:
        print(f"{one.job_id} {local_time(one.failed_at)} {one.job} after {one.attempts}: {one.error}")
    print(f"{len(found)} open" + (f" (the first {MOST_SHOWN})" if len(found) == MOST_SHOWN else ""), file=sys.stderr)
    return 1 if found else 0
