"""Carriers in memory: honest twins of the real ones, which pass the same contract (tests/providers).

They keep what really went out, and can be told to misbehave once per call: `then` takes outcomes and they are used up in
order. An Unknown that is told as "arrived" did go out, as a lost answer does.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from decimal import Decimal

from core.kernel.phone import Phone
from core.notifications.ports import BLOCKED, GONE, Accepted, LinkButton, Outcome, Rejected, Unknown
from core.sandbox.gsm7 import sms_parts

PRICE = Decimal("0.8000")


@dataclass
class SentSms:
    to: Phone
    message: str


@dataclass
class FakeSms:
    """Takes every message and charges KES 0.80 for each of its parts."""

    sent: list[SentSms] = field(default_factory=list)
    calls: int = 0
    _then: deque[tuple[Outcome, bool]] = field(default_factory=deque)

    def then(self, outcome: Outcome, *, arrives: bool = False) -> None:
        """The next message ends like this; `arrives`: it reaches the phone nevertheless."""
        self._then.append((outcome, arrives))

    async def send(self, *, to: Phone, message: str) -> Outcome:
        self.calls += 1
        outcome, arrives = self._then.popleft() if self._then else (None, True)
        if arrives:
            self.sent.append(SentSms(to, message))
        return outcome or Accepted(f"ATXid_{self.calls}", PRICE * sms_parts(message))

    def to(self, phone: str) -> list[str]:
        return [sms.message for sms in self.sent if sms.to == phone]


@dataclass
class SentEmail:
    to: str
    subject: str
    body: str


@dataclass
class FakeEmail:
    """Takes every e-mail for one address that has an @."""

    sent: list[SentEmail] = field(default_factory=list)
    calls: int = 0
    _then: deque[tuple[Outcome, bool]] = field(default_factory=deque)

    def then(self, outcome: Outcome, *, arrives: bool = False) -> None:
        self._then.append((outcome, arrives))

    async def send(self, *, to: str, subject: str, body: str) -> Outcome:
        self.calls += 1
        if to.count("@") != 1 or "\n" in to + subject:
            return Rejected("the address or the subject can't be used")
        outcome, arrives = self._then.popleft() if self._then else (None, True)
        if arrives:
            self.sent.append(SentEmail(to, subject, body))
        return outcome or Accepted(f"<{self.calls}@localhost>")


@dataclass
class FakeChat:
    """Chats with numbered messages; deleting one makes editing it impossible, closing a chat everything."""

    messages: dict[tuple[int, int], str] = field(default_factory=dict)
    closed: set[int] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)
    refuses_pictures: bool = False
    _then: deque[tuple[Outcome, bool]] = field(default_factory=deque)

    def then(self, outcome: Outcome, *, arrives: bool = False) -> None:
        self._then.append((outcome, arrives))

    async def send(self, *, chat: int, message: str, button: LinkButton | None = None) -> Outcome:
        self.calls.append("send")
        if chat in self.closed:
            return Rejected(BLOCKED)
        outcome, arrives = self._then.popleft() if self._then else (None, True)
        number = 1 + max((number for _, number in self.messages), default=0)
        if arrives:
            self.messages[chat, number] = message
        return outcome or Accepted(str(number))

    async def edit(self, *, chat: int, message_id: int, message: str, button: LinkButton | None = None) -> Outcome:
        self.calls.append("edit")
        if chat in self.closed:
            return Rejected(BLOCKED)
        outcome, arrives = self._then.popleft() if self._then else (None, True)
        if (chat, message_id) not in self.messages:
            return Rejected(GONE)
        if arrives:
            self.messages[chat, message_id] = message
        return outcome or Accepted(str(message_id))

    async def pin(self, *, chat: int, message_id: int) -> Outcome:
        self.calls.append("pin")
        return Accepted("0")

    async def send_picture(self, *, chat: int, content: bytes, message: str, protected: bool = False) -> Outcome:
        assert content.startswith(b"\x89PNG")
        if self.refuses_pictures:
            self.calls.append("refused picture")
            return Rejected("IMAGE_PROCESS_FAILED")
        sent = await self.send(chat=chat, message=message)
        self.calls[-1] = "picture"
        return sent

    async def link(self, start: str) -> str:
        return f"https://t.me/bot?start={start}"

    async def send_document(self, *, chat: int, name: str, content: bytes, protected: bool = False) -> Outcome:
        return await self.send(chat=chat, message=f"{name}: {content.decode()}")

    def say(self, chat: int, message: str) -> int:
        """A message that the bot itself put there."""
        number = 1 + max((number for _, number in self.messages), default=0)
        self.messages[chat, number] = message
        return number

    def delete(self, chat: int, message_id: int) -> None:
        del self.messages[chat, message_id]

    def shown(self, chat: int) -> list[str]:
        return [message for (where, _), message in sorted(self.messages.items()) if where == chat]


LOST = Unknown("no answer in time")
