"""Jirani Money: another company altogether, in memory, to hold the port against.

It is what Daraja isn't: our own id names every request, so a repeat of any of them moves nothing twice; it is asked by our
id and answers at once; it signs its reports, shows whole numbers, and keeps its list for a year. One module like this, its
settings and one line in the wiring are what a new company takes.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from core.kernel.money import Money
from core.kernel.phone import masked
from core.payments.outcomes import Accepted, Failed, Outcome, Pending, Succeeded, Taken, Unknown
from core.payments.ports import (
    BalanceQuestion,
    Capabilities,
    CollectRequest,
    Limits,
    PayoutRequest,
    RefundRequest,
    StatementLine,
    StatementPage,
    TransactionQuestion,
)
from core.payments.reports import (
    AnswerReport,
    BalanceReport,
    CollectionReport,
    PaymentReport,
    PayoutReport,
    RefundReport,
    Report,
    Topic,
    Unreadable,
)

KEY = b"signs-what-jirani-says"
PAGE = 2
LIMITS = Limits(low=Money(5_00), high=Money(70_000_00), granularity=Money(1_00))
WORDS = {"TS": "paid", "TF": "failed", "TIP": "open"}


@dataclass
class Movement:
    """One transfer at Jirani. `kind`: in, out or back."""

    ours: str
    kind: str
    phone: str
    amount: Money
    state: str = "TIP"
    receipt: str = ""
    back_to: str = ""


@dataclass
class JiraniMoney:
    """The company and the adapter in one: what stands between them elsewhere is tested with Daraja."""

    moved: dict[str, Movement] = field(default_factory=dict)
    said: list[tuple[str, bytes]] = field(default_factory=list)
    held: Money = field(default_factory=lambda: Money(0))
    urls: dict[str, str] = field(default_factory=dict)
    loses_answers: bool = False
    is_away: bool = False
    capabilities = Capabilities(
        name="Jirani",
        collect=LIMITS,
        payout=LIMITS,
        collects_once=True,
        pays_once=True,
        refunds=True,
        tells_balance=True,
        statement_hours=24 * 365,
        asks_before_payment=False,
        shows_payer=True,
        signs_reports=True,
    )

    async def collect(self, request: CollectRequest) -> Taken:
        return self._take(Movement(str(request.intent), "in", request.phone, request.amount), request.callback_url)

    async def query_collection(self, *, reference: str) -> Outcome:
        found = self.moved.get(reference)
        return Unknown("away") if self.is_away else Pending() if found is None else _outcome(found)

    async def payout(self, request: PayoutRequest) -> Taken:
        movement = Movement(request.payout, "out", request.phone, request.amount)
        taken = self._take(movement, request.result_url)
        if movement.ours in self.moved and self.moved[movement.ours].state == "TIP":
            self._end(self.moved[movement.ours], self.held >= movement.amount)
        return taken

    async def query_transaction(self, question: TransactionQuestion) -> Taken:
        by_receipt = (one for one in self.moved.values() if one.receipt and one.receipt == question.receipt)
        found = self.moved.get(question.payout) or next(by_receipt, None)
        content = {"id": question.payout, "state": "?"} if found is None else _shown(found)
        return self._say(question.result_url, content)

    async def refund(self, request: RefundRequest) -> Taken:
        found = next((one for one in self.moved.values() if one.receipt == request.receipt and one.kind == "in"), None)
        back = Movement(f"back-{request.receipt}", "back", "", request.amount, back_to=request.receipt)
        if found is None or found.amount != request.amount:
            return Failed("NOT_FOUND", "no such payment")
        if back.ours in self.moved:
            return Failed("DONE", "given back before", "already-done")
        taken = self._take(back, request.result_url)
        self._end(back, self.held >= back.amount)
        return taken

    async def ask_balance(self, question: BalanceQuestion) -> Taken:
        return self._say(question.result_url, {"id": "balance", "held": str(self.held.as_decimal())})

    async def statement(self, *, since: datetime, until: datetime, page: int = 0) -> StatementPage | Unknown:
        if self.is_away:
            return Unknown("away")
        paid = [one for one in self.moved.values() if one.kind == "in" and one.state == "TS"]
        shown = paid[page * PAGE : (page + 1) * PAGE]
        lines = tuple(StatementLine(one.receipt, one.amount, until, one.ours, masked(one.phone)) for one in shown)
        return StatementPage(lines, page + 1 if len(paid) > (page + 1) * PAGE else None)

    def read_report(self, topic: Topic, body: bytes) -> Report:
        content = _signed(body)
        return Unreadable("not-signed") if content is None else _report(topic, content)

    def pay(self, phone: str) -> None:
        """The owner of this phone agrees to what she is asked."""
        self._end(next(one for one in self.moved.values() if one.phone == phone and one.state == "TIP"), True)

    def _take(self, movement: Movement, url: str) -> Taken:
        if self.is_away:
            return Failed("unreachable", "nobody there", "not-sent")
        if movement.amount.minor % 100:
            raise ValueError("Jirani takes whole shillings")
        if not LIMITS.low <= movement.amount <= LIMITS.high:
            return Failed("LIMIT", "out of limits", "limit")
        self.moved.setdefault(movement.ours, movement)
        self.urls[movement.ours] = url
        return Unknown("timeout") if self.loses_answers else Accepted(movement.ours)

    def _end(self, movement: Movement, is_possible: bool) -> None:
        movement.state = "TS" if is_possible else "TF"
        if is_possible:
            movement.receipt = f"JM{len(self.moved):08d}"
            self.held = self.held + movement.amount if movement.kind == "in" else self.held - movement.amount
        self._say(self.urls[movement.ours], _shown(movement))

    def _say(self, url: str, content: dict[str, Any]) -> Taken:
        if self.is_away:
            return Failed("unreachable", "nobody there", "not-sent")
        text = json.dumps(content)
        signature = hmac.new(KEY, text.encode(), hashlib.sha256).hexdigest()
        self.said.append((url, json.dumps({"said": text, "signature": signature}).encode()))
        return Unknown("timeout") if self.loses_answers else Accepted(str(content["id"]))


def _report(topic: Topic, content: dict[str, Any]) -> Report:
    ours, outcome = str(content["id"]), _read(content)
    made: dict[Topic, Callable[[], Report]] = {
        "collection": lambda: CollectionReport(ours, "", outcome, masked(content["phone"])),  # type: ignore[arg-type]
        "payout": lambda: PayoutReport(ours, ours, outcome, masked(content["phone"])),  # type: ignore[arg-type]
        "answer": lambda: AnswerReport(ours, content.get("receipt", ""), ours, outcome),
        "refund": lambda: RefundReport(ours, content["back_to"], outcome),  # type: ignore[arg-type]
        "balance": lambda: BalanceReport(ours, {"wallet": _money(content["held"])}),
        "payment": lambda: PaymentReport(content["receipt"], _money(content["amount"]), ours),
    }
    try:
        return made[topic]() if topic in made else Unreadable("not-asked")
    except KeyError:
        return Unreadable("of another topic")


def _shown(one: Movement) -> dict[str, Any]:
    shown = {"id": one.ours, "phone": one.phone, "amount": str(one.amount.as_decimal()), "state": one.state}
    return {**shown, "receipt": one.receipt, "back_to": one.back_to}


def _outcome(one: Movement) -> Outcome:
    return _read(_shown(one))


def _read(content: dict[str, Any]) -> Outcome:
    match content.get("state"):
        case "TS":
            return Succeeded(content["receipt"], _money(content["amount"]), datetime.now(UTC), party="Jirani customer")
        case "TF":
            return Failed("TF", "the transfer failed", "our-funds")
        case "TIP":
            return Pending()
        case _:
            return Unknown("Jirani doesn't know it")


def _money(text: str) -> Money:
    return Money.from_decimal(Decimal(text))


def _signed(body: bytes) -> dict[str, Any] | None:
    """The content, if Jirani has signed it."""
    try:
        outer = json.loads(body)
        text, signature = outer["said"], outer["signature"]
        fits = hmac.compare_digest(hmac.new(KEY, text.encode(), hashlib.sha256).hexdigest(), signature)
        return json.loads(text) if fits else None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
