"""Reminders of what is due: three days before, the evening before, on the day at nine, after grace, then weekly three times.

Each goes out once, whoever looks how often: its row and its message are written in one unit. Nothing at night, nothing to who
has paid or has a payment on its way. A reminder whose time is long over isn't sent late; the next one is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core.daos.calendar import at_hour, day_of, is_night
from core.daos.dialling import dial_to
from core.daos.dues.charges import Charge, charge_of
from core.daos.dues.credit import members_with_credit
from core.daos.dues.kinds import day_month
from core.daos.dues.lateness import DAY, Outage, Terms, late_from
from core.daos.dues_models import ChargeRow, ReminderRow
from core.daos.groups import find_group
from core.daos.people import people_of
from core.daos.telling import tell_each
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId
from core.kernel.texts import Text, text
from core.payments.outages import outages_since
from core.payments.underway import members_paying

EVENING, MORNING = 18, 9
WEEK = timedelta(days=7)
# The first reminder comes so many days before the day on which it is due.
FIRST_BEFORE = timedelta(days=3)
# After this long a missed reminder says nothing true any more ("tomorrow").
STALE = timedelta(hours=10)
LOOKS_BACK = timedelta(days=40)


def reminder_at(due_at: datetime, late: datetime | None, now: datetime) -> str | None:
    """Which reminder belongs to this moment: the newest whose time has come, if that isn't long ago. A pure function.

    late: until when it may be paid without being late; None while an outage keeps that open.
    """
    if is_night(now):
        return None
    begun = [(at, stage) for stage, at in _times(due_at, late) if at <= now]
    if not begun:
        return None
    at, stage = max(begun)
    return stage if now - at < STALE else None


async def remind(uow: UnitOfWork, *, group: DaoId) -> int:
    """Send the group's reminders of this moment; returns how many are new. Safe to repeat."""
    now = uow.clock.now()
    if is_night(now):
        return 0
    recent = await _recent(uow, group)
    if not recent:
        return 0
    outages = [(one.began_at, one.ended_at) for one in await outages_since(uow, recent[0].due_at - DAY)]
    wanted = [(one, stage) for one in recent if (stage := _stage(one, outages, now)) is not None]
    return await _send(uow, group, await _unsent(uow, wanted)) if wanted else 0


async def _recent(uow: UnitOfWork, group: DaoId) -> list[Charge]:
    """The open contributions of which there may be something to say, the oldest first."""
    now = uow.clock.now()
    wanted = (
        select(ChargeRow)
        .where(
            ChargeRow.dao_id == group, ChargeRow.sort == "contribution", ChargeRow.paid + ChargeRow.waived < ChargeRow.amount
        )
        .where(ChargeRow.due_at > now - LOOKS_BACK, ChargeRow.due_at < now + FIRST_BEFORE + DAY)
        .order_by(ChargeRow.due_at, ChargeRow.id)
        .execution_options(populate_existing=True)
    )
    return [charge_of(row) for row in await uow.session.scalars(wanted)]


def _stage(charge: Charge, outages: Sequence[Outage], now: datetime) -> str | None:
    grace = Terms.kept(charge.terms).grace_days
    return reminder_at(charge.due_at, late_from(charge.due_at, grace_days=grace, outages=outages), now)


def _times(due_at: datetime, late: datetime | None) -> list[tuple[str, datetime]]:
    day = day_of(due_at)
    before = [
        ("before", at_hour(day - FIRST_BEFORE, MORNING)),
        ("evening", at_hour(day - DAY, EVENING)),
        ("today", at_hour(day, MORNING)),
    ]
    if late is None:
        return before
    after = at_hour(day_of(late + timedelta(seconds=1)), MORNING)
    return [*before, ("late", after), *((f"week{number}", after + number * WEEK) for number in (1, 2, 3))]


async def _unsent(uow: UnitOfWork, wanted: list[tuple[Charge, str]]) -> list[tuple[Charge, str]]:
    """Those not on record; the record itself still decides when two look at once."""
    ids = [charge.id for charge, _ in wanted]
    rows = await uow.session.execute(select(ReminderRow.charge_id, ReminderRow.stage).where(ReminderRow.charge_id.in_(ids)))
    known = {tuple(row) for row in rows}
    return [(charge, stage) for charge, stage in wanted if (charge.id, stage) not in known]


async def _send(uow: UnitOfWork, group: DaoId, wanted: list[tuple[Charge, str]]) -> int:
    if not wanted:
        return 0
    people = {person.id: person for person in await people_of(uow, group=group)}
    owing = sorted({charge.member for charge, _ in wanted} & people.keys())
    # Whoever has credit is about to have paid: a job of hers is queued.
    spared = await members_paying(uow, members=owing, group=group) | set(
        await members_with_credit(uow, group=group, members=owing)
    )
    found = await find_group(uow, group=group)
    about = {"group": found.name, "dialled": dial_to(uow, found.code, "contribute")}
    due = [(charge, stage) for charge, stage in wanted if charge.member in people and charge.member not in spared]
    ours = await _ours(uow, due)
    news = [(people[one.member], _said(one, stage, about)) for one, stage in due if (one.id, stage) in ours]
    await tell_each(uow, news, template="due_reminder")
    return len(news)


async def _ours(uow: UnitOfWork, due: list[tuple[Charge, str]]) -> set[tuple[UUID, str]]:
    """Put these on record; those that nobody else did."""
    now = uow.clock.now()
    rows = [{"id": uow.ids.new(), "charge_id": one.id, "stage": stage, "created_at": now} for one, stage in due]
    if not rows:
        return set()
    new = insert(ReminderRow).on_conflict_do_nothing(index_elements=["charge_id", "stage"])
    written = await uow.session.execute(new.returning(ReminderRow.charge_id, ReminderRow.stage), rows)
    return {(row.charge_id, row.stage) for row in written}


def _said(charge: Charge, stage: str, about: Mapping[str, str]) -> Text:
    facts = {**about, "dues": charge.name, "due_sum": charge.missing, "day": day_month(charge.day)}
    match stage:
        case "before":
            return text("reminder-before", **facts)
        case "evening":
            return text("reminder-tomorrow", **facts)
        case "today":
            return text("reminder-today", **facts)
        case _:
            return text("reminder-late", **facts)
