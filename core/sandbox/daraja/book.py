"""M-PESA's own books: what every customer has, and every movement of our shortcode's money.

Entries are only ever added. The shortcode's balance is their sum, so our ledger can be compared with somebody else's.
Whole shillings throughout. Customers pay no charges; what M-PESA charges us accrues on an account of its own.
"""

from dataclasses import asdict, dataclass
from typing import Any

OPENING_BALANCE = 20_000
USUAL_PIN = "1234"
# Money that came to our shortcode, and money that left it.
INCOMING, OUTGOING = ("prompt", "paybill", "float"), ("payout", "reversal")
# What a payout to a registered number costs the business, by the highest amount of each band (tariff of August 2023).
PAYOUT_CHARGES = ((100, 0), (1_500, 5), (5_000, 9), (20_000, 11), (250_000, 13))


@dataclass
class Account:
    """A customer's M-PESA: shillings and a four-digit PIN."""

    balance: int = OPENING_BALANCE
    pin: str = USUAL_PIN


@dataclass(frozen=True)
class Entry:
    """One movement. `amount` and `charge` in whole shillings, `at` ISO 8601 in UTC.

    `checkout`: the prompt that it was paid by. `originator`: the payout that it is. `linked`: the receipt that it undoes.
    """

    receipt: str
    phone: str
    amount: int
    account: str
    at: str
    checkout: str = ""
    kind: str = "prompt"
    charge: int = 0
    originator: str = ""
    linked: str = ""

    @property
    def moved(self) -> int:
        """What it changed of the shortcode's balance."""
        return self.amount if self.kind in INCOMING else -self.amount

    def shown(self) -> dict[str, Any]:
        return {**asdict(self), "amount": f"{self.amount}.00", "charge": f"{self.charge}.00"}


class Book:
    """Customers' accounts and the shortcode's entries."""

    def __init__(self, remembered: dict[str, Any]) -> None:
        self._accounts = {phone: Account(**kept) for phone, kept in remembered.get("accounts", {}).items()}
        self._entries = {kept["receipt"]: Entry(**kept) for kept in remembered.get("entries", [])}
        self._balance = sum(entry.moved for entry in self._entries.values())

    def dump(self) -> dict[str, Any]:
        return {
            "accounts": {phone: asdict(account) for phone, account in self._accounts.items()},
            "entries": [asdict(entry) for entry in self._entries.values()],
        }

    def account(self, phone: str) -> Account:
        """Everybody with a number has an account; it opens with the usual balance and PIN."""
        return self._accounts.setdefault(phone, Account())

    @property
    def entries(self) -> list[Entry]:
        return list(self._entries.values())

    @property
    def balance(self) -> int:
        return self._balance

    @property
    def charges(self) -> int:
        """What M-PESA has charged us so far."""
        return sum(entry.charge for entry in self._entries.values())

    def has(self, receipt: str) -> bool:
        return receipt in self._entries

    def find(self, receipt: str) -> Entry | None:
        return self._entries.get(receipt)

    def undone(self, receipt: str) -> Entry | None:
        """The reversal of this receipt, if there was one."""
        return next((entry for entry in self._entries.values() if entry.linked == receipt), None)

    def pay(self, entry: Entry) -> None:
        """Move money from the customer to the shortcode. The caller has checked that it is there."""
        account = self.account(entry.phone)
        if entry.kind not in INCOMING or account.balance < entry.amount:
            raise AssertionError("a payment needs a payer with enough money")
        self._add(entry)
        account.balance -= entry.amount

    def send(self, entry: Entry) -> None:
        """Move money from the shortcode to the customer. The caller has checked that it is there."""
        if entry.kind not in OUTGOING or self._balance < entry.amount:
            raise AssertionError("money is sent out of what there is")
        self._add(entry)
        self.account(entry.phone).balance += entry.amount

    def top_up(self, entry: Entry) -> None:
        """Our own money, brought from a bank."""
        self._add(entry)

    def remember(self, entry: Entry) -> None:
        """A payment of a time before this book was begun: what its payer has by now isn't changed. Once for each receipt."""
        if not self.has(entry.receipt):
            self._add(entry)

    def _add(self, entry: Entry) -> None:
        if entry.receipt in self._entries or entry.amount < 1:
            raise AssertionError("an entry needs a new receipt and an amount")
        self._entries[entry.receipt] = entry
        self._balance += entry.moved

    def last_same(self, phone: str, amount: int) -> str | None:
        """When this customer last paid this very amount (ISO 8601), for Safaricom's two-minute rule."""
        same = (
            entry.at
            for entry in reversed(self._entries.values())
            if (entry.phone, entry.amount) == (phone, amount) and entry.kind in INCOMING
        )
        return next(same, None)


def payout_charge(amount: int) -> int:
    """What a payout costs us."""
    return next(charge for highest, charge in PAYOUT_CHARGES if amount <= highest)
