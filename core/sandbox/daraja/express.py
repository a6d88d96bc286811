"""M-Pesa Express: a push becomes a prompt on the handset, the prompt a result, the result a callback.

Money moves at most once per push and is on the disk before anybody is told. Callbacks are sent once, as Safaricom does:
who misses one has to ask.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from core.sandbox import identifiers
from core.sandbox.clock import EAST_AFRICA
from core.sandbox.daraja import results
from core.sandbox.daraja.bank import Bank
from core.sandbox.daraja.book import Book, Entry
from core.sandbox.daraja.courier import Courier, Letter
from core.sandbox.daraja.paybill import Paybill
from core.sandbox.daraja.results import Checkout
from core.sandbox.daraja.validation import PushRequest
from core.sandbox.world import World

_KEPT_CHECKOUTS = 2_000
_SAME_AMOUNT_RULE = timedelta(minutes=2)


class NoPrompt(Exception):
    """There is no such prompt on this phone (any more)."""


class Express:
    """All pushes, newest last, and the book they move money in."""

    def __init__(self, world: World, bank: Bank, courier: Courier, paybill: Paybill) -> None:
        self._world, self._bank, self._courier, self._paybill = world, bank, courier, paybill
        self.book: Book = bank.book
        remembered = bank.keep("checkouts", lambda: [vars(checkout) for checkout in self._checkouts.values()]) or []
        self._checkouts = {kept["id"]: Checkout(**kept) for kept in remembered}
        self._ringing = {kept.phone: kept for kept in self._checkouts.values() if kept.state == "prompted"}
        self._told: dict[str, asyncio.Event] = {}

    @property
    def checkouts(self) -> list[Checkout]:
        return list(self._checkouts.values())

    def resume(self) -> None:
        """Take up the prompts that were open when the last run stopped."""
        for checkout in self._checkouts.values():
            if checkout.state == "accepted":
                self._world.errands.run(self.show_prompt(checkout))
            elif checkout.state == "prompted":
                self._world.errands.run(self._expire(checkout))

    def find(self, checkout_id: str) -> Checkout | None:
        return self._checkouts.get(checkout_id)

    def prompt(self, phone: str) -> Checkout | None:
        """What the handset asks its owner now, if anything."""
        return self._ringing.get(phone)

    def seconds_left(self, checkout: Checkout) -> int:
        if checkout.expires is None:
            return 0
        left = datetime.fromisoformat(checkout.expires) - self._world.clock.now()
        return max(0, round(left.total_seconds()))

    async def accept(self, wanted: PushRequest) -> Checkout:
        """Take a push. The prompt appears by `show_prompt`, after the answer to the application is on its way."""
        moment = self._world.clock.now()
        while (checkout_id := identifiers.checkout_id(moment, wanted.phone)) in self._checkouts:
            moment += timedelta(milliseconds=1)
        checkout = Checkout(
            id=checkout_id,
            merchant_id=identifiers.merchant_request_id(),
            phone=wanted.phone,
            amount=wanted.amount,
            account=wanted.account,
            callback_url=wanted.callback_url,
            fits_product=wanted.fits_product,
            began=moment.isoformat(),
        )
        self._checkouts[checkout_id] = checkout
        self._told[checkout_id] = asyncio.Event()
        self._forget_oldest()
        self._bank.changed()
        await self._bank.saved()
        return checkout

    async def show_prompt(self, checkout: Checkout) -> None:
        """Ring the handset, or end the payment at once where M-PESA would."""
        if (code := self._refusal(checkout)) is not None:
            await self._settle(checkout, code)
            return
        checkout.state, self._ringing[checkout.phone] = "prompted", checkout
        lifetime = timedelta(seconds=self._world.behaviour.prompt_seconds)
        checkout.expires = (self._world.clock.now() + lifetime).isoformat()
        self._touch(checkout)
        self._world.errands.run(self._expire(checkout))
        if self._world.faults.take("daraja.callback", "forge_success", phone=checkout.phone):
            self._world.errands.run(self._send(checkout, self._callback(checkout, results.PAID, self._bank.new_receipt())))

    async def pay(self, phone: str, prompt_id: str, pin: str) -> None:
        """The owner enters her PIN. Raises NoPrompt."""
        checkout = self._open(phone, prompt_id)
        account = self.book.account(phone)
        if pin != account.pin:
            await self._settle(checkout, results.WRONG_PIN)
        elif account.balance < checkout.amount:
            await self._settle(checkout, results.SHORT_OF_MONEY)
        else:
            await self._settle(checkout, results.PAID)

    async def cancel(self, phone: str, prompt_id: str) -> None:
        """The owner dismisses the prompt. Raises NoPrompt."""
        checkout = self._open(phone, prompt_id)
        late = self._world.faults.take("daraja.callback", "success_after_failure", phone=phone)
        await self._settle(checkout, results.CANCELLED)
        if late:
            self._world.errands.run(self._succeed_late(checkout, late.seconds_or(2)))

    async def told(self, checkout: Checkout, seconds: float) -> None:
        """Wait until the first result was sent, at most so long."""
        if (event := self._told.get(checkout.id)) is None:
            return
        waiting = [asyncio.create_task(event.wait()), asyncio.create_task(self._world.clock.sleep(seconds))]
        _, unfinished = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in unfinished:
            task.cancel()

    def _open(self, phone: str, prompt_id: str) -> Checkout:
        checkout = self._checkouts.get(prompt_id)
        if checkout is None or checkout.phone != phone or checkout.state != "prompted":
            raise NoPrompt
        return checkout

    def _refusal(self, checkout: Checkout) -> int | None:
        if not checkout.fits_product:
            return results.WRONG_PRODUCT
        if self.prompt(checkout.phone) is not None:
            return results.LOCKED
        last = self.book.last_same(checkout.phone, checkout.amount) if self._world.behaviour.rule_17 else None
        if last is not None and self._world.clock.now() - datetime.fromisoformat(last) < _SAME_AMOUNT_RULE:
            return results.SAME_AMOUNT
        return None

    async def _expire(self, checkout: Checkout) -> None:
        """Nobody answered; a number that nobody has rings as long as one that is ignored."""
        while (left := self.seconds_left(checkout)) > 0 and checkout.state == "prompted":
            await self._world.clock.sleep(left)
        if checkout.state == "prompted":
            await self._settle(checkout, results.UNREACHABLE)

    async def _succeed_late(self, checkout: Checkout, seconds: float) -> None:
        await self._world.clock.sleep(seconds)
        if self.book.account(checkout.phone).balance >= checkout.amount:
            await self._settle(checkout, results.PAID)

    async def _settle(self, checkout: Checkout, code: int) -> None:
        if checkout.state == "prompted":
            self._ringing.pop(checkout.phone, None)
        checkout.state, checkout.code = "settled", code
        checkout.settled = self._world.clock.now().isoformat()
        if code == results.PAID:
            checkout.receipt = self._bank.new_receipt()
            entry = Entry(checkout.receipt, checkout.phone, checkout.amount, checkout.account, checkout.settled, checkout.id)
            self.book.pay(entry)
            self._confirm_by_sms(entry)
            self._world.errands.run(self._confirm(entry, checkout))
        self._touch(checkout)
        await self._bank.saved()
        self._world.errands.run(self._tell(checkout))

    async def _confirm(self, entry: Entry, checkout: Checkout) -> None:
        """The paybill reports each payment to it, also one by prompt: the same receipt comes twice."""
        await self._bank.saved()
        await self._paybill.confirm(entry, reference=checkout.merchant_id)

    def _touch(self, checkout: Checkout) -> None:
        self._bank.changed(checkout.phone)

    def _callback(self, checkout: Checkout, code: int, receipt: str | None, amount: int | None = None) -> dict[str, Any]:
        paid_at = self._world.clock.now().astimezone(EAST_AFRICA).isoformat()
        masked = self._world.behaviour.mask_phones
        return results.callback(checkout, code=code, receipt=receipt, paid_at=paid_at, amount=amount, masked=masked)

    async def _tell(self, checkout: Checkout) -> None:
        """Send the result, in whatever way it was told to go wrong."""
        faults, phone, code = self._world.faults, checkout.phone, checkout.code
        assert code is not None  # noqa: S101 - only settled payments are told
        body = self._callback(checkout, code, checkout.receipt)
        if code == results.PAID:
            if forged := faults.take("daraja.callback", "forge_amount", phone=phone):
                body = self._callback(checkout, code, checkout.receipt, forged.amount or 100_000)
            if faults.take("daraja.callback", "success_without_receipt", phone=phone):
                body = self._callback(checkout, code, None)
        await self._courier.deliver(self._letter(checkout, body))
        self._set_told(checkout)

    def _set_told(self, checkout: Checkout) -> None:
        if (event := self._told.pop(checkout.id, None)) is not None:
            event.set()

    async def _send(self, checkout: Checkout, body: dict[str, Any]) -> None:
        await self._courier.send(self._letter(checkout, body))

    def _letter(self, checkout: Checkout, body: dict[str, Any]) -> Letter:
        code = body["Body"]["stkCallback"]["ResultCode"]

        def note(outcome: int | str) -> None:
            at = self._world.clock.now().isoformat(timespec="milliseconds")
            checkout.callbacks.append({"at": at, "code": code, "outcome": outcome})
            self._bank.changed()

        return Letter("daraja.callback", checkout.phone, checkout.callback_url, body, note)

    def _confirm_by_sms(self, entry: Entry) -> None:
        if self._world.behaviour.mpesa_sms:
            business = self._world.settings.business_name
            self._bank.tell(entry, f"Ksh{entry.amount:,}.00 sent to {business} for account {entry.account}")

    def _forget_oldest(self) -> None:
        while len(self._checkouts) > _KEPT_CHECKOUTS:
            del self._checkouts[next(iter(self._checkouts))]
