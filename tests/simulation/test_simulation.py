"""A short round of the simulation; the long one is `python -m tests.simulation`, which `make bench` runs too.

SIMULATION_SEED draws the same things again; a failure names its seed, and tells all there is about each payment that it is about.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulation.dangers import SHORT
from tests.simulation.simulate import simulate

PAYMENTS, PEOPLE = 120, 40


@pytest.fixture
def home() -> Iterator[Path]:
    """A short path: sockets can't have long ones."""
    folder = Path(tempfile.mkdtemp(prefix="mtaa-sim-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.timeout(900)
async def test_books_agree_to_the_cent_after_a_day_on_which_everything_died(home: Path) -> None:
    seed = os.environ.get("SIMULATION_SEED") or str(time.time_ns())

    outcome = await simulate(home, seed=seed, payments=PAYMENTS, people=PEOPLE, dangers=SHORT, say=print, controls=True)

    print(outcome.report())
    assert outcome.ok, outcome.report()
    assert outcome.kills.keys() == {"PostgreSQL", "Redis"}
    assert outcome.deaths, "nobody died"
    assert outcome.struck, "nothing went wrong at M-Pesa"
    assert outcome.verdict.figures["receipts"] > PAYMENTS / 10
    assert outcome.verdict.figures["payouts"]
