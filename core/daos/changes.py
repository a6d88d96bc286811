"""The record of who came, went and held which office: written once, read by whoever asks what was true since when."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select

from core.daos.models import MembershipRow
from core.daos.people_models import MembershipChange, RoleChange
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId
from core.kernel.questions import Question, Selected, given

Change = Literal["joined", "rejoined", "suspended", "reinstated", "expelled", "notice", "stayed", "left", "replied"]
Way = Literal["founding", "appointed", "elected", "voted", "replaced", "resigned", "suspended", "left", "expelled"]
OFFICES = ("chair", "secretary", "treasurer", "auditor")


@dataclass(frozen=True)
class ChangeOfRole:
    """That somebody's role changed. `to_role` is "member" for whoever lost an office."""

    member: MemberId
    from_role: str | None
    to_role: str
    way: Way
    because: str
    at: datetime


async def note_change(
    uow: UnitOfWork,
    *,
    group: DaoId,
    member: MemberId,
    change: Change,
    by: MemberId | None = None,
    reason: str = "",
    rules_version: int | None = None,
) -> None:
    """Write down a step of a membership."""
    row = MembershipChange(
        id=uow.ids.new(),
        dao_id=group,
        user_id=member,
        change=change,
        by=by,
        reason=reason,
        rules_version=rules_version,
        created_at=uow.clock.now(),
    )
    uow.session.add(row)
    await uow.session.flush()


async def set_role(
    uow: UnitOfWork, row: MembershipRow, role: str, *, way: Way, because: str = "", by: MemberId | None = None
) -> None:
    """Give this membership the role and write it down; nothing where she has it. The only place that changes a role."""
    before = row.role
    if before == role:
        return
    row.role = role  # type: ignore[assignment]
    await note_role(
        uow, group=DaoId(row.dao_id), member=MemberId(row.user_id), change=(before, role), way=way, because=because, by=by
    )


async def note_role(
    uow: UnitOfWork,
    *,
    group: DaoId,
    member: MemberId,
    change: tuple[str | None, str],
    way: Way,
    because: str = "",
    by: MemberId | None = None,
) -> None:
    """Write down that a role changed from one to another."""
    row = RoleChange(
        id=uow.ids.new(),
        dao_id=group,
        user_id=member,
        from_role=change[0],
        to_role=change[1],
        way=way,
        because=because,
        by=by,
        created_at=uow.clock.now(),
    )
    uow.session.add(row)
    await uow.session.flush()


async def role_changes(uow: UnitOfWork, *, group: DaoId, since: datetime | None = None) -> list[ChangeOfRole]:
    """The changes of roles in the order in which they happened, all or those after `since`."""
    return [
        ChangeOfRole(MemberId(row.user_id), row.from_role, row.to_role, row.way, row.because, row.created_at)  # type: ignore[arg-type]
        for row in await uow.scalars(ROLE_CHANGES, group=group)
        if since is None or row.created_at > since
    ]


ROLE_CHANGES = Selected(
    select(RoleChange).where(RoleChange.dao_id == given("group")).order_by(RoleChange.created_at, RoleChange.id)
)


async def called_in_changes(uow: UnitOfWork, *, group: DaoId) -> dict[MemberId, str]:
    """The names of all whose role has ever changed, also of those who have left."""
    return {MemberId(row["id"]): row["name"] for row in await uow.ask(CALLED_IN_CHANGES, group=group)}


CALLED_IN_CHANGES = Question("""
    SELECT id, name FROM members WHERE id IN (SELECT user_id FROM dao_role_changes WHERE dao_id = :group)
""")


async def suspensions_of(
    uow: UnitOfWork, *, group: DaoId, members: Collection[MemberId]
) -> dict[MemberId, list[tuple[datetime, datetime | None]]]:
    """From when to when each of these was suspended, the earliest first; the end is None while she is."""
    steps = MembershipChange.dao_id == group, MembershipChange.user_id.in_(members)
    ends = MembershipChange.change.in_(("suspended", "reinstated", "rejoined"))
    found: dict[MemberId, list[tuple[datetime, datetime | None]]] = {}
    in_order = select(MembershipChange).where(*steps, ends).order_by(MembershipChange.created_at, MembershipChange.id)
    for row in await uow.session.scalars(in_order):
        hers = found.setdefault(MemberId(row.user_id), [])
        if row.change == "suspended":
            hers.append((row.created_at, None))
        elif hers and hers[-1][1] is None:
            hers[-1] = (hers[-1][0], row.created_at)
    return found


ELECTED = Question("SELECT EXISTS (SELECT FROM dao_role_changes WHERE dao_id = :group AND way = 'elected') AS elected")


async def was_elected(uow: UnitOfWork, *, group: DaoId) -> bool:
    """Whether the members have elected an official yet; until then the chair may appoint."""
    (found,) = await uow.ask(ELECTED, group=group)
    return bool(found["elected"])


async def last_change(uow: UnitOfWork, *, group: DaoId, member: MemberId, change: Change) -> MembershipChange | None:
    """The newest step of this kind."""
    found = select(MembershipChange).where(
        MembershipChange.dao_id == group, MembershipChange.user_id == member, MembershipChange.change == change
    )
    newest = found.order_by(MembershipChange.created_at.desc(), MembershipChange.id.desc()).limit(1)
    return await uow.session.scalar(newest)
