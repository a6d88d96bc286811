"""M-PESA's own books: what every customer has, and what was paid to our shortcode.

Entries are only ever added. The shortcode's balance is their sum, so our ledger can be compared with somebody else's.
Whole shillings throughout; no charges are taken from customers (the tariff where the business pays).
"""

from dataclasses import asdict, dataclass
from typing import Any

OPENING_BALANCE = 20_000
USUAL_PIN = "1234"


@dataclass
class Account:
    """A customer's M-PESA: shillings and a four-digit PIN."""

    balance: int = OPENING_BALANCE
    pin: str = USUAL_PIN


@dataclass(frozen=True)
class Entry:
    """One payment received. `amount` in whole shillings, `at` ISO 8601 in UTC."""

    receipt: str
    phone: str
    amount: int
    account: str
    at: str
    checkout: str

    def shown(self) -> dict[str, Any]:
        return {**asdict(self), "amount": f"{self.amount}.00"}


class Book:
    """Customers' accounts and the shortcode's entries."""

    def __init__(self, remembered: dict[str, Any]) -> None:
        self._accounts = {phone: Account(**kept) for phone, kept in remembered.get("accounts", {}).items()}
        self._entries = {kept["receipt"]: Entry(**kept) for kept in remembered.get("entries", [])}

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
        return sum(entry.amount for entry in self._entries.values())

    def has(self, receipt: str) -> bool:
        return receipt in self._entries

    def pay(self, entry: Entry) -> None:
        """Move the money from the customer to the shortcode. The caller has checked that it is there."""
        account = self.account(entry.phone)
        if entry.receipt in self._entries or account.balance < entry.amount:
            raise AssertionError("a payment needs a new receipt and enough money")
        account.balance -= entry.amount
        self._entries[entry.receipt] = entry

    def last_same(self, phone: str, amount: int) -> str | None:
        """When this customer last paid this very amount (ISO 8601), for Safaricom's two-minute rule."""
        same = (entry.at for entry in reversed(self._entries.values()) if (entry.phone, entry.amount) == (phone, amount))
        return next(same, None)
