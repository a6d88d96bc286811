"""Invitations: an official invites a phone number; whoever holds that number joins with it, once, after reading the rules.

The code in the SMS and the token in the chat's link lead to the invitation, but open nothing: only the member with the
invited number can use it. Neither they nor the number are kept, only keyed digests.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, String, any_, func, select

from core.daos.constitutions import version_of
from core.daos.dialling import GROUPS, JOIN, dialled
from core.daos.dues.joining import charge_joining
from core.daos.groups import (
    COLUMNS,
    AlreadyMember,
    Group,
    Membership,
    as_group,
    find_group,
    join,
    locked_group,
    require_member,
    take_turns,
)
from core.daos.models import GroupRow, MembershipRow
from core.daos.people import OFFICIALS, require_role
from core.daos.people_models import Invitation
from core.daos.telling import tell_group
from core.identity.members import Member, find
from core.identity.models import MemberRow
from core.identity.strangers import INVITED_NUMBER
from core.kernel.check_digit import is_intact, with_check_digit
from core.kernel.db import UnitOfWork, foreseeable
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import DaoId, MemberId
from core.kernel.phone import Phone, masked
from core.kernel.questions import Selected, given
from core.kernel.secrets import random_below, random_token
from core.kernel.texts import Text, text
from core.notifications.service import queue_code_sms

LASTS = timedelta(days=7)
DAY = timedelta(hours=24)
# An SMS to a stranger is money and a nuisance: so many a day from one official, and to one number.
MOST_SENT, MOST_RECEIVED = 30, 3
RANDOM_DIGITS = 7
CODE_LENGTH = RANDOM_DIGITS + 1
TOKEN_BYTES = 16
LONGEST_SECRET = 64
CODE, TOKEN, PHONE = "invitation code", "invitation token", INVITED_NUMBER
InvitedRole = Literal["member", "observer"]


@dataclass
class InvitationOver(CoreError):
    """No such invitation for her: it never was, was for another number, is used, withdrawn or too old. Which isn't told."""

    code = "invitation-over"
    kind = Kind.NOT_FOUND


@dataclass
class TooManyInvitations(CoreError):
    """Enough invitations for a day; `most` of them."""

    code = "too-many-invitations"
    kind = Kind.LIMITED

    most: int


@dataclass
class RulesMoved(CoreError):
    """The rules have changed since she read them."""

    code = "rules-moved"
    kind = Kind.CONFLICT

    group: str


@dataclass(frozen=True)
class Invited:
    """What was sent: the token for a link, to be shown once, and until when it counts."""

    id: UUID
    token: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True)
class OpenInvitation:
    """An invitation that waits. `phone` masked, as its group may see it; `group` as the invited person may see it."""

    id: UUID
    group: Group
    role: InvitedRole
    phone: str
    expires_at: datetime


async def invite(
    uow: UnitOfWork, *, group: DaoId, by: MemberId, phone: Phone, role: InvitedRole = "member", language: str, dial: str = ""
) -> Invited:
    """Invite a number, by SMS in `language` (hers where she is a member). An earlier invitation of it ends.

    `dial`: the code that a phone dials to reach us, for somebody who never did. Locks the group until the unit ends. Raises
    UnknownGroup, NotAMember, NotYourRole, AlreadyMember, TooManyInvitations.
    """
    row = await locked_group(uow, group)
    await require_role(uow, member=by, group=group, roles=OFFICIALS)
    known = await uow.session.scalar(select(MemberRow).where(MemberRow.phone == phone))
    if known is not None and await _belongs(uow, group, MemberId(known.id)):
        raise AlreadyMember(row.name)
    await _check_numbers(uow, by, phone)
    await _end_earlier(uow, group, phone)
    made, code = _made(uow, group=group, by=by, phone=phone, role=role)
    inviter = await uow.session.get_one(MemberRow, by)
    await queue_code_sms(
        uow,
        to=phone,
        what=_invitation(uow, is_known=known is not None, group=row.name, name=inviter.name, dial=dial),
        language=known.language if known else language,
        code=code,
        lifetime=LASTS,
        template="invitation",
        member=MemberId(known.id) if known else None,
    )
    return made


@foreseeable
async def invitations_for(uow: UnitOfWork, *, member: Member) -> list[OpenInvitation]:
    """The invitations that wait for her number, the newest first."""
    digests = list(uow.vault.digests(member.phone, context=PHONE))
    return [_seen(row, as_group(*group)) for row, *group in await uow.rows(OF_A_NUMBER, digests=digests, now=uow.clock.now())]


