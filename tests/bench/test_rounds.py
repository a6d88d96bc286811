"""The bench's own arithmetic: which rounds count, and what is made of them."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from tests.bench.alike import Compared
from tests.bench.machine import Meter
from tests.bench.rounds import Contender, Sample, compete, percentiles, table


def contender(name: str, rounds: Iterator[tuple[float, float]], anchor: str = "") -> Contender:
    """One that measures what it is told: rate, and cores that others used."""

    async def run(_seconds: float) -> tuple[Sample, float]:
        rate, foreign = next(rounds)
        return Sample(rate, 1.0, 2.0, {"each": rate / 10}), foreign

    return Contender(name, run, anchor)


async def test_noisy_rounds_are_repeated_and_left_out() -> None:
    one = contender("ours", iter([(10, 0.0), (900, 1.5), (20, 0.1), (30, 0.2)]))

    [result] = await compete([one], wanted=3, most=8, seconds=0)

    assert (result.median("rate"), result.span, result.noisy) == (20, (10, 30), 0)
    assert result.median("each") == 2.0


async def test_when_it_never_gets_quiet_the_least_noisy_rounds_count_and_are_named() -> None:
    one = contender("ours", iter([(1, 0.9), (2, 0.4), (3, 0.5), (4, 0.2), (5, 0.8)]))

    [result] = await compete([one], wanted=3, most=5, seconds=0)

    assert (result.span, result.noisy) == ((2, 4), 2)
    assert "| 2 of 3 |" in table([result], unit="x/s", figures={})


async def test_a_ratio_is_taken_to_the_anchor() -> None:
    contenders = [contender("bare", iter([(50, 0)])), contender("ours", iter([(75, 0)]), "bare")]

    results = await compete(contenders, wanted=1, most=1, seconds=0)

    ours = table(results, unit="x/s", figures={"each": ".1f", "missing": ".1f"}).splitlines()[-1]
    assert ours == "| ours | 75 | 75-75 | 1.50 | 1.00 | 2.00 | 7.5 |  | 0 of 1 |"


@pytest.mark.parametrize(("seconds", "found"), [([], (0, 0)), ([0.5], (500, 500)), ([n / 1000 for n in range(100)], (50, 99))])
def test_percentiles_are_of_the_whole(seconds: list[float], found: tuple[float, float]) -> None:
    assert percentiles(seconds) == pytest.approx(found)


def test_our_own_work_is_not_foreign() -> None:
    meter = Meter()
    sum(range(10_000_000))
    assert meter.read().clients > 0


def test_samples_of_one_source_are_alike_and_others_are_not() -> None:
    drawn = random.Random(7)
    one, two = ([drawn.gauss(30, 3) for _ in range(300)] for _ in range(2))
    later = [seconds + 3 for seconds in two]

    assert Compared(one, two).chance > 0.05
    assert Compared(one, later).chance < 0.001
    assert Compared([1, 2, 3, 4], [3, 4, 5, 6]).distance == 0.5
    assert Compared([*range(100)], [*range(100)]).chance == 1.0
