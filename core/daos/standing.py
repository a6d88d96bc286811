"""Suspended, reinstated, expelled: always with a reason, always told to her, and she may always reply.

An official suspends and reinstates, and hears when somebody has missed too many contributions (`dues/missing.py`); so does a
vote. The chair is suspended by a vote only. Expelling takes a vote. Whoever is suspended or expelled has lost her office.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from core.daos.changes import OFFICES, last_change, note_change, set_role
from core.daos.groups import BELONGING, NotAMember, find_group, locked_group
from core.daos.models import MembershipRow
from core.daos.people import OFFICIALS, require_role
from core.daos.people_models import MembershipChange
from core.daos.telling import tell_group, tell_member
from core.daos.words import clean_words
from core.identity.models import MemberRow
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import DaoId, MemberId
from core.kernel.questions import Question
from core.kernel.texts import text

MOST_REPLIES = 3
DAY = timedelta(hours=24)


@dataclass
class BadStanding(CoreError):
    """This can't be done to this member. `reason` is self, chair, suspended (already) or active (not suspended)."""

    code = "bad-standing"
    kind = Kind.CONFLICT
    reason: str


@dataclass
class TooManyReplies(CoreError):
    """Enough was said for a day."""

    code = "too-many-replies"
    kind = Kind.LIMITED

    most: int


@dataclass(frozen=True)
class Suspended:
    """A suspended member as officials see her, with the reason."""

    member: MemberId
    name: str
    reason: str


async def suspend(uow: UnitOfWork, *, group: DaoId, member: MemberId, by: MemberId | None, reason: str) -> None:
    """Suspend a member: she sees and does nothing in the group until she is reinstated, and loses her office.

    `by`: an official; None when a rule or a vote decided. She and the officials are told the reason. Locks the group until
    the unit ends. Raises UnknownGroup, NotAMember, NotYourRole, BadStanding, BadWords.
    """
    words = clean_words(reason)
    row = await locked_group(uow, group)
    await _require_right(uow, group, by)
    hers = await _row(uow, group, member)
    if hers.status == "suspended":
        raise BadStanding("suspended")
    if member == by:
        raise BadStanding("self")
    if hers.role == "chair" and by is not None:
        raise BadStanding("chair")
    if hers.role in OFFICES:
        await set_role(uow, hers, "member", way="suspended", because=words, by=by)
    hers.status = "suspended"
    await note_change(uow, group=group, member=member, change="suspended", by=by, reason=words)
    await tell_member(uow, member, text("sms-suspended", group=row.name, reason=words), template="suspended")
    who = await uow.session.get_one(MemberRow, member)
    told = text("sms-was-suspended", group=row.name, name=who.name, reason=words)
    await tell_group(uow, group=group, what=told, template="suspended", roles=OFFICIALS)


async def reinstate(uow: UnitOfWork, *, group: DaoId, member: MemberId, by: MemberId | None) -> None:
    """Make her a full member again, without the office she had. Raises UnknownGroup, NotAMember, NotYourRole, BadStanding."""
    row = await locked_group(uow, group)
    await _require_right(uow, group, by)
    hers = await _row(uow, group, member)
    if hers.status != "suspended":
        raise BadStanding("active")
    hers.status = "active"
    await note_change(uow, group=group, member=member, change="reinstated", by=by)
    await tell_member(uow, member, text("sms-reinstated", group=row.name), template="reinstated")


async def reply(uow: UnitOfWork, *, group: DaoId, member: MemberId, words: str) -> None:
    """What she has to say to a suspension, or before a vote on her: kept, and told to the officials word by word.

    Raises UnknownGroup, NotAMember, BadWords, TooManyReplies.
    """
    said = clean_words(words)
    row = await locked_group(uow, group)
    await _row(uow, group, member)
    own = MembershipChange.dao_id == group, MembershipChange.user_id == member, MembershipChange.change == "replied"
    today = MembershipChange.created_at > uow.clock.now() - DAY
    if (await uow.session.scalar(select(func.count(MembershipChange.id)).where(*own, today)) or 0) >= MOST_REPLIES:
        raise TooManyReplies(MOST_REPLIES)
    await note_change(uow, group=group, member=member, change="replied", by=member, reason=said)
    who = await uow.session.get_one(MemberRow, member)
    told = text("sms-replied", group=row.name, name=who.name, reason=said)
    await tell_group(uow, group=group, what=told, template="reply", roles=OFFICIALS, but=(member,))


async def suspended_members(uow: UnitOfWork, *, group: DaoId, viewer: MemberId) -> list[Suspended]:
    """Who is suspended and why, for officials. Raises NotAMember, NotYourRole."""
    await require_role(uow, member=viewer, group=group, roles=OFFICIALS)
    found = await uow.ask(SUSPENDED, group=group)
    return [Suspended(MemberId(row["member"]), row["name"], row["reason"] or "") for row in found]


# With the reason that each was told last.
SUSPENDED = Question("""
    SELECT s.user_id AS member, m.name, (SELECT c.reason FROM dao_membership_changes c
      WHERE c.dao_id = s.dao_id AND c.user_id = s.user_id AND c.change = 'suspended'
      ORDER BY c.created_at DESC, c.id DESC LIMIT 1) AS reason
    FROM dao_memberships s JOIN members m ON m.id = s.user_id
    WHERE s.dao_id = :group AND s.status = 'suspended' ORDER BY s.joined_at, s.id
""")


async def why_suspended(uow: UnitOfWork, *, group: DaoId, member: MemberId) -> str:
    """The reason that she was told; "" when there is none."""
    change = await last_change(uow, group=group, member=member, change="suspended")
    return change.reason if change else ""


async def group_name(uow: UnitOfWork, *, group: DaoId, member: MemberId) -> str:
    """The name of a group in which she is active or suspended. Raises NotAMember."""
    await _row(uow, group, member)
    return (await find_group(uow, group=group)).name


async def _require_right(uow: UnitOfWork, group: DaoId, by: MemberId | None) -> None:
    if by is not None:
        await require_role(uow, member=by, group=group, roles=OFFICIALS)


async def _row(uow: UnitOfWork, group: DaoId, member: MemberId) -> MembershipRow:
    """Her membership, active or suspended. Raises NotAMember."""
    row = await uow.scalar(BELONGING, group=group, member=member)
    if row is None:
        raise NotAMember
    return row
