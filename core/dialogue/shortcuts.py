"""Where a task that she names in her own words begins, and which answers may be filled in from the same words.

Only questions of which group and how much are filled in, never a confirmation: what is confirmed is read first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.dialogue.free_text import Understood
from core.dialogue.screens import Go, Screen, go
from core.kernel.texts import Text, catalogue, text

# Screens whose question an amount answers, and those that ask for one of her groups.
AMOUNTS = frozenset({"deposit.amount", "withdraw.amount", "contribute.amount", "loans.amount"})
GROUPS = frozenset({"contribute.start"})
MOST_FILLED = 2


@dataclass(frozen=True)
class Shortcut:
    """Where it begins, and the task in her language."""

    go: Go
    label: Text

    @property
    def to(self) -> str:
        return self.go.to


SHORTCUTS: dict[str, Shortcut] = {
    "balance": Shortcut(go("balance.show"), text("home-balance")),
    "deposit": Shortcut(go("deposit.amount"), text("home-deposit")),
    "withdraw": Shortcut(go("withdraw.amount"), text("home-withdraw")),
    "contribute": Shortcut(go("contribute.start"), text("home-contribute")),
    "groups": Shortcut(go("groups.menu"), text("home-groups")),
    "loan": Shortcut(go("groups.menu"), text("door-loans")),
    "vote": Shortcut(go("votes.mine"), text("votes-door")),
    "statement": Shortcut(go("statement.show"), text("account-statement")),
    "fees": Shortcut(go("fees.menu"), text("account-fees")),
    "language": Shortcut(go("account.language"), text("account-language")),
    "help": Shortcut(go("help"), text("account-help")),
}


def said_back(shortcut: Shortcut, meant: Understood) -> Text:
    """What was understood, above the screen."""
    if meant.amount is None:
        return text("understood", task=shortcut.label)
    return text("understood-amount", task=shortcut.label, amount=meant.amount)


def named_choice(screen: Screen, words: Sequence[str], *, language: str) -> str | None:
    """The one option whose label has the most of these words; None when there's no such one."""
    counts = {}
    for choice in screen.choices:
        label = catalogue().say(language, choice.label).lower().split()
        counts[choice.id] = sum(word in label for word in words)
    best = max(counts.values(), default=0)
    named = [identifier for identifier, count in counts.items() if count == best]
    return named[0] if best and len(named) == 1 else None
