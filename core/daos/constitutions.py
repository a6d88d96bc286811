"""Which rules a group lives by: versions of its constitution, each in force from a moment on, none ever changed.

A group without a version of its own lives by the defaults of its kind, which count as version 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import NoResultFound

from core.daos.models import ConstitutionRow, GroupRow
from core.daos.rules import DEFAULTS, Rules
from core.kernel.db import UnitOfWork, foreseeable
from core.kernel.ids import DaoId, MemberId
from core.kernel.questions import Question, Row, Selected, given

# What `because` says where no vote decided; anything else is said as it stands.
FOUNDING, ANSWERED = "founding", "answered"


@dataclass(frozen=True)
class Version:
    """A version of a constitution. `because` is FOUNDING, ANSWERED or the decision in words; `decided_by` a member's name."""

    number: int
    rules: Rules
    in_force_from: datetime
    because: str
    decided_by: str | None


@foreseeable
async def rules_of(uow: UnitOfWork, *, group: DaoId, at: datetime | None = None) -> Rules:
    """The rules in force now, or at another moment. Raises NoResultFound: callers know the group."""
    found = await uow.rows(RULES, group=group, at=at or uow.clock.now())
    if not found:
        raise NoResultFound
    # Questions that are newer than her group's answers are answered by the defaults of its kind.
    return DEFAULTS[found[0][0]].changed(found[0][1] or {})


_NEWEST = (
    select(ConstitutionRow.answers)
    .where(ConstitutionRow.dao_id == GroupRow.id, ConstitutionRow.in_force_from <= given("at"))
    .order_by(ConstitutionRow.version.desc())
    .limit(1)
    .correlate(GroupRow)
    .scalar_subquery()
)
RULES = Selected(select(GroupRow.kind, _NEWEST).where(GroupRow.id == given("group")))


@foreseeable
async def version_of(uow: UnitOfWork, *, group: DaoId, at: datetime | None = None) -> int:
    """The number of the version in force now, or at another moment: what a consent and a charge refer to. 0: the defaults."""
    begun = ConstitutionRow.dao_id == group, ConstitutionRow.in_force_from <= (at or uow.clock.now())
    return await uow.session.scalar(select(func.max(ConstitutionRow.version)).where(*begun)) or 0


@foreseeable
async def versions_of(uow: UnitOfWork, *, group: DaoId) -> list[Version]:
    """Every version, the newest first, those to come included. Raises NoResultFound: callers know the group."""
    return (await _founded(uow, group))[1]


@foreseeable
async def in_force(uow: UnitOfWork, *, group: DaoId) -> Version:
    """The version in force now; version 0 for a group that lives by its kind's defaults. Raises NoResultFound."""
    row, versions = await _founded(uow, group)
    now = uow.clock.now()
    own = next((version for version in versions if version.in_force_from <= now), None)
    return own or Version(0, DEFAULTS[row["kind"]], row["created_at"], FOUNDING, None)


@foreseeable
async def newest_version(uow: UnitOfWork, *, group: DaoId) -> Version | None:
    """The version with the highest number, in force or still to come; None for a group that lives by its kind's defaults."""
    return next(iter((await _founded(uow, group))[1]), None)


async def enact(
    uow: UnitOfWork,
    *,
    group: DaoId,
    rules: Rules,
    in_force_from: datetime,
    because: str,
    decided_by: MemberId | None = None,
) -> int:
    """Write the next version of the constitution; returns its number, from 1. `because`: who or what decided it.

    Locks the group until the unit ends, so that versions are counted without gaps. Who may decide is the caller's question;
    a vote calls core.daos.amendments.amend. Raises BadRule.
    """
    rules.fit_together()
    await uow.session.get_one(GroupRow, group, with_for_update={"key_share": True})
    newest = await uow.session.scalar(select(func.max(ConstitutionRow.version)).where(ConstitutionRow.dao_id == group))
    row = ConstitutionRow(
        id=uow.ids.new(),
        dao_id=group,
        version=(newest or 0) + 1,
        answers=rules.answers(),
        in_force_from=in_force_from,
        because=because,
        decided_by=decided_by,
        created_at=uow.clock.now(),
    )
    uow.session.add(row)
    await uow.session.flush()
    return row.version


async def _founded(uow: UnitOfWork, group: DaoId) -> tuple[Row, list[Version]]:
    """The group and its versions, the newest first."""
    found = await uow.ask(VERSIONS, group=group)
    if not found:
        raise NoResultFound
    return found[0], [_as_version(row) for row in found if row["version"] is not None]


VERSIONS = Question("""
    SELECT g.kind, g.created_at, c.version, c.answers, c.in_force_from, c.because, m.name
    FROM daos g LEFT JOIN dao_constitutions c ON c.dao_id = g.id LEFT JOIN members m ON m.id = c.decided_by
    WHERE g.id = :group ORDER BY c.version DESC
""")


def _as_version(row: Row) -> Version:
    rules = DEFAULTS[row["kind"]].changed(row["answers"])
    return Version(row["version"], rules, row["in_force_from"], row["because"], row["name"])
