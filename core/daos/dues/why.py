"""Why a charge is what it is: one sentence that fits an SMS, from the arithmetic that was stored with it."""

from __future__ import annotations

from core.daos.dues.charges import Charge
from core.daos.dues.kinds import short_day
from core.kernel.clock import local_time
from core.kernel.money import Money
from core.kernel.texts import Text, text


def why_fine(fine: Charge, *, group: str) -> Text:
    """Why this fine: what was missing when, and the rule with its version."""
    if fine.fines_for is None:
        return text("why-fine-given", group=group, amount=fine.amount, reason=fine.name)
    why = fine.why
    return text(
        "why-fine-late",
        group=group,
        amount=fine.amount,
        name=fine.name,
        day=short_day(fine.day),
        missing=Money(why["missing"]),
        late=local_time(fine.due_at),
        rule=rule_of(fine),
    )


def rule_of(fine: Charge) -> Text:
    """The rule in a few words: "KES 50 a week, rules 3"."""
    why, terms = fine.why, fine.terms
    if why["percent"]:
        # Two decimals at most: percentages are kept in basis points.
        percent = f"{why['percent'] / 100:g}"
        return text("fine-rule-percent", percent=percent, every=why["every"], version=why["rules"])
    return text("fine-rule-fixed", fine=Money(terms["fine"]), every=why["every"], version=why["rules"])


def why_contribution(charge: Charge, *, group: str) -> Text:
    """Why this contribution: its kind, its day, what was paid of it."""
    return text(
        "why-contribution",
        group=group,
        name=charge.name,
        amount=charge.amount,
        day=short_day(charge.day),
        paid=charge.paid,
        missing=charge.missing,
        version=charge.why["rules"],
    )
