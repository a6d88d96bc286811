"""What a mobile-money provider reports on its own, once its adapter has understood it.

A report is a claim: whoever knows an address can post anything there, so it moves money only together with what we know
ourselves. Phone numbers in it are masked, by us if not by the provider.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from core.kernel.money import Money
from core.payments.outcomes import Failed, Outcome, Succeeded, Unknown

# What one of our addresses is for: the end of a prompt, a payment before and after it is taken, the end of a payout, the
# answer about a transaction, the end of a refund, and what is held for us.
Topic = Literal["collection", "validation", "payment", "payout", "answer", "refund", "balance"]


@dataclass(frozen=True)
class CollectionReport:
    """How a prompt ended. `reference` and `second_reference` are those of its acceptance."""

    reference: str
    second_reference: str
    outcome: Succeeded | Failed | Unknown
    payer: str = ""


@dataclass(frozen=True)
class PaymentReport:
    """A payment to our account; on the topic "validation" it is asked about before it is taken.

    `account` is free text, as the payer typed it. `payer` is masked and `payer_digest` the SHA-256 of her number in hex,
    each "" when it wasn't told. `reference` is the provider's id of the prompt that she paid by, if she did. `held` is what
    our account holds after it. `paid_to`: which account of ours was paid, as the provider calls it.
    """

    receipt: str
    amount: Money
    account: str
    at: datetime | None = None
    payer: str = ""
    payer_digest: str = ""
    name: str = ""
    reference: str = ""
    held: Money | None = None
    paid_to: str = ""


@dataclass(frozen=True)
class PayoutReport:
    """How a payout ended. `payout` is our own name for it; `held` is what our account holds after it.

    A report that comes as a timeout proves nothing: its address tells, not its body.
    """

    payout: str
    reference: str
    outcome: Succeeded | Failed | Unknown
    payee: str = ""
    held: Money | None = None


@dataclass(frozen=True)
class AnswerReport:
    """The answer to a TransactionQuestion. `outcome` is about the transaction's money, not about the question.

    `reference` is that of the question's acceptance; `receipt` and `payout` name the transaction, each "" when not told.
    `payer` is the masked number of the customer who paid, `payer_name` her name; "" when the money came from no phone.
    """

    reference: str
    receipt: str
    payout: str
    outcome: Outcome
    payer: str = ""
    payer_name: str = ""


@dataclass(frozen=True)
class RefundReport:
    """How a refund ended. `receipt` is that of the payment which was given back."""

    reference: str
    receipt: str
    outcome: Succeeded | Failed | Unknown


@dataclass(frozen=True)
class BalanceReport:
    """What the provider holds for us, by the names that it gives its accounts."""

    reference: str
    accounts: Mapping[str, Money] = field(default_factory=dict)
    at: datetime | None = None


@dataclass(frozen=True)
class Unreadable:
    """Not a report of this topic; `reason` is a word for the operator."""

    reason: str


Report = CollectionReport | PaymentReport | PayoutReport | AnswerReport | RefundReport | BalanceReport | Unreadable
