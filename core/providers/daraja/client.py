"""M-Pesa by Safaricom's Daraja API: what we ask of it, in its own spelling.

Every request is sent once and its answer told as it is: failed only when Daraja's own envelope, or a connection that never
came about, proves that nothing was processed. Names such as `Occassion` and `RecieverIdentifierType` are Safaricom's.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp

from core.kernel.clock import EAST_AFRICA, Clock
from core.kernel.money import KES, Money
from core.kernel.phone import Phone, masked
from core.kernel.settings import DarajaSettings
from core.payments.outcomes import Failed, Outcome, Taken, Unknown
from core.payments.ports import (
    BalanceQuestion,
    Capabilities,
    CollectRequest,
    Limits,
    PayoutRequest,
    RefundRequest,
    StatementPage,
    TransactionQuestion,
)
from core.payments.reports import Report, Topic
from core.payments.tokens import TokenStore
from core.providers.daraja import reports, statement
from core.providers.daraja.answers import (
    Reply,
    collect_outcome,
    payout_outcome,
    query_outcome,
    read_picture,
    registration_outcome,
    request_outcome,
)
from core.providers.daraja.credential import NoCredential, security_credential
from core.providers.daraja.exchange import TIMEOUT, Answer, Exchange, NeverSent

PUSH_PATH = "/mpesa/stkpush/v1/processrequest"
QUERY_PATH = "/mpesa/stkpushquery/v1/query"
PAYOUT_PATH = "/mpesa/b2c/v3/paymentrequest"
STATUS_PATH = "/mpesa/transactionstatus/v1/query"
REVERSAL_PATH = "/mpesa/reversal/v1/request"
BALANCE_PATH = "/mpesa/accountbalance/v1/query"
REGISTER_PATH = "/mpesa/c2b/v2/registerurl"
PULL_REGISTER_PATH = "/pulltransactions/v1/register"
QR_PATH = "/mpesa/qrcode/v1/generate"
PULL_PATH = "/pulltransactions/v1/query"
QR_PIXELS = 300
UNREACHABLE = "unreachable"
# A shortcode as the party of a transaction; reversals have a number of their own for it.
SHORTCODE, REVERSED_SHORTCODE = "4", "11"
# Pull tells of the last 48 hours only.
STATEMENT_HOURS = 48
# A page of payments is larger than any other answer.
LONGEST_PAGE = 4 * 1024 * 1024
# Safaricom's limits FAQ: M-Pesa Express from 1, B2C from 10, both to 250,000 whole shillings.
CAPABILITIES = Capabilities(
    name="M-PESA",
    collect=Limits(low=Money(1_00), high=Money(250_000_00), granularity=Money(1_00)),
    payout=Limits(low=Money(10_00), high=Money(250_000_00), granularity=Money(1_00)),
    collects_once=False,
    pays_once=True,
    refunds=True,
    tells_balance=True,
    statement_hours=STATEMENT_HOURS,
    asks_before_payment=True,
    shows_payer=False,
    signs_reports=False,
)


class Daraja:
    """Speaks to one Daraja account. Close it with `aclose`, unless the session was handed in."""

    capabilities = CAPABILITIES

    def __init__(
        self,
        settings: DarajaSettings,
        *,
        clock: Clock,
        session: aiohttp.ClientSession | None = None,
        tokens: TokenStore | None = None,
        timeout: aiohttp.ClientTimeout = TIMEOUT,
    ) -> None:
        self._settings, self._clock, self._shortcode = settings, clock, int(settings.shortcode)
        self._exchange = Exchange(settings, clock=clock, session=session, tokens=tokens, timeout=timeout)
        self._credential = ""

    async def aclose(self) -> None:
        """Close the connections that this object opened."""
        await self._exchange.aclose()

    async def ping(self) -> None:
        """Prove that Daraja answers and knows us. Raises DarajaUnavailable."""
        await self._exchange.ping()

    async def collect(self, request: CollectRequest) -> Taken:
        """Show the prompt on the phone."""
        payer = int(request.phone.removeprefix("+"))
        answer = await self._exchange.ask(
            PUSH_PATH,
            {
                **self._signature(),
                "TransactionType": "CustomerPayBillOnline",
                "Amount": shillings(request.amount),
                "PartyA": payer,
                "PartyB": self._shortcode,
                "PhoneNumber": payer,
                "CallBackURL": request.callback_url,
                "AccountReference": request.reference,
                "TransactionDesc": request.description,
            },
            about=f"intent {request.intent} phone {masked(request.phone)}",
        )
        return collect_outcome(answer) if isinstance(answer, Reply) else _unanswered(answer)

    async def query_collection(self, *, reference: str) -> Outcome:
        """Ask how a prompt ended."""
        answer = await self._exchange.ask(
            QUERY_PATH,
            {**self._signature(), "CheckoutRequestID": reference},
            about=f"checkout {reference[:6]}…{reference[-3:]}",
        )
        return query_outcome(answer, reference) if isinstance(answer, Reply) else Unknown(answer.reason)

    async def payout(self, request: PayoutRequest) -> Taken:
        """Send money to a phone, named for ever by OriginatorConversationID."""
        answer = await self._operate(
            PAYOUT_PATH,
            {
                "OriginatorConversationID": request.payout,
                "CommandID": "BusinessPayment",
                "Amount": shillings(request.amount),
                "PartyA": self._shortcode,
                "PartyB": int(request.phone.removeprefix("+")),
                "Remarks": request.remarks,
                "QueueTimeOutURL": request.timeout_url,
                "ResultURL": request.result_url,
                "Occassion": "",
            },
            initiator="InitiatorName",
            about=f"payout {request.payout} phone {masked(request.phone)}",
        )
        return payout_outcome(answer) if isinstance(answer, Reply) else _unanswered(answer)

    async def query_transaction(self, question: TransactionQuestion) -> Taken:
        """Ask what became of a transaction, by its receipt or by our own name for it."""
        if bool(question.receipt) == bool(question.payout):
            raise ValueError("ask by a receipt or by a payout's name")
        named = {"TransactionID": question.receipt} if question.receipt else {"OriginalConversationID": question.payout}
        answer = await self._operate(
            STATUS_PATH,
            {
                **named,
                "CommandID": "TransactionStatusQuery",
                "PartyA": self._shortcode,
                "IdentifierType": SHORTCODE,
                "ResultURL": question.result_url,
                "QueueTimeOutURL": question.timeout_url,
                "Remarks": "Status",
                "Occasion": "",
            },
            about=f"about {question.receipt or question.payout}",
        )
        return request_outcome(answer) if isinstance(answer, Reply) else _unanswered(answer)

    async def refund(self, request: RefundRequest) -> Taken:
        """Give back a payment that came by paybill or prompt. M-PESA refuses a second time (R000001)."""
        answer = await self._operate(
            REVERSAL_PATH,
            {
                "CommandID": "TransactionReversal",
                "TransactionID": request.receipt,
                "Amount": shillings(request.amount),
                "ReceiverParty": self._shortcode,
                "RecieverIdentifierType": REVERSED_SHORTCODE,
                "ResultURL": request.result_url,
                "QueueTimeOutURL": request.timeout_url,
                "Remarks": request.remarks,
                "Occasion": "",
            },
            about=f"reversal of {request.receipt}",
        )
        return request_outcome(answer) if isinstance(answer, Reply) else _unanswered(answer)

    async def ask_balance(self, question: BalanceQuestion) -> Taken:
        """Ask what our accounts hold."""
        answer = await self._operate(
            BALANCE_PATH,
            {
                "CommandID": "AccountBalance",
                "PartyA": self._shortcode,
                "IdentifierType": SHORTCODE,
                "ResultURL": question.result_url,
                "QueueTimeOutURL": question.timeout_url,
                "Remarks": "Balance",
            },
            about="balance",
        )
        return request_outcome(answer) if isinstance(answer, Reply) else _unanswered(answer)

    async def statement(self, *, since: datetime, until: datetime, page: int = 0) -> StatementPage | Unknown:
        """One page of Pull, which tells payments to us of the last 48 hours."""
        earliest = self._clock.now() - timedelta(hours=STATEMENT_HOURS)
        answer = await self._exchange.ask(
            PULL_PATH,
            {
                "ShortCode": self._shortcode,
                "StartDate": statement.written(max(since, earliest)),
                "EndDate": statement.written(until),
                "OffSetValue": str(page),
            },
            about=f"payments, page {page}",
            longest=LONGEST_PAGE,
        )
        return statement.read_page(answer, page) if isinstance(answer, Reply) else Unknown(answer.reason)

    async def register_paybill(self, *, validation_url: str, confirmation_url: str) -> Taken:
        """Have payments to the paybill reported. Safaricom takes this once in production; later changes go by its portal."""
        answer = await self._exchange.ask(
            REGISTER_PATH,
            {
                "ShortCode": self._shortcode,
                # When we don't answer a validation the payment is taken: better in suspense here than refused there.
                "ResponseType": "Completed",
                "ConfirmationURL": confirmation_url,
                "ValidationURL": validation_url,
            },
            about="registration of the paybill",
        )
        return request_outcome(answer) if isinstance(answer, Reply) else _unanswered(answer)

    async def register_statement(self, *, nominated_phone: Phone, callback_url: str) -> Taken:
        """Ask for Pull, once. `nominated_phone` is the Safaricom number that belongs to the organisation."""
        answer = await self._exchange.ask(
            PULL_REGISTER_PATH,
            {
                "ShortCode": self._shortcode,
                "RequestType": "Pull",
                "NominatedNumber": nominated_phone.removeprefix("+"),
                "CallBackURL": callback_url,
            },
            about="registration for Pull",
        )
        return registration_outcome(answer) if isinstance(answer, Reply) else _unanswered(answer)

    async def payment_code(self, *, reference: str, amount: Money, name: str) -> bytes | Failed | Unknown:
        """A QR code (PNG) that pays `amount` to our paybill under this account number."""
        answer = await self._exchange.ask(
            QR_PATH,
            {
                "MerchantName": name,
                "RefNo": reference,
                "Amount": shillings(amount),
                "TrxCode": "PB",
                "CPI": str(self._shortcode),
                "Size": str(QR_PIXELS),
            },
            about="payment code",
            longest=LONGEST_PAGE,
        )
        return read_picture(answer) if isinstance(answer, Reply) else _unanswered(answer)

    def read_report(self, topic: Topic, body: bytes) -> Report:
        """Understand a callback of Daraja's."""
        return reports.read_report(topic, body)

    async def _operate(self, path: str, content: dict[str, Any], *, about: str, initiator: str = "Initiator") -> Answer:
        """A request that needs the API operator's name and password; without them it is never sent."""
        try:
            credential = self._operator_credential()
        except NoCredential as problem:
            return NeverSent(str(problem))
        signed = {initiator: self._settings.initiator, "SecurityCredential": credential, **content}
        return await self._exchange.ask(path, signed, about=about)

    def _operator_credential(self) -> str:
        settings = self._settings
        if not (settings.initiator and settings.initiator_password and settings.certificate):
            raise NoCredential("DARAJA_INITIATOR, DARAJA_INITIATOR_PASSWORD or DARAJA_CERTIFICATE is missing")
        if not self._credential:
            self._credential = security_credential(Path(settings.certificate), settings.initiator_password)
        return self._credential

    def _signature(self) -> dict[str, Any]:
        """Shortcode, time and password. Daraja compares the time with its own clock, which is East Africa's."""
        stamp = self._clock.now().astimezone(EAST_AFRICA).strftime("%Y%m%d%H%M%S")
        secret = f"{self._shortcode}{self._settings.passkey}{stamp}".encode()
        return {
            "BusinessShortCode": self._shortcode,
            "Password": base64.b64encode(secret).decode(),
            "Timestamp": stamp,
        }


def account_name(settings: DarajaSettings) -> str:
    """A name for whoever shares these credentials, which says nothing of them."""
    whose = f"{settings.base_url} {settings.consumer_key} {settings.consumer_secret}"
    return f"daraja {settings.shortcode} {hashlib.sha256(whose.encode()).hexdigest()[:32]}"


def shillings(amount: Money) -> int:
    """Whole shillings. Raises ValueError for cents or another currency: rounding would lose money."""
    whole, cents = divmod(amount.minor, KES.units)
    if amount.currency != KES or cents:
        raise ValueError("M-Pesa takes whole Kenyan shillings")
    return whole


def _unanswered(answer: Answer) -> Failed | Unknown:
    """What is known without a reply: nothing happened, or nobody can say."""
    if isinstance(answer, NeverSent):
        return Failed(UNREACHABLE, answer.reason, "not-sent")
    return Unknown("" if isinstance(answer, Reply) else answer.reason)
