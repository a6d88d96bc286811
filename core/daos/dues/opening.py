"""Opening charges: what each member owes for each day of each kind, once, however often and whenever this runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from core.daos.calendar import at_hour, day_of, due_days, due_moment
from core.daos.constitutions import rules_of
from core.daos.dues.kinds import DAY, ContributionKind, Version, kinds_of
from core.daos.dues.lateness import Terms
from core.daos.dues_models import ChargeRow, KindRow, MemberAmountRow
from core.daos.models import ConstitutionRow, GroupRow
from core.daos.people import Person, participants_of
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import Money

# A charge is there from so many days before it is due, so that it can be reminded of and paid.
OPENS_BEFORE = timedelta(days=7)
# A day, and the version of the kind that counts on it.
_When = tuple[date, Version]
# What members pay of one kind, from a day on, where it is their own amount.
_Own = dict[UUID, list[tuple[date, Money]]]


@dataclass(frozen=True)
class _Ground:
    """What all charges of one opening share."""

    group: DaoId
    terms: Terms
    people: list[Person]


async def open_charges(uow: UnitOfWork, *, group: DaoId) -> list[MemberId]:
    """Open what is due within a week and isn't opened yet; returns who owes something new.

    A member owes a day if she belonged before it was opened (or before its kind began); who is suspended, or only observes,
    owes nothing new.
    """
    if not await _coming(uow, group):
        return []
    # A change counts from the first day that isn't opened: while one is being made, nothing is opened by what was before it.
    await uow.session.execute(select(GroupRow.id).where(GroupRow.id == group).with_for_update(read=True))
    coming = await _coming(uow, group)
    ground = await _ground(uow, group)
    owns, opened = await _own_amounts(uow, [kind for kind, _ in coming]), set[MemberId]()
    for kind, days in coming:
        own = owns.get(kind.id, {})
        opened |= await _write(uow, [row for when in days for row in _rows(uow, ground, kind, when, own)])
    return sorted(opened)


async def _coming(uow: UnitOfWork, group: DaoId) -> list[tuple[ContributionKind, list[_When]]]:
    """The kinds of which a day is due within a week and isn't opened yet, with those days."""
    kinds = await kinds_of(uow, group=group)
    if not kinds:
        return []
    lasts, until = await _last_days(uow, kinds), day_of(uow.clock.now()) + OPENS_BEFORE
    return [(kind, days) for kind in kinds if (days := _days(kind, _since(kind, lasts.get(kind.id)), until))]


async def _ground(uow: UnitOfWork, group: DaoId) -> _Ground:
    terms = Terms.of(await rules_of(uow, group=group), await _version_in_force(uow, group))
    return _Ground(group, terms, await participants_of(uow, group=group))


async def _write(uow: UnitOfWork, rows: Sequence[dict[str, Any]]) -> set[MemberId]:
    """Whom the database didn't have these charges of."""
    if not rows:
        return set()
    new = insert(ChargeRow).on_conflict_do_nothing(index_elements=["kind_id", "user_id", "period"])
    return {MemberId(member) for member in await uow.session.scalars(new.returning(ChargeRow.user_id), rows)}


def _since(kind: ContributionKind, last: date | None) -> date:
    """The first day that isn't opened."""
    return max(kind.created_day, last + DAY) if last else kind.created_day


def _days(kind: ContributionKind, since: date, until: date) -> list[_When]:
    """The days to open, each with the version that counts on it."""
    end = min(until, kind.ended_on) if kind.ended_on else until
    return [
        (day, version)
        for version, following in zip(kind.versions, (*kind.versions[1:], None), strict=True)
        for day in due_days(version.schedule, max(since, version.from_day), end)
        if following is None or day < following.from_day
    ]


def _rows(uow: UnitOfWork, ground: _Ground, kind: ContributionKind, when: _When, own: _Own) -> list[dict[str, Any]]:
    day, version = when
    opens = max(at_hour(day - OPENS_BEFORE, 0), at_hour(kind.created_day + DAY, 0))
    return [
        _row(uow, ground, kind, when, {"user_id": person.id, "amount": amount})
        for person in ground.people
        if person.joined_at < opens and (amount := _amount(version, own.get(person.id, []), day))
    ]


def _amount(version: Version, own: list[tuple[date, Money]], day: date) -> Money:
    """Her own amount where she has one by then; nothing where each has her own and she has none."""
    hers = [amount for from_day, amount in own if from_day <= day]
    if hers:
        return hers[-1]
    return Money(0) if version.mode == "per_member" else version.amount


def _row(uow: UnitOfWork, ground: _Ground, kind: ContributionKind, when: _When, hers: Mapping[str, Any]) -> dict[str, Any]:
    day, version = when
    amount: Money = hers["amount"]
    return {
        "id": uow.ids.new(),
        "dao_id": ground.group,
        "user_id": hers["user_id"],
        "sort": "contribution",
        "kind_id": kind.id,
        "kind_version": version.number,
        "period": day,
        "due_at": due_moment(day),
        "purpose": kind.purpose,
        "amount": amount.as_decimal(),
        "terms": ground.terms.keep(),
        "why": {"kind": kind.name, "follows": kind.follows, "amount": amount.minor, "rules": ground.terms.rules},
        "created_at": uow.clock.now(),
    }


async def _last_days(uow: UnitOfWork, kinds: Sequence[ContributionKind]) -> dict[UUID, date]:
    """The last day that is opened, of each kind that has one. Asked kind by kind, since each is a look at the index's end."""
    last = select(func.max(ChargeRow.period)).where(ChargeRow.kind_id == KindRow.id).scalar_subquery()
    rows = await uow.session.execute(select(KindRow.id, last).where(KindRow.id.in_([kind.id for kind in kinds])))
    return {kind: day for kind, day in rows if day is not None}


async def _own_amounts(uow: UnitOfWork, kinds: Sequence[ContributionKind]) -> dict[UUID, _Own]:
    rows = select(MemberAmountRow).where(MemberAmountRow.kind_id.in_([kind.id for kind in kinds]))
    found: dict[UUID, _Own] = {}
    for row in await uow.session.scalars(rows.order_by(MemberAmountRow.from_day)):
        mine = found.setdefault(row.kind_id, {}).setdefault(row.user_id, [])
        mine.append((row.from_day, Money.from_decimal(row.amount)))
    return found


async def _version_in_force(uow: UnitOfWork, group: DaoId) -> int:
    """The constitution's version; 0 while the group lives by the defaults of its kind."""
    now = uow.clock.now()
    versions = select(func.max(ConstitutionRow.version)).where(
        ConstitutionRow.dao_id == group, ConstitutionRow.in_force_from <= now
    )
    return await uow.session.scalar(versions) or 0
