"""Under which account the servers run.

An ordinary user's servers run as that user. Root's don't: PostgreSQL refuses root, so they run under a number that belongs to
nobody on this machine (a shared account such as `nobody` would let every other program of that account into the data), or,
where root isn't allowed to become somebody else, in a user namespace.
"""

from __future__ import annotations

import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from core.kernel.embedded.errors import EmbeddedFailed, from_os_error

# Numbers that systemd's table of user ids keeps free of any use, below the 65,536 that a container usually has.
_FREE_NUMBERS = range(60706, 61184)
# The second one is for ourselves: the servers' private folders and sockets must stay open to us.
_NEEDED_TO_DROP = {"CAP_CHOWN": 0, "CAP_DAC_OVERRIDE": 1, "CAP_SETGID": 6, "CAP_SETUID": 7}
Way = Literal["keep", "drop", "disguise"]


@dataclass(frozen=True)
class Account:
    """`uid` and `gid` own the data and the sockets; `way` tells the launcher how a server gets there.

    initdb, unlike the server, insists on an account with a name: it runs as `named` and the files change hands afterwards
    (drop), or it sees itself as `named` (disguise).
    """

    uid: int
    gid: int
    way: Way
    named: tuple[int, int]
    disguise_initdb: bool = False


def choose(data: tuple[Path, ...]) -> Account:
    """The account for the servers of a home whose data folders are `data` (they may not exist yet).

    Raises:
        EmbeddedFailed: the data belong to another user, and we aren't root.
    """
    owner = next((found for found in map(_owner, data) if found), None)
    if os.geteuid() == 0:
        return _for_root(owner)
    if owner and owner[0] != os.geteuid():
        raise _somebody_elses(data, owner[0])
    return _for_user()


def _owner(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise from_os_error("look at", error) from error
    return found.st_uid, found.st_gid


def _for_user() -> Account:
    uid, gid = os.geteuid(), os.getegid()
    if _has_name(uid):
        return Account(uid, gid, "keep", named=(uid, gid))
    return Account(uid, gid, "keep", named=_nobody(), disguise_initdb=True)


def _for_root(owner: tuple[int, int] | None) -> Account:
    if owner and owner[0] != 0:
        return Account(*owner, "drop", named=owner if _has_name(owner[0]) else _nobody())
    number = next(number for number in _FREE_NUMBERS if not _has_name(number))
    if owner is None and _may_become(number) and _may_become(_nobody()[0]):
        return Account(number, number, "drop", named=_nobody())
    return Account(0, os.getegid(), "disguise", named=_nobody(), disguise_initdb=True)


def _somebody_elses(data: tuple[Path, ...], uid: int) -> EmbeddedFailed:
    folders = " and ".join(str(path) for path in data if path.exists())
    return EmbeddedFailed(
        f"{folders} belong to user {_name(uid)}, not to {_name(os.geteuid())} (perhaps they were made by root). Start as "
        f"before, or give them to yourself: sudo chown -R {os.geteuid()}:{os.getegid()} {data[0].parent}"
    )


def _has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _name(uid: int) -> str:
    return pwd.getpwuid(uid).pw_name if _has_name(uid) else str(uid)


def _nobody() -> tuple[int, int]:
    """The least of the accounts that have a name.

    Raises:
        EmbeddedFailed: the machine knows no account but root.
    """
    entries = [entry for entry in pwd.getpwall() if entry.pw_uid != 0]
    entries.sort(key=lambda entry: entry.pw_name != "nobody")
    if not entries:
        raise EmbeddedFailed("PostgreSQL refuses to run as root, and /etc/passwd has no other account. Add one (nobody).")
    return entries[0].pw_uid, entries[0].pw_gid


def _may_become(uid: int) -> bool:
    """Whether root here has the rights of root, and this number exists in its user namespace."""
    return _may_change_accounts() and _is_mapped(uid, "uid_map") and _is_mapped(uid, "gid_map")


def _may_change_accounts() -> bool:
    lines = Path("/proc/self/status").read_text().splitlines()
    held = next(int(line.split()[1], 16) for line in lines if line.startswith("CapEff:"))
    return all(held >> bit & 1 for bit in _NEEDED_TO_DROP.values())


def _is_mapped(number: int, table: str) -> bool:
    for line in Path("/proc/self", table).read_text().splitlines():
        inside, _, count = map(int, line.split())
        if inside <= number < inside + count:
            return True
    return False
