"""`python -m tests.simulation`: the long simulation. It says its seed; the same seed draws the same things again.

What is drawn is the same: payments, people, faults, who is to die where and about when. What meets what in which moment is left to
the machine, so a finding may need a few tries to come back.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from tests.simulation.dangers import LONG, SHORT
from tests.simulation.simulate import Outcome, simulate


async def play(*, payments: int, people: int, seed: str | None, short: bool = False, keep: bool = False) -> Outcome:
    """One simulation in a folder of its own, told as it goes on."""
    home = Path(tempfile.mkdtemp(prefix="mtaa-sim-"))
    wanted = {"seed": seed or str(time.time_ns()), "payments": payments, "people": people}
    try:
        return await simulate(home, **wanted, dangers=SHORT if short else LONG, say=partial(print, flush=True), controls=True)  # type: ignore[arg-type]
    finally:
        if keep:
            print(f"kept in {home}")
        else:
            shutil.rmtree(home, ignore_errors=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--payments", type=int, default=10_000)
    parser.add_argument("--people", type=int, default=400)
    parser.add_argument("--seed")
    parser.add_argument("--keep", action="store_true", help="leave logs and books where they are, and say where")
    parser.add_argument("--short", action="store_true", help="deaths as in the short round, for few payments")
    chosen = parser.parse_args()
    outcome = asyncio.run(play(**vars(chosen)))
    print(outcome.report())
    return 0 if outcome.ok else 1


if __name__ == "__main__":
    sys.exit(main())
