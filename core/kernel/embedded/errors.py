"""What went wrong with the embedded servers, in words that tell a person what to do.

Everything that fails here ends as one EmbeddedFailed; nobody above has to know what initdb prints.
"""

from __future__ import annotations

import errno
from pathlib import Path

TAIL_LINES = 12

# What a server says about itself in its log, and what a person can do about it. The first hit wins.
_HINTS = (
    ("No space left on device", "The disk is full. Free some space (a new home takes about 60 MB) and start again."),
    ("Disk quota exceeded", "The disk quota is used up. Free some space and start again."),
    ("Read-only file system", "The home lies on a read-only file system. Set MTAA_HOME to a writable folder."),
    ("invalid permissions", "This file system can't keep a folder private (0700). Set MTAA_HOME to a folder on a Linux disk."),
    ("wrong ownership", "The data belong to another user. Start as that user, or change their owner."),
    ("could not create shared memory segment", "The machine has too little shared memory for another PostgreSQL."),
    (
        "could not resize shared memory segment",
        "The folder for shared memory is too small. In Docker, give the container --shm-size=256m.",
    ),
    ("could not map anonymous shared memory", "Too little memory is free for PostgreSQL (about 200 MB)."),
    ("Cannot allocate memory", "Too little memory is free."),
    ("database files are incompatible with server", "The data were written by another version of PostgreSQL."),
    ("Can't handle RDB format version", "A newer server wrote the Redis data. Use that one, or move the folder away."),
    (
        "Bad file format reading the append only file",
        "The Redis data are damaged. Move the folder away; it holds only live talk.",
    ),
    ("Permission denied", "A permission is missing; the lines below name the file."),
)
_CAUSES = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EROFS: "the file system is read-only",
    errno.EACCES: "permission is missing (was it made by another user?)",
    errno.EPERM: "permission is missing",
    errno.ENOTDIR: "a part of this path is a file",
    errno.EEXIST: "a file of this name is in the way",
    errno.ENAMETOOLONG: "the path is too long",
    errno.ENOLCK: "this file system has no file locks",
    errno.EOPNOTSUPP: "this file system has no file locks",
}


class EmbeddedFailed(Exception):
    """The embedded servers can't be had; the message says why and what to do."""


def from_os_error(what: str, error: OSError) -> EmbeddedFailed:
    """`what` as in "write to"; the answer names the path and what a person can do."""
    cause = _CAUSES.get(error.errno or 0, error.strerror or str(error))
    return EmbeddedFailed(
        f"Can't {what} {error.filename or 'the home of the embedded servers'}: {cause}. "
        "Set MTAA_HOME to a folder of your own on a local disk, or set DATABASE_URL and REDIS_URL."
    )


def from_output(what: str, output: str) -> EmbeddedFailed:
    """`what` failed and wrote `output`: its last lines, and the hint that fits them."""
    hint = next((advice for sign, advice in _HINTS if sign in output), "Its last words:")
    tail = "\n  ".join(output.strip().splitlines()[-TAIL_LINES:]) or "(nothing)"
    return EmbeddedFailed(f"{what}. {hint}\n  {tail}")


def length_of(log: Path) -> int:
    """In bytes; 0 for a log that isn't there yet."""
    try:
        return log.stat().st_size
    except OSError:
        return 0


def from_log(what: str, log: Path, *, since: int) -> EmbeddedFailed:
    """The same, from what a log has gained since it was `since` bytes long; its path is named too."""
    try:
        output = log.read_bytes()[since:].decode(errors="replace")
    except OSError:
        output = ""
    return from_output(f"{what} (log: {log})", output)
