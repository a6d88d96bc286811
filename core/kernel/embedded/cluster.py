"""PostgreSQL's data folder: made once, whole or not at all.

initdb works in a folder beside; only a finished one gets the final name. A folder under the final name is never deleted.
"""

from __future__ import annotations

import logging
import os
import shutil
from pathlib import Path

from core.kernel.embedded.accounts import Account
from core.kernel.embedded.daemon import has_argument, read_pid
from core.kernel.embedded.errors import EmbeddedFailed, from_log, from_os_error, length_of
from core.kernel.embedded.launch import Program, run_initdb
from core.kernel.embedded.layout import Layout, open_log

SUPERUSER = "postgres"
_log = logging.getLogger(__name__)

# The builtin provider gives the same order of text on every machine, whatever its C library.
_CHOICES = (
    f"--username={SUPERUSER}",
    "--auth=trust",  # The socket's folder is private; there is no other way in.
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--data-checksums",
    "--no-instructions",
)


def major_of(layout: Layout) -> int | None:
    """The version that wrote the finished data of this home; None when there are none yet.

    Raises:
        EmbeddedFailed: the folder holds something else, or can't be read.
    """
    try:
        return int((layout.postgres / "PG_VERSION").read_text())
    except FileNotFoundError:
        _refuse_foreign(layout.postgres)
        return None
    except ValueError as error:
        raise EmbeddedFailed(f"{layout.postgres}/PG_VERSION holds no version: these data are damaged.") from error
    except OSError as error:
        raise from_os_error("read", error) from error


def _refuse_foreign(data: Path) -> None:
    if data.is_dir() and any(data.iterdir()):
        raise EmbeddedFailed(f"{data} isn't empty and holds no PostgreSQL data. Move it away, or set another MTAA_HOME.")


async def create(layout: Layout, programs: Path, account: Account) -> None:
    """Makes the data folder. What an interrupted attempt left is thrown away first.

    Raises:
        EmbeddedFailed: initdb can't be run or fails.
    """
    _log.info("making a new PostgreSQL data folder in %s", layout.postgres)
    try:
        _clear_for(layout, account)
        await _run_initdb(layout, programs, account)
        _hand_over(layout, account)
    except OSError as error:
        raise from_os_error("make PostgreSQL's data in", error) from error


def _clear_for(layout: Layout, account: Account) -> None:
    shutil.rmtree(layout.postgres_new, ignore_errors=True)
    layout.postgres_new.mkdir(mode=0o700)
    if account.way == "drop":
        os.chown(layout.postgres_new, *account.named)


async def _run_initdb(layout: Layout, programs: Path, account: Account) -> None:
    log = open_log(layout, "initdb")
    before = length_of(log)
    code = await run_initdb(
        Program(
            argv=(str(programs / "initdb"), "-D", str(layout.postgres_new), *_CHOICES),
            log=log,
            lock=layout.lock("postgres"),
            needed=(str(programs / "initdb"), str(programs / "postgres"), f"{layout.postgres_new}/"),
        ),
        account,
    )
    if code != 0:
        raise from_log("PostgreSQL's data can't be made: initdb failed", log, since=before)


def _hand_over(layout: Layout, account: Account) -> None:
    """The files are synced by initdb; the rename has to reach the disk as well before anybody relies on it."""
    if account.way == "drop":
        _chown_all(layout.postgres_new, account)
    if layout.postgres.is_dir():
        layout.postgres.rmdir()
    layout.postgres_new.rename(layout.postgres)
    home = os.open(layout.home, os.O_RDONLY)
    try:
        os.fsync(home)
    finally:
        os.close(home)


def _chown_all(top: Path, account: Account) -> None:
    for folder, _, files in os.walk(top):
        for path in (folder, *(os.path.join(folder, file) for file in files)):  # noqa: PTH118
            os.chown(path, account.uid, account.gid)


def clear_stale_pid(layout: Layout) -> None:
    """Removes postmaster.pid when its number now belongs to another program, which PostgreSQL itself would take for a server.

    Only called while no server of ours lives.

    Raises:
        EmbeddedFailed: a server that we didn't start runs on these data.
    """
    file = layout.postgres / "postmaster.pid"
    pid = read_pid(file)
    if pid is None or not Path(f"/proc/{pid}").exists():
        return
    if _works_on(pid, layout.postgres):
        raise EmbeddedFailed(f"A PostgreSQL that was started by hand (process {pid}) runs on {layout.postgres}. Stop it first.")
    _log.info("process %d of postmaster.pid is another program: the file is stale", pid)
    file.unlink()


def _works_on(pid: int, data: Path) -> bool:
    """By its arguments, or by its working folder, which a PostgreSQL server makes its data folder."""
    if has_argument(pid, str(data)):
        return True
    try:
        return Path(f"/proc/{pid}/cwd").readlink() == data
    except OSError:
        return False
