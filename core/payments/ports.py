"""What payments need from a mobile-money provider.

A provider is one adapter of this port. What it answers is in `outcomes`, what it reports on its own in `reports`; the
suite in tests/providers is what each adapter has to pass.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.kernel.ids import IntentId
from core.kernel.money import Money
from core.kernel.phone import Phone
from core.payments.outcomes import Outcome, Taken, Unknown
from core.payments.reports import Report, Topic

# Safaricom's limits for the two texts of a prompt (M-Pesa Express, "AccountReference" and "TransactionDesc").
LONGEST_REFERENCE = 12
LONGEST_DESCRIPTION = 13


@dataclass(frozen=True)
class CollectRequest:
    """Ask the owner of `phone` to pay. `amount` is whole shillings; `callback_url` is where the outcome is reported."""

    intent: IntentId
    phone: Phone
    amount: Money
    reference: str
    description: str
    callback_url: str


@dataclass(frozen=True)
class PayoutRequest:
    """Send `amount` (whole shillings) to `phone`. `payout` names this payment for ever: a repeat under it pays nothing twice.

    `remarks` is 2 to 100 characters.
    """

    payout: str
    phone: Phone
    amount: Money
    remarks: str
    result_url: str
    timeout_url: str


@dataclass(frozen=True)
class TransactionQuestion:
    """What became of one transaction, named by its receipt or, for a payout, by our own name for it (exactly one of them)."""

    result_url: str
    timeout_url: str
    receipt: str = ""
    payout: str = ""


@dataclass(frozen=True)
class RefundRequest:
    """Give back the payment that has this receipt. `remarks` is 2 to 100 characters."""

    receipt: str
    amount: Money
    remarks: str
    result_url: str
    timeout_url: str


@dataclass(frozen=True)
class BalanceQuestion:
    """What the provider holds for us; the answer is reported to `result_url`."""

    result_url: str
    timeout_url: str


@dataclass(frozen=True)
class StatementLine:
    """One payment received, from the provider's own list. `account` is what the payer typed; `payer` may be masked."""

    receipt: str
    amount: Money
    at: datetime | None
    account: str
    payer: str


@dataclass(frozen=True)
class StatementPage:
    """Some lines of the list. `next_page` is None after the last one.

    An empty list may also mean that the account isn't allowed to ask (`is_doubtful`): compare it with what is known.
    """

    lines: tuple[StatementLine, ...]
    next_page: int | None
    is_doubtful: bool = False


@dataclass(frozen=True)
class Limits:
    """The least and the most of one transaction, both in `granularity` steps."""

    low: Money
    high: Money
    granularity: Money


@dataclass(frozen=True)
class Capabilities:
    """What a provider can do. None for limits: it can't do that at all."""

    name: str
    collect: Limits | None
    payout: Limits | None
    # A second collect or payout under the same name of ours moves nothing.
    collects_once: bool
    pays_once: bool
    refunds: bool
    tells_balance: bool
    # How far back its list of payments goes; None: it has none.
    statement_hours: int | None
    # It asks us before it takes a payment that the payer began herself.
    asks_before_payment: bool
    # Whether reports show the payer's whole number; where not, nobody may be recognised by it.
    shows_payer: bool
    # Whether reports prove who sent them.
    signs_reports: bool


class MobileMoney(Protocol):
    """A provider that moves money between phones and us. No method raises for anything that the network or it does."""

    @property
    def capabilities(self) -> Capabilities: ...

    async def collect(self, request: CollectRequest) -> Taken:
        """Show a prompt on the phone. Never sent twice by the adapter, whatever happens on the way."""
        ...

    async def query_collection(self, *, reference: str) -> Outcome:
        """Ask how a prompt ended, by the reference of its acceptance. Repeats safely."""
        ...

    async def payout(self, request: PayoutRequest) -> Taken:
        """Send money. Never sent twice by the adapter; sent again under the same name it is Accepted and pays nothing."""
        ...

    async def query_transaction(self, question: TransactionQuestion) -> Taken:
        """Ask about a transaction; an AnswerReport follows. Repeats safely."""
        ...

    async def refund(self, request: RefundRequest) -> Taken:
        """Give a payment back; a RefundReport follows."""
        ...

    async def ask_balance(self, question: BalanceQuestion) -> Taken:
        """Ask what is held for us; a BalanceReport follows. Repeats safely."""
        ...

    async def statement(self, *, since: datetime, until: datetime, page: int = 0) -> StatementPage | Unknown:
        """One page of the payments received between two moments."""
        ...

    def read_report(self, topic: Topic, body: bytes) -> Report:
        """Understand what came to one of our addresses. Never raises; proves nothing about who sent it."""
        ...
