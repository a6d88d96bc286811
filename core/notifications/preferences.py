"""How a member wants to be told, by topic; and the hours in which nobody is woken.

Security and money are always told, and what has moved or is in danger at any hour. News of a group and reminders wait from
21:00 to 07:00 East Africa Time, and a member may do without them; what waits for somebody's word waits too. A new kind of
message is placed here, under what it is about and whether it can wait.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, time, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, PrimaryKeyConstraint, Text, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.clock import EAST_AFRICA
from core.kernel.db import Base, UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import MemberId
from core.kernel.questions import Selected, given

Topic = Literal["security", "money", "group", "reminder"]
Way = Literal["any", "sms", "chat", "both", "none"]
TOPICS: tuple[Topic, ...] = ("security", "money", "group", "reminder")
# What can't be done without.
ALWAYS: tuple[Topic, ...] = ("security", "money")
# Which topic a message is about, by its template; one that isn't named here is about money or safety, or she asked for it.
ABOUT: Mapping[str, Topic] = {
    "muhuri": "group",
    "merry": "group",
    "shares": "group",
    "welfare_low": "reminder",
    "meeting": "group",
    "minutes": "group",
    "member_joined": "group",
    "reply": "group",
    "proposal": "group",
    "vote_reminder": "reminder",
    "due_reminder": "reminder",
}
# About money or her standing, so nobody can do without; but nothing has moved that she could still stop, and nothing is lost
# when she hears of it, or gives her word, in the morning.
WAITS = frozenset(
    {
        "contribution_kind",
        "expelled",
        "fine",
        "join_answer",
        "join_request",
        "joining_fee",
        "left",
        "loan_asked",
        "loan_due",
        "merry_draw",
        "merry_plan",
        "missed",
        "notice",
        "office_offered",
        "pot_asked",
        "refund_asked",
        "reinstated",
        "rules_changed",
        "shares_asked",
        "suspended",
        "treasury_asked",
        "vote_on_money",
        "welfare",
    }
)
# Money that moved, safety (who signs for a group is part of it), and what somebody waits for with the phone in her hand.
AT_ONCE = frozenset(
    {
        "chat-fallback",
        "contribution_for_you",
        "contribution_receipt",
        "daily_report",
        "departure_paid",
        "deposit",
        "devices",
        "dues_board",
        "group_ends",
        "group_members",
        "invitation",
        "late_outcome",
        "leave_account",
        "loan",
        "loan_receipt",
        "member_data",
        "merry_collection",
        "merry_kept",
        "merry_money",
        "merry_order",
        "merry_paid",
        "merry_receipt",
        "office",
        "otp",
        "recurring_payment",
        "security",
        "settled",
        "share_out",
        "share_out_mine",
        "shares_receipt",
        "treasury",
        "waiver",
        "welfare_paid",
        "welfare_receipt",
        "withdrawal",
    }
)
QUIET_FROM, QUIET_TO = time(21), time(7)


class MustBeTold(CoreError):
    """Nobody can do without news of her safety or her money."""

    code = "must-be-told"
    kind = Kind.INVALID


class PreferenceRow(Base):
    """How a member wants to be told of a topic. Without a row: in her chat if she has one, else by SMS."""

    __tablename__ = "notification_preferences"
    __table_args__ = (
        PrimaryKeyConstraint("user_id", "topic"),
        CheckConstraint("topic IN ('security', 'money', 'group', 'reminder')", name="topic"),
        CheckConstraint("way IN ('any', 'sms', 'chat', 'both', 'none')", name="way"),
        CheckConstraint("way <> 'none' OR topic IN ('group', 'reminder')", name="always"),
    )

    user_id: Mapped[UUID]
    topic: Mapped[Topic] = mapped_column(Text)
    way: Mapped[Way] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


def topic_of(template: str) -> Topic:
    """What a message of this template is about."""
    return ABOUT.get(template, "money")


def quiet_until(template: str, now: datetime, *, until: datetime | None = None) -> datetime | None:
    """When a message of this template may leave; None when it may now.

    until: when what it is about is over. What would be news no more in the morning is told at once, or nobody would hear of it.
    """
    there = now.astimezone(EAST_AFRICA)
    if (template not in WAITS and topic_of(template) in ALWAYS) or QUIET_TO <= there.time() < QUIET_FROM:
        return None
    day = there.date() + timedelta(days=1) if there.time() >= QUIET_FROM else there.date()
    morning = datetime.combine(day, QUIET_TO, tzinfo=EAST_AFRICA)
    return None if until is not None and until <= morning else morning


async def way_for(uow: UnitOfWork, *, member: MemberId, template: str) -> Way:
    """How this member wants to hear of what this template is about."""
    hers = PreferenceRow.user_id == member, PreferenceRow.topic == topic_of(template)
    return await uow.session.scalar(select(PreferenceRow.way).where(*hers)) or "any"


async def ways_for(uow: UnitOfWork, *, members: Collection[MemberId], template: str) -> dict[MemberId, Way]:
    """How those of these members want to hear of it who have said so; the others don't mind."""
    theirs = PreferenceRow.user_id.in_(sorted(set(members))), PreferenceRow.topic == topic_of(template)
    chosen = await uow.session.execute(select(PreferenceRow.user_id, PreferenceRow.way).where(*theirs))
    return {MemberId(row.user_id): row.way for row in chosen}


async def preferences_of(uow: UnitOfWork, *, member: MemberId) -> dict[Topic, Way]:
    """Her choice for every topic."""
    chosen = {row.topic: row.way for row in await uow.scalars(PREFERENCES, member=member)}
    return {topic: chosen.get(topic, "any") for topic in TOPICS}


PREFERENCES = Selected(select(PreferenceRow).where(PreferenceRow.user_id == given("member")))


async def prefer(uow: UnitOfWork, *, member: MemberId, topic: Topic, way: Way) -> None:
    """From now on tell her so. Raises MustBeTold."""
    if way == "none" and topic in ALWAYS:
        raise MustBeTold
    now = uow.clock.now()
    row = insert(PreferenceRow).values(user_id=member, topic=topic, way=way, changed_at=now)
    changed = {"way": way, "changed_at": now}
    await uow.session.execute(row.on_conflict_do_update(index_elements=["user_id", "topic"], set_=changed))
