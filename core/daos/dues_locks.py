"""What a member owes one group is decided by one unit at a time: each first holds her membership's row until it ends."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from core.daos.models import MembershipRow
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId


async def hold_dues(uow: UnitOfWork, *, group: DaoId, members: Collection[MemberId]) -> None:
    """Hold the dues of these members of the group, in the order of their ids."""
    rows = (
        select(MembershipRow.id)
        .where(MembershipRow.dao_id == group, MembershipRow.user_id.in_(members))
        .order_by(MembershipRow.user_id)
        .with_for_update(key_share=True)
    )
    await uow.session.execute(rows)
