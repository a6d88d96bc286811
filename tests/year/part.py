"""One part of a long year: some of its groups, lived in a process and a database of their own."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import uvloop
from sqlalchemy import event

from core.kernel.db import Database

from .coverage import Used, used
from .play import Year, opened

# Rows live as long as their unit: looking for rings among them all the time finds nothing and costs a tenth of the year.
YOUNG = 50_000


@dataclass(frozen=True)
class Part:
    """What a part has to know. `numbers`: its groups; `transcripts`: a directory or nothing; `result`: the file for what it found."""

    name: str
    database_url: str
    redis_url: str
    seed: int
    numbers: tuple[int, ...]
    members: int
    days: int
    daily: bool
    carried: int
    transcripts: str
    result: str


@dataclass(frozen=True)
class Found:
    """What became of a part: its figures, what was done how often, the rules' use, and what was wrong."""

    figures: dict[str, Any]
    counts: dict[str, int]
    used: tuple[Used, ...]
    wrong: tuple[str, ...]


def split(groups: int, parts: int) -> list[tuple[int, ...]]:
    """The groups' numbers in as many runs, as long as each other; each has every kind of group where there are enough."""
    bounds = [1 + groups * part // parts for part in range(parts + 1)]
    return [tuple(range(first, after)) for first, after in pairwise(bounds) if first < after]


async def live_apart(part: Part) -> Found | None:
    """The part in a process of its own, which says what it does; None when it broke off."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.year.part", json.dumps(asdict(part)))
    await process.wait()
    return _read(Path(part.result))


def together(parts: Sequence[Found]) -> tuple[dict[str, int], list[Used]]:
    """What was done, and how often each rule was used, in all parts."""
    counts: dict[str, int] = {}
    for found in parts:
        for what, count in found.counts.items():
            counts[what] = counts.get(what, 0) + count
    rules: dict[tuple[str, str], int] = {}
    for found in parts:
        for one in found.used:
            rules[one.part, one.rule] = rules.get((one.part, one.rule), 0) + one.count
    return counts, [Used(*rule, count) for rule, count in rules.items()]


async def live(part: Part) -> Found:
    """The part in this process; an assertion about the books ends it, and is what was wrong."""
    figures: dict[str, Any] = {}
    wrong: list[str] = []
    with tempfile.TemporaryDirectory(prefix="mtaa-year-") as folder:
        async with opened(part.database_url, part.redis_url, seed=part.seed, carried=part.carried, part=part.name) as (
            world,
            phones,
        ):
            asked = _counted(world.database)
            year = Year(world, phones, part.numbers, part.members, part.days, part.daily, _say(part.name))
            try:
                figures = await year.play(Path(folder))
            except AssertionError as problem:
                wrong.append(f"day {year.played + 1}: {problem}")
            if part.transcripts:
                phones.talk.write(Path(part.transcripts))
            # The servers' own seconds come on top.
            figures |= {"statements": asked[0], "seconds of this process": round(time.process_time())}
            rules = await used(world, days=part.days)
            return Found(figures, dict(world.counts), tuple(rules), (*world.surprises, *wrong))


def _counted(database: Database) -> list[int]:
    """How many statements were asked until now."""
    asked = [0]

    def count(*_: object) -> None:
        asked[0] += 1

    for engine in (database.engine, database.reading_engine):
        event.listen(engine.sync_engine, "before_cursor_execute", count)
    return asked


def _say(name: str) -> Any:
    def say(line: str) -> None:
        print(f"[{name}] {line}", flush=True)

    return say


def _read(result: Path) -> Found | None:
    if not result.exists():
        return None
    kept = json.loads(result.read_text(encoding="utf-8"))
    return Found(kept["figures"], kept["counts"], tuple(Used(**one) for one in kept["used"]), tuple(kept["wrong"]))


def main() -> None:
    """What `live_apart` starts."""
    logging.disable(logging.CRITICAL)
    gc.set_threshold(YOUNG)
    given = json.loads(sys.argv[1])
    part = Part(**{**given, "numbers": tuple(given["numbers"])})
    found = uvloop.run(live(part))
    Path(part.result).write_text(json.dumps(asdict(found)), encoding="utf-8")


if __name__ == "__main__":
    main()
