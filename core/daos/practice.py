"""A group to try things out in, for development: it exists from the first start and nobody founded it."""

from __future__ import annotations

from sqlalchemy import func, select

from core.daos.groups import FOUNDING_LOCK, Group, find_group, open_group
from core.daos.models import GroupRow
from core.kernel.check_digit import with_check_digit
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId

PRACTICE_NAME = "Umoja Practice Group"
# Easy to type on a keypad; used unless another group got it first.
PRACTICE_CODE = with_check_digit("12345")


async def seed_practice_group(uow: UnitOfWork, *, name: str = PRACTICE_NAME, code: str = PRACTICE_CODE) -> Group:
    """The practice group, founded now if there is none yet. Safe to repeat and to run in several processes at once."""
    await uow.session.execute(select(func.pg_advisory_xact_lock(FOUNDING_LOCK, 0)))
    existing = await uow.session.scalar(select(GroupRow.id).where(GroupRow.kind == "practice"))
    if existing is None:
        existing = await open_group(uow, name=name, kind="practice", founder=None, intent=None, code=code)
    return await find_group(uow, group=DaoId(existing))
