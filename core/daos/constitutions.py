"""Which rules a group lives by: versions of its constitution, each in force from a moment on, none ever changed.

A group without a version of its own lives by the defaults of its kind, which count as version 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select

from core.daos.models import ConstitutionRow, GroupRow
from core.daos.rules import DEFAULTS, Rules
from core.identity.models import MemberRow
from core.kernel.db import UnitOfWork, foreseeable
from core.kernel.ids import DaoId, MemberId

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
    newest = (
        select(ConstitutionRow.answers)
        .where(ConstitutionRow.dao_id == group, ConstitutionRow.in_force_from <= (at or uow.clock.now()))
        .order_by(ConstitutionRow.version.desc())
        .limit(1)
    )
    kind = select(GroupRow.kind, newest.scalar_subquery()).where(GroupRow.id == group)
    found = (await uow.session.execute(kind)).one()
    # Questions that are newer than her group's answers are answered by the defaults of its kind.
    return DEFAULTS[found[0]].changed(found[1] or {})


@foreseeable
async def version_of(uow: UnitOfWork, *, group: DaoId, at: datetime | None = None) -> int:
    """The number of the version in force now, or at another moment: what a consent and a charge refer to. 0: the defaults."""
    begun = ConstitutionRow.dao_id == group, ConstitutionRow.in_force_from <= (at or uow.clock.now())
    return await uow.session.scalar(select(func.max(ConstitutionRow.version)).where(*begun)) or 0


@foreseeable
async def versions_of(uow: UnitOfWork, *, group: DaoId) -> list[Version]:
    """Every version, the newest first, those to come included. Raises NoResultFound: callers know the group."""
    kind = (await uow.session.scalars(select(GroupRow.kind).where(GroupRow.id == group))).one()
    found = _of(group).order_by(ConstitutionRow.version.desc())
    return [_as_version(kind, row, name) for row, name in await uow.session.execute(found)]


@foreseeable
async def in_force(uow: UnitOfWork, *, group: DaoId) -> Version:
    """The version in force now; version 0 for a group that lives by its kind's defaults. Raises NoResultFound."""
    number = await version_of(uow, group=group)
    if number:
        return next(version for version in await versions_of(uow, group=group) if version.number == number)
    row = await uow.session.get_one(GroupRow, group)
    return Version(0, DEFAULTS[row.kind], row.created_at, FOUNDING, None)


@foreseeable
async def newest_version(uow: UnitOfWork, *, group: DaoId) -> Version | None:
    """The version with the highest number, in force or still to come; None for a group that lives by its kind's defaults."""
    found = _of(group).order_by(ConstitutionRow.version.desc()).limit(1)
    row = (await uow.session.execute(found)).one_or_none()
    kind = (await uow.session.scalars(select(GroupRow.kind).where(GroupRow.id == group))).one()
    return _as_version(kind, row[0], row[1]) if row else None


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


def _of(group: DaoId) -> Select[ConstitutionRow, str]:
    decider = MemberRow.id == ConstitutionRow.decided_by
    return select(ConstitutionRow, MemberRow.name).join(MemberRow, decider, isouter=True).where(ConstitutionRow.dao_id == group)


def _as_version(kind: str, row: ConstitutionRow, name: str | None) -> Version:
    rules = DEFAULTS[kind].changed(row.answers)
    return Version(row.version, rules, row.in_force_from, row.because, name)
