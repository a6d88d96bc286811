"""Runs pgbench, the load generator that comes with PostgreSQL, and reads what it says."""

from __future__ import annotations

import asyncio
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.bench.rounds import percentiles
from tests.bench.servers import Bench


@dataclass(frozen=True)
class Run:
    """What one run of pgbench did; latencies in milliseconds."""

    done: int
    rate: float
    p50: float
    p99: float


async def fill(bench: Bench, database: str, scale: int) -> None:
    """Make pgbench's own tables."""
    await _call((*bench.pgbench, "-i", "-q", "-s", str(scale), database))


async def run(bench: Bench, *, script: str | None, clients: int, seconds: float, database: str | None = None) -> Run:
    """Run a script of ours, or (None) pgbench's own TPC-B-like one. Raises RuntimeError when a transaction fails."""
    with tempfile.TemporaryDirectory(prefix="mtaa-pgbench-") as folder:
        file = Path(folder, "script.sql")
        what = ("-b", "tpcb-like")
        if script is not None:
            file.write_text(script)
            what = ("-f", str(file))
        said = await _call(
            (
                *(*bench.pgbench, *what, "-n", "-M", "prepared", "-c", str(clients), "-j", str(min(clients, 2))),
                *("-T", str(max(round(seconds), 1)), "-l", "--log-prefix", f"{folder}/log", database or bench.database),
            )
        )
        latencies = [int(line.split()[2]) / 1e6 for log in Path(folder).glob("log*") for line in log.read_text().splitlines()]
    p50, p99 = percentiles(latencies)
    return Run(_number(r"actually processed: (\d+)", said), _number(r"tps = ([\d.]+)", said), p50, p99)


def _number(pattern: str, said: str) -> float | int:
    found = re.search(pattern, said)
    failed = re.search(r"failed transactions: (\d+)", said)
    if found is None or (failed and failed[1] != "0"):
        raise RuntimeError(f"pgbench failed:\n{said}")
    return float(found[1]) if "." in found[1] else int(found[1])


async def _call(command: tuple[str, ...]) -> str:
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT)
    output, _ = await process.communicate()
    if process.returncode != 0:
        raise RuntimeError(f"{command[0]} failed:\n{output.decode()}")
    return output.decode()
