"""The people of a group as the code that works for them needs them: who they are, what they may do, how to reach them.

Other members never see a number; these values stay inside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ARRAY, String, any_, select

from core.daos.groups import Membership, Role, require_member
from core.daos.models import MembershipRow
from core.identity.models import MemberRow
from core.kernel.db import UnitOfWork, foreseeable
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import DaoId, MemberId
from core.kernel.phone import Phone
from core.kernel.questions import Selected, given
from core.kernel.texts import Text, text

# Those who act for the group; an auditor and an observer only see.
OFFICIALS: tuple[Role, ...] = ("chair", "secretary", "treasurer")
# Those who save and vote: everybody but observers.
PARTICIPANTS: tuple[Role, ...] = ("member", "chair", "secretary", "treasurer", "auditor")

LONGEST_SHORT_NAME = 20


@dataclass
class NotYourRole(CoreError):
    """Only members with one of certain roles may do this; `role` is one that may."""

    code = "not-your-role"
    kind = Kind.FORBIDDEN

    role: Text


@dataclass
class OnlyWatches(NotYourRole):
    """She observes the group: she sees everything, and has no money and no vote in it."""

    code = "only-watches"


@dataclass(frozen=True)
class Person:
    """An active member of a group. `chat`: her linked Telegram chat. `closed`: her account doesn't work any more."""

    id: MemberId
    name: str
    role: Role
    joined_at: datetime
    phone: Phone
    language: str
    chat: int | None
    closed: bool = False


async def people_of(uow: UnitOfWork, *, group: DaoId, roles: Sequence[Role] = ()) -> list[Person]:
    """The group's active members in the order of joining; only those with one of `roles` when any are given."""
    if uow.only_reads and roles:
        # Most screens that ask for some ask for others too.
        return [person for person in await _people(uow, group=group, roles=()) if person.role in roles]
    return await _people(uow, group=group, roles=tuple(roles))


async def participants_of(uow: UnitOfWork, *, group: DaoId) -> list[Person]:
    """Those who save and vote, in the order of joining: observers have no money to be put in for them."""
    return await people_of(uow, group=group, roles=PARTICIPANTS)


_PEOPLE = (
    select(MemberRow, MembershipRow)
    .join(MembershipRow, MembershipRow.user_id == MemberRow.id)
    .where(MembershipRow.dao_id == given("group"), MembershipRow.status == "active")
    .order_by(MembershipRow.joined_at, MembershipRow.id)
)
PEOPLE = Selected(_PEOPLE)
_WITH_ROLES = Selected(_PEOPLE.where(MembershipRow.role == any_(given("roles", ARRAY(String)))))


@foreseeable
async def _people(uow: UnitOfWork, *, group: DaoId, roles: tuple[Role, ...]) -> list[Person]:
    found = await (uow.rows(_WITH_ROLES, group=group, roles=list(roles)) if roles else uow.rows(PEOPLE, group=group))
    return [_as_person(member, belongs) for member, belongs in found]


async def require_role(uow: UnitOfWork, *, member: MemberId, group: DaoId, roles: Sequence[Role] = OFFICIALS) -> Membership:
    """Her membership, which is with one of `roles`. Raises NotAMember, NotYourRole."""
    membership = await require_member(uow, member=member, group=group)
    if membership.role not in roles:
        raise NotYourRole(text(f"role-{roles[0]}"))
    return membership


async def require_participant(uow: UnitOfWork, *, member: MemberId, group: DaoId) -> Membership:
    """Her membership, which isn't an observer's: observers see everything, and have no money and no vote in the group.

    Raises NotAMember, OnlyWatches.
    """
    membership = await require_member(uow, member=member, group=group)
    if membership.role not in PARTICIPANTS:
        raise OnlyWatches(text("role-member"))
    return membership


async def takes_part(uow: UnitOfWork, *, member: MemberId, group: DaoId) -> bool:
    """Whether she does more in the group than observe it. Raises NotAMember."""
    return (await require_member(uow, member=member, group=group)).role in PARTICIPANTS


def short_name(name: str) -> str:
    """As others read it where money is approved: "J. MWANGI", or the one name there is; 20 characters at most."""
    first, *others = name.upper().split()
    return (f"{first[0]}. {others[-1]}" if others else first)[:LONGEST_SHORT_NAME]


def _as_person(member: MemberRow, belongs: MembershipRow) -> Person:
    return Person(
        id=MemberId(member.id),
        name=member.name,
        role=belongs.role,
        joined_at=belongs.joined_at,
        phone=Phone(member.phone),
        language=member.language,
        chat=member.telegram_chat,
        closed=member.disabled_at is not None,
    )
