"""What Daraja's answers prove.

Its envelopes come with any HTTP status, its codes mean several things, and sometimes there is a web page instead. Only what
certainly says so is taken as a refusal or as the end of a payment; the rest is unknown or pending.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.payments.loose_json import read_json
from core.payments.outcomes import Accepted, Failed, Outcome, Pending, Succeeded, Taken, Unknown
from core.payments.results import Failed as ProvenFailure
from core.payments.results import Paid, meaning

LONGEST_REASON = 200
STILL_PROCESSING = "4999"
# 500.001.1001 stands for several things; only the words tell them apart.
BEING_PROCESSED = re.compile(r"being processed", re.IGNORECASE)
SUBSCRIBER_BUSY = re.compile(r"lock subscriber|already in process", re.IGNORECASE)
REFUSED_WORDS = re.compile(r"merchant does not exist|wrong credentials", re.IGNORECASE)
OVERLOADED = re.compile(r"spike arrest|quota", re.IGNORECASE)
DUPLICATE = re.compile(r"duplicate originator", re.IGNORECASE)
# "0", "00" and "00000000" have all been seen.
SUCCESS = re.compile(r"0+", re.ASCII)
BUSY = "busy"
# How an expired or replaced token is refused, by API and year. All come from the gateway, before processing.
TOKEN_CODES = frozenset({"404.001.03", "400.003.01", "401.002.01", "401.003.01", "401.001"})


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

    @property
    def said(self) -> str:
        """For the log: status, and the code and words of a refusal."""
        return f"HTTP {self.status} {self.code} {self.message}".rstrip()

    @property
    def message(self) -> str:
        """The words of the envelope; they tell apart what one code stands for."""
        return self.text("errorMessage")


def collect_outcome(reply: Reply) -> Taken:
    """How a prompt was taken: accepted with an id, refused by an envelope that proves it, or unknown."""
    checkout = reply.text("CheckoutRequestID")
    if _is_taken(reply) and checkout:
        return Accepted(checkout, reply.text("MerchantRequestID"))
    if SUBSCRIBER_BUSY.search(reply.message) or OVERLOADED.search(reply.message):
        return Failed(BUSY, f"{reply.code} {reply.message}", "busy")
    return _refusal(reply, checkout)


def payout_outcome(reply: Reply) -> Taken:
    """How a payout was taken. One that Daraja has seen before was accepted then."""
    if DUPLICATE.search(reply.message):
        return Accepted("")
    return request_outcome(reply)


def request_outcome(reply: Reply) -> Taken:
    """How a request was taken whose result comes by callback."""
    conversation = reply.text("ConversationID")
    # Safaricom's own spelling differs from API to API.
    originator = reply.text("OriginatorConversationID") or reply.text("OriginatorCoversationID")
    if _is_taken(reply) and (conversation or originator):
        return Accepted(conversation, originator)
    if OVERLOADED.search(reply.message):
        return Failed(BUSY, f"{reply.code} {reply.message}", "busy")
    return _refusal(reply, conversation)


def registration_outcome(reply: Reply) -> Taken:
    """Pull answers 1000 when it has registered us, 1001 when it had before."""
    status = reply.text("ResponseStatus") or reply.text("ResponseCode")
    if not reply.code and status in ("1000", "1001"):
        return Accepted(reply.text("ResponseRefID"))
    return _refusal(reply, "")


def read_picture(reply: Reply) -> bytes | Failed | Unknown:
    """The PNG in an answer about a QR code."""
    picture = None if reply.content is None else reply.content.get("QRCode")
    if not reply.code and isinstance(picture, str):
        try:
            return base64.b64decode(picture, validate=True)
        except ValueError:
            return Unknown("the picture isn't base64")
    return _refusal(reply, "")


def _is_taken(reply: Reply) -> bool:
    return not reply.code and SUCCESS.fullmatch(reply.text("ResponseCode")) is not None


def _refusal(reply: Reply, reference: str) -> Failed | Unknown:
    """Refused if the answer proves it: an error envelope about the request itself, or a response code without a reference."""
    response_code = reply.text("ResponseCode")
    if not reply.code and response_code and not SUCCESS.fullmatch(response_code) and not reference:
        return Failed(response_code, reply.text("ResponseDescription"))
    if _proves_refusal(reply.code, reply.message):
        return Failed(reply.code, reply.message)
    return Unknown(f"HTTP {reply.status} {reply.code} {reply.message or 'without an envelope'}"[:LONGEST_REASON], reply.code)


def _proves_refusal(code: str, message: str) -> bool:
    """Whether an error envelope says that the request itself was refused, not that something broke while it was handled."""
    return code.startswith(("400.", "401.", "404.", "405.")) or (code == "500.001.1001" and bool(REFUSED_WORDS.search(message)))


def query_outcome(reply: Reply, checkout_request_id: str) -> Outcome:
    """`ResponseCode` only says that the question was taken; the payment's end is `ResultCode`."""
    result_code = reply.text("ResultCode")
    if reply.code:
        too_early = reply.code == "400.002.02" and "CheckoutRequestID" in reply.message
        if too_early or BEING_PROCESSED.search(reply.message):
            return Pending()
        return Unknown(f"HTTP {reply.status} {reply.code} {reply.message}"[:LONGEST_REASON])
    if reply.text("ResponseCode") != "0" or not result_code:
        return Unknown(f"HTTP {reply.status} without a result")
    if reply.text("CheckoutRequestID") != checkout_request_id:
        return Unknown("an answer about another prompt")
    if result_code == STILL_PROCESSING:
        return Pending()
    return _end(result_code, reply.text("ResultDesc"))


def _end(result_code: str, description: str) -> Outcome:
    match meaning(result_code):
        case Paid():
            return Succeeded()
        case ProvenFailure(reason):
            return Failed(result_code, description, reason)
        case _:
            return Unknown(description, result_code)


def token_refused(reply: Reply) -> bool:
    """Whether the gateway turned the token away, before it looked at anything else."""
    return reply.code in TOKEN_CODES


def json_object(body: bytes) -> Mapping[str, Any] | None:
    """The body if it is a JSON object; web pages, empty bodies and other things are None."""
    try:
        content = read_json(body)
    except ValueError:
        return None
    return content if isinstance(content, dict) else None


def _clean(value: str | int) -> str:
    """Text that a database and a log line can keep."""
    readable = str(value).encode("utf-8", "replace").decode()
    return "".join(character if character.isprintable() else " " for character in readable).strip()[:LONGEST_REASON]
