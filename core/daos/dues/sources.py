"""Everybody who keeps something that members owe. Whoever keeps another sort of debt is added here, in one line."""

from __future__ import annotations

from datetime import datetime

from core.daos.dues.charges import Charges
from core.daos.loans.owing import LoansOwed
from core.daos.owed import Owed, Source
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId

SOURCES: tuple[Source, ...] = (Charges(), LoansOwed())


async def owed_by(uow: UnitOfWork, *, group: DaoId, member: MemberId, at: datetime) -> list[Owed]:
    """All that she owes the group, of every sort, for a payment completed `at` this moment."""
    return [debt for source in SOURCES for debt in await source.owed(uow, group=group, member=member, at=at)]


async def owing_in(uow: UnitOfWork, *, group: DaoId) -> set[MemberId]:
    """Who in the group may owe it something now."""
    return {member for source in SOURCES for member in await source.owing(uow, group=group)}


def source_named(name: str) -> Source:
    """The source of this name. Raises StopIteration for a name that no source has."""
    return next(source for source in SOURCES if source.name == name)
