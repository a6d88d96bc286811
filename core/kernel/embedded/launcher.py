"""Becomes one server program, away from our terminal and with as few rights as will do. Run as a script of its own.

It reads a JSON object from its argument (see launch.py), takes its session, its log, its lock and its account, and then
executes the program in its own place. It says nothing when that works; otherwise a JSON object: {"kind", "error", "path"}.
It must stand alone: it runs isolated, before anything of ours can be imported. Once it has dropped its rights it may not
even reach Python's own library any more, so nothing there may need an import (opening a text file does).

PostgreSQL refuses root. Three ways around it:
* keep:     nothing to do, we are an ordinary user;
* drop:     become another user. When that user can't reach the program or the data (they lie under /root, say), it keeps
            the one capability that lets it read past folders, so that nobody's folders must be opened;
* disguise: stay who we are, but in a user namespace where we have another number. Files keep their owner.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import sys
from typing import Any

CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2
_PR_SET_KEEPCAPS, _PR_SET_SECUREBITS, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE = 8, 28, 47, 2
_SECBIT_NO_SETUID_FIXUP = 4
_CLONE_NEWUSER = 0x10000000
_CAPABILITY_VERSION_3 = 0x20080522


class Unreachable(OSError):
    """The server's account can't get to a file that it needs."""


class NoNamespace(OSError):
    """This kernel, container or security policy allows no user namespace."""


def _call(name: str, *arguments: object) -> None:
    """A C library function that answers 0, or raises what it left in errno."""
    library = ctypes.CDLL(None, use_errno=True)
    if getattr(library, name)(*arguments) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), name)


def _prctl(option: int, *arguments: int) -> None:
    padded = [*arguments, 0, 0, 0, 0][:4]
    _call("prctl", option, *(ctypes.c_ulong(value) for value in padded))


def _held() -> int:
    """Capabilities that we are permitted to use, as a bit set."""
    status = os.open("/proc/self/status", os.O_RDONLY)
    lines = os.read(status, 65536).splitlines()
    os.close(status)
    return next(int(line.split()[1], 16) for line in lines if line.startswith(b"CapPrm:"))


def _write(path: str, content: str) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.write(file, content.encode())
    os.close(file)


def _set_capabilities(effective: int, permitted: int, inheritable: int) -> None:
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    words = [value >> shift & 0xFFFFFFFF for shift in (0, 32) for value in (effective, permitted, inheritable)]
    _call("capset", header, (ctypes.c_uint32 * 6)(*words))


def _unreachable(paths: list[str]) -> str | None:
    """The first path that this account can't read. A path ends in "/" when it must be enterable and writable too."""
    for path in paths:
        mode = os.R_OK | os.W_OK | os.X_OK if path.endswith("/") else os.R_OK
        if not os.access(path, mode):
            return path
    return None


def _drop(uid: int, gid: int, needed: list[str]) -> None:
    _prctl(_PR_SET_KEEPCAPS, 1)
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    if _unreachable(needed) is not None:
        _keep_one_capability(needed)
    else:
        _set_capabilities(0, 0, 0)


def _keep_one_capability(needed: list[str]) -> None:
    """The weaker one first. Nothing else stays, which also keeps the program out of "secure execution"."""
    held = _held()
    _set_capabilities(held, held, 0)
    # Without this, access(2) answers as if the capability weren't there, and initdb asks with it.
    _prctl(_PR_SET_SECUREBITS, _SECBIT_NO_SETUID_FIXUP)
    for capability in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE):
        bit = 1 << capability
        if not held & bit:
            continue
        _set_capabilities(bit, held, bit)
        if _unreachable(needed) is None:
            _set_capabilities(bit, bit, bit)
            _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, capability)
            return
    path = _unreachable(needed) or ""
    raise Unreachable(13, "the server's account can't reach it", path)


def _disguise(uid: int, gid: int) -> None:
    maps = {"setgroups": "deny", "uid_map": f"{uid} {os.geteuid()} 1", "gid_map": f"{gid} {os.getegid()} 1"}
    try:
        _call("unshare", _CLONE_NEWUSER)
        for name, content in maps.items():
            _write(f"/proc/self/{name}", content)
    except OSError as error:
        raise NoNamespace(error.errno, error.strerror) from error


def _take_account(order: dict[str, Any]) -> None:
    if order["way"] == "drop":
        _drop(order["uid"], order["gid"], order["needed"])
    elif order["way"] == "disguise":
        _disguise(order["uid"], order["gid"])


def _take_lock(path: str) -> None:
    """Inherited by the program and all that it forks, and so held as long as any of them lives."""
    descriptor = os.open(path, os.O_RDWR)
    os.set_inheritable(descriptor, True)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _redirect(log: str) -> None:
    output = os.open(log, os.O_WRONLY | os.O_APPEND)
    for target in (1, 2):
        os.dup2(output, target)


def _become(order: dict[str, Any]) -> None:
    """Returns only by an OSError."""
    os.setsid()
    os.umask(0o077)
    os.chdir("/")
    _take_lock(order["lock"])
    if order["pid_file"]:
        _write(order["pid_file"], str(os.getpid()))
    _redirect(order["log"])
    _take_account(order)
    os.execve(order["argv"][0], order["argv"], order["environment"])  # noqa: S606


def main() -> None:
    # Whatever else our caller's caller left open (make's pipes, say) must not stay open as long as the server runs.
    os.closerange(3, 65536)
    complaint = os.dup(1)
    order = json.loads(sys.argv[1])
    try:
        _become(order)
    except OSError as error:
        answer = {"kind": type(error).__name__, "error": error.errno, "path": error.filename}
        os.write(complaint, json.dumps(answer).encode())
        os._exit(126)


if __name__ == "__main__":
    main()
