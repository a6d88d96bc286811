"""How a payment is shared over what is owed: a pure function, in the group's own order, to the cent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from core.daos.owed import Owed
from core.kernel.money import Money


def share(amount: Money, owed: Sequence[Owed], order: Sequence[str], *, at: datetime) -> tuple[list[tuple[Owed, Money]], Money]:
    """What of `amount` goes to which debt, and what is left over.

    order: the categories, first to last; within one the oldest first. What isn't due yet `at` this moment comes after
    all that is. A debt that is `whole` is left out while the money doesn't reach for all of it; what comes after it is still
    paid.
    """
    paid: list[tuple[Owed, Money]] = []
    left = amount
    for debt in sorted(owed, key=lambda debt: (debt.due_at > at, order.index(debt.category), debt.due_at, debt.ref)):
        part = min(left, debt.missing)
        if part.minor <= 0 or (debt.whole and part < debt.missing):
            continue
        paid.append((debt, part))
        left -= part
    return paid, left
