"""What the sandbox remembers between two runs: one JSON file per section, replaced whole.

A file is written beside the old one, flushed to the disk and then renamed, so a crash leaves either the old or the new
content. A change reaches the disk a moment later; who must be sure of it waits for `saved`.
"""

import asyncio
import json
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

_log = logging.getLogger(__name__)
_PAUSE_SECONDS = 0.15


class DamagedFile(Exception):
    """A file of the sandbox's memory can't be read as JSON; `path` says which."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is damaged: remove it to let the sandbox start afresh")
        self.path = path


class Section:
    """One part of the memory. Call `changed` after each change; `saved` returns once everything so far is on the disk."""

    def __init__(self, path: Path, dump: Callable[[], Any]) -> None:
        self._path = path
        self._dump = dump
        self._version = 0
        self._written = 0
        self._lock = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    def changed(self) -> None:
        self._version += 1
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._save_soon())

    async def saved(self) -> None:
        # Whoever waits may be cancelled; a file half written must not, or the next writer would meet it.
        await asyncio.shield(asyncio.ensure_future(self._write(self._version)))

    async def _write(self, wanted: int) -> None:
        async with self._lock:
            if self._written >= wanted:
                return
            version = self._version
            text = json.dumps(self._dump(), ensure_ascii=False, indent=1)
            await asyncio.to_thread(_replace, self._path, text)
            self._written = version

    async def _save_soon(self) -> None:
        await asyncio.sleep(_PAUSE_SECONDS)
        while self._written < self._version:
            try:
                await self.saved()
            except OSError as problem:
                # The sandbox plays on from memory: a full disk must not end somebody's session.
                _log.error("can't write %s: %s", self._path, problem.strerror)
                return

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.saved()


class Store:
    """The folder of all sections."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sections: list[Section] = []
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def folder(self) -> Path:
        return self._folder

    def section(self, name: str, dump: Callable[[], Any]) -> Section:
        """Keep what `dump` returns under this name. It is called on the event loop, so it sees a consistent moment."""
        section = Section(self._folder / f"{name}.json", dump)
        self._sections.append(section)
        return section

    def load(self, name: str) -> Any:
        """What the last run left, or None. Raises DamagedFile."""
        path = self._folder / f"{name}.json"
        try:
            return json.loads(path.read_text("utf-8"))
        except FileNotFoundError:
            return None
        except ValueError as problem:
            raise DamagedFile(path) from problem

    async def close(self) -> None:
        for section in self._sections:
            await section.close()


def _replace(path: Path, text: str) -> None:
    fresh = path.with_suffix(".new")
    # Inboxes hold codes and pushes hold addresses with a secret: for the owner's eyes only.
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
