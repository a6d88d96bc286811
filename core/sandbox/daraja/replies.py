"""What Daraja sends about an operator's request: the acknowledgement, and the `Result` that follows.

Shapes and spellings are those of Safaricom's pages. On failure the parameters are missing and the transaction's id is a
dummy that repeats, as it has been seen to.
"""

from datetime import datetime
from typing import Any

from core.sandbox import identifiers
from core.sandbox.clock import EAST_AFRICA
from core.sandbox.daraja.book import Book, Entry
from core.sandbox.people import Person

DONE, SHORT_OF_FUNDS, TOO_LITTLE, TOO_MUCH, RECEIVER_FULL = "0", "1", "2", "3", "8"
WRONG_INITIATOR, UNREGISTERED, ALREADY_REVERSED, NO_SUCH_TRANSACTION = "2001", "2040", "R000001", "R000002"
TEXTS = {
    DONE: "The service request is processed successfully.",
    SHORT_OF_FUNDS: "The balance is insufficient for the transaction.",
    TOO_LITTLE: "Declined due to limit rule: less than the minimum transaction amount.",
    TOO_MUCH: "Declined due to limit rule: greater than the maximum transaction amount.",
    RECEIVER_FULL: "Declined due to limit rule: would exceed the maximum balance.",
    WRONG_INITIATOR: "The initiator information is invalid.",
    UNREGISTERED: "Credit Party customer type (Unregistered or Registered Customer) can't be supported by the service.",
    ALREADY_REVERSED: "The transaction has already been reversed.",
    NO_SUCH_TRANSACTION: "The OriginalTransactionID is invalid.",
}
_DUMMY = "0000000"


def acknowledged(originator: str, conversation: str) -> dict[str, Any]:
    """The request was taken; says nothing about money."""
    return {
        "ConversationID": conversation,
        "OriginatorConversationID": originator,
        "ResponseCode": "0",
        "ResponseDescription": "Accept the service request successfully.",
    }


def result(
    code: str,
    *,
    originator: str,
    conversation: str,
    transaction: str = "",
    parameters: dict[str, Any] | None = None,
    description: str = "",
) -> dict[str, Any]:
    """The body of a result. A parameter of None is sent without a value, as Daraja does."""
    content: dict[str, Any] = {
        "ResultType": 0,
        # R000001 and its like can only be text; the others are numbers.
        "ResultCode": int(code) if code.isdigit() else code,
        "ResultDesc": description or TEXTS[code],
        "OriginatorConversationID": originator,
        "ConversationID": conversation,
        "TransactionID": transaction or dummy_transaction(),
    }
    if parameters is not None:
        listed = [{"Key": key} if value is None else {"Key": key, "Value": value} for key, value in parameters.items()]
        content["ResultParameters"] = {"ResultParameter": listed}
    reference = {"Key": "QueueTimeoutURL", "Value": "https://internalsandbox.safaricom.co.ke/mpesa/b2cresults/v1/submit"}
    content["ReferenceData"] = {"ReferenceItem": reference}
    return {"Result": content}


def dummy_transaction() -> str:
    """What stands for the receipt of something that never happened."""
    return f"UKN{_DUMMY}"


def payout_parameters(entry: Entry, book: Book, payee: Person | None) -> dict[str, Any]:
    name = "" if payee is None else payee.name
    return {
        "TransactionAmount": entry.amount,
        "TransactionReceipt": entry.receipt,
        "ReceiverPartyPublicName": f"{entry.phone[1:]} - {name}",
        "TransactionCompletedDateTime": dotted(entry.at),
        "B2CUtilityAccountAvailableFunds": float(book.balance),
        "B2CWorkingAccountAvailableFunds": 0.0,
        "B2CRecipientIsRegisteredCustomer": "Y",
        "B2CChargesPaidAccountAvailableFunds": float(-book.charges),
    }


def status_parameters(entry: Entry, *, customer: Person | None, business: str, is_undone: bool) -> dict[str, Any]:
    """What a transaction looks like to whoever asks about it."""
    party, ours = f"{entry.phone[1:]} - {customer.name if customer else ''}", f"{business} - MTAA"
    is_ours = entry.moved < 0
    reason = {"payout": "Business Payment to Customer via API", "reversal": "Transaction Reversal via API"}
    return {
        "DebitPartyName": ours if is_ours else party,
        "CreditPartyName": party if is_ours else ours,
        "OriginatorConversationID": entry.originator or None,
        "InitiatedTime": compact(entry.at),
        "DebitAccountType": "Utility Account" if is_ours else "MMF Account For Customer",
        "DebitPartyCharges": f"Fee For B2C Payment|KES|{entry.charge}.00" if entry.charge else None,
        "TransactionReason": None,
        "ReasonType": reason.get(entry.kind, "Pay Bill Online"),
        "TransactionStatus": "Completed",
        "FinalisedTime": compact(entry.at),
        "Amount": f"{entry.amount}.00",
        "ConversationID": f"AG_{entry.receipt}",
        "ReceiptNo": entry.receipt,
        **({"IsReversed": "true"} if is_undone else {}),
    }


def conversation_id(moment: datetime) -> str:
    """`AG_`, the day in East Africa, and twenty hex digits."""
    return f"AG_{moment.astimezone(EAST_AFRICA):%Y%m%d}_{identifiers.short_id()}{identifiers.short_id()[:8]}"


def dotted(at: str) -> str:
    """`06.07.2024 22:48:52`, East Africa Time."""
    return f"{_local(at):%d.%m.%Y %H:%M:%S}"


def compact(at: str) -> str:
    """`20240706224852`, East Africa Time."""
    return f"{_local(at):%Y%m%d%H%M%S}"


def _local(at: str) -> datetime:
    return datetime.fromisoformat(at).astimezone(EAST_AFRICA)
