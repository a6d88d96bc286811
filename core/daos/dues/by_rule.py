"""Kinds of contribution that follow the constitution: begun by it, and changed with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from core.daos.calendar import Schedule, day_of
from core.daos.constitutions import rules_of
from core.daos.dues.changing import create_kind, hold_group, next_version
from core.daos.dues.kinds import HIGHEST, LOWEST, ContributionKind, Follows, Version, earliest_change, kinds_of
from core.daos.owed import Purpose
from core.daos.rules import Rules
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, IntentId, MemberId
from core.kernel.money import Money

SUNDAY = 7


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
    await hold_group(uow, group)
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


async def follow_constitution(uow: UnitOfWork, *, group: DaoId) -> None:
    """Give a kind that follows a rule its next version, when the rules in force say something else now."""
    # Nearly always nothing differs, and then nobody is kept waiting for the group.
    if not await _outdated(uow, group):
        return
    await hold_group(uow, group)
    rules = await rules_of(uow, group=group)
    for kind in await _outdated(uow, group):
        newest, from_day = kind.versions[-1], await earliest_change(uow, kind=kind.id)
        schedule = schedule_of(rules, since=newest.schedule.anchor or from_day)
        wanted = newest.schedule if _same_days(schedule, newest.schedule) else schedule
        await next_version(uow, kind, None, Version(0, from_day, "fixed", _amount_by(rules, kind), wanted))


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
