"""Misbehaviour by the dice: how often each fault happens when nobody has armed it.

The dice are a seed: whether the n-th chance of a fault on a phone strikes depends on nothing else, so the same seed and the
same people doing the same things meet the same trouble, in whatever order the network brings them.
"""

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

_SPAN = 2**64
# A bad day at every gateway of M-PESA: nothing that a provider hasn't been seen to do.
BAD_DAY: dict[str, dict[str, float]] = {
    "daraja.push": {"hang": 0.01, "http_500": 0.02, "http_429": 0.02, "html": 0.02},
    "daraja.callback": {
        "lose": 0.05,
        "delay": 0.05,
        "reorder": 0.05,
        "double": 0.05,
        "late_duplicate": 0.05,
        "before_answer": 0.02,
        "success_after_failure": 0.05,
        "forge_amount": 0.01,
        "forge_success": 0.01,
        "success_without_receipt": 0.01,
    },
    "daraja.query": {"pending": 0.05, "http_429": 0.05, "html": 0.03, "hang": 0.01},
    "daraja.payout": {
        "http_500": 0.02,
        "http_500_after": 0.02,
        "http_429": 0.02,
        "html": 0.01,
        "html_after": 0.02,
        "hang": 0.01,
        "before_answer": 0.02,
        "queue_timeout": 0.03,
        "fail": 0.02,
    },
    "daraja.result": {"lose": 0.05, "delay": 0.05, "reorder": 0.05, "double": 0.05, "late_duplicate": 0.05},
    "daraja.confirmation": {"lose": 0.05, "delay": 0.05, "reorder": 0.05, "double": 0.05, "late_duplicate": 0.05},
    "daraja.status": {"http_500": 0.02, "http_429": 0.03, "html": 0.02, "hang": 0.01},
    "daraja.pull": {"none": 0.05, "http_500": 0.02, "http_429": 0.03, "html": 0.02},
}


@dataclass
class Mischief:
    """`rates`: place and fault to a share from 0 to 1. `seconds`: how long what takes time takes; None: as usual."""

    seed: int = 0
    rates: dict[str, dict[str, float]] = field(default_factory=dict)
    seconds: float | None = None
    struck: Counter[str] = field(default_factory=Counter)
    _chances: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def strikes(self, where: str, what: str, phone: str | None) -> bool:
        """Throw the dice for one chance."""
        rate = self.rates.get(where, {}).get(what, 0)
        if not rate:
            return False
        chance = (where, what, phone or "")
        self._chances[chance] += 1
        thrown = hashlib.sha256(f"{self.seed} {chance} {self._chances[chance]}".encode()).digest()
        strikes = int.from_bytes(thrown[:8], "big") < rate * _SPAN
        self.struck[f"{where} {what}"] += strikes
        return strikes

    def shown(self) -> dict[str, Any]:
        return {"seed": self.seed, "rates": self.rates, "seconds": self.seconds, "struck": dict(self.struck)}
