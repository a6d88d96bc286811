"""A clock that several processes share and one of them turns: the machine's time, ahead by what stands in a small file."""

from __future__ import annotations

import mmap
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path

NUMBER = struct.Struct("d")


class TurnedClock:
    """Time goes by as usual, and `turn` lets more of it pass at once, in every process that looks at this file."""

    def __init__(self, file: Path) -> None:
        if not file.exists():
            file.write_bytes(NUMBER.pack(0.0))
        with file.open("r+b") as opened:
            self._shared = mmap.mmap(opened.fileno(), NUMBER.size)

    @property
    def ahead(self) -> float:
        """How many seconds it is ahead of the machine."""
        seconds: float = NUMBER.unpack(self._shared[: NUMBER.size])[0]
        return seconds

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC) + timedelta(seconds=self.ahead)

    def turn(self, seconds: float) -> None:
        """Let so many seconds pass."""
        self._shared[: NUMBER.size] = NUMBER.pack(self.ahead + seconds)
