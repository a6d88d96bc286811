"""Why a charge is what it is: one sentence that fits an SMS, from the arithmetic that was stored with it."""

from __future__ import annotations

from datetime import datetime

from core.daos.dues.charges import Charge
from core.daos.dues.kinds import day_month
from core.kernel.clock import EAST_AFRICA
from core.kernel.money import Money
from core.kernel.texts import Text, text


def day_time(moment: datetime) -> str:
    """A moment in a short message: 7/11 23:59."""
    there = moment.astimezone(EAST_AFRICA)
    return f"{there.day}/{there.month} {there:%H:%M}"


def why_fine(fine: Charge, *, group: str) -> Text:
    """Why this fine: what was missing when, and the rule with its version."""
    if fine.is_joining:
        return text("why-joining", group=group, due_sum=fine.amount, part=fine.paid, rules=fine.why["rules"])
    if fine.fines_for is None:
        return text("why-fine-given", group=group, fine_amount=fine.amount, because=fine.name)
    why = fine.why
    return text(
        "why-fine-late",
        group=group,
        fine_amount=fine.amount,
        dues=fine.name,
        day=day_month(fine.day),
        due_sum=Money(why["missing"]),
        late_at=day_time(fine.due_at),
        rules=fine.why["rules"],
        rule=rule_of(fine),
    )


def rule_of(fine: Charge) -> Text:
    """The rule in a few words: "KES 50 a week"."""
    why, terms = fine.why, fine.terms
    if why["percent"]:
        # Two decimals at most: percentages are kept in basis points.
        percent = f"{why['percent'] / 100:g}"
        return text("fine-rule-percent", percent=percent, every=why["every"])
    return text("fine-rule-fixed", fine_amount=Money(terms["fine"]), every=why["every"])


def why_contribution(charge: Charge, *, group: str) -> Text:
    """Why this contribution: its kind, its day, what was paid of it."""
    return text(
        "why-contribution",
        group=group,
        dues=charge.name,
        due_sum=charge.missing,
        day=day_month(charge.day),
        part=charge.paid,
        rules=charge.why["rules"],
    )
