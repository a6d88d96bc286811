"""Interleaved rounds: every contender gets its turn in each pass, in an order shuffled anew, so that a slow minute of the
machine hits all of them alike. Noisy rounds are repeated, up to a bound; medians are taken of the quiet ones.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.bench.machine import Meter

# More foreign work than this on average, in cores, and the round is measured again.
QUIET_CORES = 0.3
GLANCE_SECONDS = 0.4


@dataclass(frozen=True)
class Sample:
    """What one round measured: how much per second, latencies in milliseconds, and figures of the contender's own."""

    rate: float
    p50: float
    p99: float
    figures: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Round:
    """A sample, and how many cores other people used meanwhile."""

    sample: Sample
    foreign: float

    @property
    def is_quiet(self) -> bool:
        return self.foreign < QUIET_CORES


@dataclass(frozen=True)
class Contender:
    """Something to measure. `run` measures for about so many seconds; `anchor` names what its ratio is taken to."""

    name: str
    run: Callable[[float], Awaitable[tuple[Sample, float]]]
    anchor: str = ""


@dataclass(frozen=True)
class Result:
    """A contender's rounds, from which its medians come: the quiet ones, or the least noisy where those are too few."""

    contender: Contender
    rounds: Sequence[Round]
    wanted: int

    @property
    def counted(self) -> list[Round]:
        quiet = [one for one in self.rounds if one.is_quiet]
        return quiet if len(quiet) >= self.wanted else sorted(self.rounds, key=lambda one: one.foreign)[: self.wanted]

    @property
    def noisy(self) -> int:
        return sum(not one.is_quiet for one in self.counted)

    def median(self, name: str) -> float | None:
        """Of `rate`, `p50`, `p99` or a figure of its own; None when it has no such figure."""
        if name in ("rate", "p50", "p99"):
            return statistics.median(getattr(one.sample, name) for one in self.counted)
        found = [one.sample.figures[name] for one in self.counted if name in one.sample.figures]
        return statistics.median(found) if found else None

    @property
    def span(self) -> tuple[float, float]:
        rates = [one.sample.rate for one in self.counted]
        return min(rates), max(rates)


def percentiles(latencies: Sequence[float]) -> tuple[float, float]:
    """p50 and p99, of seconds in milliseconds."""
    ordered = sorted(latencies)
    if not ordered:
        return 0.0, 0.0
    return ordered[len(ordered) // 2] * 1000, ordered[min(len(ordered) * 99 // 100, len(ordered) - 1)] * 1000


async def quiet(*, at_most: float) -> None:
    """Wait until nobody else is at work, for so many seconds at most: a round that begins quietly often ends so."""
    deadline = time.monotonic() + at_most
    while time.monotonic() < deadline:
        meter = Meter()
        await asyncio.sleep(GLANCE_SECONDS)
        if meter.read().foreign < QUIET_CORES:
            return


async def compete(
    contenders: Sequence[Contender], *, wanted: int, most: int, seconds: float, patience: float = 0
) -> list[Result]:
    """At least `wanted` quiet rounds of each, and at most `most` rounds of any; each may wait `patience` seconds for quiet."""
    rounds: dict[str, list[Round]] = {one.name: [] for one in contenders}
    began = time.monotonic()
    for number in range(1, most + 1):
        missing = [one for one in contenders if sum(r.is_quiet for r in rounds[one.name]) < wanted]
        random.shuffle(missing)
        for place, one in enumerate(missing, 1):
            await quiet(at_most=patience)
            sample, foreign = await one.run(seconds)
            rounds[one.name].append(Round(sample, foreign))
            noisy = "" if rounds[one.name][-1].is_quiet else "  NOISY"
            say(
                f"[{time.monotonic() - began:5.0f} s, pass {number}, {place:2}/{len(missing)}] {one.name:<48} "
                f"{sample.rate:9,.0f}/s  p50 {sample.p50:7.2f}  p99 {sample.p99:8.2f} ms  foreign {foreign:.2f}{noisy}"
            )
    return [Result(one, rounds[one.name], wanted) for one in contenders]


def say(line: str) -> None:
    """Progress, beside the results."""
    print(line, file=sys.stderr, flush=True)


def table(results: Sequence[Result], *, unit: str, figures: Mapping[str, str]) -> str:
    """The results in Markdown. `figures`: title of each further column and how its number is written."""
    by_name = {one.contender.name: one for one in results}
    head = ["what", f"{unit} (median)", "min-max", "ratio", "p50 ms", "p99 ms", *figures, "noisy rounds"]
    lines = [head, ["---", *["---:"] * (len(head) - 1)]]
    for one in results:
        rate = one.median("rate") or 0.0
        anchor = by_name.get(one.contender.anchor or one.contender.name)
        ratio = rate / (anchor.median("rate") or 1) if anchor else None
        lines.append(
            [
                *(one.contender.name, f"{rate:,.0f}", f"{one.span[0]:,.0f}-{one.span[1]:,.0f}"),
                *(f"{ratio:.2f}" if ratio is not None else "", f"{one.median('p50'):.2f}", f"{one.median('p99'):.2f}"),
                *(_cell(one, title, shape) for title, shape in figures.items()),
                f"{one.noisy} of {len(one.counted)}",
            ]
        )
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _cell(result: Result, title: str, shape: str) -> str:
    found = result.median(title)
    return "" if found is None else format(found, shape)
