"""Joining by the group's code: at once where the rules say so, otherwise as a request that an official accepts or declines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import func, select

from core.daos.constitutions import rules_of
from core.daos.dialling import dial_to
from core.daos.dues.joining import charge_joining
from core.daos.groups import AlreadyMember, find_group, is_member, join, locked_group
from core.daos.invitations import check_read, tell_joined
from core.daos.people import OFFICIALS, require_role
from core.daos.people_models import JoinRequest
from core.daos.telling import tell_group, tell_member
from core.identity.members import find
from core.identity.models import MemberRow
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import DaoId, MemberId
from core.kernel.questions import Selected, given
from core.kernel.texts import text

MOST_WAITING = 5


@dataclass
class RequestIsOver(CoreError):
    """The request waits no longer."""

    code = "join-request-over"
    kind = Kind.CONFLICT


@dataclass
class TooManyRequests(CoreError):
    """She already waits for `most` groups' answers."""

    code = "too-many-join-requests"
    kind = Kind.LIMITED

    most: int


@dataclass(frozen=True)
class Waiting:
    """Somebody who asks to be let in. Her number stays hidden."""

    id: UUID
    name: str
    asked_at: datetime


async def enter(uow: UnitOfWork, *, group: DaoId, member: MemberId, rules_version: int) -> Literal["joined", "asked"]:
    """Join by the code, or ask to: as the rules say. Asking again while it waits changes nothing.

    Locks the group until the unit ends. Raises RulesMoved, TooManyRequests, and what `join` raises.
    """
    if (await rules_of(uow, group=group)).join_by == "code":
        await join(uow, member=member, group=group)
        await check_read(uow, group=group, rules_version=rules_version)
        await charge_joining(uow, group=group, member=member, rules_version=rules_version)
        await tell_joined(uow, group=group, member=member)
        return "joined"
    await _ask(uow, group, member, rules_version)
    return "asked"


async def requests_of(uow: UnitOfWork, *, group: DaoId, viewer: MemberId) -> list[Waiting]:
    """Who asks to be let in, the longest waiting first, for officials. Raises NotAMember, NotYourRole."""
    await require_role(uow, member=viewer, group=group, roles=OFFICIALS)
    return [Waiting(*row) for row in await uow.rows(REQUESTS, group=group)]


REQUESTS = Selected(
    select(JoinRequest.id, MemberRow.name, JoinRequest.created_at)
    .join(MemberRow, MemberRow.id == JoinRequest.user_id)
    .where(JoinRequest.dao_id == given("group"), JoinRequest.status == "waiting")
    .order_by(JoinRequest.created_at)
)


async def answer_join_request(uow: UnitOfWork, *, request: UUID, group: DaoId, by: MemberId, accepts: bool) -> str:
    """Let her in or not; her name. She is told. Raises RequestIsOver, NotAMember, NotYourRole, and what `join` raises."""
    await require_role(uow, member=by, group=group, roles=OFFICIALS)
    row = await uow.session.scalar(
        select(JoinRequest).where(JoinRequest.id == request, JoinRequest.dao_id == group).with_for_update()
    )
    who = await find(uow, MemberId(row.user_id)) if row is not None else None
    if row is None or who is None or row.status != "waiting":
        raise RequestIsOver
    if accepts:
        await join(uow, member=who.id, group=group, by=by, rules_version=row.rules_version)
        await charge_joining(uow, group=group, member=who.id, rules_version=row.rules_version)
    row.status, row.answered_by, row.answered_at = ("accepted" if accepts else "declined"), by, uow.clock.now()
    await uow.session.flush()
    name = (await find_group(uow, group=group)).name
    what = text("sms-let-in", group=name) if accepts else text("sms-not-let-in", group=name)
    await tell_member(uow, who, what, template="join_answer")
    return who.name


async def _ask(uow: UnitOfWork, group: DaoId, member: MemberId, rules_version: int) -> None:
    row = await locked_group(uow, group)
    await check_read(uow, group=group, rules_version=rules_version)
    if await is_member(uow, member=member, group=group):
        raise AlreadyMember(row.name)
    own = select(JoinRequest).where(JoinRequest.user_id == member, JoinRequest.status == "waiting")
    if await uow.session.scalar(own.where(JoinRequest.dao_id == group)):
        return
    if (await uow.session.scalar(select(func.count()).select_from(own.subquery())) or 0) >= MOST_WAITING:
        raise TooManyRequests(MOST_WAITING)
    asked = JoinRequest(
        id=uow.ids.new(),
        dao_id=group,
        user_id=member,
        rules_version=rules_version,
        status="waiting",
        created_at=uow.clock.now(),
    )
    uow.session.add(asked)
    await uow.session.flush()
    who = await find(uow, member)
    what = text("sms-asks-to-join", group=row.name, name=who.name if who else "-", dialled=dial_to(uow, row.code, "people"))
    await tell_group(uow, group=group, what=what, template="join_request", roles=OFFICIALS)
