"""The SMS account: accepts messages, charges for them, puts them into inboxes and remembers what became of each.

Prices and status codes are Africa's Talking's: KES 0.80 a part within Kenya, 101 for sent, 4xx for a refused recipient. A
number that belongs to nobody here is accepted, charged for and later reported as undelivered, as the real network does.
"""

import re
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any

from core.sandbox import gsm7, identifiers
from core.sandbox.inbox import Inboxes
from core.sandbox.world import World

PRICE_PER_PART = Decimal("0.8000")
USUAL_SENDER = "AFRICASTKNG"
OPENING_BALANCE = Decimal("10000.0000")
SENT = 101
STATUSES = {
    100: "Processed",
    SENT: "Success",
    102: "Queued",
    401: "RiskHold",
    402: "InvalidSenderId",
    403: "InvalidPhoneNumber",
    404: "UnsupportedNumberType",
    405: "InsufficientBalance",
    406: "UserInBlacklist",
    407: "CouldNotRoute",
    409: "DoNotDisturbRejection",
    500: "InternalServerError",
    501: "GatewayError",
    502: "RejectedByGateway",
}
_NUMBER = re.compile(r"\+\d{8,15}")
_MOBILE = re.compile(r"\+254[17]\d{8}")
_LOG_LENGTH = 5_000


@dataclass(frozen=True)
class Sms:
    """One recipient of one request. `cost` in KES; `report` is the last delivery status, `reported` once it was taken."""

    id: str
    to: str
    sender: str
    text: str
    parts: int
    cost: str
    code: int
    at: str
    report: str | None = None
    reason: str | None = None
    reported: bool = False

    @property
    def is_accepted(self) -> bool:
        return self.code in (100, SENT, 102)

    @property
    def status(self) -> str:
        return STATUSES[self.code]

    def recipient(self) -> dict[str, Any]:
        """As the API answers it."""
        cost = f"KES {self.cost}" if self.is_accepted else "0"
        message_id = self.id if self.is_accepted else "None"
        return {"statusCode": self.code, "number": self.to, "status": self.status, "cost": cost, "messageId": message_id}

    def shown(self) -> dict[str, Any]:
        kept = asdict(self)
        return {**kept, "from": kept.pop("sender"), "status": self.status}


class SmsAccount:
    """The account's balance and its messages, newest last."""

    def __init__(self, world: World, inboxes: Inboxes) -> None:
        self._world = world
        self._inboxes = inboxes
        remembered = world.store.load("sms") or {}
        self.balance = Decimal(remembered.get("balance", str(OPENING_BALANCE)))
        self._messages = {item["id"]: Sms(**item) for item in remembered.get("messages", [])}
        self._section = world.store.section("sms", self._dump)

    def _dump(self) -> dict[str, Any]:
        return {"balance": str(self.balance), "messages": [asdict(message) for message in self._messages.values()]}

    @property
    def messages(self) -> list[Sms]:
        return list(self._messages.values())

    def knows_sender(self, sender: str) -> bool:
        return sender in ("", USUAL_SENDER, self._world.settings.at_sender_id)

    def send(self, *, to: str, sender: str, text: str) -> Sms:
        """Take one message for one number: refused, or charged and put into the inbox if somebody has that number."""
        parts = gsm7.sms_parts(text)
        cost = PRICE_PER_PART * parts
        code = self._code(to, cost)
        at = self._world.clock.now().isoformat(timespec="seconds")
        sms = Sms(identifiers.sms_id(), to, sender or USUAL_SENDER, text, parts, f"{cost:.4f}", code, at)
        if sms.is_accepted:
            self.balance -= cost
            sms = self._deliver(sms)
        self._keep(sms)
        return sms

    def _code(self, to: str, cost: Decimal) -> int:
        if not _NUMBER.fullmatch(to):
            return 403
        if to.startswith("+254") and not _MOBILE.fullmatch(to):
            return 404
        if fault := self._world.faults.take("sms.send", "reject", phone=to):
            return fault.code if fault.code in STATUSES else 406
        return SENT if cost <= self.balance else 405

    def _deliver(self, sms: Sms) -> Sms:
        if fault := self._world.faults.take("sms.delivery", "fail", phone=sms.to):
            return replace(sms, report="Failed", reason=fault.reason or "DeliveryFailure")
        if self._world.people.by_phone(sms.to) is None:
            return replace(sms, report="Failed", reason="UserDoesNotExist")
        self._inboxes.put(phone=sms.to, sender=sms.sender, text=sms.text)
        return replace(sms, report="Success")

    def mark_reported(self, sms: Sms) -> None:
        if sms.id in self._messages:
            self._keep(replace(self._messages[sms.id], reported=True))

    def _keep(self, sms: Sms) -> None:
        self._messages[sms.id] = sms
        while len(self._messages) > _LOG_LENGTH:
            del self._messages[next(iter(self._messages))]
        self._section.changed()
