"""Shares when a member goes: her own money back without profit, unless a share-out is being decided."""

from __future__ import annotations

from collections.abc import Sequence

from core.daos.parting import Line
from core.daos.shares.belonging import if_she_left_today, may_not_leave_because
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId
from core.kernel.texts import Text


class Shares:
    """What she paid for shares in the cycle that runs."""

    name = "shares"

    async def lines(self, uow: UnitOfWork, *, group: DaoId, member: MemberId) -> Sequence[Line]:
        """What she paid, which is paid back in a step of its own before the rest."""
        return [Line(label, amount) for label, amount in await if_she_left_today(uow, member=member, group=group)]

    async def obstacles(self, uow: UnitOfWork, *, group: DaoId, member: MemberId) -> Sequence[Text]:
        """A share-out that waits for approvals."""
        reason = await may_not_leave_because(uow, member=member, group=group)
        return (reason,) if reason else ()

    async def waits(self, uow: UnitOfWork, *, group: DaoId, member: MemberId) -> bool:
        """Until the share-out is decided."""
        return bool(await self.obstacles(uow, group=group, member=member))

    async def settled(self, uow: UnitOfWork, *, group: DaoId, member: MemberId) -> None:
        """Nothing to close: her shares were paid back before."""
