"""Savings groups: founding one, finding it by its code, joining it, and who is in it.

Every question of the form "does she belong" is answered here and nowhere else. What a group owns is in the books.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from core.daos.changes import Way, note_change, note_role
from core.daos.codes import new_code, read_code
from core.daos.constitutions import FOUNDING, enact, rules_of, version_of
from core.daos.ending import refuse_while_ending
from core.daos.models import GroupRow, MembershipRow
from core.daos.names import clean_group_name
from core.daos.people_models import Departure
from core.daos.rules import DEFAULTS, GroupKind
from core.identity.models import MemberRow
from core.kernel.db import UnitOfWork, foreseeable
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import DaoId, IntentId, MemberId
from core.kernel.questions import Question, Selected, given
from core.ledger.service import KeyReused

MOST_MEMBERS = 500
MOST_FOUNDED = 10
# Of all groups together, also those that others founded.
MOST_JOINED = 30
# Of 90,000 codes one in two would have to be taken before this many tries in a row could fail even once in a million.
CODE_TRIES = 20
# Names the family of advisory locks that makes one member's foundings take turns.
FOUNDING_LOCK = 20_051

Role = Literal["chair", "secretary", "treasurer", "auditor", "member", "observer"]


@dataclass
class TooManyGroups(CoreError):
    """The member has already founded `most` groups."""

    code = "too-many-groups"
    kind = Kind.LIMITED

    most: int


@dataclass
class TooManyMemberships(CoreError):
    """She belongs to `most` groups already."""

    code = "too-many-memberships"
    kind = Kind.LIMITED

    most: int


@dataclass
class Expelled(CoreError):
    """The members expelled her from this group: only an invitation of its officials brings her back."""

    code = "expelled"
    kind = Kind.FORBIDDEN

    group: str


@dataclass
class StillLeaving(CoreError):
    """She has left, and the group still owes her; she can come back when that is paid."""

    code = "still-leaving"
    kind = Kind.CONFLICT

    group: str


@dataclass
class UnknownGroup(CoreError):
    """No open group has this code."""

    code = "unknown-group"
    kind = Kind.NOT_FOUND


@dataclass
class AlreadyMember(CoreError):
    """She belongs to this group already."""

    code = "already-member"
    kind = Kind.CONFLICT

    group: str


@dataclass
class GroupFull(CoreError):
    """The group has as many members as a group can have."""

    code = "group-full"
    kind = Kind.LIMITED

    group: str
    most: int


@dataclass
class NotAMember(CoreError):
    """Only members may see or do this. Also raised for a group that doesn't exist, so that nothing can be probed."""

    code = "not-a-member"
    kind = Kind.FORBIDDEN


@dataclass(frozen=True)
class Group:
    """A group with the number of its members."""

    id: DaoId
    name: str
    code: str
    members: int
    kind: GroupKind = "chama"


@dataclass(frozen=True)
class Membership:
    """That a member belongs to a group, as what and since when."""

    group: DaoId
    member: MemberId
    role: Role
    joined_at: datetime


@dataclass(frozen=True)
class GroupMember:
    """A member as the others in the group see her."""

    name: str
    role: Role
    joined_at: datetime


async def create_group(uow: UnitOfWork, *, intent: IntentId, founder: MemberId, name: str, kind: GroupKind = "chama") -> Group:
    """Found a group and make its founder the chair; once per intent. The defaults of its kind become its first rules.

    Raises BadGroupName, TooManyGroups, TooManyMemberships, KeyReused (the intent founded a group of another name).
    """
    cleaned = clean_group_name(name)
    await take_turns(uow, founder)
    before = (await uow.session.execute(select(GroupRow).where(GroupRow.intent == intent))).scalar_one_or_none()
    if before is not None:
        if (before.founder, before.name) != (founder, cleaned):
            raise KeyReused
        return await find_group(uow, group=DaoId(before.id))
    if await _founded(uow, founder) >= MOST_FOUNDED:
        raise TooManyGroups(MOST_FOUNDED)
    await _check_memberships(uow, founder)

    group = await open_group(uow, name=cleaned, kind=kind, founder=founder, intent=intent)
    now = uow.clock.now()
    await enact(uow, group=group, rules=DEFAULTS[kind], in_force_from=now, because=FOUNDING, decided_by=founder)
    await _add(uow, group=group, member=founder, role="chair", rules_version=1)

    return await find_group(uow, group=group)


async def open_group(
    uow: UnitOfWork,
    *,
    name: str,
    kind: GroupKind,
    founder: MemberId | None,
    intent: IntentId | None,
    code: str | None = None,
) -> DaoId:
    """Write the group under `code` if that is free, otherwise under a random one that is."""
    for attempt in range(CODE_TRIES):
        row = {
            "id": uow.ids.new(),
            "name": name,
            "code": code if code and attempt == 0 else new_code(),
            "kind": kind,
            "status": "active",
            "founder": founder,
            "intent": intent,
            "created_at": uow.clock.now(),
        }
        written = insert(GroupRow).values(row).on_conflict_do_nothing(index_elements=["code"]).returning(GroupRow.id)
        opened = await uow.session.scalar(written)
        if opened is not None:
            return DaoId(opened)
    raise RuntimeError("no free group code was found")


