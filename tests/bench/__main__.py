"""`python -m tests.bench`: measures, prints ratios and what it all cost. Nothing here passes or fails by the clock."""

from __future__ import annotations

import argparse
import asyncio
import re
from dataclasses import dataclass, replace

from tests.bench.machine import describe, today
from tests.bench.rounds import QUIET_CORES, say
from tests.bench.servers import Bench, bench_servers

PARTS = ("ledger", "ussd", "crowd", "pin", "alike", "statement", "payments")


@dataclass(frozen=True)
class Plan:
    """How long, how often, how large."""

    seconds: float
    wanted: int
    most: int
    patience: float
    members: int
    scale: int
    alike: int
    rows: int
    payments: int
    people: int
    crowd: float


FULL = Plan(
    seconds=4,
    wanted=3,
    most=6,
    patience=8,
    members=100_000,
    scale=20,
    alike=500,
    rows=10_000,
    payments=10_000,
    people=400,
    crowd=60,
)
# Shows that everything works; its figures mean little.
QUICK = Plan(
    seconds=1, wanted=1, most=1, patience=0, members=2_000, scale=1, alike=40, rows=300, payments=200, people=50, crowd=3
)


async def bench(parts: list[str], plan: Plan, only: str) -> None:
    print(f"# {today()}: {describe()}")
    async with bench_servers() as servers:
        print(f"PostgreSQL {servers.version}, fsync and synchronous_commit on, all guards on; rounds of {plan.seconds:g} s,")
        print(
            f"medians of {plan.wanted} or more with less than {QUIET_CORES} cores of foreign work, at most {plan.most} tries\n"
        )
        for part in parts:
            say(f"== {part}")
            print(f"## {part}\n\n{await PART[part](servers, plan, only)}\n", flush=True)


async def ledger(servers: Bench, plan: Plan, only: str) -> str:
    from tests.bench.ledger import FIGURES, LedgerBench
    from tests.bench.rounds import compete, table

    books = LedgerBench(servers, members=plan.members, scale=plan.scale)
    await books.prepare()
    contenders = [one for one in books.contenders() if re.search(only, one.name) or one.name == one.anchor]
    results = await compete(contenders, wanted=plan.wanted, most=plan.most, seconds=plan.seconds, patience=plan.patience)
    return table(results, unit="transfers/s", figures=FIGURES)


async def ussd(servers: Bench, plan: Plan, only: str) -> str:
    from tests.bench.ussd import measure

    return await measure(servers, plan, only)


async def crowd(servers: Bench, plan: Plan, only: str) -> str:
    from tests.bench.crowd import measure

    return await measure(servers, plan, only)


async def pin(servers: Bench, plan: Plan, only: str) -> str:
    from tests.bench.pins import measure

    return await measure(servers, plan, only)


async def alike(servers: Bench, plan: Plan, only: str) -> str:
    from tests.bench.alike import measure

    return await measure(servers, plan, only)


async def statement(servers: Bench, plan: Plan, only: str) -> str:
    from tests.bench.statement import measure

    return await measure(servers, plan, only)


async def payments(_servers: Bench, plan: Plan, only: str) -> str:
    """The long simulation, on servers of its own since it kills them."""
    from tests.simulation.__main__ import play

    outcome = await play(payments=plan.payments, people=plan.people, seed=only or None)
    if not outcome.ok:
        raise RuntimeError(outcome.report())
    return outcome.report()


PART = {
    "ledger": ledger,
    "ussd": ussd,
    "crowd": crowd,
    "pin": pin,
    "alike": alike,
    "statement": statement,
    "payments": payments,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", choices=PARTS, help="this part alone")
    parser.add_argument(
        "--match", default="", help="only names that this pattern is found in, and the references; the seed of payments"
    )
    parser.add_argument("--quick", action="store_true", help="one short round each, to see that it works")
    parser.add_argument("--tries", type=int, help=f"rounds of each at most, however noisy (default: {FULL.most})")
    parser.add_argument("--patience", type=float, help=f"seconds that a round may wait for quiet (default: {FULL.patience:g})")
    chosen = parser.parse_args()
    parts = [chosen.only] if chosen.only else list(PARTS)
    given = {"most": chosen.tries, "patience": chosen.patience}
    plan = replace(QUICK if chosen.quick else FULL, **{name: one for name, one in given.items() if one is not None})
    asyncio.run(bench(parts, plan, chosen.match))


if __name__ == "__main__":
    main()