@foreseeable
async def how_many_invite(uow: UnitOfWork, *, member: Member) -> int:
    """How many of them wait."""
    return len(await invitations_for(uow, member=member))


async def invitations_of(uow: UnitOfWork, *, group: DaoId, viewer: MemberId) -> list[OpenInvitation]:
    """The invitations of a group that wait, for its officials. Raises NotAMember, NotYourRole."""
    await require_role(uow, member=viewer, group=group, roles=OFFICIALS)
    return await _as_seen(uow, await uow.scalars(OF_GROUP, group=group, now=uow.clock.now()))


# With the groups, which are open.
OF_A_NUMBER = Selected(
    select(Invitation, *COLUMNS)
    .join(GroupRow, GroupRow.id == Invitation.dao_id)
    .where(Invitation.phone_digest == any_(given("digests", ARRAY(String))), Invitation.status == "open")
    .where(Invitation.expires_at > given("now"), GroupRow.status == "active")
    .order_by(Invitation.created_at.desc())
)
OF_GROUP = Selected(
    select(Invitation)
    .where(Invitation.dao_id == given("group"), Invitation.status == "open", Invitation.expires_at > given("now"))
    .order_by(Invitation.created_at.desc())
)


async def find_invitation(uow: UnitOfWork, *, member: Member, secret: str) -> OpenInvitation:
    """The invitation behind a typed code or a link's token, when it is for her number. Raises InvitationOver."""
    if len(secret) <= LONGEST_SECRET:
        code = secret.replace(" ", "").replace("-", "")
        behind = Invitation.code_digest.in_(uow.vault.digests(code, context=CODE)) | Invitation.token_digest.in_(
            uow.vault.digests(secret, context=TOKEN)
        )
        hers = Invitation.phone_digest.in_(uow.vault.digests(member.phone, context=PHONE))
        for one in await _open(uow, behind & hers):
            return one
    raise InvitationOver


def is_invitation_code(typed: str) -> bool:
    """Whether this can be the code of an invitation and not a group's."""
    digits = typed.replace(" ", "").replace("-", "")
    return len(digits) == CODE_LENGTH and digits.isascii() and digits.isdigit() and is_intact(digits)


async def accept_invitation(uow: UnitOfWork, *, invitation: UUID, member: MemberId, rules_version: int) -> Membership:
    """Join by an invitation, once, having read the rules of `rules_version`. The officials are told.

    Raises InvitationOver, RulesMoved, and what `join` raises.
    """
    invited_to = await uow.session.scalar(select(Invitation.dao_id).where(Invitation.id == invitation))
    if invited_to is None:
        raise InvitationOver
    group = DaoId(invited_to)
    # In the order of `invite`, which ends earlier invitations while it holds the group.
    await take_turns(uow, member)
    await locked_group(uow, group)
    row = await _locked(uow, invitation, member)
    role: InvitedRole = "observer" if row.role == "observer" else "member"
    joined = await join(uow, member=member, group=group, role=role, invited=True, by=MemberId(row.invited_by))
    await check_read(uow, group=group, rules_version=rules_version)
    if role == "member":
        await charge_joining(uow, group=group, member=member, rules_version=rules_version)
    row.status, row.used_by, row.ended_at = "used", member, uow.clock.now()
    await uow.session.flush()
    await tell_joined(uow, group=group, member=member)
    return joined


async def decline_invitation(uow: UnitOfWork, *, invitation: UUID, member: MemberId) -> None:
    """She doesn't want to. Raises InvitationOver."""
    row = await _locked(uow, invitation, member)
    row.status, row.ended_at = "declined", uow.clock.now()
    await uow.session.flush()


async def withdraw_invitation(uow: UnitOfWork, *, invitation: UUID, group: DaoId, by: MemberId) -> None:
    """An official takes it back. Raises InvitationOver, NotAMember, NotYourRole."""
    await require_role(uow, member=by, group=group, roles=OFFICIALS)
    found = select(Invitation).where(Invitation.id == invitation, Invitation.dao_id == group, Invitation.status == "open")
    row = await uow.session.scalar(found.with_for_update())
    if row is None:
        raise InvitationOver
    row.status, row.ended_at = "withdrawn", uow.clock.now()
    await uow.session.flush()


async def check_read(uow: UnitOfWork, *, group: DaoId, rules_version: int) -> None:
    """That what she read is in force. Raises RulesMoved."""
    if await version_of(uow, group=group) != rules_version:
        raise RulesMoved((await find_group(uow, group=group)).name)


