"""Homes as the tests look at them, and other processes that use them."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from core.kernel.embedded import binaries, layout

ROOT = Path(__file__).parents[3]
UNUSUAL = ("nyumba yangu ' \" \\ % ? & é 家 #x", "d" * 200, "home")
REDIS = binaries.find_redis().name  # redis-server, or a server that speaks like it
COMMAND = (sys.executable, "-m", "core.kernel.embedded")

# Becomes another user as a log-in would, but may still read the interpreter, the code and the wheels where root keeps them.
AS_USER = """
import json, os, sys
from core.kernel.embedded import launcher
uid, gid, needed, command = json.loads(sys.argv[1])
launcher._drop(uid, gid, needed)
os.execv(command[0], command + sys.argv[2:])
"""


@dataclass(frozen=True)
class Found:
    """A process, as /proc shows it."""

    pid: int
    uid: int
    session: int
    program: str


@dataclass(frozen=True)
class Running:
    """A pair of servers that another process holds."""

    home: Path
    database_url: str
    redis_url: str


def copy_home(finished: Path, target: Path) -> Path:
    """With owners and modes."""
    target.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", finished, target], check=True)
    return target


def processes_on(home: Path) -> list[Found]:
    """Server processes that were started with a path inside this home (PostgreSQL's own children change their arguments)."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and (process := _look_at(folder, home)):
            found.append(process)
    return found


def _look_at(folder: Path, home: Path) -> Found | None:
    try:
        arguments = (folder / "cmdline").read_bytes().split(b"\0")
        pid = int(folder.name)
        inside = any(argument.startswith(os.fsencode(home) + b"/") for argument in arguments)
        if not inside or b"-m" in arguments:
            return None
        return Found(pid, folder.stat().st_uid, os.getsid(pid), Path(os.fsdecode(arguments[0])).name)
    except OSError:
        return None


def socket_folders_of(home: Path) -> list[Path]:
    return [path for path in layout.socket_folders(layout.Layout(Path(os.path.realpath(home)))) if path.exists()]


def server_pid(home: Path, program: str) -> int:
    return next(found.pid for found in processes_on(home) if found.program == program)


def as_user(uid: int, gid: int, command: tuple[str, ...] = COMMAND, needed: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The command as this user would give it. Only root may."""
    code = (os.path.realpath(sys.executable), asyncpg.__file__, str(ROOT / "core" / "__init__.py"))
    return (sys.executable, "-c", AS_USER, json.dumps([uid, gid, [*code, *server_programs(), *needed], command]))


def server_programs() -> list[str]:
    return [str(binaries.find_postgres()[1] / "postgres"), str(binaries.find_redis())]


class Holder:
    """Another process that uses the servers of a home: the command-line entry."""

    def __init__(self, home: Path, **options: object) -> None:
        command = options.pop("command", COMMAND)
        self.process = subprocess.Popen(  # type: ignore[call-overload]
            [*command, "--home", str(home)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
        )

    def addresses(self) -> dict[str, str]:
        """Waits until it has them. Ends the test with what it said if it fails instead."""
        lines = [self.process.stdout.readline() for _ in range(2)]
        if not all(lines):
            pytest.fail(self.complaint())
        return dict(line.strip().split("=", 1) for line in lines)

    def complaint(self) -> str:
        """What it printed as its last words; waits for its end."""
        return self.process.communicate(timeout=60)[1]

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(how)
        self.process.communicate(timeout=60)
        return self.process.returncode

    def kill(self) -> None:
        self.end(signal.SIGKILL)


def assert_nothing_left(home: Path) -> None:
    """What is left is also swept away, so that one failure doesn't bring others with it."""
    processes, folders = processes_on(home), socket_folders_of(home)
    for process in processes:
        os.kill(process.pid, signal.SIGKILL)
    for folder in folders:
        shutil.rmtree(folder)
    assert processes == []
    assert folders == []


async def ask(url: str, question: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()
