"""Pull: the list of payments that our shortcode received in the last 48 hours, page by page.

Nothing in range and not allowed to ask are told with the same code, as Safaricom does.
"""

from datetime import datetime, timedelta
from typing import Any

from core.sandbox.clock import EAST_AFRICA
from core.sandbox.daraja import replies
from core.sandbox.daraja.answers import invalid
from core.sandbox.daraja.bank import Bank
from core.sandbox.daraja.book import INCOMING, Entry
from core.sandbox.daraja.validation import read_whole
from core.sandbox.world import World

_HOURS = timedelta(hours=48)
_WRITTEN = "%Y-%m-%d %H:%M:%S"
TAKEN, NONE = "1000", "1001"


class Pull:
    def __init__(self, world: World, bank: Bank) -> None:
        self._world, self._bank = world, bank
        self.is_registered = bool(bank.keep("pull", lambda: self.is_registered))

    def register(self, content: dict[str, Any]) -> dict[str, Any]:
        """Allow asking. Raises Refused."""
        if content.get("RequestType") != "Pull":
            raise invalid("RequestType")
        if str(content.get("ShortCode")) != self._world.settings.shortcode:
            raise invalid("ShortCode")
        status = NONE if self.is_registered else TAKEN
        self.is_registered = True
        self._bank.changed()
        told = "already registered" if status == NONE else "registered successfully"
        reference = replies.conversation_id(self._world.clock.now())
        return {"ResponseRefID": reference, "ResponseStatus": status, "ResponseDescription": f"ShortCode {told}"}

    def page(self, content: dict[str, Any]) -> dict[str, Any]:
        """One page of what came in between two moments. Raises Refused."""
        if str(content.get("ShortCode")) != self._world.settings.shortcode:
            raise invalid("ShortCode")
        since, until, number = _moment(content, "StartDate"), _moment(content, "EndDate"), read_whole(content, "OffSetValue")
        found = [] if not self.is_registered or self._is_silent() else self._between(since, until)
        size = self._world.behaviour.pull_page
        listed = found[number * size : (number + 1) * size]
        code = TAKEN if listed else NONE
        return {
            "ResponseRefID": replies.conversation_id(self._world.clock.now()),
            "ResponseCode": code,
            "ResponseMessage": "Success" if listed else "No transactions found",
            "TotalPages": -(-len(found) // size),
            "Response": [[self._shown(entry) for entry in listed]],
        }

    def _is_silent(self) -> bool:
        return self._world.faults.take("daraja.pull", "none") is not None

    def _between(self, since: datetime, until: datetime) -> list[Entry]:
        since = max(since, self._world.clock.now() - _HOURS)
        payments = (entry for entry in self._bank.book.entries if entry.kind in INCOMING and entry.phone)
        return [entry for entry in payments if since <= datetime.fromisoformat(entry.at) <= until]

    def _shown(self, entry: Entry) -> dict[str, Any]:
        return {
            "transactionId": entry.receipt,
            "trxDate": f"{datetime.fromisoformat(entry.at).replace(tzinfo=None):%Y-%m-%dT%H:%M:%S}Z",
            "msisdn": f"{entry.phone[1:5]}*****{entry.phone[-3:]}",
            "sender": "MPESA",
            "transactiontype": "c2b-pay-bill-debit",
            "billreference": entry.account,
            "amount": f"{entry.amount}.0",
            "organizationname": self._world.settings.business_name,
        }


def _moment(content: dict[str, Any], name: str) -> datetime:
    """East Africa Time, as the answer to a request would show it. Raises Refused."""
    try:
        return datetime.strptime(str(content.get(name)), _WRITTEN).replace(tzinfo=EAST_AFRICA)
    except ValueError as problem:
        raise invalid(name) from problem
