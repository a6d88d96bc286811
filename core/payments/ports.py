"""What payments need from a mobile-money provider.

Answers are values, never exceptions: a push is accepted, rejected (proven not to have been processed) or unknown. Unknown
is not failure: the customer's phone may be ringing, so nobody may push again to find out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from core.kernel.ids import IntentId
from core.kernel.money import Money
from core.kernel.phone import Phone

# Safaricom's limits for the two texts of a prompt (M-Pesa Express, "AccountReference" and "TransactionDesc").
LONGEST_REFERENCE = 12
LONGEST_DESCRIPTION = 13


@dataclass(frozen=True)
class PushRequest:
    """Ask the owner of `phone` to pay. `amount` is whole shillings; `callback_url` is where the outcome is reported."""

    intent: IntentId
    phone: Phone
    amount: Money
    reference: str
    description: str
    callback_url: str


@dataclass(frozen=True)
class PushAccepted:
    """The prompt is on its way; says nothing about money."""

    merchant_request_id: str
    checkout_request_id: str


@dataclass(frozen=True)
class PushRejected:
    """The request was certainly not processed: no phone rings.

    `code` is "unreachable" (it never left us), "busy" (the customer or the provider is, try later) or the provider's own.
    """

    code: str
    reason: str


@dataclass(frozen=True)
class PushUnknown:
    """Nobody can say whether the phone rings. `reason` is for the operator."""

    reason: str


PushOutcome = PushAccepted | PushRejected | PushUnknown


@dataclass(frozen=True)
class QueryAnswer:
    """How the prompt ended, as a result code in text ("0", "1032"). There is never a receipt, so "0" credits nothing."""

    result_code: str
    description: str


@dataclass(frozen=True)
class StillPending:
    """The prompt hasn't ended yet, or the provider doesn't know it yet."""


@dataclass(frozen=True)
class QueryUnknown:
    """The question got no usable answer. `reason` is for the operator."""

    reason: str


QueryOutcome = QueryAnswer | StillPending | QueryUnknown


class MobileMoney(Protocol):
    """A provider that can ask a phone for money and be asked how that went."""

    async def push(self, request: PushRequest) -> PushOutcome:
        """Show the prompt on the phone. Never sent twice by the adapter, whatever happens on the way."""
        ...

    async def query(self, *, checkout_request_id: str) -> QueryOutcome:
        """Ask how a prompt ended. Repeats safely."""
        ...
