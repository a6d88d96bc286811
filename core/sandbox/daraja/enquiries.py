"""What an operator may ask about our shortcode: what became of a transaction, and what the accounts hold.

The answer comes to the ResultURL and says nothing new about money: it reads the book.
"""

from typing import Any

from core.sandbox.daraja import replies
from core.sandbox.daraja.bank import Bank
from core.sandbox.daraja.book import Entry
from core.sandbox.daraja.courier import Courier, Letter
from core.sandbox.daraja.operator import Operator
from core.sandbox.daraja.orders import Order, Question
from core.sandbox.daraja.payouts import Payout, Payouts
from core.sandbox.world import World

# The number under which M-PESA says that it doesn't know a transaction isn't documented; nobody may depend on it.
NOT_FOUND = "2032"


class Enquiries:
    def __init__(self, world: World, bank: Bank, courier: Courier, operator: Operator, payouts: Payouts) -> None:
        self._world, self._bank, self._courier = world, bank, courier
        self._operator, self._payouts = operator, payouts

    def ids(self) -> dict[str, Any]:
        """The names of one question."""
        now = self._world.clock.now()
        return {"originator": replies.conversation_id(now)[3:], "conversation": replies.conversation_id(now)}

    async def tell_transaction(self, question: Question, ids: dict[str, Any]) -> None:
        """Answer what became of a transaction."""
        await self._world.clock.sleep(self._world.behaviour.answer_delay_seconds)
        entry, payout = self._find(question)
        phone = entry.phone if entry else payout.phone if payout else ""
        await self._send(question, phone, self._transaction(question, entry, payout, ids))

    async def tell_balance(self, order: Order, ids: dict[str, Any]) -> None:
        """Answer what the accounts hold."""
        await self._world.clock.sleep(self._world.behaviour.answer_delay_seconds)
        if not self._operator.knows(order.initiator, order.credential):
            return await self._send(order, "", replies.result(replies.WRONG_INITIATOR, **ids))
        parameters = {"AccountBalance": self._accounts(), "BOCompletedTime": replies.compact(self._bank.now())}
        transaction = self._bank.new_receipt()
        await self._send(order, "", replies.result(replies.DONE, **ids, transaction=transaction, parameters=parameters))
        return None

    def _find(self, question: Question) -> tuple[Entry | None, Payout | None]:
        payout = self._payouts.find(question.originator)
        return self._bank.book.find(payout.receipt or "" if payout else question.receipt), payout

    def _transaction(
        self, question: Question, entry: Entry | None, payout: Payout | None, ids: dict[str, Any]
    ) -> dict[str, Any]:
        if not self._operator.knows(question.initiator, question.credential):
            return replies.result(replies.WRONG_INITIATOR, **ids)
        if entry is not None:
            customer, business = self._world.people.by_phone(entry.phone), self._world.settings.shortcode
            is_undone = self._bank.book.undone(entry.receipt) is not None
            known = replies.status_parameters(entry, customer=customer, business=business, is_undone=is_undone)
            return replies.result(replies.DONE, **ids, transaction=self._bank.new_receipt(), parameters=known)
        if payout is not None:
            known = {
                "OriginatorConversationID": payout.originator,
                "TransactionStatus": "Declined" if payout.state == "settled" else "Authorized",
                "TransactionReason": replies.TEXTS.get(payout.code or ""),
                "Amount": f"{payout.amount}.00",
                "ReceiptNo": None,
            }
            return replies.result(replies.DONE, **ids, transaction=self._bank.new_receipt(), parameters=known)
        return replies.result(NOT_FOUND, **ids, description="The transaction receipt number does not exist.")

    def _accounts(self) -> str:
        held, charged = self._bank.book.balance, self._bank.book.charges
        accounts = {"Working Account": 0, "Float Account": 0, "Utility Account": held, "Charges Paid Account": -charged}
        return "&".join(f"{name}|KES|{sum_}.00|{sum_}.00|0.00|0.00" for name, sum_ in accounts.items())

    async def _send(self, order: Order, phone: str, body: dict[str, Any]) -> None:
        await self._courier.deliver(Letter("daraja.result", phone, order.result_url, body, lambda _outcome: None))
