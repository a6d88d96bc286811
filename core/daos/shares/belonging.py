"""What shares mean for a member who wants to leave before the share-out."""

from __future__ import annotations

from core.daos.shares.cycles import open_cycle, owned_in
from core.daos.shares.share_out import waiting_share_out
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import Money
from core.kernel.texts import Text, text


async def if_she_left_today(uow: UnitOfWork, *, member: MemberId, group: DaoId) -> list[tuple[Text, Money]]:
    """Her own money back, without profit: what leaving in the middle of a cycle brings (`cycles.pay_back` does it)."""
    cycle = await open_cycle(uow, group=group)
    shares, paid = await owned_in(uow, cycle=cycle.id, member=member) if cycle else (0, Money(0))
    return [(text("leave-shares-back", shares=shares), paid)] if paid else []


async def may_not_leave_because(uow: UnitOfWork, *, member: MemberId, group: DaoId) -> Text | None:
    """Why her shares keep her in the group: a share-out waits for its approvals."""
    cycle = await open_cycle(uow, group=group)
    if cycle is None or not (await owned_in(uow, cycle=cycle.id, member=member))[0]:
        return None
    waiting = await waiting_share_out(uow, viewer=member, group=group)
    return text("leave-shares-open") if waiting is not None else None
