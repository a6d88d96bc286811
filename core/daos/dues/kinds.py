"""Kinds of contributions of a group: what for, how much and when, in versions that begin on a day to come.

What was opened under a version stays as it was. A kind that follows the constitution gets its next version when a rule changes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import func, select

from core.daos.calendar import TWO_WEEKS, Schedule, day_of, next_due_day
from core.daos.constitutions import rules_of
from core.daos.dues_models import ChargeRow, KindRow, KindVersionRow, MemberAmountRow
from core.daos.groups import require_member
from core.daos.models import GroupRow
from core.daos.names import BadGroupName, clean_group_name
from core.daos.owed import PURPOSES, Purpose
from core.daos.people import require_role
from core.daos.rules import Rules
from core.kernel.db import UnitOfWork, foreseeable
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import DaoId, IntentId, MemberId
from core.kernel.money import Money
from core.kernel.questions import Question, Selected, given
from core.kernel.texts import Text, text
from core.ledger.service import KeyReused

Mode = Literal["fixed", "minimum", "per_member"]
Follows = Literal["contribution", "welfare"]
LONGEST_NAME = 20
MOST_KINDS = 12
# A round of the merry-go-round collects for its turns itself: its pot holds what waits for one, and would never pay out more.
COLLECTED: tuple[Purpose, ...] = tuple(purpose for purpose in PURPOSES if purpose != "rotation")
LOWEST, HIGHEST = Money(10_00), Money(500_000_00)
SUNDAY = 7
DAY = timedelta(days=1)


@dataclass
class TooManyKinds(CoreError):
    """The group has `most` kinds of contributions already."""

    code = "too-many-kinds"
    kind = Kind.LIMITED

    most: int


@dataclass
class BadContributionAmount(CoreError):
    """A contribution is from `low` to `high`."""

    code = "bad-contribution-amount"
    kind = Kind.INVALID

    low: Money
    high: Money


@dataclass
class RoundsCollect(CoreError):
    """What is for the turns of a merry-go-round is asked for by its rounds."""

    code = "rounds-collect"
    kind = Kind.INVALID


@dataclass
class NotInThePast(CoreError):
    """What is opened already stays; a change can begin on `day` at the earliest."""

    code = "kind-not-in-the-past"
    kind = Kind.INVALID

    day: str


@dataclass
class FollowsTheRules(CoreError):
    """How much this is and when stands in the constitution, which members change by a vote."""

    code = "kind-follows-rules"
    kind = Kind.FORBIDDEN


@dataclass
class UnknownKind(CoreError):
    """The group has no such kind of contribution (any more)."""

    code = "unknown-contribution-kind"
    kind = Kind.NOT_FOUND


@dataclass(frozen=True)
class Version:
    """How much and when from a day on. `mode`: the amount is for all, the least for all, or each member has her own."""

    number: int
    from_day: date
    mode: Mode
    amount: Money
    schedule: Schedule


@dataclass(frozen=True)
class ContributionKind:
    """A kind with all its versions, the first one in front. `ended_on`: the last day on which it was due."""

    id: UUID
    group: DaoId
    name: str
    purpose: Purpose
    follows: Follows | None
    versions: tuple[Version, ...]
    ended_on: date | None
    created_day: date

    @property
    def said(self) -> Text | str:
        """Its name as people read it."""
        return text(f"dues-name-{self.follows}") if self.follows else self.name

    def on(self, day: date) -> Version:
        """The version of that day; before the first day, the first."""
        begun = [version for version in self.versions if version.from_day <= day]
        return begun[-1] if begun else self.versions[0]

    def next_day(self, since: date) -> date | None:
        """The first day from `since` on when it is due, by the version that counts on that day; None when there is none."""
        for version, following in zip(self.versions, (*self.versions[1:], None), strict=True):
            found = next_due_day(version.schedule, max(since, version.from_day))
            if found is not None and (following is None or found < following.from_day):
                return found if self.ended_on is None or found <= self.ended_on else None
        return None


_KINDS = (
    select(KindRow, KindVersionRow)
    .join(KindVersionRow, KindVersionRow.kind_id == KindRow.id)
    .where(KindRow.dao_id == given("group"))
    .order_by(KindRow.created_at, KindRow.id, KindVersionRow.version)
)
ENDED_TOO = Selected(_KINDS)
KINDS = Selected(_KINDS.where(KindRow.ended_on.is_(None) | (KindRow.ended_on >= given("today"))))


@foreseeable
async def kinds_of(uow: UnitOfWork, *, group: DaoId, ended: bool = False) -> list[ContributionKind]:
    """The group's kinds, the oldest first; those that ended only when asked for."""
    if ended:
        found = await uow.rows(ENDED_TOO, group=group)
    else:
        found = await uow.rows(KINDS, group=group, today=day_of(uow.clock.now()))
    versions: dict[KindRow, list[Version]] = {}
    for kind, version in found:
        versions.setdefault(kind, []).append(_version(version))
    return [_kind(kind, its) for kind, its in versions.items()]


