"""Going: what she would get if she left today, notice, leaving, being expelled by a vote, and closing an empty group.

Whoever goes belongs no more at once. What she is owed is a departure, paid by the worker as soon as the group's money allows,
exactly once; what she owes is taken from it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import ColumnElement, select

from core.daos.changes import OFFICES, note_change, set_role
from core.daos.constitutions import rules_of
from core.daos.groups import BELONGING, Group, NotAMember, find_group, locked_group
from core.daos.models import GroupRow, MembershipRow
from core.daos.parting import Line
from core.daos.partings import PARTINGS
from core.daos.people import OFFICIALS, PARTICIPANTS, people_of, short_name
from core.daos.people_models import Departure
from core.daos.telling import tell_group, tell_member
from core.daos.words import LONGEST
from core.identity.models import MemberRow
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import DaoId, IntentId, MemberId
from core.kernel.money import KES, Money
from core.kernel.texts import Text, text
from core.ledger.accounts import Account, PotName, member_account, pot, treasury
from core.ledger.service import Leg, balances, transfer

SETTLE = "settle-departure"
# What keeps her is looked at again after this.
LATER = timedelta(days=7)
BELONGS = ("active", "suspended")
POTS: tuple[PotName, ...] = get_args(PotName)


@dataclass
class MayNotLeave(CoreError):
    """Something has to be settled first; `reason` is the first of it, a sentence."""

    code = "may-not-leave"
    kind = Kind.CONFLICT
    reason: Text


@dataclass
class GroupNotEmpty(CoreError):
    """Only a group without money and without other members can be closed. `reason` is members or money."""

    code = "group-not-empty"
    kind = Kind.CONFLICT
    reason: str


@dataclass(frozen=True)
class IfLeft:
    """What she would get if she left today, line by line, and what keeps her. `leaves_at`: notice that she has given."""

    group: Group
    lines: tuple[Line, ...]
    net: Money
    obstacles: tuple[Text, ...]
    notice_days: int
    leaves_at: datetime | None


async def if_left_today(uow: UnitOfWork, *, group: DaoId, member: MemberId) -> IfLeft:
    """Her own account with the group, for herself only. Raises NotAMember, UnknownGroup."""
    row = await _row(uow, group, member)
    found, lines = await find_group(uow, group=group), await _lines(uow, group, member)
    days, obstacles = await _notice_days(uow, group, row.role), await _obstacles(uow, group, member, row.role)
    return IfLeft(found, lines, _net(lines), obstacles, days, row.leaves_at)


async def give_notice(uow: UnitOfWork, *, group: DaoId, member: MemberId) -> datetime | None:
    """Say that she leaves: when the notice ends, or None when she has left at once. The officials are told.

    Giving notice again changes nothing. Raises UnknownGroup, NotAMember, MayNotLeave.
    """
    row, name = await _locked(uow, group, member)
    if row.leaves_at is not None:
        return row.leaves_at
    await _check_free(uow, group, member, row.role)
    days = await _notice_days(uow, group, row.role)
    who = await uow.session.get_one(MemberRow, member)
    if not days:
        await _depart(uow, row, "left")
        await tell_group(uow, group=group, what=text("sms-left", group=name, name=who.name), template="left", roles=OFFICIALS)
        return None
    row.leaves_at = uow.clock.now() + timedelta(days=days)
    await note_change(uow, group=group, member=member, change="notice", by=member)
    what = text("sms-notice", group=name, name=who.name, at=row.leaves_at)
    await tell_group(uow, group=group, what=what, template="notice", roles=OFFICIALS, but=(member,))
    return row.leaves_at


async def _notice_days(uow: UnitOfWork, group: DaoId, role: str) -> int:
    """The rules' notice; none for an observer, who has nothing there that others count on."""
    return 0 if role not in PARTICIPANTS else (await rules_of(uow, group=group)).exit_notice_days


async def stay(uow: UnitOfWork, *, group: DaoId, member: MemberId) -> None:
    """Take her notice back. Raises UnknownGroup, NotAMember."""
    row, _ = await _locked(uow, group, member)
    if row.leaves_at is None:
        return
    row.leaves_at = None
    await note_change(uow, group=group, member=member, change="stayed", by=member)


async def leaves_at(uow: UnitOfWork, *, group: DaoId, member: MemberId) -> datetime | None:
    """When the notice ends that she has given; None without one. Raises NotAMember."""
    return (await _row(uow, group, member)).leaves_at


