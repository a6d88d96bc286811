"""The five answers that a mobile-money provider can give about money.

Answers are values, never exceptions. Accepted says nothing about money; Pending is known to be open; Succeeded and Failed
are proof; Unknown is not failure: the money may have moved, so nobody may simply ask for it again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.kernel.money import Money

# Why money certainly didn't move. "not-sent": the request never left us. "our-funds": a payout that we hold too little for.
# "unregistered": the payee has no account. "already-done": a refund of what was refunded before. "refused": everything else.
Reason = Literal[
    "cancelled",
    "wrong-pin",
    "insufficient",
    "expired",
    "too-soon",
    "limit",
    "busy",
    "refused",
    "not-sent",
    "our-funds",
    "unregistered",
    "already-done",
]


@dataclass(frozen=True)
class Accepted:
    """Taken for processing. The end is reported by the provider or found by a query; nothing is known about money.

    `reference` is the provider's id of it (CheckoutRequestID, ConversationID), empty when it didn't tell one;
    `second_reference` another one of its ids.
    """

    reference: str
    second_reference: str = ""


@dataclass(frozen=True)
class Pending:
    """The provider knows of it and it hasn't ended, or the provider doesn't know of it yet."""


@dataclass(frozen=True)
class Succeeded:
    """Money moved. Without receipt and amount (a query about a prompt has neither) it is a claim that credits nothing.

    `fee` is what the provider really took from us, where it says so; `party` the other side's name as it writes it.
    """

    receipt: str | None = None
    amount: Money | None = None
    at: datetime | None = None
    fee: Money | None = None
    party: str = ""


@dataclass(frozen=True)
class Failed:
    """Proof that this request moves no money, now or later. Says nothing of an earlier request for the same payment.

    `code` and `description` are the provider's own, for the operator; `reason` is for the member. Code "unreachable": it
    never left us; "busy": the customer or the provider is, try later.
    """

    code: str
    description: str
    reason: Reason = "refused"


@dataclass(frozen=True)
class Unknown:
    """Nobody can say what happened. `reason` and, where there is one, the provider's `code` are for the operator."""

    reason: str
    code: str = ""


Taken = Accepted | Failed | Unknown
Outcome = Pending | Succeeded | Failed | Unknown
