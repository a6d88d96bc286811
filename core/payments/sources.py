"""A payment to us as one source tells of it: a callback, a confirmation, a statement, an answer to a question.

The receipt is the one identity that all sources share, so it alone decides whether two of them speak of the same money.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from core.kernel.money import Money

# From the weakest to the strongest: a claimed callback, a confirmation, M-Pesa's own answers, the statement.
Source = Literal["stk", "c2b", "status", "pull", "statement"]
PROVIDER = "mpesa"
# Longer than anything that M-Pesa lets a payer type, short enough for every list that shows it.
LONGEST_ACCOUNT = 40


@dataclass(frozen=True)
class Payment:
    """Money that arrived, as far as the source knows it.

    `account`: what the payer typed. `payer`: her number, masked; `payer_digest`: its SHA-256 in hex, where M-Pesa tells one.
    `merchant_request_id`: of the prompt that it answers, when the source says so. `paid_at`: M-Pesa's own time.
    """

    receipt: str
    amount: Money
    source: Source
    account: str = ""
    payer: str = ""
    payer_digest: str = ""
    payer_name: str = ""
    merchant_request_id: str = ""
    paid_at: datetime | None = None

    def told(self) -> dict[str, Any]:
        """What it tells, as the columns that every row of a payment has."""
        return {
            "provider": PROVIDER,
            "receipt": self.receipt,
            "amount": self.amount.as_decimal(),
            "currency": self.amount.currency.code,
            "account": self.account,
            "payer": self.payer,
            "payer_digest": self.payer_digest,
            "payer_name": self.payer_name,
            "paid_at": self.paid_at,
        }
