"""B2C: money from our shortcode to a phone.

The originator's id is taken once for ever. Money moves at most once per payout and is on the disk before anybody is told;
the result is sent once. A queue that times out says nothing about the money, which may still move afterwards.
"""

from dataclasses import dataclass, field
from typing import Any

from core.sandbox.daraja import replies
from core.sandbox.daraja.answers import Refused
from core.sandbox.daraja.bank import Bank
from core.sandbox.daraja.book import Entry, payout_charge
from core.sandbox.daraja.courier import Courier, Letter
from core.sandbox.daraja.operator import Operator
from core.sandbox.daraja.orders import HIGHEST_PAYOUT, LOWEST_PAYOUT, PayoutOrder
from core.sandbox.faults import Fault
from core.sandbox.world import World

_RECEIVER_LIMIT = 500_000


@dataclass
class Payout:
    """One payout from its acceptance to its result. Times are ISO 8601 in UTC, `amount` whole shillings."""

    originator: str
    conversation: str
    phone: str
    amount: int
    result_url: str
    timeout_url: str
    is_ours: bool
    began: str
    state: str = "taken"
    code: str | None = None
    receipt: str | None = None
    settled: str | None = None
    callbacks: list[dict[str, Any]] = field(default_factory=list)

    def shown(self) -> dict[str, Any]:
        """For whoever compares; the callbacks' addresses carry a secret and stay out."""
        hidden = ("result_url", "timeout_url", "is_ours")
        return {name: value for name, value in vars(self).items() if name not in hidden}


class Payouts:
    def __init__(self, world: World, bank: Bank, courier: Courier, operator: Operator) -> None:
        self._world, self._bank, self._courier, self._operator = world, bank, courier, operator
        remembered = bank.keep("payouts", lambda: [vars(payout) for payout in self._payouts.values()]) or []
        self._payouts = {kept["originator"]: Payout(**kept) for kept in remembered}

    @property
    def all(self) -> list[Payout]:
        return list(self._payouts.values())

    def find(self, originator: str) -> Payout | None:
        return self._payouts.get(originator)

    def resume(self) -> None:
        """Take up what was accepted when the last run stopped."""
        for payout in self._payouts.values():
            if payout.state == "taken":
                self._world.errands.run(self.settle(payout))

    async def accept(self, order: PayoutOrder) -> Payout:
        """Take an order once; it is paid by `settle`. Raises Refused for an id that was seen before."""
        if order.originator in self._payouts:
            raise Refused(500, "500.002.1001", "Duplicate OriginatorConversationID.")
        payout = Payout(
            originator=order.originator,
            conversation=replies.conversation_id(self._world.clock.now()),
            phone=order.phone,
            amount=order.amount,
            result_url=order.result_url,
            timeout_url=order.timeout_url,
            is_ours=self._operator.knows(order.initiator, order.credential),
            began=self._bank.now(),
        )
        self._payouts[payout.originator] = payout
        self._bank.changed()
        await self._bank.saved()
        return payout

    async def settle(self, payout: Payout) -> None:
        """Pay, or find out why not, and tell."""
        await self._world.clock.sleep(self._world.behaviour.payout_seconds)
        faults, phone = self._world.faults, payout.phone
        late = faults.take("daraja.payout", "queue_timeout", phone=phone)
        if late:
            await self._tell(payout, payout.timeout_url, _timed_out(payout))
            await self._world.clock.sleep(late.seconds_or(5))
        failing = faults.take("daraja.payout", "fail", phone=phone)
        await self._end(payout, failing)
        if not (late and late.code):
            await self._tell(payout, payout.result_url, self._result(payout))

    async def _end(self, payout: Payout, failing: Fault | None) -> None:
        code = str(failing.code or replies.SHORT_OF_FUNDS) if failing else self._refusal(payout)
        payout.state, payout.code, payout.settled = "settled", code, self._bank.now()
        if code == replies.DONE:
            self._pay(payout)
        self._bank.changed(payout.phone)
        await self._bank.saved()

    def _refusal(self, payout: Payout) -> str:
        book = self._bank.book
        if not payout.is_ours:
            return replies.WRONG_INITIATOR
        if payout.amount < LOWEST_PAYOUT:
            return replies.TOO_LITTLE
        if payout.amount > HIGHEST_PAYOUT:
            return replies.TOO_MUCH
        if self._world.people.by_phone(payout.phone) is None:
            return replies.UNREGISTERED
        if book.account(payout.phone).balance + payout.amount > _RECEIVER_LIMIT:
            return replies.RECEIVER_FULL
        return replies.SHORT_OF_FUNDS if book.balance < payout.amount else replies.DONE

    def _pay(self, payout: Payout) -> None:
        payout.receipt = self._bank.new_receipt()
        entry = Entry(
            receipt=payout.receipt,
            phone=payout.phone,
            amount=payout.amount,
            account="",
            at=payout.settled or "",
            kind="payout",
            charge=payout_charge(payout.amount),
            originator=payout.originator,
        )
        self._bank.book.send(entry)
        business = self._world.settings.business_name
        self._bank.tell(entry, f"You have received Ksh{payout.amount:,}.00 from {business}")

    def _result(self, payout: Payout) -> dict[str, Any]:
        code, entry = payout.code or "", self._bank.book.find(payout.receipt or "")
        ids: dict[str, Any] = {"originator": payout.originator, "conversation": payout.conversation}
        if entry is None:
            return replies.result(code, **ids, description=replies.TEXTS.get(code, "The request failed."))
        person = self._world.people.by_phone(payout.phone)
        parameters = replies.payout_parameters(entry, self._bank.book, person)
        return replies.result(code, **ids, transaction=entry.receipt, parameters=parameters)

    async def _tell(self, payout: Payout, url: str, body: dict[str, Any]) -> None:
        def note(outcome: int | str) -> None:
            at = self._world.clock.now().isoformat(timespec="milliseconds")
            payout.callbacks.append({"at": at, "code": body["Result"]["ResultCode"], "outcome": outcome})
            self._bank.changed()

        await self._courier.deliver(Letter("daraja.result", payout.phone, url, body, note))


def _timed_out(payout: Payout) -> dict[str, Any]:
    """What comes to QueueTimeOutURL: the request wasn't answered in time, which says nothing of the money."""
    ids: dict[str, Any] = {"originator": payout.originator, "conversation": payout.conversation}
    return replies.result("1", **ids, description="The request timed out in the queue.")
