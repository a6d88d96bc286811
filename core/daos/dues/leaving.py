"""What of contributions would be settled with a member who left today."""

from __future__ import annotations

from dataclasses import dataclass

from core.daos.dues.standing import dues_of
from core.daos.savings import savings_of
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import Money


@dataclass(frozen=True)
class IfSheLeft:
    """What she would take and owe: her savings, her credit in the group, and what is open of contributions and fines."""

    savings: Money
    credit: Money
    owes: Money


async def if_she_left(uow: UnitOfWork, *, group: DaoId, member: MemberId) -> IfSheLeft:
    """The lines of contributions in "if I left today"."""
    dues = await dues_of(uow, group=group, member=member)
    owed = Money(sum(charge.missing.minor for charge in dues.charges))
    return IfSheLeft(await savings_of(uow, group=group, member=member), dues.credit, owed)
