"""What fines would have been: the group's own payments of the last months, judged once by today's rules and once by others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from core.daos.dues.charges import charge_of
from core.daos.dues.fines import JUDGED_AFTER, cases_of
from core.daos.dues.lateness import DAY, Terms, fines
from core.daos.dues_models import ChargeRow
from core.daos.rules import Rules
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId
from core.kernel.money import Money
from core.payments.outages import outages_since

MONTHS = 6
BACK = timedelta(days=183)
# The answers that decide what being late costs.
FINE_RULES = ("fine", "fine_percent", "fine_every", "fine_cap", "grace_days")


@dataclass(frozen=True)
class Replay:
    """How many contributions were fined by the one or the other rules, of how many members, and the fines in all by each."""

    late: int
    members: int
    before: Money
    after: Money


async def replay_fines(uow: UnitOfWork, *, group: DaoId, before: Rules, after: Rules) -> Replay:
    """Judge every contribution that was due in the last six months by both rules, with the function that fines; reads only."""
    now = uow.clock.now()
    until = now - JUDGED_AFTER
    rows = select(ChargeRow).where(
        ChargeRow.dao_id == group,
        ChargeRow.sort == "contribution",
        ChargeRow.due_at >= now - BACK,
        ChargeRow.due_at < until,
    )
    charges = [charge_of(row) for row in await uow.session.scalars(rows.order_by(ChargeRow.due_at, ChargeRow.id))]
    outages = [(one.began_at, one.ended_at) for one in await outages_since(uow, now - BACK - DAY)]
    sums, late, members = [Money(0), Money(0)], 0, set()
    for case in await cases_of(uow, charges):
        owed, due_at = case.charge.amount - case.charge.waived, case.charge.due_at
        found = [
            fines(owed, case.paid, terms=Terms.of(rules, 0), due_at=due_at, outages=(*outages, *case.away), until=until)
            for rules in (before, after)
        ]
        sums = [have + sum((one.amount for one in more), Money(0)) for have, more in zip(sums, found, strict=True)]
        if any(found):
            late += 1
            members.add(case.charge.member)
    return Replay(late, len(members), *sums)
