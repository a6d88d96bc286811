"""Who holds which office: one person an office, one office a person, each taken with the holder's own word.

Until the members' first election the chair may offer offices; each is taken with the appointee's PIN. Elections and votes call
`appoint`. Every change is written down for ever, told to all, and voids what the treasury has begun
(`core/treasury/mandate.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from core.daos.changes import OFFICES, Way, set_role, was_elected
from core.daos.dialling import dial_waiting
from core.daos.groups import NotAMember, Role, find_group, locked_group, require_member
from core.daos.models import MembershipRow
from core.daos.people import require_role
from core.daos.people_models import RoleOffer
from core.daos.telling import tell_group, tell_member
from core.identity.models import MemberRow
from core.kernel.db import UnitOfWork, foreseeable
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import DaoId, MemberId
from core.kernel.questions import Question, Selected, given
from core.kernel.texts import Text, text

LASTS = timedelta(days=7)


@dataclass
class ElectionsDecide(CoreError):
    """The members have elected officials: only they give an office now."""

    code = "elections-decide"
    kind = Kind.FORBIDDEN


@dataclass
class NoChair(CoreError):
    """The group would be left without a chair: somebody has to take over first."""

    code = "no-chair"
    kind = Kind.CONFLICT


@dataclass
class BadOffice(CoreError):
    """This person can't hold this office. `reason` is self, observer, has (it already) or role (no such office)."""

    code = "bad-office"
    kind = Kind.CONFLICT
    reason: str


@dataclass
class OfferOver(CoreError):
    """The offer waits no longer."""

    code = "offer-over"
    kind = Kind.CONFLICT


@dataclass(frozen=True)
class Offer:
    """An office that somebody is offered."""

    id: UUID
    group: DaoId
    group_name: str
    role: Role
    by: str
    expires_at: datetime


async def offer_role(uow: UnitOfWork, *, group: DaoId, by: MemberId, member: MemberId, role: Role) -> None:
    """Offer an office to a member; she is told and takes it with her PIN. An earlier offer of the office ends.

    Raises UnknownGroup, NotAMember, NotYourRole, ElectionsDecide, BadOffice.
    """
    row = await locked_group(uow, group)
    await require_role(uow, member=by, group=group, roles=("chair",))
    if await was_elected(uow, group=group):
        raise ElectionsDecide
    if member == by:
        raise BadOffice("self")
    hers = await require_member(uow, member=member, group=group)
    _check_office(hers.role, role)
    await _withdraw(uow, group, role)
    now = uow.clock.now()
    offered = RoleOffer(
        id=uow.ids.new(),
        dao_id=group,
        user_id=member,
        role=role,
        status="offered",
        offered_by=by,
        created_at=now,
        expires_at=now + LASTS,
    )
    uow.session.add(offered)
    await uow.session.flush()
    inviter = await uow.session.get_one(MemberRow, by)
    about = {"group": row.name, "name": inviter.name, "role": role_text(role)}
    what = text("sms-office-offered", dialled=dial_waiting(uow), **about)
    await tell_member(uow, member, what, template="office_offered")


@foreseeable
async def offers_to(uow: UnitOfWork, *, member: MemberId) -> list[Offer]:
    """The offices that wait for her word."""
    offers = []
    for row, by in await uow.rows(OFFERS, member=member, now=uow.clock.now()):
        name = (await find_group(uow, group=DaoId(row.dao_id))).name
        offers.append(Offer(row.id, DaoId(row.dao_id), name, row.role, by, row.expires_at))
    return offers


@foreseeable
async def how_many_offers(uow: UnitOfWork, *, member: MemberId) -> int:
    """How many of them there are."""
    return len(await offers_to(uow, member=member))


OFFERS = Selected(
    select(RoleOffer, MemberRow.name)
    .join(MemberRow, MemberRow.id == RoleOffer.offered_by)
    .where(RoleOffer.user_id == given("member"), RoleOffer.status == "offered", RoleOffer.expires_at > given("now"))
    .order_by(RoleOffer.created_at)
)


async def answer_offer(uow: UnitOfWork, *, offer: UUID, member: MemberId, accepts: bool) -> Offer:
    """Take the office or not. Raises OfferOver, ElectionsDecide, NotAMember, BadOffice, NoChair."""
    group_of_offer = await uow.session.scalar(select(RoleOffer.dao_id).where(RoleOffer.id == offer))
    if group_of_offer is None:
        raise OfferOver
    await locked_group(uow, DaoId(group_of_offer))
    row = (await uow.session.scalars(select(RoleOffer).where(RoleOffer.id == offer).with_for_update())).one()
    if row.user_id != member or row.status != "offered" or row.expires_at <= uow.clock.now():
        raise OfferOver
    row.status, row.answered_at = ("accepted" if accepts else "declined"), uow.clock.now()
    await uow.session.flush()
    by, group = MemberId(row.offered_by), DaoId(row.dao_id)
    role: Role = row.role
    if accepts:
        if await was_elected(uow, group=group):
            raise ElectionsDecide
        await _require_chair(uow, group, by)
        await appoint(uow, group=group, member=member, role=role, way="appointed", by=by)
    else:
        who = await uow.session.get_one(MemberRow, member)
        await tell_member(uow, by, text("sms-office-declined", name=who.name, role=role_text(role)), template="office")
    name = (await find_group(uow, group=group)).name
    return Offer(row.id, group, name, role, "", row.expires_at)


