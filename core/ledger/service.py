"""The one small face of the books: move money, set it aside, take it back, and read what is there.

A transfer happens completely or not at all, once per key, and never takes what isn't there; the database itself refuses
books that don't add up. A refusal is remembered under its key when the unit commits: asked again, it is refused again, even
if the money has come in meanwhile; a unit that rolls back forgets it with all the rest. At most one ledger call per unit, as
late in it as can be: its rows stay locked until the commit, and two calls in one unit could wait for another unit in a
circle; what meets at one account is left to its end by `transfer_last`. Who may move what is decided by the callers.
"""

from __future__ import annotations

from core.ledger.holds import Held, expire_due, find_hold, hold, release, settle
from core.ledger.postings import (
    AlreadyReversed,
    BrokenPosting,
    HoldResolved,
    InsufficientFunds,
    KeyReused,
    Leg,
    Posted,
    Posting,
    fingerprint,
)
from core.ledger.reading import (
    HELD_IN,
    Balance,
    Brought,
    Entry,
    Recorded,
    balance,
    balance_of,
    balances,
    brought,
    entries,
    find_posted,
    held_in,
    recorded,
)
from core.ledger.transfers import exchange, reverse, split, transfer, transfer_last

__all__ = [
    "HELD_IN",
    "AlreadyReversed",
    "Balance",
    "BrokenPosting",
    "Brought",
    "Entry",
    "Held",
    "HoldResolved",
    "InsufficientFunds",
    "KeyReused",
    "Leg",
    "Posted",
    "Posting",
    "Recorded",
    "balance",
    "balance_of",
    "balances",
    "brought",
    "entries",
    "exchange",
    "expire_due",
    "find_hold",
    "find_posted",
    "fingerprint",
    "held_in",
    "hold",
    "recorded",
    "release",
    "reverse",
    "settle",
    "split",
    "transfer",
    "transfer_last",
]
