"""The merry-go-round when a member goes: her hands are given up first, and nobody goes who has received and not yet paid."""

from __future__ import annotations

from collections.abc import Sequence

from core.daos.parting import Line
from core.daos.rotation.belonging import if_she_left_today, may_not_leave_because
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId
from core.kernel.texts import Text


class Merry:
    """Her hands in the round that runs, and what she owes to turns that were paid."""

    name = "merry"

    async def lines(self, uow: UnitOfWork, *, group: DaoId, member: MemberId) -> Sequence[Line]:
        """What comes back when her hands are given up, which is a step of its own before she is paid the rest."""
        return [Line(label, amount) for label, amount in await if_she_left_today(uow, member=member, group=group)]

    async def obstacles(self, uow: UnitOfWork, *, group: DaoId, member: MemberId) -> Sequence[Text]:
        """A turn that was paid to her, a shared hand, an order that is being found."""
        reason = await may_not_leave_because(uow, member=member, group=group)
        return (reason,) if reason else ()

    async def waits(self, uow: UnitOfWork, *, group: DaoId, member: MemberId) -> bool:
        """Whoever was expelled and still owes turns is paid when she has paid them."""
        return bool(await self.obstacles(uow, group=group, member=member))

    async def settled(self, uow: UnitOfWork, *, group: DaoId, member: MemberId) -> None:
        """Nothing to close: her hands were given up before."""
