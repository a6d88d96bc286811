"""Asks the launcher to start a program, and says in words why it couldn't."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import json
import os
import platform
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

from core.kernel.embedded import launcher
from core.kernel.embedded.accounts import Account, Way
from core.kernel.embedded.errors import EmbeddedFailed, from_os_error, from_output

# Nothing of the caller's environment reaches a server: PGDATA, PGOPTIONS, LD_LIBRARY_PATH or a language would change it.
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}

# Python ignores SIGPIPE and a shell lets its background jobs ignore SIGINT; programs inherit that.
_SIGNALS = (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE, signal.SIGXFSZ, signal.SIGCHLD)


@dataclass(frozen=True, kw_only=True)
class Program:
    """What to run. `needed` are paths that the account must reach; those ending in "/" it must also write into."""

    argv: tuple[str, ...]
    log: Path
    lock: Path
    needed: tuple[str, ...]
    pid_file: Path | None = None


async def start_daemon(program: Program, account: Account) -> int:
    """Starts it as a daemon that outlives us; answers its pid once the program runs.

    Raises:
        EmbeddedFailed: it couldn't be started at all.
    """
    become = account.named if account.way == "disguise" else (account.uid, account.gid)
    pid = await _launch(program, account.way, become)
    _reap_when_it_ends(pid)
    return pid


async def run_initdb(program: Program, account: Account) -> int:
    """Runs it to its end under an account that has a name; answers its exit code.

    Raises:
        EmbeddedFailed: it couldn't be started at all.
    """
    way: Way = "disguise" if account.disguise_initdb else account.way
    pid = await _launch(program, way, account.named)
    _, status = await asyncio.to_thread(os.waitpid, pid, 0)
    return os.waitstatus_to_exitcode(status)


async def _launch(program: Program, way: Way, become: tuple[int, int]) -> int:
    order = {
        "argv": program.argv,
        "environment": _ENVIRONMENT,
        "log": str(program.log),
        "lock": str(program.lock),
        "needed": program.needed,
        "pid_file": str(program.pid_file or ""),
        "way": way,
        "uid": become[0],
        "gid": become[1],
    }
    pid, complaint = await asyncio.to_thread(_spawn, json.dumps(order))
    if complaint:
        raise _explain(program, complaint)
    return pid


def _spawn(order: str) -> tuple[int, bytes]:
    """Its pid and what it complained of. Silence means that the program runs: executing it closed the pipe."""
    listen, speak = os.pipe()
    command = [sys.executable, "-I", "-S", launcher.__file__, order]
    said = [(os.POSIX_SPAWN_DUP2, speak, target) for target in (1, 2)]
    streams = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0), *said]
    try:
        pid = os.posix_spawn(command[0], command, os.environ, file_actions=streams, setsigmask=[], setsigdef=_SIGNALS)
    finally:
        os.close(speak)
    with os.fdopen(listen, "rb") as pipe:
        complaint = pipe.read()
    if complaint:
        os.waitpid(pid, 0)
    return pid, complaint


def _reap_when_it_ends(pid: int) -> None:
    """A server that dies while we live would stay as a zombie of ours."""
    try:
        descriptor = os.pidfd_open(pid)
    except OSError:  # An old kernel: then the zombie goes when we release, or with us.
        return

    def reap() -> None:
        loop.remove_reader(descriptor)
        os.close(descriptor)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)

    loop = asyncio.get_running_loop()
    loop.add_reader(descriptor, reap)


def _explain(program: Program, complaint: bytes) -> EmbeddedFailed:
    name = Path(program.argv[0]).name
    try:
        answer = json.loads(complaint)
    except ValueError:
        return from_output(f"Could not start {name}", complaint.decode(errors="replace"))
    code, path = answer["error"], answer["path"]
    if answer["kind"] == launcher.Unreachable.__name__:
        return EmbeddedFailed(
            f"{name} may not run as root, and the account it would run as can't reach {path}: root lacks the capability "
            "DAC_READ_SEARCH or DAC_OVERRIDE here. Run as an ordinary user, or put the project where everyone may read."
        )
    if answer["kind"] == launcher.NoNamespace.__name__:
        return EmbeddedFailed(
            f"{name} needs an ordinary, named account: this one is root without the right to become somebody else, or has no "
            "entry in /etc/passwd, and the kernel allows no user namespace. Run as an ordinary user with a name."
        )
    return _explain_code(program, code, path)


def _explain_code(program: Program, code: int, path: str | None) -> EmbeddedFailed:
    file = program.argv[0]
    if code == errno.EAGAIN:
        return EmbeddedFailed(f"{Path(file).name} is already running on {program.lock.parent.parent}.")
    if code == errno.ENOEXEC:
        return EmbeddedFailed(f"{file} is built for another kind of machine than {platform.machine()}.")
    if code == errno.ENOENT and Path(file).exists():
        return EmbeddedFailed(f"{file} needs the GNU C library (glibc 2.28 or newer), which isn't here.")
    return from_os_error(f"start {Path(file).name}: can't use", OSError(code, os.strerror(code), path or file))
