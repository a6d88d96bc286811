"""Daraja's callbacks, read.

Four shapes: the result of a prompt, the flat payment to the paybill, the `Result` of everything that an API operator asks,
and the balance inside one. All vary: codes as numbers or text, one object instead of a list, values missing. Reading never
raises; only the codes of a closed list are proof that nothing was paid.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from core.kernel.clock import EAST_AFRICA
from core.kernel.errors import CoreError
from core.kernel.money import Money
from core.payments.loose_json import (
    DIGEST,
    FEWEST_DIGITS,
    inside,
    read_amount,
    read_code,
    read_json,
    read_named,
    read_phone,
    read_receipt,
    read_stamp,
    read_text,
)
from core.payments.outcomes import Failed, Outcome, Pending, Reason, Succeeded, Unknown
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
from core.payments.results import Failed as ProvenFailure
from core.payments.results import Paid, meaning
from core.payments.stk_callback import Malformed, read_stk_callback

PAID = "0"
# Codes of a payout's result that prove it was not paid (B2C page); everything else is asked about.
PAYOUT_FAILURES: dict[str, Reason] = {
    "1": "our-funds",
    "2": "refused",  # below the minimum
    "3": "limit",  # above the maximum of one transaction
    "4": "limit",  # above the day's limit
    "8": "limit",  # above what the receiver may hold
    "11": "refused",  # the debit party is in an invalid state
    "21": "refused",  # the initiator isn't allowed to
    "2001": "refused",  # the initiator's credentials
    "2006": "refused",
    "2028": "refused",
    "2040": "unregistered",
    "8006": "refused",  # the initiator is locked
    "SFC_IC0003": "refused",
}
REFUND_FAILURES: dict[str, Reason] = {
    "1": "our-funds",
    "11": "refused",
    "21": "refused",
    "2001": "refused",
    "2006": "refused",
    "2028": "refused",
    "8006": "refused",
    "R000001": "already-done",
    "R000002": "refused",  # there is no such transaction
}
# What TransactionStatus says of a transaction.
ENDED_BADLY = {"cancelled", "declined", "expired", "failed"}
STILL_OPEN = {"initiated", "authorized", "authorised", "pending"}
# 06.07.2024 22:48:52
DOTTED = "%d.%m.%Y %H:%M:%S"
# `Fee For B2C Payment|KES|22.40`, of which there may be several, joined by &.
CHARGE = re.compile(r"\|KES\|([0-9]+(?:\.[0-9]+)?)\s*(?:&|$)", re.ASCII)
# `Utility Account|KES|228037.00|…`; the first figure is what the account holds.
HOLDING = re.compile(r"([^|]{1,60})\|KES\|(-?[0-9]{1,15}(?:\.[0-9]{1,2})?)(?:\||$)", re.ASCII)
MASK = re.compile(r"[0-9*X ]{6,20}", re.ASCII)


def read_report(topic: Topic, body: bytes) -> Report:
    """Understand a callback. Never raises."""
    if topic == "collection":
        return _collection(body)
    try:
        content = read_json(body)
    except ValueError:
        return Unreadable("not-json")
    if topic in ("validation", "payment"):
        return _payment(content)
    result = _result(content)
    return Unreadable("no-result") if result is None else READERS[topic](result)


@dataclass(frozen=True)
class _Result:
    """The envelope of an operator's request; `fields` are its parameters and reference data by name."""

    code: str
    description: str
    conversation: str
    originator: str
    transaction: str
    fields: dict[str, Any]

    def money(self, name: str) -> Money | None:
        return _money(self.fields.get(name))

    def text(self, name: str) -> str:
        return read_text(self.fields.get(name))

    def receipt(self, name: str) -> str | None:
        return read_receipt(self.fields.get(name))


def _result(content: Any) -> _Result | None:
    result = inside(content, "Result")
    code = read_code(result.get("ResultCode"))
    if code is None:
        return None
    parameters = inside(result, "ResultParameters").get("ResultParameter")
    reference = inside(result, "ReferenceData").get("ReferenceItem")
    return _Result(
        code=code,
        description=read_text(result.get("ResultDesc")),
        conversation=read_text(result.get("ConversationID")),
        originator=read_text(result.get("OriginatorConversationID")) or read_text(result.get("OriginatorCoversationID")),
        transaction=read_text(result.get("TransactionID")),
        fields={**read_named(reference, name="Key", value="Value"), **read_named(parameters, name="Key", value="Value")},
    )


def _collection(body: bytes) -> CollectionReport | Unreadable:
    result = read_stk_callback(body)
    if isinstance(result, Malformed):
        return Unreadable(result.reason)
    outcome: Succeeded | Failed | Unknown
    match meaning(result.result_code):
        case Paid():
            amount = None if result.amount is None else _exact(result.amount)
            outcome = Succeeded(receipt=result.receipt, amount=amount, at=result.paid_at)
        case ProvenFailure(reason):
            outcome = Failed(result.result_code, result.description, reason)
        case _:
            outcome = Unknown(result.description, result.result_code)
    return CollectionReport(result.checkout_request_id, result.merchant_request_id, outcome, result.phone or "")


