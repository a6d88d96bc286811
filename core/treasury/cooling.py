"""Officials who are new: for so long as the group's rules say their approval of a payment doesn't count yet (72 hours).

Whoever gets an office by a trick, or with a stolen number, shouldn't be able to empty a treasury before anybody has noticed:
"new signer 72 h cool-down". Who held another office of an official just before isn't new, nor is who founded the group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select

from core.daos.people import OFFICIALS
from core.daos.people_models import RoleChange
from core.daos.rules import Rules
from core.kernel.db import UnitOfWork, foreseeable
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import DaoId, MemberId


@dataclass
class SignerCooling(CoreError):
    """She is new in her office and can approve payments from `at` on."""

    code = "signer-cooling"
    kind = Kind.FORBIDDEN

    at: datetime


@foreseeable
async def cool_until(uow: UnitOfWork, *, group: DaoId, rules: Rules, members: Sequence[MemberId]) -> dict[MemberId, datetime]:
    """Those of these officials who are new, and when they no longer are."""
    wait = timedelta(hours=rules.signer_wait_hours)
    was_none = or_(RoleChange.from_role.is_(None), RoleChange.from_role.not_in(OFFICIALS))
    became = (
        select(RoleChange.user_id, func.max(RoleChange.created_at))
        .where(RoleChange.dao_id == group, RoleChange.user_id.in_(members), RoleChange.way != "founding")
        .where(RoleChange.to_role.in_(OFFICIALS), was_none)
        .group_by(RoleChange.user_id)
    )
    now = uow.clock.now()
    return {MemberId(member): since + wait for member, since in await uow.session.execute(became) if since + wait > now}


async def require_seasoned(uow: UnitOfWork, *, group: DaoId, rules: Rules, member: MemberId) -> None:
    """Raises SignerCooling while she is new in her office."""
    until = (await cool_until(uow, group=group, rules=rules, members=[member])).get(member)
    if until is not None:
        raise SignerCooling(until)
