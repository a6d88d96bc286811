"""`python -m core.sandbox`: the world in a box, until it is told to stop."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable

from core.sandbox.box import PARTS, PortTaken, Sandbox
from core.sandbox.settings import BadEnvironment, SandboxSettings
from core.sandbox.store import DamagedFile


async def run(settings: SandboxSettings, *, ready: Callable[[Sandbox], None] | None = None) -> None:
    """Play all gateways until SIGTERM or SIGINT. Raises PortTaken or DamagedFile when it can't start."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    sandbox = Sandbox(settings)
    await sandbox.start()
    try:
        if ready is not None:
            ready(sandbox)
        await stop.wait()
    finally:
        await sandbox.stop()


def main() -> int:
    logging.basicConfig(level=os.environ.get("LOG_LEVEL", "INFO").upper(), format="sandbox %(levelname)s %(message)s")
    try:
        asyncio.run(run(SandboxSettings.from_environ(os.environ), ready=_announce))
    except (PortTaken, DamagedFile, BadEnvironment) as problem:
        print(f"The sandbox can't start: {problem}", file=sys.stderr)
        return 1
    return 0


def _announce(sandbox: Sandbox) -> None:
    for part, address in sandbox.addresses.items():
        print(f"sandbox: {PARTS[part][0]} at {address}{'/phone' if part == 'page' else ''}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