def _payment(content: Any) -> PaymentReport | Unreadable:
    """A payment to the paybill, before or after it was taken: flat, all of it text."""
    fields = content if isinstance(content, dict) else {}
    receipt, amount = read_receipt(fields.get("TransID")), _money(fields.get("TransAmount"))
    if receipt is None:
        return Unreadable("no-receipt")
    if not amount:
        return Unreadable("no-amount")
    payer = read_text(fields.get("MSISDN"))
    names = (read_text(fields.get(name)) for name in ("FirstName", "MiddleName", "LastName"))
    return PaymentReport(
        receipt=receipt,
        amount=amount,
        account=read_text(fields.get("BillRefNumber")),
        at=read_stamp(fields.get("TransTime")),
        payer=read_phone(payer) or (payer if MASK.fullmatch(payer) else ""),
        payer_digest=payer.lower() if DIGEST.fullmatch(payer) else "",
        name=" ".join(name for name in names if name),
        reference=read_text(fields.get("ThirdPartyTransID")),
        held=_money(fields.get("OrgAccountBalance")),
        paid_to=read_text(fields.get("BusinessShortCode")),
    )


def _payout(result: _Result) -> PayoutReport:
    phone, name = _party(result.text("ReceiverPartyPublicName"))
    outcome: Succeeded | Failed | Unknown
    if result.code == PAID:
        receipt = result.receipt("TransactionReceipt") or read_receipt(result.transaction)
        at = _dotted(result.text("TransactionCompletedDateTime"))
        outcome = Succeeded(receipt=receipt, amount=result.money("TransactionAmount"), at=at, party=name)
    else:
        outcome = _proven(result, PAYOUT_FAILURES)
    held = result.money("B2CUtilityAccountAvailableFunds")
    return PayoutReport(result.originator, result.conversation, outcome, payee=phone, held=held)


def _answer(result: _Result) -> AnswerReport:
    """`ResultCode` only says that the question was answered; the transaction's end is `TransactionStatus`."""
    receipt = result.receipt("ReceiptNo") or ""
    payer, payer_name = _customer(result.text("DebitPartyName"))
    return AnswerReport(
        reference=result.conversation,
        receipt=receipt,
        payout=result.text("OriginatorConversationID"),
        outcome=_transaction(result, receipt),
        payer=payer,
        payer_name=payer_name,
    )


def _transaction(result: _Result, receipt: str) -> Outcome:
    if result.code != PAID:
        return Unknown(result.description, result.code)
    status = result.text("TransactionStatus")
    if status.lower() == "completed":
        _, name = _party(result.text("CreditPartyName"))
        at = _dotted(result.text("FinalisedTime")) or read_stamp(result.fields.get("FinalisedTime"))
        fee = _charges(result.text("DebitPartyCharges"))
        return Succeeded(receipt=receipt or None, amount=result.money("Amount"), at=at, fee=fee, party=name)
    if status.lower() in ENDED_BADLY:
        return Failed(status, result.text("TransactionReason") or result.description)
    return Pending() if status.lower() in STILL_OPEN else Unknown(f"TransactionStatus {status!r}")


def _refund(result: _Result) -> RefundReport:
    outcome: Succeeded | Failed | Unknown
    if result.code == PAID:
        at = read_stamp(result.fields.get("TransCompletedTime")) or _dotted(result.text("TransCompletedTime"))
        fee = result.money("Charge")
        outcome = Succeeded(receipt=read_receipt(result.transaction), amount=result.money("Amount"), at=at, fee=fee)
    else:
        outcome = _proven(result, REFUND_FAILURES)
    return RefundReport(result.conversation, result.receipt("OriginalTransactionID") or "", outcome)


def _balance(result: _Result) -> BalanceReport | Unreadable:
    if result.code != PAID:
        return Unreadable(f"refused-{result.code}")
    held = result.fields.get("AccountBalance")
    # Longer than any other text, so not cut by read_text.
    records = held.split("&") if isinstance(held, str) else []
    found = [match for record in records if (match := HOLDING.match(record.strip()))]
    if not found:
        return Unreadable("no-balance")
    at = read_stamp(result.fields.get("BOCompletedTime")) or _dotted(result.text("BOCompletedTime"))
    accounts = {read_text(match[1]): Money.from_decimal(Decimal(match[2])) for match in found}
    return BalanceReport(result.conversation, accounts, at)


READERS: dict[Topic, Callable[[_Result], Report]] = {
    "payout": _payout,
    "answer": _answer,
    "refund": _refund,
    "balance": _balance,
}


def _proven(result: _Result, failures: dict[str, Reason]) -> Failed | Unknown:
    reason = failures.get(result.code)
    if reason is None:
        return Unknown(result.description, result.code)
    return Failed(result.code, result.description, reason)


def _customer(text: str) -> tuple[str, str]:
    """A party that is a phone, its number masked by M-PESA or by us; a shortcode is none."""
    written, _, name = text.partition(" - ")
    number = written.strip()
    is_masked = len(number) >= FEWEST_DIGITS and MASK.fullmatch(number) is not None
    shown = read_phone(number) or (number if is_masked else "")
    return (shown, name.strip()) if shown else ("", "")


def _party(text: str) -> tuple[str, str]:
    """`254708374149 - John Doe` as a masked number and a name."""
    number, _, name = text.partition(" - ")
    phone = read_phone(number)
    return (phone, name.strip()) if phone else ("", text.strip())


def _money(value: Any) -> Money | None:
    amount = read_amount(value)
    return None if amount is None else _exact(amount)


def _exact(amount: Decimal) -> Money | None:
    """Shillings and cents; a figure with more decimals is nobody's honest amount."""
    try:
        return Money.from_decimal(amount)
    except CoreError:
        return None


def _charges(text: str) -> Money | None:
    """The sum of M-PESA's charges; None when it told none."""
    found = [charge for written in CHARGE.findall(text) if (charge := _money(written)) is not None]
    return Money(sum(charge.minor for charge in found)) if found else None


def _dotted(text: str) -> datetime | None:
    """06.07.2024 22:48:52, East Africa Time."""
    try:
        return datetime.strptime(text, DOTTED).replace(tzinfo=EAST_AFRICA)
    except ValueError:
        return None