async def find_by_code(uow: UnitOfWork, *, typed: str) -> Group:
    """The group that the typed code belongs to. Raises UnknownGroup."""
    code = read_code(typed)
    found = await uow.rows(BY_CODE, code=code) if code else ()
    if not found:
        raise UnknownGroup
    group = as_group(*found[0])
    find_group.foresee(uow, group, group=group.id)
    return group


@foreseeable
async def find_group(uow: UnitOfWork, *, group: DaoId) -> Group:
    """The group. Raises UnknownGroup."""
    found = await uow.rows(BY_ID, group=group)
    if not found:
        raise UnknownGroup
    return as_group(*found[0])


@foreseeable
async def groups_of(uow: UnitOfWork, *, member: MemberId) -> list[Group]:
    """The groups that she belongs to, the one joined first in front."""
    own = MembershipRow.user_id == member, MembershipRow.status == "active"
    belongs = _GROUPS.join(MembershipRow, MembershipRow.dao_id == GroupRow.id).where(*own)
    return await _groups(uow, belongs.order_by(MembershipRow.joined_at, MembershipRow.id))


@foreseeable
async def suspended_groups(uow: UnitOfWork, *, member: MemberId) -> list[Group]:
    """The groups in which she is suspended."""
    own = MembershipRow.user_id == member, MembershipRow.status == "suspended"
    belongs = _GROUPS.join(MembershipRow, MembershipRow.dao_id == GroupRow.id).where(*own)
    return await _groups(uow, belongs.order_by(MembershipRow.joined_at, MembershipRow.id))


async def join(
    uow: UnitOfWork,
    *,
    member: MemberId,
    group: DaoId,
    role: Role = "member",
    invited: bool = False,
    by: MemberId | None = None,
    rules_version: int | None = None,
) -> Membership:
    """Make her a member, or an observer. Locks the group until the unit ends. Whether she may is the caller's question.

    She may have left before. `rules_version`: what she accepted, the rules in force unless said. Raises UnknownGroup,
    AlreadyMember, GroupFull, TooManyMemberships, GroupEnds, StillLeaving, Expelled (unless `invited`).
    """
    await take_turns(uow, member)
    row = await locked_group(uow, group)
    await refuse_while_ending(uow, group=group)
    before = await _any_membership(uow, group=group, member=member)
    if before is not None and before.status in ("active", "suspended"):
        raise AlreadyMember(row.name)
    if before is not None and before.status == "expelled" and not invited:
        raise Expelled(row.name)
    if before is not None and await _is_still_owed(uow, group, member):
        raise StillLeaving(row.name)
    most = min(MOST_MEMBERS, (await rules_of(uow, group=group)).most_members)
    if await _places_taken(uow, group) >= most:
        raise GroupFull(row.name, most)
    await _check_memberships(uow, member)

    version = rules_version if rules_version is not None else await version_of(uow, group=group)
    if before is None:
        return await _add(uow, group=group, member=member, role=role, rules_version=version, by=by)
    before.status, before.joined_at, before.leaves_at, earlier = "active", uow.clock.now(), None, before.role
    before.role = role
    await note_change(uow, group=group, member=member, change="rejoined", by=by, rules_version=version)
    if earlier != role:
        await note_role(uow, group=group, member=member, change=(earlier, role), way="appointed", by=by)
    return _as_membership(before)


async def locked_group(uow: UnitOfWork, group: DaoId) -> GroupRow:
    """The open group's row, ours until the unit ends: whoever changes who is in it, or its rules, takes turns here.

    Raises UnknownGroup.
    """
    found = select(GroupRow).where(GroupRow.id == group, GroupRow.status == "active").with_for_update(key_share=True)
    row = (await uow.session.execute(found)).scalar_one_or_none()
    if row is None:
        raise UnknownGroup
    return row


async def require_member(uow: UnitOfWork, *, member: MemberId, group: DaoId) -> Membership:
    """Her membership. Raises NotAMember."""
    found = await membership_of(uow, group=group, member=member)
    if found is None:
        raise NotAMember
    return found


async def is_member(uow: UnitOfWork, *, member: MemberId, group: DaoId) -> bool:
    """Whether she belongs to the group and isn't suspended."""
    return await membership_of(uow, group=group, member=member) is not None


@foreseeable
async def membership_of(uow: UnitOfWork, *, group: DaoId, member: MemberId) -> Membership | None:
    """Her membership, as long as she belongs to the group and isn't suspended."""
    own = MembershipRow.dao_id == group, MembershipRow.user_id == member, MembershipRow.status == "active"
    row = (await uow.session.execute(select(MembershipRow).where(*own))).scalar_one_or_none()
    return None if row is None else _as_membership(row)


