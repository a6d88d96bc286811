"""When a charge is late and what that costs: pure functions of times and amounts.

Only what was completed counts, at the moment when it was completed. While M-Pesa is out no time passes for lateness: each
outage moves the end of the grace period, and every later fine, by as long as it lasted. So does a member's own suspension.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter

from core.daos.rules import Rules
from core.kernel.money import Money

DAY = timedelta(days=1)
STEPS = {"day": DAY, "week": timedelta(days=7)}
# From when to when; the end is None while it lasts.
Outage = tuple[datetime, datetime | None]
# A charge that is years late isn't fined for ever.
MOST_FINES = 400


@dataclass(frozen=True)
class Terms:
    """The rules that a charge was opened under. `rules`: the constitution's version, 0 for the defaults of the group's kind."""

    rules: int
    grace_days: int
    fine: Money
    fine_percent: int
    fine_every: str
    fine_cap: Money

    @staticmethod
    def of(rules: Rules, version: int) -> Terms:
        """What of the group's rules a charge keeps."""
        return Terms(version, rules.grace_days, rules.fine, rules.fine_percent, rules.fine_every, rules.fine_cap)

    def keep(self) -> dict[str, int | str]:
        """As the charge's row keeps it: amounts in cents."""
        return {name: value.minor if isinstance(value, Money) else value for name, value in vars(self).items()}

    @staticmethod
    def kept(row: dict[str, int | str]) -> Terms:
        """From what `keep` gave."""
        amounts = {name: Money(int(row[name])) for name in ("fine", "fine_cap")}
        return Terms(**{**row, **amounts})  # type: ignore[arg-type]

    def once(self, missing: Money, so_far: Money) -> Money:
        """One fine for so much missing, when `so_far` was charged already."""
        wanted = missing.percent(self.fine_percent) if self.fine_percent else self.fine
        return min(wanted, max(self.fine_cap - so_far, Money(0))) if self.fine_cap else wanted


@dataclass(frozen=True)
class Fine:
    """A fine by the rules: its number from 0, at which moment, how much, and what was missing then."""

    step: int
    at: datetime
    amount: Money
    missing: Money


def fines(
    owed: Money,
    paid: Sequence[tuple[datetime, Money]],
    *,
    terms: Terms,
    due_at: datetime,
    outages: Sequence[Outage],
    until: datetime,
) -> list[Fine]:
    """Every fine for a charge of `owed` up to a moment, given what was paid when."""
    charged, found = Money(0), []
    for step, at in enumerate(_moments(terms, due_at, outages)):
        missing = owed - Money(sum(part.minor for completed, part in paid if completed <= at))
        amount = terms.once(missing, charged)
        if at > until or missing.minor <= 0 or amount.minor <= 0 or step >= MOST_FINES:
            break
        found.append(Fine(step, at, amount, missing))
        charged += amount
    return found


def late_from(due_at: datetime, *, grace_days: int, outages: Sequence[Outage]) -> datetime | None:
    """Until when it may be paid without being late; None while an outage keeps that open."""
    begins = due_at - DAY
    return after(begins, DAY + grace_days * DAY, outages)


def after(since: datetime, length: timedelta, outages: Sequence[Outage]) -> datetime | None:
    """The moment when so much time without an outage has passed since `since`; None when an outage doesn't end before it."""
    now, left = since, length
    for began, ended in sorted(outages, key=itemgetter(0)):
        if ended is not None and ended <= now:
            continue
        if began > now:
            if began - now >= left:
                break
            left -= began - now
        if ended is None:
            return None
        now = ended
    return now + left


def _moments(terms: Terms, due_at: datetime, outages: Sequence[Outage]) -> Iterator[datetime]:
    step = STEPS.get(terms.fine_every)
    grace = DAY + terms.grace_days * DAY
    for number in range(1 if step is None else MOST_FINES + 1):
        at = after(due_at - DAY, grace + number * (step or DAY), outages)
        if at is None:
            return
        yield at
