"""A wire to PostgreSQL that sees what passes, and can be cut just when a commit is being acknowledged.

It listens on a Unix socket of its own and forwards to the server's. It follows the protocol as far as it must: which replies
tell a client that something it posted is now durable.
"""

from __future__ import annotations

import asyncio
import contextlib
import struct
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, Self
from urllib.parse import quote

from core.kernel.embedded.postgres_server import NAME, PORT, socket_file

POSTING = b"ledger_post"
# "CommandComplete", and "PortalSuspended" where a client asks for the first row alone.
COMPLETES = (b"C", b"s")
# What to do with an acknowledgement: True lets it pass, False cuts the connection instead.
Verdict = Callable[[], bool]


class Passing(Protocol):
    """Looks at what passes on one connection, and says what is passed on."""

    def from_client(self, chunk: bytes) -> bytes: ...

    def from_server(self, chunk: bytes) -> bytes: ...


class Relay:
    """Connections between the sockets `listen` (where clients come to) and `target` (the server's).

    Of a protocol that it doesn't know it counts the round trips: how often a question follows an answer.
    """

    def __init__(self, target: Path, listen: Path) -> None:
        self._target, self._listen = target, listen
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()
        self.seen: Counter[str] = Counter()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_unix_server(self._connect, self._listen)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    def line(self) -> Passing:
        """What looks at a new connection."""
        return _Turns(self.seen)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            await _join(reader, writer, self._target, self.line())
        finally:
            self._open.discard(task)


class Wire(Relay):
    """A relay to PostgreSQL, from the folder of its socket to another `folder`.

    It sees round trips, statements, and acknowledgements that are passed or cut.
    """

    def __init__(self, sockets: Path, folder: Path) -> None:
        super().__init__(socket_file(sockets), socket_file(folder))
        self._folder = folder
        self.may_acknowledge: Verdict = lambda: True

    def url(self, database: str) -> str:
        """As the embedded servers write it, by way of this wire."""
        return f"postgresql://{NAME}@/{database}?host={quote(str(self._folder))}&port={PORT}"

    def line(self) -> Passing:
        return _Line(self)


class Cut(Exception):
    """This connection ends here."""


async def _join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, target: Path, line: Passing) -> None:
    """Connect a client with the server and pass on what both say until one of them ends."""
    try:
        up = await asyncio.open_unix_connection(str(target))
    except OSError:
        writer.transport.abort()
        return
    pumps = [
        asyncio.create_task(_pump(reader, up[1], line.from_client)),
        asyncio.create_task(_pump(up[0], writer, line.from_server)),
    ]
    try:
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for pump in pumps:
            pump.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)
        # As when a mast falls over: nobody says good-bye.
        writer.transport.abort()
        up[1].transport.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, through: Callable[[bytes], bytes]) -> None:
    with contextlib.suppress(Cut, OSError):
        while chunk := await reader.read(65536):
            writer.write(through(chunk))
            await writer.drain()


class _Turns:
    """Counts round trips by who speaks."""

    def __init__(self, seen: Counter[str]) -> None:
        self._seen, self._answered = seen, True

    def from_client(self, chunk: bytes) -> bytes:
        self._seen["round trips"] += self._answered
        self._answered = False
        return chunk

    def from_server(self, chunk: bytes) -> bytes:
        self._answered = True
        return chunk


class _Line:
    """One connection: what was posted on it and isn't acknowledged yet."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._client, self._server = bytearray(), bytearray()
        self._begun = False
        self._postings: set[bytes] = set()
        self._posted = False
        self._held = bytearray()
        self._failed = False

    def from_client(self, chunk: bytes) -> bytes:
        self._client += chunk
        while (message := self._next_of_client()) is not None:
            self._note(*message)
        return chunk

    def _next_of_client(self) -> tuple[bytes, bytes] | None:
        """The first message has no type: it opens the connection."""
        head = 5 if self._begun else 4
        if len(self._client) < head:
            return None
        length = struct.unpack_from("!I", self._client, head - 4)[0] + head - 4
        if len(self._client) < length:
            return None
        kind, body = bytes(self._client[: head - 4]), bytes(self._client[head:length])
        del self._client[:length]
        self._begun = True
        return kind, body

    def _note(self, kind: bytes, body: bytes) -> None:
        seen = self._wire.seen
        match kind:
            case b"P":
                name, query = body.split(b"\0", 2)[:2]
                if POSTING in query:
                    self._postings.add(name)
                else:
                    self._postings.discard(name)
            case b"B":
                self._posted |= body.split(b"\0", 2)[1] in self._postings
            case b"Q":
                seen["statements"] += 1
                seen[body.rstrip(b"\0;").decode(errors="replace")[:20]] += 1
                seen["round trips"] += 1
            case b"E":
                seen["statements"] += 1
            case b"S" | b"H":
                seen["round trips"] += 1

    def from_server(self, chunk: bytes) -> bytes:
        self._server += chunk
        passing = bytearray()
        while len(self._server) >= 5:
            length = struct.unpack_from("!I", self._server, 1)[0] + 1
            if len(self._server) < length:
                break
            message = bytes(self._server[:length])
            del self._server[:length]
            passing += self._judge(message)
        return bytes(passing)

    def _judge(self, message: bytes) -> bytes:
        """Holds what completes a posting back until the server says whether a transaction is still open."""
        kind = message[:1]
        self._failed |= kind == b"E"
        if self._posted and (kind in COMPLETES or self._held):
            self._held += message
            if kind != b"Z":
                return b""
            return self._release(is_over=message[5:6] == b"I")
        if kind == b"Z":
            self._failed = False
            self._posted &= message[5:6] != b"I"
        return message

    def _release(self, *, is_over: bool) -> bytes:
        """Only an ended transaction makes durable what was posted; one that is open or rolled back doesn't."""
        held, self._held = bytes(self._held), bytearray()
        failed, self._failed = self._failed or b"ROLLBACK" in held, False
        if not is_over:
            return held
        self._posted = False
        if failed:
            return held
        if not self._wire.may_acknowledge():
            self._wire.seen["cut"] += 1
            raise Cut
        self._wire.seen["acknowledged"] += 1
        return held
