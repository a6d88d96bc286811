"""What Daraja's answers prove.

Its envelopes come with any HTTP status, its codes mean several things, and sometimes there is a web page instead. Only what
certainly says so is taken as a refusal or as the end of a payment; the rest is unknown or pending.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.payments.ports import (
    PushAccepted,
    PushOutcome,
    PushRejected,
    PushUnknown,
    QueryAnswer,
    QueryOutcome,
    QueryUnknown,
    StillPending,
)

LONGEST_REASON = 200
STILL_PROCESSING = "4999"
# 500.001.1001 stands for several things; only the words tell them apart.
BEING_PROCESSED = re.compile(r"being processed", re.IGNORECASE)
SUBSCRIBER_BUSY = re.compile(r"lock subscriber|already in process", re.IGNORECASE)
REFUSED_WORDS = re.compile(r"merchant does not exist|wrong credentials", re.IGNORECASE)
OVERLOADED = re.compile(r"spike arrest|quota", re.IGNORECASE)
BUSY = "busy"
# How an expired or replaced token is refused, by API and year. All come from the gateway, before processing.
TOKEN_CODES = frozenset({"404.001.03", "400.003.01", "401.002.01", "401.003.01"})


@dataclass(frozen=True)
class Reply:
    """What came back: HTTP status and, when it was a JSON object, its content."""

    status: int
    content: Mapping[str, Any] | None

    def text(self, name: str) -> str:
        """A field as clean text; numbers count, everything else is absent."""
        value = None if self.content is None else self.content.get(name)
        return _clean(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""

    @property
    def code(self) -> str:
        """The code of Daraja's error envelope, which sometimes comes with HTTP 200."""
        return self.text("errorCode")


def push_outcome(reply: Reply) -> PushOutcome:
    """Accepted with an id, rejected by an envelope that proves it, or unknown."""
    checkout, response_code, message = reply.text("CheckoutRequestID"), reply.text("ResponseCode"), reply.text("errorMessage")
    if not reply.code and response_code == "0" and checkout:
        return PushAccepted(reply.text("MerchantRequestID"), checkout)
    if not reply.code and response_code not in ("", "0") and not checkout:
        return PushRejected(response_code, reply.text("ResponseDescription"))
    if SUBSCRIBER_BUSY.search(message) or OVERLOADED.search(message):
        return PushRejected(BUSY, f"{reply.code} {message}")
    if _proves_refusal(reply.code, message):
        return PushRejected(reply.code, message)
    return PushUnknown(f"HTTP {reply.status} {reply.code} {message or 'without an envelope'}"[:LONGEST_REASON])


def _proves_refusal(code: str, message: str) -> bool:
    """Whether an error envelope says that the request itself was refused, not that something broke while it was handled."""
    return code.startswith(("400.", "401.", "404.", "405.")) or (code == "500.001.1001" and bool(REFUSED_WORDS.search(message)))


def query_outcome(reply: Reply, checkout_request_id: str) -> QueryOutcome:
    """`ResponseCode` only says that the question was taken; the payment's end is `ResultCode`."""
    result_code, message = reply.text("ResultCode"), reply.text("errorMessage")
    if reply.code:
        too_early = reply.code == "400.002.02" and "CheckoutRequestID" in message
        if too_early or BEING_PROCESSED.search(message):
            return StillPending()
        return QueryUnknown(f"HTTP {reply.status} {reply.code} {message}"[:LONGEST_REASON])
    if reply.text("ResponseCode") != "0" or not result_code:
        return QueryUnknown(f"HTTP {reply.status} without a result")
    if reply.text("CheckoutRequestID") != checkout_request_id:
        return QueryUnknown("an answer about another prompt")
    if result_code == STILL_PROCESSING:
        return StillPending()
    return QueryAnswer(result_code, reply.text("ResultDesc"))


def token_refused(reply: Reply) -> bool:
    """Whether the gateway turned the token away, before it looked at anything else."""
    return reply.code in TOKEN_CODES


def json_object(body: bytes) -> Mapping[str, Any] | None:
    """The body if it is a JSON object; web pages, empty bodies and other things are None."""
    try:
        content = json.loads(body.decode("utf-8-sig"), parse_float=str)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _clean(value: str | int) -> str:
    """Text that a database and a log line can keep."""
    readable = str(value).encode("utf-8", "replace").decode()
    return "".join(character if character.isprintable() else " " for character in readable).strip()[:LONGEST_REASON]
