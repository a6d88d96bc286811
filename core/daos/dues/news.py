"""Tell a group what is asked of it from now on."""

from __future__ import annotations

from core.daos.dues.kinds import ContributionKind, day_month
from core.daos.groups import find_group
from core.daos.telling import tell_group
from core.kernel.db import UnitOfWork
from core.kernel.ids import MemberId
from core.kernel.texts import Text, text


async def tell_kind(uow: UnitOfWork, *, kind: ContributionKind, when: Text, official: MemberId) -> None:
    """A kind has begun: what, how much, when. `official` knows."""
    group = await find_group(uow, group=kind.group)
    what = text("kind-news", group=group.name, dues=kind.said, due_sum=kind.versions[-1].amount, when=when)
    await tell_group(uow, group=kind.group, what=what, template="contribution_kind", but=[official])


async def tell_changed(uow: UnitOfWork, *, kind: ContributionKind, when: Text, official: MemberId) -> None:
    """Its amount or its days change: what, how much, when, and from which day on. `official` knows."""
    group, newest = await find_group(uow, group=kind.group), kind.versions[-1]
    about = {"group": group.name, "dues": kind.said, "due_sum": newest.amount, "when": when}
    # Dates say by themselves from when on they are.
    dated = text("kind-news", **about)
    what = dated if newest.schedule.dates else text("kind-news-from", day=day_month(newest.from_day), **about)
    await tell_group(uow, group=kind.group, what=what, template="contribution_kind", but=[official])


async def tell_ended(uow: UnitOfWork, *, kind: ContributionKind, official: MemberId) -> None:
    """A kind has ended. `official` knows."""
    group = await find_group(uow, group=kind.group)
    what = text("kind-news-ended", group=group.name, dues=kind.said)
    await tell_group(uow, group=kind.group, what=what, template="contribution_kind", but=[official])
