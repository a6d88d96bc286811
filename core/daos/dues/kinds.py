"""Kinds of contributions of a group: what for, how much and when, in versions that begin on a day to come.

What was opened under a version stays as it was. A kind that follows the constitution gets its next version when a rule changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import select

from core.daos.calendar import TWO_WEEKS, Schedule, day_of, next_due_day
from core.daos.dues_models import KindRow, KindVersionRow
from core.daos.owed import Purpose
from core.kernel.db import UnitOfWork, foreseeable
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import DaoId
from core.kernel.money import Money
from core.kernel.questions import Question, Selected, given
from core.kernel.texts import Text, text

Mode = Literal["fixed", "minimum", "per_member"]
Follows = Literal["contribution", "welfare"]
LOWEST, HIGHEST = Money(10_00), Money(500_000_00)
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


def same_days(one: Schedule, other: Schedule) -> bool:
    """Whether both are due on the same days, now and for ever."""
    if (one.frequency, one.day, one.dates) != (other.frequency, other.day, other.dates):
        return False
    return one.anchor is None or other.anchor is None or not (one.anchor - other.anchor).days % TWO_WEEKS.days


LAST_DAYS = Question("""
    SELECT (SELECT max(period) FROM contribution_charges WHERE kind_id = :kind) AS opened,
      (SELECT max(from_day) FROM contribution_kind_versions WHERE kind_id = :kind) AS decided
""")


async def earliest_change(uow: UnitOfWork, *, kind: UUID) -> date:
    """The first day on which a change can begin: after everything that is opened."""
    (found,) = await uow.ask(LAST_DAYS, kind=kind)
    days: list[date] = [day_of(uow.clock.now()), *(day for day in (found["opened"], found["decided"]) if day)]
    return max(days) + DAY


def short_day(day: date) -> str:
    """A day as people read it: 5/11/26."""
    return f"{day.day}/{day.month}/{day:%y}"


def day_month(day: date) -> str:
    """A day in a short message: 5/11."""
    return f"{day.day}/{day.month}"


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
