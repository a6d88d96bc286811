"""M-Pesa and the carriers as the year needs them: prompts that are answered, payments that arrive, a balance that is told."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from core.kernel.clock import EAST_AFRICA
from core.kernel.money import Money
from core.notifications.ports import Accepted as Sent
from core.notifications.ports import Outcome
from core.payments.outcomes import Accepted, Taken
from core.payments.ports import BalanceQuestion
from tests.payments.fake_mobile_money import CANCELLED, Prompt
from tests.payments.fake_payouts import FakePayouts

SMS_COST = Decimal("0.80")


@dataclass
class Bank(FakePayouts):
    """What it holds for us is its own book of what came in and what it paid."""

    unwilling: set[str] = field(default_factory=set)
    balances_asked: list[BalanceQuestion] = field(default_factory=list)
    straight: Money = field(default_factory=lambda: Money(0))
    # What was counted already, so that a midnight costs the same in December as in January.
    counted: list[int] = field(default_factory=lambda: [0, 0])
    held_so_far: Money = field(default_factory=lambda: Money(0))

    @property
    def holds(self) -> Money:
        """All that members paid, less all that it paid out."""
        came, left = self.book[self.counted[0] :], self.paid[self.counted[1] :]
        self.counted = [len(self.book), len(self.paid)]
        self.held_so_far += Money(sum(amount.minor for _, amount in came) - sum(amount.minor for _, _, amount in left))
        return self.held_so_far + self.straight

    async def ask_balance(self, question: BalanceQuestion) -> Taken:
        self.balances_asked.append(question)
        return Accepted("AG_balance")

    def reply(self, prompt: Prompt) -> bytes:
        """The owner answers the prompt: with her PIN, or, while she is unwilling, by cancelling."""
        return self.fail(prompt, CANCELLED) if prompt.request.phone in self.unwilling else self.pay(prompt)

    def told(self) -> bytes:
        """The answer about the balance, in Safaricom's shape."""
        accounts = {"Working Account": Money(0), "Utility Account": self.holds, "Charges Paid Account": Money(0)}
        written = "&".join(f"{name}|KES|{held.as_decimal()}|{held.as_decimal()}|0.00|0.00" for name, held in accounts.items())
        at = self.clock.now().astimezone(EAST_AFRICA).strftime("%Y%m%d%H%M%S")
        parameters = [{"Key": "AccountBalance", "Value": written}, {"Key": "BOCompletedTime", "Value": int(at)}]
        ids = {"OriginatorConversationID": "x", "ConversationID": "AG_balance", "TransactionID": "OAK0000000"}
        result = {"ResultCode": 0, "ResultDesc": "", **ids, "ResultParameters": {"ResultParameter": parameters}}
        return json.dumps({"Result": result}).encode()


@dataclass
class Carrier:
    """Takes every message, by whichever way."""

    sent: int = 0
    pictures: int = 0
    documents: list[tuple[int, str, bytes]] = field(default_factory=list)

    async def send(self, **_message: Any) -> Outcome:
        self.sent += 1
        return Sent(str(self.sent), SMS_COST)

    async def edit(self, **_message: Any) -> Outcome:
        return Sent("edited")

    async def pin(self, **_message: Any) -> Outcome:
        return Sent("pinned")

    async def link(self, start: str) -> str:
        return f"https://t.me/mtaa_bot?start={start}"

    async def send_picture(self, *, content: bytes, **_message: Any) -> Outcome:
        assert content.startswith(b"\x89PNG"), "a picture is a PNG"
        self.pictures += 1
        return Sent("picture")

    async def send_document(self, *, chat: int, name: str, content: bytes, protected: bool = False) -> Outcome:
        self.documents.append((chat, name, content))
        return Sent("document")

    async def ask(self, _phone: str) -> Outcome:
        self.sent += 1
        return Sent(f"swap-{self.sent}")
