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
from pathlib import Path

from tests.simulation.dangers import LONG, SHORT
from tests.simulation.simulate import simulate


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--payments", type=int, default=10_000)
    parser.add_argument("--people", type=int, default=400)
    parser.add_argument("--seed", default=str(time.time_ns()))
    parser.add_argument("--keep", action="store_true", help="leave logs and books where they are, and say where")
    parser.add_argument("--short", action="store_true", help="deaths as in the short round, for few payments")
    chosen = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="mtaa-sim-"))
    wanted = {"seed": chosen.seed, "payments": chosen.payments, "people": chosen.people}
    try:
        outcome = asyncio.run(
            simulate(home, **wanted, dangers=SHORT if chosen.short else LONG, say=lambda word: print(word, flush=True))
        )
    finally:
        print(f"kept in {home}") if chosen.keep else shutil.rmtree(home, ignore_errors=True)
    print(outcome.report())
    return 0 if outcome.ok else 1


if __name__ == "__main__":
    sys.exit(main())
