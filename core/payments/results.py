"""What M-Pesa's result codes prove.

Only the codes of this closed list end a payment as failed. Everything else, also "phone not reached" (1037), proves nothing:
the money may have moved, so it is asked again. The codes are those of Safaricom's M-Pesa Express page and its users.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.payments.outcomes import Reason

SUCCESS = "0"
# The phone was not reached, or nobody answered in time. Safaricom has been seen to report it for paid prompts.
NOT_REACHED = "1037"

FAILURES: dict[str, Reason] = {
    "1": "insufficient",
    "2": "refused",  # below the minimum
    "3": "limit",  # above the maximum of one transaction
    "4": "limit",  # above the day's limit
    "8": "limit",  # above the largest balance
    "17": "too-soon",  # the same amount by the same customer within two minutes
    "26": "busy",
    "1001": "busy",  # another prompt or session holds the subscriber
    "1019": "expired",
    "1025": "refused",  # the prompt could not be sent
    "1031": "cancelled",
    "1032": "cancelled",
    "2001": "wrong-pin",
    "2002": "refused",
    "2028": "refused",
    "8006": "refused",
    "9999": "refused",  # the prompt could not be sent
    "SFC_IC0003": "refused",
}
# These say that our own shortcode, product or credentials are wrong: every member will meet them until somebody acts.
OUR_FAULT = frozenset({"2002", "2028", "8006", "SFC_IC0003"})


@dataclass(frozen=True)
class Failed:
    """Proven not paid, and why."""

    reason: Reason


@dataclass(frozen=True)
class Paid:
    """Claimed paid. Money moves only together with a receipt and the right amount."""


@dataclass(frozen=True)
class NotProof:
    """Says nothing certain; ask again."""


Meaning = Failed | Paid | NotProof


def meaning(result_code: str) -> Meaning:
    """What a result code proves."""
    if result_code == SUCCESS:
        return Paid()
    reason = FAILURES.get(result_code)
    return NotProof() if reason is None else Failed(reason)