async def members_of(uow: UnitOfWork, *, viewer: MemberId, group: DaoId) -> list[GroupMember]:
    """Who is in the group, for one of them, in the order of joining. Raises NotAMember."""
    await require_member(uow, member=viewer, group=group)
    people = (
        select(MemberRow.name, MembershipRow.role, MembershipRow.joined_at)
        .join(MembershipRow, MembershipRow.user_id == MemberRow.id)
        .where(MembershipRow.dao_id == group, MembershipRow.status == "active")
        .order_by(MembershipRow.joined_at, MembershipRow.id)
    )
    return [GroupMember(name, role, joined_at) for name, role, joined_at in await uow.session.execute(people)]


# An alias, because the memberships of one person are joined to the same question.
_INSIDE = aliased(MembershipRow)
_SIZE = select(func.count(_INSIDE.id)).where(_INSIDE.dao_id == GroupRow.id, _INSIDE.status == "active")
# What `as_group` is made of.
COLUMNS = GroupRow.id, GroupRow.name, GroupRow.code, _SIZE.scalar_subquery(), GroupRow.kind
_GROUPS = select(*COLUMNS).where(GroupRow.status == "active")


BY_ID = Selected(_GROUPS.where(GroupRow.id == given("group")))
BY_CODE = Selected(_GROUPS.where(GroupRow.code == given("code")))
# The same by its id.
CODED = Question("SELECT id FROM daos WHERE code = :code AND status = 'active'")
# Hers as long as she has any, also while she is suspended.
BELONGING = Selected(
    select(MembershipRow).where(
        MembershipRow.dao_id == given("group"),
        MembershipRow.user_id == given("member"),
        MembershipRow.status.in_(("active", "suspended")),
    )
)


async def _groups(uow: UnitOfWork, wanted: Select[Any]) -> list[Group]:
    return [as_group(*row) for row in await uow.session.execute(wanted)]


def as_group(group: UUID, name: str, code: str, members: int | None, kind: GroupKind) -> Group:
    """The columns as a value."""
    return Group(DaoId(group), name, code, members or 0, kind)


async def _founded(uow: UnitOfWork, founder: MemberId) -> int:
    return await uow.session.scalar(select(func.count()).select_from(GroupRow).where(GroupRow.founder == founder)) or 0


async def _any_membership(uow: UnitOfWork, *, group: DaoId, member: MemberId) -> MembershipRow | None:
    own = MembershipRow.dao_id == group, MembershipRow.user_id == member
    return (await uow.session.execute(select(MembershipRow).where(*own))).scalar_one_or_none()


async def _places_taken(uow: UnitOfWork, group: DaoId) -> int:
    """Whoever is suspended keeps her place, so that there is one when she is let in again."""
    taken = MembershipRow.dao_id == group, MembershipRow.status.in_(("active", "suspended"))
    return await uow.session.scalar(select(func.count()).select_from(MembershipRow).where(*taken)) or 0


async def _is_still_owed(uow: UnitOfWork, group: DaoId, member: MemberId) -> bool:
    waits = Departure.dao_id == group, Departure.user_id == member, Departure.settled_at.is_(None)
    return await uow.session.scalar(select(Departure.id).where(*waits).limit(1)) is not None


async def take_turns(uow: UnitOfWork, member: MemberId) -> None:
    """One member's foundings and joinings follow each other, so that she stays within her limits. Before any group's lock."""
    await uow.session.execute(select(func.pg_advisory_xact_lock(FOUNDING_LOCK, func.hashtext(str(member)))))


async def _check_memberships(uow: UnitOfWork, member: MemberId) -> None:
    own = MembershipRow.user_id == member, MembershipRow.status.in_(("active", "suspended"))
    if (await uow.session.scalar(select(func.count()).select_from(MembershipRow).where(*own)) or 0) >= MOST_JOINED:
        raise TooManyMemberships(MOST_JOINED)


async def _add(
    uow: UnitOfWork, *, group: DaoId, member: MemberId, role: Role, rules_version: int, by: MemberId | None = None
) -> Membership:
    row = MembershipRow(id=uow.ids.new(), dao_id=group, user_id=member, role=role, status="active", joined_at=uow.clock.now())
    uow.session.add(row)
    await uow.session.flush()
    await note_change(uow, group=group, member=member, change="joined", by=by, rules_version=rules_version)
    if role != "member":
        way: Way = "founding" if role == "chair" else "appointed"
        await note_role(uow, group=group, member=member, change=(None, role), way=way, by=by)
    return _as_membership(row)


def _as_membership(row: MembershipRow) -> Membership:
    return Membership(DaoId(row.dao_id), MemberId(row.user_id), row.role, row.joined_at)
