"""Until when a member's account with a group was settled, because she left: what was before that counts no more."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, ScalarSelect, func, select

from core.daos.people_models import Departure
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId

# A group's or a member's id, or the parameter that stands for it.
Whose = UUID | BindParameter[Any]
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)


async def settled_until(uow: UnitOfWork, *, group: DaoId, member: MemberId, before: datetime = FOREVER) -> datetime | None:
    """When her last departure was paid, as of `before`; None when she never left, or is still to be paid."""
    return await uow.session.scalar(select(settled_last(group, member, before)))


def settled_last(group: Whose, member: Whose, before: datetime) -> ScalarSelect[datetime | None]:
    """The same as a part of another question."""
    gone = Departure.dao_id == group, Departure.user_id == member, Departure.settled_at < before
    return select(func.max(Departure.settled_at)).where(*gone).scalar_subquery()
