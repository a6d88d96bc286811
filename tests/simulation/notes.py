"""What our processes write down while they live: that they are up, which points they pass, and at which one they die.

One file for all of them, a line for each note, only ever added to; whoever reads it goes on from where it was read last.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

UP, SEEN, DIED = "up", "seen", "died"


class Pen:
    """One process's way to the file. Safe to be killed in any moment: a note is one write."""

    def __init__(self, file: Path, role: str) -> None:
        self._file = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._role = role

    def note(self, kind: str, name: str = "") -> None:
        os.write(self._file, f"{kind}\t{self._role}\t{name}\t{os.getpid()}\n".encode())


class Notes:
    """All that was written down so far. `seen`, `died`: points with their role; `up`, `fallen`: processes by their ids."""

    def __init__(self, file: Path) -> None:
        self._file, self._read = file, 0
        self.seen = set[tuple[str, str]]()
        self.died = Counter[tuple[str, str]]()
        self.up, self.fallen = set[int](), set[int]()

    def read_on(self) -> None:
        """Take in what was added."""
        if not self._file.exists():
            return
        with self._file.open("rb") as opened:
            opened.seek(self._read)
            whole, _, _ = opened.read().rpartition(b"\n")
        self._read += len(whole) + bool(whole)
        for line in whole.decode().splitlines():
            self._take(*line.split("\t"))

    def _take(self, kind: str, role: str, name: str, process: str) -> None:
        if kind == UP:
            self.up.add(int(process))
            return
        self.seen.add((role, name))
        if kind == DIED:
            self.died[role, name] += 1
            self.fallen.add(int(process))
