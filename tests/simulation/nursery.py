"""`python -m tests.simulation.nursery`: forks our processes with everything imported, so that a new life begins at once.

Whatever starts anew hundreds of times would otherwise spend most of the machine on imports. A child is what a process of its own
would be: it has no connection, thread or event loop of its parent's, and runs the product's own entry point.

It is told of each birth by a line of JSON (role, environment, log) and answers `born PID`; `dead PID CODE` comes later, the code as
subprocess has it. When its input ends it kills all that it bore.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import traceback
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

from tests.conftest import ROOT

BORN, DEAD = "born", "dead"
LOOK_SECONDS = 0.02


@dataclass
class Life:
    """One process that was born. `code`: how it ended, None while it lives."""

    pid: int
    code: int | None = None

    def end(self, signum: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signum)


class Nursery:
    """The nursery's other end."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.simulation.nursery"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._lives: dict[int, Life] = {}
        self._rest = b""

    def bear(self, role: str, environment: dict[str, str], log: Path) -> Life:
        """A new process of this role; it has begun when this returns."""
        assert self._process.stdin is not None
        order = {"role": role, "environment": environment, "log": str(log)}
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        self._process.stdin.flush()
        while (pid := self._listen(wait=True)) is None:
            pass
        return self._lives[pid]

    def is_alive(self, life: Life) -> bool:
        self._listen(wait=False)
        return life.code is None

    def wait(self, life: Life, seconds: float) -> bool:
        """Whether it ended in time."""
        until = monotonic() + seconds
        while self.is_alive(life) and monotonic() < until:
            sleep(LOOK_SECONDS / 2)
        return life.code is not None

    def close(self) -> None:
        with self._process as process:
            assert process.stdin is not None
            process.stdin.close()

    def _listen(self, *, wait: bool) -> int | None:
        """Take in what the nursery says; the process that was born, if one was."""
        assert self._process.stdout is not None
        output, born = self._process.stdout.fileno(), None
        while select.select([output], [], [], None if wait else 0)[0]:
            wait = False
            if not (said := os.read(output, 65_536)):
                raise RuntimeError("the nursery is dead")
            *lines, self._rest = (self._rest + said).split(b"\n")
            for line in lines:
                word, pid, *code = line.decode().split()
                if word == BORN:
                    born = int(pid)
                    self._lives[born] = Life(born)
                else:
                    self._lives.pop(int(pid)).code = int(code[0])
        return born


def main() -> int:
    from core.providers import africastalking_insights, africastalking_sms, smtp, telegram_chat  # noqa: F401
    from core.providers.daraja import client  # noqa: F401
    from tests.simulation import process  # noqa: F401
    from ussd import __main__ as web  # noqa: F401

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    lives, rest = set[int](), b""
    while True:
        if select.select([0], [], [], LOOK_SECONDS)[0]:
            if not (told := os.read(0, 65_536)):
                break
            *orders, rest = (rest + told).split(b"\n")
            lives |= {_bear(json.loads(order)) for order in orders}
        lives -= {_report(*ended) for ended in _ended()}
    for pid in lives:
        os.kill(pid, signal.SIGKILL)
    return 0


def _bear(order: dict[str, object]) -> int:
    if (pid := os.fork()) == 0:
        _live(order)
    os.write(1, f"{BORN} {pid}\n".encode())
    return pid


def _live(order: dict[str, object]) -> None:
    """What the child does, to its end."""
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        output = os.open(str(order["log"]), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        for number, source in ((0, os.open(os.devnull, os.O_RDONLY)), (1, output), (2, output)):
            os.dup2(source, number)
        os.environ.clear()
        os.environ.update(order["environment"])  # type: ignore[call-overload]
        from tests.simulation.process import main as live

        code = live(str(order["role"]))
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        with suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _ended() -> list[tuple[int, int]]:
    found = []
    with suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            found.append((ended[0], os.waitstatus_to_exitcode(ended[1])))
    return found


def _report(pid: int, code: int) -> int:
    os.write(1, f"{DEAD} {pid} {code}\n".encode())
    return pid


if __name__ == "__main__":
    sys.exit(main())
