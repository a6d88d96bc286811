"""`python -m tests.bench`: measures, prints ratios and what it all cost. Nothing here passes or fails by the clock."""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import dataclass

from tests.bench.machine import describe, today
from tests.bench.rounds import QUIET_CORES, say
from tests.bench.servers import Bench, bench_servers

PARTS = ("ledger", "ussd", "pin")


@dataclass(frozen=True)
class Plan:
    """How long, how often, how large."""

    seconds: float
    wanted: int
    most: int
    members: int
    scale: int


FULL = Plan(seconds=4, wanted=3, most=8, members=100_000, scale=20)
# Shows that everything works; its figures mean little.
QUICK = Plan(seconds=1, wanted=1, most=1, members=2_000, scale=1)


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
    contenders = [one for one in books.contenders() if only in one.name or one.name == one.anchor]
    results = await compete(contenders, wanted=plan.wanted, most=plan.most, seconds=plan.seconds)
    return table(results, unit="transfers/s", figures=FIGURES)


async def ussd(servers: Bench, plan: Plan, only: str) -> str:
    from tests.bench.ussd import measure

    return await measure(servers, plan, only)


async def pin(servers: Bench, plan: Plan, only: str) -> str:
    from tests.bench.pins import measure

    return await measure(servers, plan, only)


PART = {"ledger": ledger, "ussd": ussd, "pin": pin}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", choices=PARTS, help="this part alone")
    parser.add_argument("--match", default="", help="only what has this in its name, and the references")
    parser.add_argument("--quick", action="store_true", help="one short round each, to see that it works")
    chosen = parser.parse_args()
    parts = [chosen.only] if chosen.only else list(PARTS)
    asyncio.run(bench(parts, QUICK if chosen.quick else FULL, chosen.match))


if __name__ == "__main__":
    main()
