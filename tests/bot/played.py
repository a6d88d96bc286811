"""Telegram played by a process of its own, as the real one is: what it keeps in mind no test can reach into."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from multiprocessing.connection import Connection

from core.sandbox.__main__ import run
from core.sandbox.settings import SandboxSettings

# Forked from one that has everything imported: a new interpreter for each test would take a second.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.bot.played"])
FAREWELL_SECONDS = 5


@asynccontextmanager
async def played_apart(settings: SandboxSettings) -> AsyncIterator[dict[str, str]]:
    """The addresses of the parts, while the process lives."""
    here, there = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=_play, args=(settings, there), daemon=True)
    process.start()
    there.close()
    try:
        # EOFError, should it end before it can say where it listens.
        yield await asyncio.to_thread(here.recv)
    finally:
        process.terminate()
        await asyncio.to_thread(process.join, FAREWELL_SECONDS)
        if process.is_alive():
            process.kill()
        here.close()


def _play(settings: SandboxSettings, told: Connection) -> None:
    asyncio.run(run(settings, ready=lambda sandbox: told.send(sandbox.addresses)))
