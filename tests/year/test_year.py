"""A short year in the suite; the long one is `python -m tests.year --groups 50 --members 20 --days 365`."""

from __future__ import annotations

from pathlib import Path

from .coverage import everything, lacking, table, used
from .play import Year, opened

SEED, DAYS = 20_261_201, 31


async def test_a_short_year(empty_database: str, redis_url: str, tmp_path: Path) -> None:
    async with opened(empty_database, redis_url, seed=SEED, carried=10) as (world, phones):
        year = Year(world, phones, groups=2, members=8, days=DAYS, daily=True, say=print)
        try:
            await year.play(tmp_path)
        finally:
            print(f"seed {SEED}, day {year.played}\n{everything(world)}")
        print(table(await used(world, days=DAYS)))
        assert world.surprises == []
        assert await lacking(world, days=DAYS) == []