async def find_kind(uow: UnitOfWork, *, group: DaoId, kind: UUID) -> ContributionKind:
    """One of the group's kinds. Raises UnknownKind."""
    found = next((one for one in await kinds_of(uow, group=group, ended=True) if one.id == kind), None)
    if found is None:
        raise UnknownKind
    return found


async def create_kind(
    uow: UnitOfWork,
    *,
    intent: IntentId,
    official: MemberId,
    group: DaoId,
    name: str,
    purpose: Purpose,
    schedule: Schedule,
    amount: Money,
    mode: Mode = "fixed",
    follows: Follows | None = None,
) -> ContributionKind:
    """Begin a kind of contribution today, once per intent.

    Raises NotAMember, NotYourRole, BadGroupName, BadContributionAmount, RoundsCollect, TooManyKinds, KeyReused.
    """
    await require_role(uow, member=official, group=group)
    if purpose not in COLLECTED:
        raise RoundsCollect
    if len(name.strip()) > LONGEST_NAME:
        raise BadGroupName("long")
    cleaned = clean_group_name(name)
    _check(amount)
    await _hold_group(uow, group)
    before = await uow.session.scalar(select(KindRow).where(KindRow.intent == intent))
    if before is not None:
        if (before.dao_id, before.name) != (group, cleaned):
            raise KeyReused
        return await find_kind(uow, group=group, kind=before.id)
    if len(await kinds_of(uow, group=group)) >= MOST_KINDS:
        raise TooManyKinds(MOST_KINDS)
    now = uow.clock.now()
    row = KindRow(id=uow.ids.new(), dao_id=group, name=cleaned, purpose=purpose, follows=follows, created_by=official)
    row.intent, row.created_at = intent, now
    uow.session.add(row)
    await uow.session.flush()
    await _add_version(uow, row.id, Version(1, day_of(now), mode, amount, schedule), official)
    return await find_kind(uow, group=group, kind=row.id)


@dataclass(frozen=True)
class ByRule:
    """What a kind that follows the constitution is like today."""

    amount: Money
    schedule: Schedule
    purpose: Purpose


async def from_constitution(uow: UnitOfWork, *, group: DaoId, rule: Follows) -> ByRule:
    """The regular contribution, or the one for welfare, as the constitution has it."""
    rules = await rules_of(uow, group=group)
    schedule = schedule_of(rules, since=day_of(uow.clock.now()))
    return ByRule(amount_of(rules, rule), schedule, "welfare" if rule == "welfare" else "treasury")


async def start_from_constitution(
    uow: UnitOfWork, *, intent: IntentId, official: MemberId, group: DaoId, rule: Follows
) -> ContributionKind:
    """Begin the regular contribution, or the one for welfare; the running one, if there is one. Raises as create_kind does."""
    await _hold_group(uow, group)
    running = next((one for one in await kinds_of(uow, group=group) if one.follows == rule and one.ended_on is None), None)
    if running is not None:
        return running
    wanted = await from_constitution(uow, group=group, rule=rule)
    return await create_kind(
        uow,
        intent=intent,
        official=official,
        group=group,
        name="Welfare" if rule == "welfare" else "Regular",
        purpose=wanted.purpose,
        schedule=wanted.schedule,
        amount=wanted.amount,
        follows=rule,
    )


