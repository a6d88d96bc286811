"""Phones that dial over HTTP as the gateway does: one lasting connection each, one hop after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from urllib.parse import urlencode
from uuid import uuid4

TOKEN = "a-token-that-nobody-guesses"
# Dial, "Deposit", an amount, "Cancel": four hops, no PIN, nothing written but the session.
SESSION = ("", "2", "2*500", "2*500*2")


class Phone(asyncio.Protocol):
    """One connection; it costs the machine as little as can be, since client and server share it."""

    def __init__(self, number: str) -> None:
        self.number = number
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[bytes] | None = None
        self._got = b""

    async def connect(self, port: int) -> None:
        await asyncio.get_running_loop().create_connection(lambda: self, "127.0.0.1", port)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer and not self._answer.done():
            self._answer.set_exception(ConnectionError("the server hung up"))

    def data_received(self, data: bytes) -> None:
        self._got += data
        head, found, body = self._got.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        if len(body) >= length and self._answer:
            self._got = b""
            self._answer.set_result(head.split(b" ", 2)[1] + b" " + body)

    async def hop(self, session: str, text: str) -> str:
        """One request; the status and the body. Raises RuntimeError for anything but a screen."""
        form = {"sessionId": session, "phoneNumber": self.number, "networkCode": "63902", "serviceCode": "*384*77#"}
        body = urlencode(form | {"text": text}).encode()
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(
            b"POST /ussd/%s HTTP/1.1\r\nHost: bench\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            b"Content-Length: %d\r\n\r\n%s" % (TOKEN.encode(), len(body), body)
        )
        answer = (await self._answer).decode()
        if not answer.startswith(("200 CON ", "200 END ")):
            raise RuntimeError(f"no screen: {answer}")
        return answer.removeprefix("200 ")

    def close(self) -> None:
        if self._transport:
            self._transport.close()


def new_session() -> str:
    return f"ATUid_{uuid4().hex}"


async def connected(numbers: Sequence[str], port: int) -> list[Phone]:
    """A phone for each number, ready to dial."""
    phones = [Phone(number) for number in numbers]
    for phone in phones:
        await phone.connect(port)
    return phones
