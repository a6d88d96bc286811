"""Where the embedded servers keep what is theirs.

    MTAA_HOME/postgres  data      MTAA_HOME/postgres.new  half-made data, never of worth
    MTAA_HOME/redis     data      MTAA_HOME/logs          what both servers say
    MTAA_HOME/run       locks, and where the sockets are

Sockets lie elsewhere: their path may have 107 bytes, and a home may be deep. Theirs is a private folder under /tmp whose
name follows from the home, so that it is the same at every start.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

from core.kernel.embedded.errors import EmbeddedFailed, from_os_error

SOCKET_FOLDER_BYTES = 80
LOG_BYTES = 8 * 1024 * 1024
# /tmp first: XDG_RUNTIME_DIR goes away at log-out, while servers may outlive that.
_SOCKET_BASES = ("/tmp", "$XDG_RUNTIME_DIR", "/var/tmp", "/dev/shm")  # noqa: S108
SERVERS = ("postgres", "redis")


@dataclass(frozen=True)
class Layout:
    """Paths of one home. `home` is absolute, without symbolic links: one folder, one pair of servers."""

    home: Path

    @property
    def postgres(self) -> Path:
        return self.home / "postgres"

    @property
    def postgres_new(self) -> Path:
        return self.home / "postgres.new"

    @property
    def redis(self) -> Path:
        return self.home / "redis"

    @property
    def start_lock(self) -> Path:
        return self.home / "run" / "start.lock"

    @property
    def lease_lock(self) -> Path:
        return self.home / "run" / "lease.lock"

    @property
    def sockets_note(self) -> Path:
        return self.home / "run" / "sockets"

    def lock(self, server: str) -> Path:
        """Held by the running server itself."""
        return self.home / "run" / f"{server}.lock"

    def pid_file(self, server: str) -> Path:
        return self.home / "run" / f"{server}.pid"

    def log(self, server: str) -> Path:
        return self.home / "logs" / f"{server}.log"

    def own(self, path: Path) -> None:
        """What root makes in somebody's home stays usable for its owner."""
        if os.geteuid() == 0:
            owner = self.home.stat()
            os.chown(path, owner.st_uid, owner.st_gid)


def prepare(home: Path) -> Layout:
    """Makes the folders and files of a home that aren't there yet.

    Raises:
        EmbeddedFailed: the home can't be made or written to, or this isn't Linux.
    """
    if not sys.platform.startswith("linux"):
        raise EmbeddedFailed("The embedded servers run on Linux. Set DATABASE_URL and REDIS_URL to servers of your own.")
    try:
        home = Path(os.path.realpath(home.expanduser()))
        home.mkdir(parents=True, exist_ok=True)
        layout = Layout(home)
        _make_private(layout)
    except OSError as error:
        raise from_os_error("write to", error) from error
    return layout


def _make_private(layout: Layout) -> None:
    for folder in ("run", "logs"):
        path = layout.home / folder
        if not path.is_dir():
            # Another process may be starting in the same new home at this moment.
            path.mkdir(mode=0o700, exist_ok=True)
            layout.own(path)
    _touch(layout, layout.start_lock)
    _touch(layout, layout.lease_lock)
    for server in SERVERS:
        _touch(layout, layout.lock(server))
        _touch(layout, layout.pid_file(server))


def _touch(layout: Layout, path: Path) -> None:
    """Also proves that this user may write there."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    layout.own(path)


def open_log(layout: Layout, server: str) -> Path:
    """The server's log, set aside when it has grown past LOG_BYTES."""
    log = layout.log(server)
    try:
        if log.exists() and log.stat().st_size > LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
        _touch(layout, log)
    except OSError as error:
        raise from_os_error("write the log", error) from error
    return log


def sockets_in_use(layout: Layout) -> Path | None:
    """The socket folder that the last start chose, which may have seen another environment than this process."""
    try:
        noted = layout.sockets_note.read_text()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise from_os_error("read", error) from error
    return Path(noted) if noted else None


def socket_folders(layout: Layout) -> list[Path]:
    """Where the sockets of this home may lie, best place first."""
    name = socket_folder_prefix() + hashlib.sha256(os.fsencode(layout.home)).hexdigest()[:10]
    return [base / name for base in socket_bases() if len(os.fsencode(base / name)) <= SOCKET_FOLDER_BYTES]


def socket_folder_prefix() -> str:
    """How the names of this user's socket folders begin."""
    return f"mtaa-{os.geteuid()}-"


def socket_bases() -> list[Path]:
    """Folders in which socket folders are made, as far as this environment has them."""
    return [base for base in map(Path, map(os.path.expandvars, _SOCKET_BASES)) if base.is_absolute()]


def claim_sockets(layout: Layout, *, uid: int, gid: int) -> Path:
    """An empty socket folder that only `uid` (and root) can enter, noted for the processes that come later.

    Raises:
        EmbeddedFailed: no such folder can be had; somebody else's are left alone.
    """
    folder = next((path for path in socket_folders(layout) if _claim(path, uid, gid)), None)
    if folder is None:
        tried = ", ".join(map(str, socket_folders(layout)))
        raise EmbeddedFailed(f"No private folder for sockets: each of {tried} is somebody else's or can't be made.")
    try:
        layout.sockets_note.write_text(str(folder))
        layout.own(layout.sockets_note)
    except OSError as error:
        raise from_os_error("write", error) from error
    return folder


def _claim(folder: Path, uid: int, gid: int) -> bool:
    """A folder that another user made first could show us their sockets: it is never used."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (uid, os.geteuid()):
            return False
        _empty(folder)
        folder.chmod(0o700)
        if os.geteuid() != uid:
            os.chown(folder, uid, gid)
    except OSError:
        return False
    return True


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


def drop_sockets(layout: Layout, folder: Path) -> None:
    """Removes the socket folder after the last server stopped."""
    shutil.rmtree(folder, ignore_errors=True)
    layout.sockets_note.unlink(missing_ok=True)