async def due_notices(uow: UnitOfWork, *, limit: int) -> list[tuple[DaoId, MemberId]]:
    """Whose notice has ended."""
    ended = MembershipRow.leaves_at <= uow.clock.now(), MembershipRow.status.in_(BELONGS)
    due = select(MembershipRow.dao_id, MembershipRow.user_id).where(*ended).order_by(MembershipRow.leaves_at).limit(limit)
    return [(DaoId(group), MemberId(member)) for group, member in await uow.session.execute(due)]


async def end_notice(uow: UnitOfWork, *, group: DaoId, member: MemberId) -> None:
    """She leaves now; or is told what keeps her, and it is looked at again a week later."""
    row, name = await _locked(uow, group, member)
    if row.leaves_at is None or row.leaves_at > uow.clock.now():
        return
    obstacles = await _obstacles(uow, group, member, row.role)
    if obstacles:
        row.leaves_at = row.leaves_at + LATER
        await tell_member(uow, member, text("sms-still-in", group=name, reason=obstacles[0]), template="notice")
        return
    await _depart(uow, row, "left")
    who = await uow.session.get_one(MemberRow, member)
    await tell_member(uow, member, text("sms-you-left", group=name), template="left")
    await tell_group(uow, group=group, what=text("sms-left", group=name, name=who.name), template="left", roles=OFFICIALS)


async def expel(uow: UnitOfWork, *, group: DaoId, member: MemberId, because: str) -> None:
    """What a vote that passed calls: she belongs no more, and is paid what is hers. She and all members are told why.

    Her right to reply before the vote is `standing.reply`. `because`: at most 60 characters, for all to read. Locks the group
    until the unit ends. Raises UnknownGroup, NotAMember.
    """
    row, name = await _locked(uow, group, member)
    await _depart(uow, row, "expelled", reason=because[:LONGEST])
    who = await uow.session.get_one(MemberRow, member)
    await tell_member(uow, member, text("sms-expelled", group=name, reason=because[:LONGEST]), template="expelled")
    what = text("sms-was-expelled", group=name, name=who.name, reason=because[:LONGEST])
    await tell_group(uow, group=group, what=what, template="expelled")


async def settle_departure(uow: UnitOfWork, *, departure: UUID) -> None:
    """Pay what she is owed, less what she owes, once; she and all members are told. Nothing happens while a parting waits.

    Raises InsufficientFunds: the group has less at this moment, and it is tried again; nothing of the unit remains then.
    """
    row = await uow.session.get_one(Departure, departure, with_for_update=True)
    if row.settled_at is not None:
        return
    group, member = DaoId(row.dao_id), MemberId(row.user_id)
    if any([await parting.waits(uow, group=group, member=member) for parting in PARTINGS]):
        return
    lines = await _lines(uow, group, member)
    legs = _merged(lines)
    net = sum((leg.amount for leg in legs if leg.account == member_account(member)), Money(0, KES))
    for parting in PARTINGS:
        await parting.settled(uow, group=group, member=member)
    name = (await uow.session.get_one(GroupRow, group)).name
    await tell_member(uow, member, text("sms-settled", group=name, amount=net), template="settled")
    await _tell_all(uow, group, name, member, net)
    row.amount, row.settled_at = net.as_decimal(), uow.clock.now()
    await uow.session.flush()
    if legs:
        posted = await transfer(uow, key=IntentId(row.id), kind="departure", legs=legs)
        row.transfer_id = posted.transfer
        await uow.session.flush()


async def _tell_all(uow: UnitOfWork, group: DaoId, name: str, member: MemberId, net: Money) -> None:
    """Money of the group has moved, so everybody hears of it."""
    if net.minor <= 0:
        return
    who = await uow.session.get_one(MemberRow, member)
    what = text("sms-departure-paid", group=name, who=short_name(who.name), amount=net)
    await tell_group(uow, group=group, what=what, template="departure_paid")


@dataclass(frozen=True)
class Gone:
    """Who has gone from which group, and whether she was paid what was hers."""

    group: DaoId
    member: MemberId
    settled: bool


async def find_departure(uow: UnitOfWork, *, departure: UUID) -> Gone:
    """A departure by its id. Raises NoResultFound."""
    row = await uow.session.get_one(Departure, departure)
    return Gone(DaoId(row.dao_id), MemberId(row.user_id), settled=row.settled_at is not None)


async def open_departures(uow: UnitOfWork, *, limit: int) -> list[UUID]:
    """Departures that aren't paid yet, the oldest first."""
    waits = select(Departure.id).where(Departure.settled_at.is_(None)).order_by(Departure.created_at).limit(limit)
    return list(await uow.session.scalars(waits))


