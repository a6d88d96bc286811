"""Officials who are new: for so long as the group's rules say their approval of a payment doesn't count yet (72 hours).

Whoever gets an office by a trick, or with a stolen number, shouldn't be able to empty a treasury before anybody has noticed:
"new signer 72 h cool-down". Who held another office of an official just before isn't new, nor is who founded the group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.daos.people import OFFICIALS
from core.daos.rules import Rules
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import DaoId, MemberId
from core.kernel.questions import Question


@dataclass
class SignerCooling(CoreError):
    """She is new in her office and can approve payments from `at` on."""

    code = "signer-cooling"
    kind = Kind.FORBIDDEN

    at: datetime


# Who became an official without having been one, and when last.
BECAME = Question("""
    SELECT user_id AS member, max(created_at) AS at FROM dao_role_changes
    WHERE dao_id = :group AND way <> 'founding' AND to_role = ANY(:officials)
      AND (from_role IS NULL OR from_role <> ALL(:officials))
    GROUP BY user_id
""")


async def cool_until(uow: UnitOfWork, *, group: DaoId, rules: Rules, members: Sequence[MemberId]) -> dict[MemberId, datetime]:
    """Those of these officials who are new, and when they no longer are."""
    wait = timedelta(hours=rules.signer_wait_hours)
    became = {row["member"]: row["at"] for row in await uow.ask(BECAME, group=group, officials=list(OFFICIALS))}
    now = uow.clock.now()
    return {one: became[one] + wait for one in members if one in became and became[one] + wait > now}


async def require_seasoned(uow: UnitOfWork, *, group: DaoId, rules: Rules, member: MemberId) -> None:
    """Raises SignerCooling while she is new in her office."""
    until = (await cool_until(uow, group=group, rules=rules, members=[member])).get(member)
    if until is not None:
        raise SignerCooling(until)
