"""E-mail over SMTP, to the server in SMTP_URL: smtp:// or smtps://, with name and password in it where the server wants them.

A connection for each message: mail is rare here. A password is sent over TLS only, except to this very machine.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from ipaddress import ip_address
from urllib.parse import SplitResult, unquote, urlsplit

import aiosmtplib

from core.kernel.clock import Clock, SystemClock
from core.kernel.secrets import random_token
from core.notifications.ports import Accepted, Outcome, Rejected, Unknown

TIMEOUT_SECONDS = 10.0
TEMPORARY = range(400, 500)


class NotAnswering(Exception):
    """The mail server can't be used now; the message says why."""


class Smtp:
    """Sends e-mail; without an address (an empty URL) it refuses every message."""

    def __init__(self, url: str, sender: str, *, clock: Clock | None = None) -> None:
        self._server = urlsplit(url) if url else None
        self._sender = sender
        self._clock = clock or SystemClock()

    async def send(self, *, to: str, subject: str, body: str) -> Outcome:
        """Send one plain-text e-mail."""
        if self._server is None:
            return Rejected("no mail server is configured")
        message = self._written(to, subject, body)
        if message is None:
            return Rejected("the address or the subject can't be used")
        try:
            async with _connected(self._server) as client:
                return await _handed_over(client, message)
        except aiosmtplib.SMTPResponseException as refusal:
            return Rejected(f"the mail server refuses us: {refusal.code}", retry=True)
        except (OSError, aiosmtplib.SMTPException) as error:
            return Rejected(f"no connection: {type(error).__name__}", retry=True)

    async def ping(self) -> None:
        """Connect and say goodbye; nothing to do without a server. Raises NotAnswering."""
        if self._server is None:
            return
        try:
            async with _connected(self._server) as client:
                await client.noop()
        except (OSError, aiosmtplib.SMTPException) as error:
            raise NotAnswering(f"the mail server: {type(error).__name__}") from None

    def _written(self, to: str, subject: str, body: str) -> EmailMessage | None:
        """The message, or None when a header would carry something that no header may (a line break, say)."""
        domain = parseaddr(self._sender)[1].rpartition("@")[2] or "localhost"
        message = EmailMessage()
        try:
            message["From"], message["To"], message["Subject"] = self._sender, to, subject
            message["Date"] = format_datetime(self._clock.now())
            message["Message-ID"] = f"<{random_token()}@{domain}>"
        except ValueError:
            return None
        if len(message["To"].addresses) != 1 or not message["To"].addresses[0].domain:
            return None
        message.set_content(body)
        return message


@asynccontextmanager
async def _connected(server: SplitResult) -> AsyncIterator[aiosmtplib.SMTP]:
    client = aiosmtplib.SMTP(
        hostname=server.hostname or "localhost",
        port=server.port,
        username=unquote(server.username) if server.username else None,
        password=unquote(server.password) if server.password else None,
        timeout=TIMEOUT_SECONDS,
        use_tls=server.scheme == "smtps",
        start_tls=_start_tls(server),
        tls_context=ssl.create_default_context(),
    )
    try:
        await client.connect()
        yield client
        # The message is handed over or not by now; how the goodbye goes changes nothing.
        with suppress(OSError, aiosmtplib.SMTPException):
            await client.quit()
    finally:
        client.close()


def _start_tls(server: SplitResult) -> bool | None:
    """Whether to turn to TLS: must (True), when the server offers it (None), or not, as it's there already (False)."""
    if server.scheme == "smtps":
        return False
    return True if server.password and not _is_this_machine(server.hostname or "localhost") else None


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def _handed_over(client: aiosmtplib.SMTP, message: EmailMessage) -> Outcome:
    """Give the message to the server. Refusals are answers; a silence after it began is a doubt."""
    try:
        await client.send_message(message)
    except aiosmtplib.SMTPRecipientsRefused as refusal:
        return _refused(refusal.recipients[0].code)
    except aiosmtplib.SMTPResponseException as refusal:
        return _refused(refusal.code)
    except (OSError, aiosmtplib.SMTPException) as error:
        return Unknown(type(error).__name__)
    return Accepted(str(message["Message-ID"]))


def _refused(code: int) -> Outcome:
    return Rejected(f"the mail server refuses the message: {code}", retry=code in TEMPORARY)
