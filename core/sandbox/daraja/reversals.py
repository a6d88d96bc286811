"""Reversal: a payment to us goes back to its payer, once. A payout can't be reversed."""

from typing import Any

from core.sandbox.daraja import replies
from core.sandbox.daraja.bank import Bank
from core.sandbox.daraja.book import INCOMING, Entry
from core.sandbox.daraja.courier import Courier, Letter
from core.sandbox.daraja.operator import Operator
from core.sandbox.daraja.orders import ReversalOrder
from core.sandbox.world import World


class Reversals:
    def __init__(self, world: World, bank: Bank, courier: Courier, operator: Operator) -> None:
        self._world, self._bank, self._courier, self._operator = world, bank, courier, operator

    async def settle(self, order: ReversalOrder, ids: dict[str, Any]) -> None:
        """Give the money back, or say why not."""
        await self._world.clock.sleep(self._world.behaviour.payout_seconds)
        found, code = self._bank.book.find(order.receipt), self._refusal(order)
        phone = found.phone if found else ""
        body = replies.result(code, **ids)
        if code == replies.DONE and found is not None:
            entry = await self._give_back(found)
            body = replies.result(code, **ids, transaction=entry.receipt, parameters=self._parameters(entry))
        await self._courier.deliver(Letter("daraja.result", phone, order.result_url, body, lambda _outcome: None))

    def _refusal(self, order: ReversalOrder) -> str:
        book = self._bank.book
        found = book.find(order.receipt)
        if not self._operator.knows(order.initiator, order.credential):
            return replies.WRONG_INITIATOR
        if found is None or found.kind not in INCOMING or not found.phone or found.amount != order.amount:
            return replies.NO_SUCH_TRANSACTION
        if book.undone(found.receipt) is not None:
            return replies.ALREADY_REVERSED
        return replies.SHORT_OF_FUNDS if book.balance < found.amount else replies.DONE

    async def _give_back(self, found: Entry) -> Entry:
        entry = Entry(
            receipt=self._bank.new_receipt(),
            phone=found.phone,
            amount=found.amount,
            account=found.account,
            at=self._bank.now(),
            kind="reversal",
            linked=found.receipt,
        )
        self._bank.book.send(entry)
        self._bank.tell(entry, f"Ksh{entry.amount:,}.00 of {found.receipt} has been reversed to you")
        self._bank.changed(entry.phone)
        await self._bank.saved()
        return entry

    def _parameters(self, entry: Entry) -> dict[str, Any]:
        held, business = self._bank.book.balance, self._world.settings.shortcode
        return {
            "DebitAccountBalance": f"Utility Account|KES|{held}.00|{held}.00|0.00|0.00",
            "Amount": entry.amount,
            "TransCompletedTime": int(replies.compact(entry.at)),
            "OriginalTransactionID": entry.linked,
            "Charge": 0,
            "CreditPartyPublicName": f"{entry.phone[1:]} - ",
            "DebitPartyPublicName": f"{business} - {self._world.settings.business_name}",
        }
