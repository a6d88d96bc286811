"""Which rules a group lives by: versions of its constitution, each in force from a moment on, none ever changed.

A group without a version of its own lives by the defaults of its kind.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from core.daos.models import ConstitutionRow, GroupRow
from core.daos.rules import DEFAULTS, Rules
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId


async def rules_of(uow: UnitOfWork, *, group: DaoId, at: datetime | None = None) -> Rules:
    """The rules in force now, or at another moment. Raises NoResultFound: callers know the group."""
    in_force = (
        select(ConstitutionRow.answers)
        .where(ConstitutionRow.dao_id == group, ConstitutionRow.in_force_from <= (at or uow.clock.now()))
        .order_by(ConstitutionRow.version.desc())
        .limit(1)
    )
    kind = select(GroupRow.kind, in_force.scalar_subquery()).where(GroupRow.id == group)
    found = (await uow.session.execute(kind)).one()
    # Questions that are newer than her group's answers are answered by the defaults of its kind.
    return DEFAULTS[found[0]].changed(found[1] or {})


async def enact(uow: UnitOfWork, *, group: DaoId, rules: Rules, in_force_from: datetime, because: str) -> int:
    """Write the next version of the constitution; returns its number, from 1. `because`: who or what decided it.

    Locks the group until the unit ends, so that versions are counted without gaps. Who may decide is the caller's question.
    """
    await uow.session.get_one(GroupRow, group, with_for_update={"key_share": True})
    newest = await uow.session.scalar(select(func.max(ConstitutionRow.version)).where(ConstitutionRow.dao_id == group))
    row = ConstitutionRow(
        id=uow.ids.new(),
        dao_id=group,
        version=(newest or 0) + 1,
        answers=rules.answers(),
        in_force_from=in_force_from,
        because=because,
        created_at=uow.clock.now(),
    )
    uow.session.add(row)
    await uow.session.flush()
    return row.version
