"""M-Pesa's paying side in memory: it pays once for each name, says so in Safaricom's shape, and keeps a book of its own.

Bodies are read by the real adapter's reader, so what is proven with them holds for Daraja.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Literal

from core.kernel.clock import EAST_AFRICA
from core.kernel.money import Money
from core.payments.outcomes import Accepted, Failed, Taken, Unknown
from core.payments.ports import Capabilities, PayoutRequest, TransactionQuestion
from core.payments.reports import Report, Topic
from core.providers.daraja.client import CAPABILITIES
from core.providers.daraja.reports import read_report

from .fake_mobile_money import FakeMobileMoney, WorkerDied

PayoutTrouble = Literal["unreachable", "busy", "refused", "answer-lost", "lost", "dies-before", "dies-after", ""]


@dataclass
class Sent:
    """A payment as M-Pesa knows it; without a code it has no end yet."""

    request: PayoutRequest
    conversation: str
    code: str | None = None
    receipt: str | None = None


@dataclass
class FakePayouts(FakeMobileMoney):
    """Collects as its parent does, and pays out."""

    sent: dict[str, Sent] = field(default_factory=dict)
    requests: list[PayoutRequest] = field(default_factory=list)
    # What went wrong with the next requests, in order.
    troubles: list[PayoutTrouble] = field(default_factory=list)
    about: list[TransactionQuestion] = field(default_factory=list)
    paid: list[tuple[str, str, Money]] = field(default_factory=list)
    charges: dict[str, Money] = field(default_factory=dict)

    @property
    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    async def payout(self, request: PayoutRequest) -> Taken:
        trouble = self.troubles.pop(0) if self.troubles else ""
        if trouble == "dies-before":
            raise WorkerDied
        self.requests.append(request)
        match trouble:
            case "unreachable":
                return Failed("unreachable", "nobody there", "not-sent")
            case "busy":
                return Failed("busy", "spike arrest", "busy")
            case "refused":
                return Failed("400.002.02", "Bad Request", "refused")
            case "lost":
                return Unknown("timeout")
        known = self.sent.setdefault(request.payout, Sent(request, f"AG_{len(self.sent)}_{request.payout[-6:]}"))
        if trouble == "dies-after":
            raise WorkerDied
        return Unknown("timeout") if trouble == "answer-lost" else Accepted(known.conversation, request.payout)

    async def query_transaction(self, question: TransactionQuestion) -> Taken:
        self.about.append(question)
        return Accepted("AG_question")

    def read_report(self, topic: Topic, body: bytes) -> Report:
        return read_report(topic, body)

    def finish(self, name: str, code: str = "0", *, charge: Money | None = None) -> bytes:
        """The payment ends; returns the result that Safaricom sends."""
        one = self.sent[name]
        if one.code is None:
            one.code = code
            if code == "0":
                one.receipt = f"SW{int(name[-8:], 16) % 10**8:08d}"
                self.paid.append((name, one.receipt, one.request.amount))
                self.charges[name] = charge if charge is not None else Money(0)
        return self.result(name)

    def result(self, name: str, **changed: Any) -> bytes:
        """The result of a payment; `changed` forges single fields of it."""
        one = self.sent[name]
        fields = {
            "TransactionAmount": one.request.amount.minor // 100,
            "TransactionReceipt": one.receipt,
            "ReceiverPartyPublicName": f"{one.request.phone[1:]} - WANJIRU KAMAU",
            "TransactionCompletedDateTime": self._now(),
            "B2CUtilityAccountAvailableFunds": 10_000.0,
        }
        envelope = {
            "ResultType": 0,
            "ResultCode": int(one.code or 0),
            "ResultDesc": "as it was",
            "OriginatorConversationID": name,
            "ConversationID": one.conversation,
            "TransactionID": one.receipt or "OAK0000000",
        }
        for key, value in changed.items():
            (fields if key in fields else envelope)[key] = value
        if one.code == "0" or "ResultCode" in changed:
            listed = [{"Key": key, "Value": value} for key, value in fields.items()]
            envelope["ResultParameters"] = {"ResultParameter": listed}
        return json.dumps({"Result": envelope}).encode()

    def answer(self, name: str, **changed: Any) -> bytes:
        """What a question about a payment brings."""
        one = self.sent.get(name)
        if one is None:
            envelope: dict[str, Any] = {"ResultType": 0, "ResultCode": 2032, "ResultDesc": "no such transaction"}
            return json.dumps({"Result": {**envelope, "OriginatorConversationID": "q", "ConversationID": "AG_q"}}).encode()
        status = {None: "Initiated", "0": "Completed"}.get(one.code, "Declined")
        charge = self.charges.get(name)
        fields = {
            "TransactionStatus": status,
            "Amount": one.request.amount.minor // 100,
            "ReceiptNo": one.receipt,
            "OriginatorConversationID": name,
            "CreditPartyName": f"{one.request.phone[1:]} - WANJIRU KAMAU",
            "FinalisedTime": self._now(),
            "DebitPartyCharges": "" if charge is None else f"Fee For B2C Payment|KES|{charge.as_decimal()}",
            **changed,
        }
        envelope = {
            "ResultType": 0,
            "ResultCode": 0,
            "ResultDesc": "done",
            "OriginatorConversationID": "q",
            "ConversationID": "AG_q",
            "TransactionID": "SQ00000000",
            "ResultParameters": {"ResultParameter": [{"Key": key, "Value": value} for key, value in fields.items()]},
        }
        return json.dumps({"Result": envelope}).encode()

    def _now(self) -> str:
        return self.clock.now().astimezone(EAST_AFRICA).strftime("%d.%m.%Y %H:%M:%S")
