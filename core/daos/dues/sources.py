"""Everybody who keeps something that members owe. Whoever keeps another sort of debt is added here, in one line."""

from __future__ import annotations

from datetime import datetime

from core.daos.dues.charges import Charges
from core.daos.owed import Owed, Source
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId

SOURCES: tuple[Source, ...] = (Charges(),)


async def owed_by(uow: UnitOfWork, *, group: DaoId, member: MemberId, at: datetime) -> list[Owed]:
    """All that she owes the group, of every sort, for a payment completed `at` this moment."""
    return [debt for source in SOURCES for debt in await source.owed(uow, group=group, member=member, at=at)]


def source_named(name: str) -> Source:
    """The source of this name. Raises StopIteration for a name that no source has."""
    return next(source for source in SOURCES if source.name == name)
