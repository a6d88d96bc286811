"""M-Pesa in memory: prompts, their ends, callbacks in Safaricom's shape, and a book of its own.

It passes the same suite as the adapter against the played Daraja (tests/providers), so what is proven with it holds there.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from core.kernel.clock import EAST_AFRICA, Clock
from core.kernel.money import Money
from core.payments.outcomes import Accepted, Failed, Outcome, Pending, Succeeded, Taken, Unknown
from core.payments.ports import (
    LONGEST_DESCRIPTION,
    LONGEST_REFERENCE,
    Capabilities,
    CollectRequest,
    StatementLine,
    StatementPage,
    TransactionQuestion,
)
from core.payments.reports import Report, Topic
from core.payments.results import Failed as ProvenFailure
from core.payments.results import meaning
from core.providers.daraja.client import CAPABILITIES
from core.providers.daraja.reports import read_report

Trouble = Literal["unreachable", "answer-lost", "refused", "worker-dies-before", "worker-dies-after"]
CANCELLED, NOT_REACHED, WRONG_PIN, SHORT_OF_MONEY = "1032", "1037", "2001", "1"


class WorkerDied(BaseException):
    """The process ends here, as kill -9 would end it: nothing may catch it."""


@dataclass
class Prompt:
    """One prompt on one phone."""

    request: CollectRequest
    merchant_request_id: str
    checkout_request_id: str
    result_code: str | None = None
    receipt: str | None = None


@dataclass
class FakeMobileMoney:
    clock: Clock
    prompts: dict[str, Prompt] = field(default_factory=dict)
    asked: Counter[Any] = field(default_factory=Counter)
    questions: int = 0
    book: list[tuple[str, Money]] = field(default_factory=list)
    trouble: Trouble | None = None
    query_trouble: Literal["contradict", "no-answer"] | None = None
    # What its list of payments answers, page by page, and what it was asked for.
    pages: list[StatementPage | Unknown] = field(default_factory=list)
    pages_asked: list[tuple[datetime, datetime, int]] = field(default_factory=list)
    # Or what is in the list, told by the time of each payment, so many to a page.
    lines: list[StatementLine] = field(default_factory=list)
    lines_a_page: int = 3
    transaction_questions: list[TransactionQuestion] = field(default_factory=list)

    async def collect(self, request: CollectRequest) -> Taken:
        if self.trouble == "worker-dies-before":
            raise WorkerDied
        if self.trouble == "unreachable":
            return Failed("unreachable", "nobody there", "not-sent")
        if len(request.reference) > LONGEST_REFERENCE or len(request.description) > LONGEST_DESCRIPTION:
            return Failed("400.002.02", "Bad Request - Invalid text")
        if self.trouble == "refused":
            return Failed("500.001.1001", "Merchant does not exist")
        prompt = self._ring(request)
        if self.trouble == "worker-dies-after":
            raise WorkerDied
        if self.trouble == "answer-lost":
            return Unknown("timeout")
        return Accepted(prompt.checkout_request_id, prompt.merchant_request_id)

    async def query_collection(self, *, reference: str) -> Outcome:
        self.questions += 1
        if self.query_trouble == "no-answer":
            return Unknown("timeout")
        prompt = self.prompts.get(reference)
        if prompt is None or prompt.result_code is None:
            return Pending()
        code = prompt.result_code
        if self.query_trouble == "contradict":
            code = CANCELLED if code == "0" else "0"
        if code == "0":
            return Succeeded()
        proof = meaning(code)
        return Failed(code, "as it was", proof.reason) if isinstance(proof, ProvenFailure) else Unknown("as it was", code)

    @property
    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    async def statement(self, *, since: datetime, until: datetime, page: int = 0) -> StatementPage | Unknown:
        """The page that was laid out, or that is made of the lines; an empty list when there is none."""
        self.pages_asked.append((since, until, page))
        if self.lines:
            return self._page(since, until, page)
        return self.pages[page] if page < len(self.pages) else StatementPage((), None)

    def _page(self, since: datetime, until: datetime, page: int) -> StatementPage:
        told = [line for line in self.lines if line.at is not None and since <= line.at <= until]
        first, after = page * self.lines_a_page, (page + 1) * self.lines_a_page
        return StatementPage(tuple(told[first:after]), page + 1 if told[after:] else None, is_doubtful=not told)

    async def query_transaction(self, question: TransactionQuestion) -> Taken:
        """Taken down; the answer, if any, is posted by whoever plays M-Pesa."""
        self.transaction_questions.append(question)
        return Accepted(f"AG_{len(self.transaction_questions)}")

    def read_report(self, topic: Topic, body: bytes) -> Report:
        """Its callbacks are written as Safaricom's."""
        return read_report(topic, body)

    def _ring(self, request: CollectRequest) -> Prompt:
        self.asked[request.intent] += 1
        number = len(self.prompts) + 1
        prompt = Prompt(request, f"m-{request.intent}-{number}", f"ws_CO_{request.intent}_{number}")
        self.prompts[prompt.checkout_request_id] = prompt
        return prompt

    @property
    def last(self) -> Prompt:
        return next(reversed(self.prompts.values()))

    def pay(self, prompt: Prompt, *, receipt: str | None = None) -> bytes:
        """The owner enters the right PIN; returns the callback that Safaricom sends."""
        prompt.result_code = "0"
        prompt.receipt = receipt or f"S{prompt.request.intent.int % 10**9:09d}"
        self.book.append((prompt.receipt, prompt.request.amount))
        return success(prompt, amount=prompt.request.amount.minor // 100, receipt=prompt.receipt, paid_at=self.clock.now())

    def fail(self, prompt: Prompt, code: str) -> bytes:
        """It ends otherwise; returns the callback."""
        prompt.result_code = code
        return failure(prompt, code)


def success(prompt: Prompt, *, amount: object, receipt: object, paid_at: datetime) -> bytes:
    items = [
        {"Name": "Amount", "Value": amount},
        {"Name": "MpesaReceiptNumber", "Value": receipt},
        {"Name": "Balance"},
        {"Name": "TransactionDate", "Value": int(paid_at.astimezone(EAST_AFRICA).strftime("%Y%m%d%H%M%S"))},
        {"Name": "PhoneNumber", "Value": int(prompt.request.phone[1:])},
    ]
    return body(prompt, 0, "The service request is processed successfully.", CallbackMetadata={"Item": items})


def failure(prompt: Prompt, code: str) -> bytes:
    return body(prompt, int(code) if code.isdigit() else code, "as it was")


def answer_body(*, receipt: str, amount: str, payer: str, status: str = "Completed", code: str = "0", **more: str) -> bytes:
    """The result of a TransactionStatusQuery."""
    parameters = {
        "DebitPartyName": payer,
        "CreditPartyName": "174379 - MTAA GROUPS",
        "TransactionStatus": status,
        "FinalisedTime": "20261123120030",
        "Amount": amount,
        "ReceiptNo": receipt,
        **more,
    }
    result = {
        "ResultType": 0,
        "ResultCode": code,
        "ResultDesc": "as it was",
        "ConversationID": "AG_1",
        "OriginatorConversationID": "ours",
        "TransactionID": "SGQUERY001",
        "ResultParameters": {"ResultParameter": [{"Key": key, "Value": value} for key, value in parameters.items()]},
    }
    return json.dumps({"Result": result}).encode()


def body(prompt: Prompt, code: object, description: str, **more: object) -> bytes:
    content = {
        "MerchantRequestID": prompt.merchant_request_id,
        "CheckoutRequestID": prompt.checkout_request_id,
        "ResultCode": code,
        "ResultDesc": description,
        **more,
    }
    return json.dumps({"Body": {"stkCallback": content}}).encode()
