"""On the way to what takes more than a PIN."""

from __future__ import annotations

from collections.abc import Sequence

from core.identity.step_up import PROVEN, proven_of
from core.kernel.money import KES, Money
from core.kernel.questions import Asked
from core.reports.rooms.here import Here


def approval(here: Here) -> Sequence[Asked]:
    """What she has proven for what she has in mind, and what else goes with her PIN alone."""
    intent, amount = here.id("intent"), here.values.get("amount")
    if intent is None:
        return []
    currency = amount.currency if isinstance(amount, Money) else KES
    return [PROVEN.about(**proven_of(here.member, intent, currency, here.now))]