async def close_group(uow: UnitOfWork, *, group: DaoId, member: MemberId) -> str:
    """Close a group in which only its chair is left, and which owns nothing; its name.

    Its code leads nowhere from then on. Raises UnknownGroup, NotAMember, GroupNotEmpty.
    """
    row, name = await _locked(uow, group, member)
    if len(await people_of(uow, group=group)) > 1 or row.role != "chair" or await _others_wait(uow, group):
        raise GroupNotEmpty("members")
    held = await balances(uow, [treasury(group), *(pot(group, name) for name in POTS)])
    if any(balance.total for balance in held.values()):
        raise GroupNotEmpty("money")
    (await uow.session.get_one(GroupRow, group)).status = "closed"
    await set_role(uow, row, "member", way="left", by=member)
    row.status, row.leaves_at = "left", None
    await note_change(uow, group=group, member=member, change="left", by=member)
    return name


async def _depart(uow: UnitOfWork, row: MembershipRow, way: Literal["left", "expelled"], *, reason: str = "") -> None:
    """End the membership and have the rest paid by the worker."""
    group, member = DaoId(row.dao_id), MemberId(row.user_id)
    if row.role in OFFICES:
        await set_role(uow, row, "member", way=way)
    row.status, row.leaves_at = way, None
    by = member if way == "left" else None
    await note_change(uow, group=group, member=member, change=way, by=by, reason=reason)
    departure = Departure(id=uow.ids.new(), dao_id=group, user_id=member, way=way, created_at=uow.clock.now())
    uow.session.add(departure)
    await uow.session.flush()
    await uow.enqueue(SETTLE, {"id": str(departure.id)}, key=f"{SETTLE}:{departure.id}")


async def _lines(uow: UnitOfWork, group: DaoId, member: MemberId) -> tuple[Line, ...]:
    return tuple([line for parting in PARTINGS for line in await parting.lines(uow, group=group, member=member)])


async def _obstacles(uow: UnitOfWork, group: DaoId, member: MemberId, role: str) -> tuple[Text, ...]:
    """What keeps her: an office that nobody took over, debts beyond what she would get, and what the partings know."""
    found: list[Text] = []
    if role == "chair":
        found.append(text("parting-chair"))
    for parting in PARTINGS:
        found += await parting.obstacles(uow, group=group, member=member)
    net = _net(await _lines(uow, group, member))
    if net < Money(0, KES):
        found.append(text("parting-debt", amount=-net))
    return tuple(found)


async def _check_free(uow: UnitOfWork, group: DaoId, member: MemberId, role: str) -> None:
    obstacles = await _obstacles(uow, group, member, role)
    if obstacles:
        raise MayNotLeave(obstacles[0])


def _net(lines: tuple[Line, ...]) -> Money:
    return sum((line.amount for line in lines), Money(0, KES))


def _merged(lines: tuple[Line, ...]) -> list[Leg]:
    """One leg for each account, those that give first."""
    sums: dict[Account, Money] = defaultdict(lambda: Money(0, KES))
    for line in lines:
        for leg in line.legs:
            sums[leg.account] += leg.amount
    return [Leg(account, amount) for account, amount in sorted(sums.items(), key=lambda one: one[1].minor) if amount]


async def _locked(uow: UnitOfWork, group: DaoId, member: MemberId) -> tuple[MembershipRow, str]:
    """Her membership and the group's name, both ours until the unit ends: no loan locks her savings meanwhile."""
    name = (await locked_group(uow, group)).name
    return await _row(uow, group, member, lock=True), name


async def _row(uow: UnitOfWork, group: DaoId, member: MemberId, *, lock: bool = False) -> MembershipRow:
    if not lock:
        row = await uow.scalar(BELONGING, group=group, member=member)
    else:
        own = MembershipRow.dao_id == group, MembershipRow.user_id == member, MembershipRow.status.in_(BELONGS)
        row = await uow.session.scalar(select(MembershipRow).where(*own).with_for_update(key_share=True))
    if row is None:
        raise NotAMember
    return row


async def _others_wait(uow: UnitOfWork, group: DaoId) -> bool:
    """Whether somebody is suspended, or is still to be paid."""
    suspended: ColumnElement[bool] = MembershipRow.status == "suspended"
    if await uow.session.scalar(select(MembershipRow.id).where(MembershipRow.dao_id == group, suspended).limit(1)):
        return True
    waits = Departure.dao_id == group, Departure.settled_at.is_(None)
    return await uow.session.scalar(select(Departure.id).where(*waits).limit(1)) is not None
