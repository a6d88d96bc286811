"""The worker process: `python -m core.jobs` runs jobs until SIGTERM or SIGINT, then finishes what it holds."""

from __future__ import annotations

import asyncio
import signal
import sys

import uvloop

from core.app import open_services
from core.jobs.worker import run_worker
from core.kernel.embedded import EmbeddedFailed
from core.kernel.garbage import never_collect_again
from core.kernel.logs import configure_logs
from core.kernel.settings import BadSettings, environ, read_settings


async def work() -> None:
    """Work until told to stop."""
    settings = read_settings(environ())
    configure_logs(settings.log_level)
    stop = asyncio.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signum, stop.set)
    async with open_services(settings) as services:
        never_collect_again()
        await run_worker(services, stop=stop)


def main() -> int:
    """Run; 2 when the environment or the servers can't be used."""
    try:
        uvloop.run(work())
    except BadSettings as problem:
        print("\n".join(problem.problems), file=sys.stderr)  # noqa: T201 - there may be no log yet
        return 2
    except (EmbeddedFailed, OSError) as problem:
        print(problem, file=sys.stderr)  # noqa: T201 - as above
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
