"""Whether a group's members have decided to end it: then it takes nothing new, and finishes what runs.

It stands on the tables alone, so that whoever begins something for a group can ask; see core/daos/dissolving.py.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from core.daos.ending_models import DissolutionRow
from core.kernel.db import UnitOfWork, foreseeable
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import DaoId


@dataclass
class GroupEnds(CoreError):
    """The members have decided to end the group: it takes nothing new."""

    code = "group-ends"
    kind = Kind.CONFLICT


async def refuse_while_ending(uow: UnitOfWork, *, group: DaoId) -> None:
    """Raises GroupEnds. Ask under the lock that the sharing takes as well, where something moves the group's money."""
    if await is_ending(uow, group=group):
        raise GroupEnds


@foreseeable
async def is_ending(uow: UnitOfWork, *, group: DaoId) -> bool:
    """Whether its members have decided to end it; also once it is closed."""
    return await uow.session.scalar(select(DissolutionRow.dao_id).where(DissolutionRow.dao_id == group)) is not None