async def change_kind(
    uow: UnitOfWork,
    *,
    official: MemberId,
    group: DaoId,
    kind: UUID,
    amount: Money,
    schedule: Schedule,
    from_day: date,
    mode: Mode = "fixed",
) -> ContributionKind:
    """Another amount or other days from a day on; what is opened stays. Other dates are all of them to come by then.

    Raises UnknownKind (also when it has ended), FollowsTheRules, NotInThePast, and as create_kind does.
    """
    await require_role(uow, member=official, group=group)
    _check(amount)
    await _hold_group(uow, group)
    found = await find_kind(uow, group=group, kind=kind)
    check_changeable(found)
    if schedule != found.versions[-1].schedule and any(day < from_day for day in schedule.dates):
        raise NotInThePast(short_day(from_day))
    return await _next_version(uow, found, official, Version(0, from_day, mode, amount, schedule))


def check_changeable(kind: ContributionKind) -> None:
    """Whether an official may change it. Raises UnknownKind when it has ended, FollowsTheRules."""
    if kind.ended_on is not None:
        raise UnknownKind
    if kind.follows is not None:
        # The next look at the rules would undo it.
        raise FollowsTheRules


def same_days(one: Schedule, other: Schedule) -> bool:
    """Whether both are due on the same days, now and for ever."""
    if (one.frequency, one.day, one.dates) != (other.frequency, other.day, other.dates):
        return False
    return one.anchor is None or other.anchor is None or not (one.anchor - other.anchor).days % TWO_WEEKS.days


async def follow_constitution(uow: UnitOfWork, *, group: DaoId) -> None:
    """Give a kind that follows a rule its next version, when the rules in force say something else now."""
    # Nearly always nothing differs, and then nobody is kept waiting for the group.
    if not await _outdated(uow, group):
        return
    await _hold_group(uow, group)
    rules = await rules_of(uow, group=group)
    for kind in await _outdated(uow, group):
        newest, from_day = kind.versions[-1], await earliest_change(uow, kind=kind.id)
        schedule = schedule_of(rules, since=newest.schedule.anchor or from_day)
        wanted = newest.schedule if _same_days(schedule, newest.schedule) else schedule
        await _next_version(uow, kind, None, Version(0, from_day, "fixed", _amount_by(rules, kind), wanted))


async def _outdated(uow: UnitOfWork, group: DaoId) -> list[ContributionKind]:
    """The kinds that follow a rule whose newest version isn't what the rules say, where that can be."""
    following = [kind for kind in await kinds_of(uow, group=group) if kind.follows and kind.ended_on is None]
    if not following:
        return []
    rules = await rules_of(uow, group=group)
    return [kind for kind in following if LOWEST <= _amount_by(rules, kind) <= HIGHEST and _differs(kind, rules)]


def _differs(kind: ContributionKind, rules: Rules) -> bool:
    newest = kind.versions[-1]
    schedule = schedule_of(rules, since=newest.from_day)
    return newest.amount != _amount_by(rules, kind) or not _same_days(schedule, newest.schedule)


def _amount_by(rules: Rules, kind: ContributionKind) -> Money:
    assert kind.follows is not None  # noqa: S101 - narrows for the type checker
    return amount_of(rules, kind.follows)


def _same_days(one: Schedule, other: Schedule) -> bool:
    return (one.frequency, one.day) == (other.frequency, other.day)


async def set_member_amount(
    uow: UnitOfWork, *, official: MemberId, group: DaoId, kind: UUID, member: MemberId, amount: Money, from_day: date
) -> None:
    """What one member pays for a kind from a day on; zero frees her. Raises as change_kind does."""
    await require_role(uow, member=official, group=group)
    await require_member(uow, member=member, group=group)
    if amount:
        _check(amount)
    await _hold_group(uow, group)
    await find_kind(uow, group=group, kind=kind)
    await _check_day(uow, kind, from_day)
    row = MemberAmountRow(id=uow.ids.new(), kind_id=kind, user_id=member, from_day=from_day, decided_by=official)
    row.amount, row.created_at = amount.as_decimal(), uow.clock.now()
    uow.session.add(row)
    await uow.session.flush()


