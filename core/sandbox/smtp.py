"""A mail server that takes every message and keeps it for whoever looks."""

import asyncio
import email
import email.policy
from collections import deque
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from core.sandbox import identifiers
from core.sandbox.world import World

_KEPT_MAILS = 500
_LARGEST_MAIL = 1024 * 1024


class Mailbox:
    """All received mail, newest last; it survives a restart."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._mails: deque[dict[str, Any]] = deque(world.store.load("mails") or [], maxlen=_KEPT_MAILS)
        self._section = world.store.section("mails", lambda: list(self._mails))

    @property
    def mails(self) -> list[dict[str, Any]]:
        return list(self._mails)

    def protocol(self) -> SMTP:
        """One connection's side of the conversation."""
        loop = asyncio.get_running_loop()
        return SMTP(self, data_size_limit=_LARGEST_MAIL, enable_SMTPUTF8=True, hostname="sandbox.localhost", loop=loop)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        message = email.message_from_bytes(content, policy=email.policy.default)
        self._mails.append(
            {
                "id": identifiers.short_id(),
                "at": self._world.clock.now().isoformat(timespec="seconds"),
                "from": _clean(envelope.mail_from or ""),
                "to": [_clean(address) for address in envelope.rcpt_tos],
                "subject": _clean(str(message.get("Subject", ""))),
                "text": _clean(_text(message)),
            }
        )
        self._section.changed()
        return "250 OK"


def _clean(text: str) -> str:
    """Bytes that were no UTF-8 become question marks, so that the text can be written down."""
    return text.encode("utf-8", "replace").decode()


def _text(message: EmailMessage) -> str:
    body = message.get_body(("plain", "html"))
    if body is None:
        return ""
    try:
        return str(body.get_content()).replace("\r\n", "\n")
    except (LookupError, UnicodeDecodeError):
        return str(body.get_payload())
