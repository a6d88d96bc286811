"""`python -m core.kernel.embedded --home DIR`: starts the servers, prints their addresses, stays until Ctrl-C or SIGTERM."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from pathlib import Path

from core.kernel.embedded import EmbeddedFailed, start


async def _serve(home: Path) -> None:
    stop = asyncio.Event()
    for kind in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(kind, stop.set)
    async with await start(home) as lease:
        print(f"DATABASE_URL={lease.servers.database_url}\nREDIS_URL={lease.servers.redis_url}", flush=True)
        await stop.wait()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m core.kernel.embedded", description=__doc__)
    parser.add_argument("--home", type=Path, default=Path(os.environ.get("MTAA_HOME") or ".mtaa"))
    try:
        asyncio.run(_serve(parser.parse_args().home))
    except EmbeddedFailed as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
