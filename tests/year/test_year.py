"""A short year in the suite; the long one is `python -m tests.year --groups 50 --members 20 --days 365`."""

from __future__ import annotations

from pathlib import Path

import pytest

from .coverage import everything, never_used, table, used
from .play import Year, opened

SEED, DAYS = 20_261_201, 31


@pytest.mark.timeout(900)
async def test_a_short_year(empty_database: str, redis_url: str, tmp_path: Path) -> None:
    async with opened(empty_database, redis_url, seed=SEED, carried=10) as (world, phones):
        year = Year(world, phones, numbers=(1, 2), members=8, days=DAYS, daily=True, say=print)
        try:
            await year.play(tmp_path)
        finally:
            print(f"seed {SEED}, day {year.played}\n{everything(world.counts)}")
        rules = await used(world, days=DAYS)
        print(table(rules))
        assert world.surprises == []
        assert never_used(rules) == []
