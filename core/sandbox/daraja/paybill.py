"""C2B: somebody pays our paybill from the M-PESA menu, and Daraja reports it.

If validation is switched on, the application is asked first and has eight seconds. Money moves once, then one confirmation
is sent to the address that was registered; a payment by prompt is confirmed in the same way, beside its own callback.
"""

import asyncio
import hashlib
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

import aiohttp

from core.sandbox.daraja import replies
from core.sandbox.daraja.bank import Bank
from core.sandbox.daraja.book import Entry
from core.sandbox.daraja.courier import Courier, Letter
from core.sandbox.daraja.orders import Registration
from core.sandbox.daraja.results import mask
from core.sandbox.people import Person
from core.sandbox.world import World

HIGHEST_PAYMENT, LONGEST_ACCOUNT = 250_000, 20
_VALIDATION_SECONDS = 8


class NotPayable(Exception):
    """A payment can't be made; the message says why, as the phone would."""


@dataclass(frozen=True)
class Payment:
    """What somebody wants to pay: whole shillings, and the account as it was typed."""

    phone: str
    amount: int
    account: str
    receipt: str


class Paybill:
    def __init__(self, world: World, bank: Bank, courier: Courier) -> None:
        self._world, self._bank, self._courier = world, bank, courier
        remembered = bank.keep("registration", lambda: None if self._registered is None else asdict(self._registered))
        self._registered = Registration(**remembered) if remembered else None
        self._callbacks: list[dict[str, Any]] = []

    @property
    def registered(self) -> Registration | None:
        """Where payments are reported, if anywhere."""
        return self._registered

    @property
    def callbacks(self) -> list[dict[str, Any]]:
        """What was reported, and how it was received."""
        return list(self._callbacks)

    async def register(self, registration: Registration) -> None:
        """Report payments to these addresses from now on."""
        self._registered = registration
        self._bank.changed()
        await self._bank.saved()

    async def pay(self, phone: str, *, amount: int, account: str, pin: str | None) -> Entry:
        """Pay the paybill as its owner does. `pin` None: she isn't asked for it. Raises NotPayable."""
        owner = self._bank.book.account(phone)
        if pin is not None and pin != owner.pin:
            raise NotPayable("the M-PESA PIN is wrong")
        if not 1 <= amount <= HIGHEST_PAYMENT:
            raise NotPayable(f"M-PESA takes from 1 to {HIGHEST_PAYMENT} shillings")
        if not account.strip() or len(account) > LONGEST_ACCOUNT:
            raise NotPayable(f"an account number has 1 to {LONGEST_ACCOUNT} characters")
        payment = Payment(phone, amount, account, self._bank.new_receipt())
        reference = await self._validate(payment)
        if owner.balance < amount:
            raise NotPayable("there isn't enough money in this M-PESA")
        return await self._take(payment, reference)

    async def confirm(self, entry: Entry, *, reference: str = "") -> None:
        """Report a payment that was made, if anybody wants to know."""
        if self._registered is None:
            return
        body = self._body(entry, held=f"{self._bank.book.balance}.00", reference=reference)
        url = self._registered.confirmation_url
        await self._courier.deliver(Letter("daraja.confirmation", entry.phone, url, body, self._noting(entry.receipt)))
        if forged := self._world.faults.take("daraja.confirmation", "forge", phone=entry.phone):
            invented = {**body, "TransID": self._bank.new_receipt(), "TransAmount": f"{forged.amount or 100_000}.00"}
            await self._courier.send(Letter("daraja.confirmation", entry.phone, url, invented, self._noting("forged")))

    async def _take(self, payment: Payment, reference: str) -> Entry:
        entry = Entry(payment.receipt, payment.phone, payment.amount, payment.account, self._bank.now(), kind="paybill")
        self._bank.book.pay(entry)
        business = self._world.settings.business_name
        self._bank.tell(entry, f"Ksh{payment.amount:,}.00 sent to {business} for account {payment.account}")
        self._bank.changed(payment.phone)
        await self._bank.saved()
        self._world.errands.run(self.confirm(entry, reference=reference))
        return entry

    async def _validate(self, payment: Payment) -> str:
        """Ask the application whether to take it; returns its own reference. Raises NotPayable."""
        registered = self._registered
        if registered is None or not self._world.behaviour.validation:
            return ""
        entry = Entry(payment.receipt, payment.phone, payment.amount, payment.account, self._bank.now(), kind="paybill")
        answer: Any = None
        with suppress(aiohttp.ClientError, TimeoutError, asyncio.TimeoutError, OSError):
            body = self._body(entry, held="", reference="")
            _, answer = await self._courier.post(registered.validation_url, body, seconds=_VALIDATION_SECONDS)
        code = str(answer.get("ResultCode")) if isinstance(answer, dict) else None
        if code not in ("None", None) and code != "0":
            self._bank.write(payment.phone, f"Failed. The account number {payment.account} was rejected.")
            raise NotPayable("the business rejected this payment")
        if code != "0" and not registered.completes:
            raise NotPayable("the business didn't answer")
        reference = answer.get("ThirdPartyTransID") if isinstance(answer, dict) else ""
        return reference if isinstance(reference, str) else ""

    def _body(self, entry: Entry, *, held: str, reference: str) -> dict[str, Any]:
        first, middle, last = _names(self._world.people.by_phone(entry.phone))
        return {
            "TransactionType": "Pay Bill",
            "TransID": entry.receipt,
            "TransTime": replies.compact(entry.at),
            "TransAmount": f"{entry.amount}.00",
            "BusinessShortCode": self._world.settings.shortcode,
            "BillRefNumber": entry.account,
            "InvoiceNumber": "",
            "OrgAccountBalance": held,
            "ThirdPartyTransID": reference,
            "MSISDN": self._phone(entry.phone),
            "FirstName": first,
            "MiddleName": middle,
            "LastName": last,
        }

    def _phone(self, phone: str) -> str:
        digits = phone[1:]
        if self._registered is not None and self._registered.hashes_phones:
            return hashlib.sha256(digits.encode()).hexdigest()
        return mask(phone)

    def _noting(self, receipt: str) -> Any:
        def note(outcome: int | str) -> None:
            self._callbacks.append({"at": self._bank.now(), "receipt": receipt, "outcome": outcome})

        return note


def _names(person: Person | None) -> tuple[str, str, str]:
    words = ["", "", ""] if person is None else [*person.name.upper().split(), "", "", ""]
    return words[0], words[1], words[2]