async def appoint(
    uow: UnitOfWork,
    *,
    group: DaoId,
    member: MemberId,
    role: Role,
    way: Way = "elected",
    because: str = "",
    by: MemberId | None = None,
) -> None:
    """Give the office; whoever held it is a member again, and so is she of her earlier one. All members are told.

    What an election that ended calls (`way` "elected"), and a vote ("voted"). `because` says which, for all to read. Locks
    the group until the unit ends. Raises UnknownGroup, NotAMember, BadOffice, NoChair (a chair can't take another office
    before somebody else is chair).
    """
    await locked_group(uow, group)
    hers = await _membership(uow, group, member)
    if hers is None:
        raise NotAMember
    if hers.role == role:
        return
    _check_office(hers.role, role)
    if hers.role == "chair":
        raise NoChair
    holder = await _holder(uow, group, role)
    if holder is not None:
        await set_role(uow, holder, "member", way="replaced", because=because, by=by)
    await set_role(uow, hers, role, way=way, because=because, by=by)
    await _withdraw(uow, group, role)
    await _tell(uow, group, member, role)


async def dismiss(
    uow: UnitOfWork, *, group: DaoId, member: MemberId, way: Way = "voted", because: str = "", by: MemberId | None = None
) -> None:
    """Take the office from her, as a vote decided; the chair's place may be empty then. All members are told.

    Raises UnknownGroup, NotAMember; nothing happens where she holds none.
    """
    await locked_group(uow, group)
    hers = await _membership(uow, group, member)
    if hers is None:
        raise NotAMember
    if hers.role not in OFFICES:
        return
    await set_role(uow, hers, "member", way=way, because=because, by=by)
    await _tell(uow, group, member, "member")


async def resign(uow: UnitOfWork, *, group: DaoId, member: MemberId) -> None:
    """Give her office back. The chair hands over first. Raises UnknownGroup, NotAMember, NotYourRole, NoChair."""
    await locked_group(uow, group)
    hers = await require_role(uow, member=member, group=group, roles=OFFICES)  # type: ignore[arg-type]
    if hers.role == "chair":
        raise NoChair
    await dismiss(uow, group=group, member=member, way="resigned", by=member)


async def officials(uow: UnitOfWork, *, group: DaoId) -> dict[str, MemberId]:
    """Who holds which office at this moment."""
    held = MembershipRow.dao_id == group, MembershipRow.status == "active", MembershipRow.role.in_(OFFICES)
    found = await uow.session.execute(select(MembershipRow.role, MembershipRow.user_id).where(*held))
    return {role: MemberId(user) for role, user in found}


async def office_holders(uow: UnitOfWork, *, group: DaoId) -> dict[str, str]:
    """Who holds which office at this moment, by name."""
    return {row["role"]: row["name"] for row in await uow.ask(HOLDERS, group=group, offices=list(OFFICES))}


HOLDERS = Question("""
    SELECT s.role, m.name FROM dao_memberships s JOIN members m ON m.id = s.user_id
    WHERE s.dao_id = :group AND s.status = 'active' AND s.role = ANY(:offices)
""")


def role_text(role: str) -> Text:
    """The role as people read it."""
    return Text(f"role-{role}")


def _check_office(has: str, role: str) -> None:
    if role not in OFFICES:
        raise BadOffice("role")
    if has == "observer":
        raise BadOffice("observer")
    if has == role:
        raise BadOffice("has")


async def _require_chair(uow: UnitOfWork, group: DaoId, member: MemberId) -> None:
    """An offer of somebody who is chair no longer is over."""
    if (await officials(uow, group=group)).get("chair") != member:
        raise OfferOver


async def _membership(uow: UnitOfWork, group: DaoId, member: MemberId) -> MembershipRow | None:
    own = MembershipRow.dao_id == group, MembershipRow.user_id == member, MembershipRow.status == "active"
    return await uow.session.scalar(select(MembershipRow).where(*own))


async def _holder(uow: UnitOfWork, group: DaoId, role: str) -> MembershipRow | None:
    held = MembershipRow.dao_id == group, MembershipRow.role == role, MembershipRow.status == "active"
    return await uow.session.scalar(select(MembershipRow).where(*held))


async def _withdraw(uow: UnitOfWork, group: DaoId, role: str) -> None:
    waits = RoleOffer.dao_id == group, RoleOffer.role == role, RoleOffer.status == "offered"
    for row in await uow.session.scalars(select(RoleOffer).where(*waits).with_for_update()):
        row.status, row.answered_at = "withdrawn", uow.clock.now()
    await uow.session.flush()


async def _tell(uow: UnitOfWork, group: DaoId, member: MemberId, role: str) -> None:
    who, name = await uow.session.get_one(MemberRow, member), (await find_group(uow, group=group)).name
    what = text("sms-office", group=name, name=who.name, role=role_text(role))
    await tell_group(uow, group=group, what=what, template="office")