async def end_kind(uow: UnitOfWork, *, official: MemberId, group: DaoId, kind: UUID) -> date:
    """Let it end: what is opened stays owed, nothing more is opened. Returns its last day. Raises as change_kind does."""
    await require_role(uow, member=official, group=group)
    await _hold_group(uow, group)
    row = await uow.session.get(KindRow, kind, with_for_update=True, populate_existing=True)
    if row is None or row.dao_id != group:
        raise UnknownKind
    if row.ended_on is None:
        now = uow.clock.now()
        last = await uow.session.scalar(select(func.max(ChargeRow.period)).where(ChargeRow.kind_id == kind))
        row.ended_on, row.ended_by, row.ended_at = max(last or day_of(now), day_of(now)), official, now
        await uow.session.flush()
    return row.ended_on


LAST_DAYS = Question("""
    SELECT (SELECT max(period) FROM contribution_charges WHERE kind_id = :kind) AS opened,
      (SELECT max(from_day) FROM contribution_kind_versions WHERE kind_id = :kind) AS decided
""")


async def earliest_change(uow: UnitOfWork, *, kind: UUID) -> date:
    """The first day on which a change can begin: after everything that is opened."""
    (found,) = await uow.ask(LAST_DAYS, kind=kind)
    days: list[date] = [day_of(uow.clock.now()), *(day for day in (found["opened"], found["decided"]) if day)]
    return max(days) + DAY


def schedule_of(rules: Rules, *, since: date) -> Schedule:
    """When the constitution's contribution is due; a two-weekly one begins with its first weekday from `since` on."""
    if rules.frequency == "monthly":
        return Schedule("monthly", rules.due_day)
    weekday = min(rules.due_day, SUNDAY)
    if rules.frequency == "weekly":
        return Schedule("weekly", weekday)
    return Schedule("biweekly", weekday, since + timedelta(days=(weekday - since.isoweekday()) % SUNDAY))


def amount_of(rules: Rules, rule: Follows) -> Money:
    """How much the constitution says."""
    return rules.welfare if rule == "welfare" else rules.contribution


async def _next_version(
    uow: UnitOfWork, kind: ContributionKind, official: MemberId | None, wanted: Version
) -> ContributionKind:
    await _check_day(uow, kind.id, wanted.from_day)
    await _add_version(uow, kind.id, replace(wanted, number=kind.versions[-1].number + 1), official)
    return await find_kind(uow, group=kind.group, kind=kind.id)


async def _check_day(uow: UnitOfWork, kind: UUID, from_day: date) -> None:
    earliest = await earliest_change(uow, kind=kind)
    if from_day < earliest:
        raise NotInThePast(short_day(earliest))


def short_day(day: date) -> str:
    """A day as people read it: 5/11/26."""
    return f"{day.day}/{day.month}/{day:%y}"


def day_month(day: date) -> str:
    """A day in a short message: 5/11."""
    return f"{day.day}/{day.month}"


async def _hold_group(uow: UnitOfWork, group: DaoId) -> None:
    """Kinds of one group are changed one after another."""
    await uow.session.execute(select(GroupRow.id).where(GroupRow.id == group).with_for_update(key_share=True))


async def _add_version(uow: UnitOfWork, kind: UUID, version: Version, official: MemberId | None) -> None:
    row = KindVersionRow(id=uow.ids.new(), kind_id=kind, version=version.number, from_day=version.from_day, decided_by=official)
    row.amount_mode, row.amount, row.created_at = version.mode, version.amount.as_decimal(), uow.clock.now()
    row.frequency, row.day = version.schedule.frequency, version.schedule.day
    row.anchor, row.dates = version.schedule.anchor, list(version.schedule.dates)
    uow.session.add(row)
    await uow.session.flush()


def _check(amount: Money) -> None:
    if not LOWEST <= amount <= HIGHEST:
        raise BadContributionAmount(LOWEST, HIGHEST)


def _version(row: KindVersionRow) -> Version:
    schedule = Schedule(row.frequency, row.day, row.anchor, tuple(row.dates))  # type: ignore[arg-type]
    return Version(row.version, row.from_day, row.amount_mode, Money.from_decimal(row.amount), schedule)  # type: ignore[arg-type]


def _kind(row: KindRow, versions: list[Version]) -> ContributionKind:
    return ContributionKind(
        id=row.id,
        group=DaoId(row.dao_id),
        name=row.name,
        purpose=row.purpose,  # type: ignore[arg-type]
        follows=row.follows,  # type: ignore[arg-type]
        versions=tuple(versions),
        ended_on=row.ended_on,
        created_day=day_of(row.created_at),
    )
