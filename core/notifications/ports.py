"""How messages leave: what a sender promises, whichever company carries it.

A sender never raises for what the outside world does. It says Accepted, Rejected (certainly not sent) or Unknown (nobody
can tell, a timeout for instance), because each of these is followed by something else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Protocol

from core.kernel.phone import Phone

# Reasons that chat senders give, by which a live message is sent anew and a closed chat is told apart.
GONE = "message-gone"
BLOCKED = "chat-blocked"


@dataclass(frozen=True)
class Accepted:
    """The carrier took it. `cost` in KES where the carrier tells it."""

    message_id: str
    cost: Decimal | None = None


@dataclass(frozen=True)
class Rejected:
    """Certainly not sent. `retry` says whether later may be better, `after` when the carrier named a time."""

    reason: str
    retry: bool = False
    after: timedelta | None = None


@dataclass(frozen=True)
class Unknown:
    """It may have been sent or not."""

    reason: str


Outcome = Accepted | Rejected | Unknown


@dataclass(frozen=True)
class LinkButton:
    """A button below a message that opens an address; without an address there is no button."""

    label: str
    url: str


class SmsSender(Protocol):
    """Sends one SMS."""

    async def send(self, *, to: Phone, message: str) -> Outcome: ...


class EmailSender(Protocol):
    """Sends one plain-text e-mail."""

    async def send(self, *, to: str, subject: str, body: str) -> Outcome: ...


class ChatSender(Protocol):
    """Sends and edits chat messages. `message` is plain text: the sender does the escaping its carrier needs.

    Editing takes the buttons away, but for the one given. Rejected(GONE) says that there's nothing left to edit,
    Rejected(BLOCKED) that nothing can be said in this chat any more. Editing to what is already there is Accepted. A picture is
    a PNG, its message goes below it. What is `protected` can't be passed on or saved from the chat. `link` is an address that
    leads into the chat with us and says `start`; "" when there is none.
    """

    async def send(self, *, chat: int, message: str, button: LinkButton | None = None) -> Outcome: ...

    async def edit(self, *, chat: int, message_id: int, message: str, button: LinkButton | None = None) -> Outcome: ...

    async def pin(self, *, chat: int, message_id: int) -> Outcome: ...

    async def send_picture(self, *, chat: int, content: bytes, message: str, protected: bool = False) -> Outcome: ...

    async def send_document(self, *, chat: int, name: str, content: bytes, protected: bool = False) -> Outcome: ...

    async def link(self, start: str) -> str: ...