async def tell_joined(uow: UnitOfWork, *, group: DaoId, member: MemberId) -> None:
    """Tell the officials who has joined."""
    who, found = await find(uow, member), await find_group(uow, group=group)
    if who is not None:
        joined = await require_member(uow, member=member, group=group)
        what = text("sms-joined", group=found.name, name=who.name, count=found.members)
        if joined.role == "observer":
            what = text("sms-observes", group=found.name, name=who.name)
        await tell_group(uow, group=group, what=what, template="member_joined", roles=OFFICIALS, but=(member,))


async def _open(uow: UnitOfWork, condition: ColumnElement[bool]) -> list[OpenInvitation]:
    waits = Invitation.status == "open", Invitation.expires_at > uow.clock.now()
    rows = await uow.session.scalars(select(Invitation).where(condition, *waits).order_by(Invitation.created_at.desc()))
    return await _as_seen(uow, rows)


async def _as_seen(uow: UnitOfWork, rows: Iterable[Invitation]) -> list[OpenInvitation]:
    return [_seen(row, await find_group(uow, group=DaoId(row.dao_id))) for row in rows]


def _seen(row: Invitation, group: Group) -> OpenInvitation:
    role: InvitedRole = "observer" if row.role == "observer" else "member"
    return OpenInvitation(row.id, group, role, row.phone_shown, row.expires_at)


async def _locked(uow: UnitOfWork, invitation: UUID, member: MemberId) -> Invitation:
    """The open invitation of her number, ours until the unit ends."""
    row = await uow.session.scalar(select(Invitation).where(Invitation.id == invitation).with_for_update())
    who = await find(uow, member)
    if row is None or who is None or row.status != "open" or row.expires_at <= uow.clock.now():
        raise InvitationOver
    if not uow.vault.matches(who.phone, row.phone_digest, context=PHONE):
        raise InvitationOver
    return row


async def _belongs(uow: UnitOfWork, group: DaoId, member: MemberId) -> bool:
    own = MembershipRow.dao_id == group, MembershipRow.user_id == member, MembershipRow.status.in_(("active", "suspended"))
    return await uow.session.scalar(select(MembershipRow.id).where(*own)) is not None


async def _check_numbers(uow: UnitOfWork, by: MemberId, phone: Phone) -> None:
    today = Invitation.created_at > uow.clock.now() - DAY
    sent = select(func.count()).select_from(Invitation).where(Invitation.invited_by == by, today)
    if (await uow.session.scalar(sent) or 0) >= MOST_SENT:
        raise TooManyInvitations(MOST_SENT)
    digests = uow.vault.digests(phone, context=PHONE)
    received = select(func.count()).select_from(Invitation).where(Invitation.phone_digest.in_(digests), today)
    if (await uow.session.scalar(received) or 0) >= MOST_RECEIVED:
        raise TooManyInvitations(MOST_RECEIVED)


async def _end_earlier(uow: UnitOfWork, group: DaoId, phone: Phone) -> None:
    digests = uow.vault.digests(phone, context=PHONE)
    earlier = Invitation.dao_id == group, Invitation.phone_digest.in_(digests), Invitation.status == "open"
    for row in await uow.session.scalars(select(Invitation).where(*earlier).with_for_update()):
        row.status, row.ended_at = "withdrawn", uow.clock.now()
    await uow.session.flush()


def _invitation(uow: UnitOfWork, *, is_known: bool, group: str, name: str, dial: str) -> Text:
    """What is said; the code comes into it when it is sent. Whoever is no member yet has other questions to answer first."""
    if is_known:
        return text("sms-invitation-member", group=group, name=name, door=dialled(uow, GROUPS, JOIN).removesuffix("#"))
    return text("sms-invitation", group=group, name=name, dial=dial or "Mtaa DAO")


def _made(uow: UnitOfWork, *, group: DaoId, by: MemberId, phone: Phone, role: InvitedRole) -> tuple[Invited, str]:
    """A new row; what is sent of it, and its code."""
    code = with_check_digit(f"{random_below(10**RANDOM_DIGITS):0{RANDOM_DIGITS}d}")
    token, now = random_token(TOKEN_BYTES), uow.clock.now()
    row = Invitation(
        id=uow.ids.new(),
        dao_id=group,
        phone_digest=uow.vault.digest(phone, context=PHONE),
        phone_shown=masked(phone),
        code_digest=uow.vault.digest(code, context=CODE),
        token_digest=uow.vault.digest(token, context=TOKEN),
        role=role,
        status="open",
        invited_by=by,
        created_at=now,
        expires_at=now + LASTS,
    )
    uow.session.add(row)
    return Invited(row.id, token, row.expires_at), code
