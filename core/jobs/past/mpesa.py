"""M-Pesa and the carriers of a year that is over: payments to the paybill arrive, messages were taken."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from core.kernel.clock import EAST_AFRICA
from core.notifications.ports import Accepted
from core.payments.outcomes import Outcome, Unknown
from core.providers.daraja.reports import read_report

SMS_COST = Decimal("0.80")


@dataclass(frozen=True)
class PastPayment:
    """A payment to the paybill in whole shillings, which the played M-Pesa's book has to know as well."""

    receipt: str
    phone: str
    amount: int
    account: str
    at: datetime

    def confirmation(self, shortcode: str, name: str) -> bytes:
        """As Safaricom reports it."""
        first, last = name.upper().split()
        content = {
            "TransactionType": "Pay Bill",
            "TransID": self.receipt,
            "TransTime": self.at.astimezone(EAST_AFRICA).strftime("%Y%m%d%H%M%S"),
            "TransAmount": f"{self.amount}.00",
            "BusinessShortCode": shortcode,
            "BillRefNumber": self.account,
            "InvoiceNumber": "",
            "OrgAccountBalance": "",
            "ThirdPartyTransID": "",
            "MSISDN": f"2547 ***** {self.phone[-3:]}",
            "FirstName": first,
            "MiddleName": "",
            "LastName": last,
        }
        return json.dumps(content).encode()

    def entry(self) -> dict[str, Any]:
        """For the played M-Pesa."""
        return {
            "receipt": self.receipt,
            "phone": self.phone,
            "amount": self.amount,
            "account": self.account,
            "at": self.at.isoformat(),
        }


class Carrier:
    """Took every message at the time."""

    def __init__(self) -> None:
        self._taken = 0

    async def send(self, **_message: Any) -> Accepted:
        """By SMS or in a chat."""
        self._taken += 1
        return Accepted(str(self._taken), SMS_COST)

    async def edit(self, **_message: Any) -> Accepted:
        """A chat message that was changed."""
        return Accepted("edited")

    async def send_document(self, **_document: Any) -> Accepted:
        """Minutes, rules."""
        return Accepted("document")


class Silent:
    """M-Pesa in a year in which nobody was prompted, and nothing was sent out: whoever asks hears nothing."""

    read_report = staticmethod(read_report)

    async def __call__(self, *_question: Any, **_given: Any) -> Outcome:
        return Unknown("the year is over")

    def __getattr__(self, _verb: str) -> Silent:
        return self
