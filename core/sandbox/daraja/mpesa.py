"""All of the played M-PESA, wired together."""

from core.sandbox.daraja.bank import Bank
from core.sandbox.daraja.book import Entry
from core.sandbox.daraja.courier import Courier
from core.sandbox.daraja.enquiries import Enquiries
from core.sandbox.daraja.express import Express
from core.sandbox.daraja.operator import Operator
from core.sandbox.daraja.paybill import Paybill
from core.sandbox.daraja.payouts import Payouts
from core.sandbox.daraja.pull import Pull
from core.sandbox.daraja.reversals import Reversals
from core.sandbox.inbox import Inboxes
from core.sandbox.world import World


class Mpesa:
    """The bank and its counters. Call `prepare` before anybody is served and `resume` once everything listens."""

    def __init__(self, world: World, inboxes: Inboxes) -> None:
        self._world = world
        self.bank = Bank(world, inboxes)
        self.book = self.bank.book
        self.operator = Operator(world)
        courier = Courier(world)
        self.paybill = Paybill(world, self.bank, courier)
        self.express = Express(world, self.bank, courier, self.paybill)
        self.payouts = Payouts(world, self.bank, courier, self.operator)
        self.reversals = Reversals(world, self.bank, courier, self.operator)
        self.pull = Pull(world, self.bank)
        self.enquiries = Enquiries(world, self.bank, courier, self.operator, self.payouts)

    def prepare(self) -> None:
        """Make the operator's certificate, if there is an operator."""
        if self._world.settings.initiator_password:
            self.operator.prepare()

    async def bring_float(self, amount: int) -> None:
        """Put our own money (whole shillings) on the shortcode, as from a bank."""
        entry = Entry(self.bank.new_receipt(), "", amount, "", self.bank.now(), kind="float")
        self.book.top_up(entry)
        self.bank.changed()
        await self.bank.saved()

    async def remember(self, payments: list[Entry]) -> None:
        """Put payments of a practice year that is over into the book, those that aren't in it."""
        for payment in payments:
            self.book.remember(payment)
        self.bank.changed()
        await self.bank.saved()

    def resume(self) -> None:
        """Take up what was under way when the last run stopped."""
        self.express.resume()
        self.payouts.resume()
