"""SMS by Africa's Talking, through its own SDK.

The SDK blocks, keeps no connection and has no setting for its address, so each call gets a client object of its own, aimed at
our base URL, in a bounded pool of threads. It decodes an answer only when its content type is exactly `application/json` and
throws the HTTP status away; what it leaves unclear is Unknown here, never "failed".
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import requests
from africastalking.Application import ApplicationService
from africastalking.Service import AfricasTalkingException
from africastalking.SMS import SMSService
from urllib3.exceptions import MaxRetryError, NameResolutionError, NewConnectionError

from core.kernel.phone import Phone
from core.kernel.settings import AfricasTalkingSettings
from core.notifications.ports import Accepted, Outcome, Rejected, Unknown

THREADS = 8
# To connect, and between two parts of the answer; the second bounds the call as a whole, waiting for a thread included.
TIMEOUT = (3.05, 9.05)
CALL_SECONDS = 25.0
COST = re.compile(r"(?:(?P<currency>[A-Z]{3})\s+)?(?P<amount>\d{1,6}(?:\.\d{1,6})?)", re.ASCII)

# Africa's Talking's status codes of a recipient (its documentation of "Bulk SMS").
ACCEPTED = {100: "Processed", 101: "Sent", 102: "Queued"}
REFUSED = {
    402: "InvalidSenderId",
    403: "InvalidPhoneNumber",
    404: "UnsupportedNumberType",
    406: "UserInBlacklist",
    407: "CouldNotRoute",
    409: "DoNotDisturbRejection",
    502: "RejectedByGateway",
}
# Topping the account up helps, so these wait.
OUT_OF_CREDIT = {405: "InsufficientBalance"}
# These have been seen on messages that arrived.
UNCLEAR = {401: "RiskHold", 500: "InternalServerError", 501: "GatewayError"}
# In the words of the API: an operator has to put it right, and it is worth another try until then.
BAD_CREDENTIALS = re.compile(r"authentication is invalid", re.IGNORECASE)
BAD_REQUEST = re.compile(r"missing required|content-type|is invalid", re.IGNORECASE)

log = logging.getLogger(__name__)


class NotAnswering(Exception):
    """Africa's Talking can't be used now; the message says why."""


class AfricasTalkingSms:
    """Sends SMS. One object serves a whole process."""

    def __init__(self, settings: AfricasTalkingSettings) -> None:
        self._settings = settings
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="sms")

    async def send(self, *, to: Phone, message: str) -> Outcome:
        """Send one SMS."""
        try:
            answer = await self._call(lambda: self._send(to, message))
        except TimeoutError:
            return Unknown("no answer in time")
        except requests.RequestException as error:
            return _of_connection(error)
        except AfricasTalkingException as refusal:
            return _of_refusal(str(refusal))
        return _of_answer(answer)

    async def ping(self) -> str:
        """The account's balance as Africa's Talking writes it. Raises NotAnswering."""
        try:
            answer = await self._call(self._balance)
        except (TimeoutError, requests.RequestException, AfricasTalkingException) as error:
            raise NotAnswering(f"Africa's Talking: {type(error).__name__}") from None
        balance = _decoded(answer).get("UserData", {}).get("balance")
        if not isinstance(balance, str):
            raise NotAnswering("Africa's Talking: the answer has no balance")
        return balance

    async def aclose(self) -> None:
        """Let go of the threads, once those that are in a call have come back (the SDK's timeouts bound that)."""
        await asyncio.to_thread(self._threads.shutdown, wait=True, cancel_futures=True)

    async def _call(self, call: Callable[[], Any]) -> Any:
        async with asyncio.timeout(CALL_SECONDS):
            return await asyncio.get_running_loop().run_in_executor(self._threads, call)

    def _send(self, to: Phone, message: str) -> Any:
        client = self._aimed(SMSService(self._settings.username, self._settings.api_key))
        return client.send(message, [to], sender_id=self._settings.sender_id or None, timeout=TIMEOUT)

    def _balance(self) -> Any:
        client = self._aimed(ApplicationService(self._settings.username, self._settings.api_key))
        return client.fetch_application_data(timeout=TIMEOUT)

    def _aimed(self, client: Any) -> Any:
        """The SDK takes its address from the user name alone; only this private field changes it."""
        client._baseUrl = f"{self._settings.base_url}/version1"  # noqa: SLF001
        return client


def _of_connection(error: requests.RequestException) -> Outcome:
    """Never connected means never sent; everything else may have been."""
    cause = error.args[0] if error.args else None
    inner = cause.reason if isinstance(cause, MaxRetryError) else cause
    never_connected = isinstance(error, requests.ConnectTimeout | requests.exceptions.SSLError)
    if never_connected or isinstance(inner, NewConnectionError | NameResolutionError):
        return Rejected(f"no connection: {type(error).__name__}", retry=True)
    return Unknown(type(error).__name__)


def _of_refusal(said: str) -> Outcome:
    """An HTTP status that isn't a success. Which one, the SDK keeps to itself: only the words are left."""
    if BAD_CREDENTIALS.search(said):
        log.error("Africa's Talking refuses the account's name or API key")
        return Rejected("the API key is refused", retry=True)
    if BAD_REQUEST.search(said):
        return Rejected("the request is refused")
    return Unknown("the gateway has a problem")


def _of_answer(answer: Any) -> Outcome:
    data = _decoded(answer).get("SMSMessageData")
    if not isinstance(data, dict) or not isinstance(data.get("Recipients"), list):
        return Unknown("the answer can't be read")
    if not data["Recipients"]:
        # Nobody was sent anything; the message says why ("InvalidSenderId").
        return Rejected(str(data.get("Message", "no recipient"))[:100])
    recipient = data["Recipients"][0]
    return _of_recipient(recipient) if isinstance(recipient, dict) else Unknown("the answer can't be read")


def _of_recipient(recipient: dict[str, Any]) -> Outcome:
    try:
        code = int(recipient.get("statusCode", 0))
    except (TypeError, ValueError):
        return Unknown("the answer has no status")
    if code in ACCEPTED:
        identifier = str(recipient.get("messageId") or "")
        return Accepted("" if identifier == "None" else identifier, read_cost(str(recipient.get("cost", ""))))
    if code in OUT_OF_CREDIT:
        log.error("the SMS account is out of credit")
        return Rejected(f"{code} {OUT_OF_CREDIT[code]}", retry=True)
    if code in REFUSED:
        return Rejected(f"{code} {REFUSED[code]}")
    return Unknown(f"{code} {UNCLEAR.get(code, 'a status that is not documented')}")


def _decoded(answer: Any) -> dict[str, Any]:
    """The answer as an object, also where the SDK left it a text; empty when it isn't one."""
    if isinstance(answer, str):
        try:
            answer = json.loads(answer)
        except ValueError:
            return {}
    return answer if isinstance(answer, dict) else {}


def read_cost(written: str) -> Decimal | None:
    """A cost such as "KES 0.8000", in KES; "0" is nothing. None for what isn't KES or can't be read."""
    found = COST.fullmatch(written.strip())
    if found is None:
        return None
    amount = Decimal(found["amount"])
    return amount if found["currency"] == "KES" or (found["currency"] is None and not amount) else None
