"""What an API operator asks for, field by field: payouts, questions, reversals, and where payments are to be reported.

Safaricom's own spellings are the only ones that are taken (`Occassion`, `RecieverIdentifierType`).
"""

import re
from dataclasses import dataclass
from typing import Any

from core.sandbox.daraja.answers import Refused, invalid
from core.sandbox.daraja.validation import callback_url, read_digits, read_whole
from core.sandbox.world import World

LOWEST_PAYOUT, HIGHEST_PAYOUT = 10, 250_000
_RECEIPT = re.compile(r"[A-Z0-9]{10}", re.ASCII)
_ORIGINATOR = re.compile(r"[A-Za-z0-9_.-]{1,64}", re.ASCII)
_PAYEE = re.compile(r"254[17]\d{8}", re.ASCII)
_SHORTCODE = re.compile(r"\d{5,7}", re.ASCII)
_COMMANDS = ("BusinessPayment", "SalaryPayment", "PromotionPayment")
_SHORTEST_REMARK, _LONGEST_REMARK = 2, 100


@dataclass(frozen=True)
class Order:
    """What every operator's request has: who asks, and where the answer goes."""

    initiator: str
    credential: str
    result_url: str
    timeout_url: str


@dataclass(frozen=True)
class PayoutOrder(Order):
    """`phone` is E.164 with plus, `amount` whole shillings, which M-PESA itself may still refuse."""

    originator: str
    phone: str
    amount: int


@dataclass(frozen=True)
class Question(Order):
    """About a receipt or about an originator's id; the other one is ""."""

    receipt: str
    originator: str


@dataclass(frozen=True)
class ReversalOrder(Order):
    receipt: str
    amount: int


@dataclass(frozen=True)
class Registration:
    """Where payments to the paybill are reported. `completes`: what happens when the validation doesn't answer."""

    validation_url: str
    confirmation_url: str
    completes: bool
    hashes_phones: bool


def read_payout(world: World, content: dict[str, Any]) -> PayoutOrder:
    """Raises Refused."""
    if content.get("CommandID") not in _COMMANDS:
        raise invalid("CommandID")
    _shortcode(world, content, "PartyA")
    _remark(content, "Remarks", _SHORTEST_REMARK)
    _remark(content, "Occassion", 0)
    return PayoutOrder(
        **_who(content, "InitiatorName"),
        originator=_matching(content, "OriginatorConversationID", _ORIGINATOR),
        phone=f"+{read_digits(content, 'PartyB', _PAYEE)}",
        amount=read_whole(content, "Amount"),
    )


def read_question(world: World, content: dict[str, Any]) -> Question:
    """Raises Refused."""
    if content.get("CommandID") != "TransactionStatusQuery":
        raise invalid("CommandID")
    if str(content.get("IdentifierType")) != "4":
        raise invalid("IdentifierType")
    _shortcode(world, content, "PartyA")
    _remark(content, "Remarks", _SHORTEST_REMARK)
    receipt, originator = content.get("TransactionID") or "", content.get("OriginalConversationID") or ""
    if not isinstance(receipt, str) or not isinstance(originator, str) or not (receipt or originator):
        raise invalid("TransactionID")
    return Question(**_who(content, "Initiator"), receipt=receipt, originator="" if receipt else originator)


def read_reversal(world: World, content: dict[str, Any]) -> ReversalOrder:
    """Raises Refused."""
    if content.get("CommandID") != "TransactionReversal":
        raise invalid("CommandID")
    if str(content.get("RecieverIdentifierType")) != "11":
        raise invalid("RecieverIdentifierType")
    _shortcode(world, content, "ReceiverParty")
    _remark(content, "Remarks", _SHORTEST_REMARK)
    receipt = _matching(content, "TransactionID", _RECEIPT)
    return ReversalOrder(**_who(content, "Initiator"), receipt=receipt, amount=read_whole(content, "Amount"))


def read_balance_question(world: World, content: dict[str, Any]) -> Order:
    """Raises Refused."""
    if content.get("CommandID") != "AccountBalance":
        raise invalid("CommandID")
    if str(content.get("IdentifierType")) != "4":
        raise invalid("IdentifierType")
    _shortcode(world, content, "PartyA")
    return Order(**_who(content, "Initiator"))


def read_registration(world: World, content: dict[str, Any], *, version: int) -> Registration:
    """Raises Refused. Version 1 of the API reports hashed phone numbers, version 2 masked ones."""
    _shortcode(world, content, "ShortCode")
    if content.get("ResponseType") not in ("Completed", "Cancelled"):
        raise invalid("ResponseType")
    return Registration(
        validation_url=callback_url(content, "ValidationURL"),
        confirmation_url=callback_url(content, "ConfirmationURL"),
        completes=content["ResponseType"] == "Completed",
        hashes_phones=version == 1,
    )


@dataclass(frozen=True)
class Simulation:
    """A payment to the paybill that nobody made by hand."""

    phone: str
    amount: int
    account: str


def read_simulation(world: World, content: dict[str, Any]) -> Simulation:
    """Raises Refused."""
    if content.get("CommandID") != "CustomerPayBillOnline":
        raise invalid("CommandID")
    _shortcode(world, content, "ShortCode")
    account = content.get("BillRefNumber")
    if not isinstance(account, str):
        raise invalid("BillRefNumber")
    return Simulation(f"+{read_digits(content, 'Msisdn', _PAYEE)}", read_whole(content, "Amount"), account)


def read_picture_order(content: dict[str, Any]) -> None:
    """What a QR code needs. Raises Refused."""
    for name in ("MerchantName", "RefNo", "CPI", "Size"):
        if not isinstance(content.get(name), str) or not content[name]:
            raise invalid(name)
    read_whole(content, "Amount")
    if content.get("TrxCode") not in ("BG", "WA", "PB", "SM", "SB"):
        raise invalid("TrxCode")


def _who(content: dict[str, Any], initiator: str) -> dict[str, str]:
    name, credential = content.get(initiator), content.get("SecurityCredential")
    if not isinstance(name, str) or not name:
        raise invalid(initiator)
    if not isinstance(credential, str) or not credential:
        raise invalid("SecurityCredential")
    return {
        "initiator": name,
        "credential": credential,
        "result_url": callback_url(content, "ResultURL"),
        "timeout_url": callback_url(content, "QueueTimeOutURL"),
    }


def _shortcode(world: World, content: dict[str, Any], name: str) -> None:
    if read_digits(content, name, _SHORTCODE) != world.settings.shortcode:
        raise Refused(400, "400.002.02", f"Bad Request - Invalid {name}")


def _matching(content: dict[str, Any], name: str, shape: re.Pattern[str]) -> str:
    value = content.get(name)
    if not isinstance(value, str) or not shape.fullmatch(value):
        raise invalid(name)
    return value


def _remark(content: dict[str, Any], name: str, shortest: int) -> None:
    value = content.get(name, "")
    if not isinstance(value, str) or not shortest <= len(value) <= _LONGEST_REMARK:
        raise invalid(name)
