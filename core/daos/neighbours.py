"""Whom a member knows from her groups: their officials, and anybody in them by number. The practice group doesn't count."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import aliased

from core.daos.models import GroupRow, MembershipRow
from core.identity.models import MemberRow
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import MemberId
from core.kernel.phone import Phone
from core.kernel.questions import Selected, given

# Several groups may have the same officials; a small screen shows these few.
MOST_OFFICIALS = 8


@dataclass
class NotInYourGroups(CoreError):
    """Nobody in her groups has this number. Whether anybody else has it isn't told."""

    code = "not-in-your-groups"
    kind = Kind.NOT_FOUND


@dataclass(frozen=True)
class Official:
    """An official of one of her groups."""

    member: MemberId
    role: str
    group: str


_HER, _OTHER = aliased(MembershipRow), aliased(MembershipRow)
# Two active memberships of one active group: hers and another's.
_TOGETHER = (
    select(_OTHER.user_id)
    .join(_HER, _HER.dao_id == _OTHER.dao_id)
    .join(GroupRow, GroupRow.id == _OTHER.dao_id)
    .where(GroupRow.kind != "practice", GroupRow.status == "active", _HER.status == "active", _OTHER.status == "active")
)


async def officials_near(uow: UnitOfWork, *, member: MemberId) -> list[Official]:
    """The officials of her groups, without herself, each once."""
    seen: dict[MemberId, Official] = {}
    for user, role, group in await uow.rows(OFFICIALS_NEAR, member=member):
        seen.setdefault(MemberId(user), Official(MemberId(user), role, group))
    return list(seen.values())[:MOST_OFFICIALS]


OFFICIALS_NEAR = Selected(
    _TOGETHER.add_columns(_OTHER.role, GroupRow.name)
    .where(_HER.user_id == given("member"), _OTHER.user_id != given("member"), _OTHER.role != "member")
    .order_by(_HER.joined_at, _HER.id, _OTHER.joined_at, _OTHER.id)
)


async def groupmate(uow: UnitOfWork, *, member: MemberId, phone: Phone) -> MemberId:
    """Who in her groups has this number. Raises NotInYourGroups."""
    found = _TOGETHER.join(MemberRow, MemberRow.id == _OTHER.user_id).where(_HER.user_id == member, MemberRow.phone == phone)
    other = await uow.session.scalar(found.limit(1))
    if other is None:
        raise NotInYourGroups
    return MemberId(other)
