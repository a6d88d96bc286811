"""What the machine is, and who uses its processors while we measure.

The processors' time is split into ours (this process and all that descends from it: clients, servers, what ended in between)
and foreign. A round in which others took much is no measurement of us.
"""

from __future__ import annotations

import os
import platform
import time
from dataclasses import dataclass
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Usage:
    """Cores in use on average: ours without the servers, the database server's, everybody else's."""

    clients: float
    server: float
    foreign: float


class Meter:
    """Measures from its making to `read`. `servers` are the pids of server processes, counted with their children."""

    def __init__(self, servers: tuple[int, ...] = ()) -> None:
        self._servers = servers
        self._before = self._look()

    def read(self) -> Usage:
        before, after = self._before, self._look()
        took = after[0] - before[0]
        busy, own, server = (max(after[n] - before[n], 0) / took for n in (1, 2, 3))
        return Usage(clients=max(own - server, 0), server=server, foreign=max(busy - own, 0))

    def _look(self) -> tuple[float, float, float, float]:
        """Seconds: the clock, all busy processors, ours, the servers'."""
        processes = _processes()
        own = _family(processes, {os.getpid()})
        server = _family(processes, set(self._servers))
        seconds = [sum(processes[pid][1] for pid in family) / TICK for family in (own | server, server)]
        return (time.perf_counter(), _busy(), *seconds)


def _busy() -> float:
    """Seconds that all processors together spent on anything, time stolen by other machines included."""
    user, nice, system, _idle, _wait, irq, softirq, steal = map(int, Path("/proc/stat").read_text().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / TICK


def _processes() -> dict[int, tuple[int, int]]:
    """Parent and ticks of each process; ticks include children that have ended."""
    found = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        found[int(folder.name)] = int(fields[1]), sum(map(int, fields[11:15]))
    return found


def _family(processes: dict[int, tuple[int, int]], heads: set[int]) -> set[int]:
    family = heads & processes.keys()
    while grown := {pid for pid, (parent, _) in processes.items() if parent in family} - family:
        family |= grown
    return family


def describe() -> str:
    """One line about the machine, for the head of a report."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
    memory = int(Path("/proc/meminfo").read_text().split()[1]) // 1024 // 1024
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    return f"{os.cpu_count()} × {model}, {memory} GiB, {platform.system()} {platform.release()}, load {load}"


def today() -> str:
    return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())
