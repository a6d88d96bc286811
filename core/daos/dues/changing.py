"""Beginning, changing and ending what a group asks its members for: what is opened stays as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from core.daos.calendar import Schedule, day_of
from core.daos.dues.kinds import (
    HIGHEST,
    LOWEST,
    BadContributionAmount,
    ContributionKind,
    Follows,
    FollowsTheRules,
    Mode,
    NotInThePast,
    RoundsCollect,
    TooManyKinds,
    UnknownKind,
    Version,
    earliest_change,
    find_kind,
    kinds_of,
    short_day,
)
from core.daos.dues_models import ChargeRow, KindRow, KindVersionRow, MemberAmountRow
from core.daos.groups import require_member
from core.daos.models import GroupRow
from core.daos.names import BadGroupName, clean_group_name
from core.daos.owed import PURPOSES, Purpose
from core.daos.people import require_role
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, IntentId, MemberId
from core.kernel.money import Money
from core.ledger.service import KeyReused

LONGEST_NAME = 20
MOST_KINDS = 12
# A round of the merry-go-round collects for its turns itself: its pot holds what waits for one, and would never pay out more.
COLLECTED: tuple[Purpose, ...] = tuple(purpose for purpose in PURPOSES if purpose != "rotation")


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
    await hold_group(uow, group)
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
    await hold_group(uow, group)
    found = await find_kind(uow, group=group, kind=kind)
    check_changeable(found)
    if schedule != found.versions[-1].schedule and any(day < from_day for day in schedule.dates):
        raise NotInThePast(short_day(from_day))
    return await next_version(uow, found, official, Version(0, from_day, mode, amount, schedule))


def check_changeable(kind: ContributionKind) -> None:
    """Whether an official may change it. Raises UnknownKind when it has ended, FollowsTheRules."""
    if kind.ended_on is not None:
        raise UnknownKind
    if kind.follows is not None:
        # The next look at the rules would undo it.
        raise FollowsTheRules


async def set_member_amount(
    uow: UnitOfWork, *, official: MemberId, group: DaoId, kind: UUID, member: MemberId, amount: Money, from_day: date
) -> None:
    """What one member pays for a kind from a day on; zero frees her. Raises as change_kind does."""
    await require_role(uow, member=official, group=group)
    await require_member(uow, member=member, group=group)
    if amount:
        _check(amount)
    await hold_group(uow, group)
    await find_kind(uow, group=group, kind=kind)
    await _check_day(uow, kind, from_day)
    row = MemberAmountRow(id=uow.ids.new(), kind_id=kind, user_id=member, from_day=from_day, decided_by=official)
    row.amount, row.created_at = amount.as_decimal(), uow.clock.now()
    uow.session.add(row)
    await uow.session.flush()


async def end_kind(uow: UnitOfWork, *, official: MemberId, group: DaoId, kind: UUID) -> date:
    """Let it end: what is opened stays owed, nothing more is opened. Returns its last day. Raises as change_kind does."""
    await require_role(uow, member=official, group=group)
    await hold_group(uow, group)
    row = await uow.session.get(KindRow, kind, with_for_update=True, populate_existing=True)
    if row is None or row.dao_id != group:
        raise UnknownKind
    if row.ended_on is None:
        now = uow.clock.now()
        last = await uow.session.scalar(select(func.max(ChargeRow.period)).where(ChargeRow.kind_id == kind))
        row.ended_on, row.ended_by, row.ended_at = max(last or day_of(now), day_of(now)), official, now
        await uow.session.flush()
    return row.ended_on


async def next_version(uow: UnitOfWork, kind: ContributionKind, official: MemberId | None, wanted: Version) -> ContributionKind:
    """Give it its next version, whoever decided it; nobody where the rules say so. Raises NotInThePast."""
    await _check_day(uow, kind.id, wanted.from_day)
    await _add_version(uow, kind.id, replace(wanted, number=kind.versions[-1].number + 1), official)
    return await find_kind(uow, group=kind.group, kind=kind.id)


async def _check_day(uow: UnitOfWork, kind: UUID, from_day: date) -> None:
    earliest = await earliest_change(uow, kind=kind)
    if from_day < earliest:
        raise NotInThePast(short_day(earliest))


async def hold_group(uow: UnitOfWork, group: DaoId) -> None:
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
