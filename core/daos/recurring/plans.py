"""Standing payments of a member to a group: begin, list, pause, resume, end.

Due dates are counted from the first one, never from the last payment, so nothing drifts and the end of a month stays its end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import select

from core.daos.calendar import Cadence, at_hour, day_of, occurrence
from core.daos.ending import refuse_while_ending
from core.daos.models import GroupRow
from core.daos.people import require_participant
from core.daos.recurring.models import RecurringRow, RunRow
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import DaoId, IntentId, MemberId
from core.kernel.money import Money
from core.kernel.questions import Selected, given
from core.ledger.service import KeyReused

Method = Literal["wallet", "mpesa"]
LOWEST, HIGHEST = Money(10_00), Money(200_000_00)
# Everything is due at nine in the morning, when people are awake and money can still be put in.
DUE_HOUR = 9
MOST_PLANS = 10
LONGEST_REASON = 60


@dataclass
class BadRecurring(CoreError):
    """An amount is from `low` to `high`; the first day isn't over, and the end isn't before it."""

    code = "bad-recurring"
    kind = Kind.INVALID

    low: Money
    high: Money


@dataclass
class TooManyRecurring(CoreError):
    """She has `most` standing payments already."""

    code = "too-many-recurring"
    kind = Kind.LIMITED

    most: int


@dataclass
class UnknownRecurring(CoreError):
    """She has no such standing payment, or it has ended."""

    code = "unknown-recurring"
    kind = Kind.NOT_FOUND


@dataclass(frozen=True)
class Recurring:
    """A standing payment. `state`: active, paused or ended; `reason` of the last two. `done`: payments made so far."""

    id: UUID
    group: DaoId
    group_name: str
    amount: Money
    cadence: Cadence
    interval: int
    method: Method
    next_at: datetime
    state: str
    reason: str
    done: int
    most: int | None
    end_at: datetime | None


@dataclass(frozen=True)
class WantedRecurring:
    """What she asks for: so much, how often, from which day on, out of what; until a day or so many payments, if any."""

    amount: Money
    cadence: Cadence
    first_day: date
    method: Method
    interval: int = 1
    last_day: date | None = None
    most: int | None = None
    description: str | None = None


async def begin_recurring(
    uow: UnitOfWork, *, intent: IntentId, member: MemberId, group: DaoId, wanted: WantedRecurring
) -> Recurring:
    """Begin a standing payment, once per intent.

    Raises NotAMember, OnlyWatches, GroupEnds, BadRecurring, TooManyRecurring, KeyReused.
    """
    before = await uow.session.scalar(select(RecurringRow).where(RecurringRow.intent == intent))
    if before is not None:
        if (before.user_id, before.dao_id, Money.from_decimal(before.amount)) != (member, group, wanted.amount):
            raise KeyReused
        return await find_recurring(uow, member=member, recurring=before.id)
    await require_participant(uow, member=member, group=group)
    await refuse_while_ending(uow, group=group)
    _check(uow, wanted)
    if len(await recurring_of(uow, member=member)) >= MOST_PLANS:
        raise TooManyRecurring(MOST_PLANS)
    row = _new_row(uow, member, group, wanted)
    row.intent = intent
    uow.session.add(row)
    await uow.session.flush()
    return await find_recurring(uow, member=member, recurring=row.id)


async def recurring_of(uow: UnitOfWork, *, member: MemberId, group: DaoId | None = None) -> list[Recurring]:
    """Her standing payments that haven't ended, the oldest first; those to one group where one is given."""
    found = await (uow.rows(HERS, member=member) if group is None else uow.rows(HERS_HERE, member=member, group=group))
    return [_recurring(row, name) for row, name in found]


_NAMED = (
    select(RecurringRow, GroupRow.name)
    .join(GroupRow, GroupRow.id == RecurringRow.dao_id)
    .where(RecurringRow.user_id == given("member"))
    .execution_options(populate_existing=True)
)
ONE_OF_HERS = Selected(_NAMED.where(RecurringRow.id == given("recurring")))
_HERS = _NAMED.where(RecurringRow.is_active).order_by(RecurringRow.created_at, RecurringRow.id)
HERS = Selected(_HERS)
HERS_HERE = Selected(_HERS.where(RecurringRow.dao_id == given("group")))


async def find_recurring(uow: UnitOfWork, *, member: MemberId, recurring: UUID) -> Recurring:
    """One of hers, ended or not. Raises UnknownRecurring."""
    found = await uow.rows(ONE_OF_HERS, member=member, recurring=recurring)
    if not found:
        raise UnknownRecurring
    return _recurring(*found[0])


async def pause_recurring(uow: UnitOfWork, *, member: MemberId, recurring: UUID, reason: str) -> Recurring:
    """Nothing is paid until she resumes it; pausing again changes nothing. Raises UnknownRecurring."""
    row = await _held(uow, member, recurring)
    if not row.is_paused:
        pause(uow, row, reason=reason[:LONGEST_REASON])
        await uow.session.flush()
    return await find_recurring(uow, member=member, recurring=recurring)


async def resume_recurring(uow: UnitOfWork, *, member: MemberId, recurring: UUID) -> Recurring:
    """Go on with the next due date that is to come; those that fell into the pause are left out. Raises UnknownRecurring.

    Where none is to come, because its last day is over, it has ended.
    """
    row = await _held(uow, member, recurring)
    if row.is_paused:
        run = await uow.session.scalar(select(RunRow).where(RunRow.recurring_id == row.id, RunRow.number == row.next_number))
        if run is None or run.state != "prompted":
            if run is not None and run.due_at <= uow.clock.now():
                run.state, run.ended_at = "missed", uow.clock.now()
            _skip_what_is_over(uow, row)
        row.is_paused, row.paused_at, row.paused_reason, row.failed_attempts = False, None, None, 0
        row.look_at = row.updated_at = uow.clock.now()
        if is_over(row):
            end(uow, row, reason="completed")
        await uow.session.flush()
    return await find_recurring(uow, member=member, recurring=recurring)


async def end_recurring(uow: UnitOfWork, *, member: MemberId, recurring: UUID, reason: str) -> Recurring:
    """End it for good; what M-Pesa was asked for already may still come. Raises UnknownRecurring."""
    row = await _held(uow, member, recurring)
    end(uow, row, reason=reason[:LONGEST_REASON])
    await uow.session.flush()
    return await find_recurring(uow, member=member, recurring=recurring)


def pause(uow: UnitOfWork, row: RecurringRow, *, reason: str) -> None:
    """Pause a row that is held. An open prompt is still looked after."""
    row.is_paused, row.paused_at, row.paused_reason = True, uow.clock.now(), reason
    row.updated_at = uow.clock.now()


def end(uow: UnitOfWork, row: RecurringRow, *, reason: str) -> None:
    """End a row that is held. An open prompt is still looked after."""
    row.is_active, row.cancelled_at, row.cancelled_reason = False, uow.clock.now(), reason
    row.updated_at = uow.clock.now()


def is_over(row: RecurringRow) -> bool:
    """Whether its next due date is after its last day."""
    return row.end_date is not None and row.next_payment_date > row.end_date


def due_at(row: RecurringRow, number: int) -> datetime:
    """When the payment with this number is due."""
    cadence: Cadence = row.frequency  # type: ignore[assignment]
    return at_hour(occurrence(day_of(row.start_date), cadence, row.interval, number), DUE_HOUR)


def _skip_what_is_over(uow: UnitOfWork, row: RecurringRow) -> None:
    while due_at(row, row.next_number) <= uow.clock.now():
        row.next_number += 1
    row.next_payment_date = due_at(row, row.next_number)


def _check(uow: UnitOfWork, wanted: WantedRecurring) -> None:
    over = wanted.first_day < day_of(uow.clock.now())
    backwards = wanted.last_day is not None and wanted.last_day < wanted.first_day
    none = wanted.interval < 1 or (wanted.most is not None and wanted.most < 1)
    if not LOWEST <= wanted.amount <= HIGHEST or over or backwards or none:
        raise BadRecurring(LOWEST, HIGHEST)


async def _held(uow: UnitOfWork, member: MemberId, recurring: UUID) -> RecurringRow:
    row = await uow.session.get(RecurringRow, recurring, with_for_update=True, populate_existing=True)
    if row is None or row.user_id != member or not row.is_active:
        raise UnknownRecurring
    return row


def _new_row(uow: UnitOfWork, member: MemberId, group: DaoId, wanted: WantedRecurring) -> RecurringRow:
    now, first = uow.clock.now(), at_hour(wanted.first_day, DUE_HOUR)
    return RecurringRow(
        id=uow.ids.new(),
        user_id=member,
        dao_id=group,
        amount=wanted.amount.as_decimal(),
        currency=wanted.amount.currency.code,
        description=wanted.description,
        frequency=wanted.cadence,
        interval=wanted.interval,
        start_date=first,
        next_payment_date=first,
        end_date=at_hour(wanted.last_day, DUE_HOUR) if wanted.last_day else None,
        max_payments=wanted.most,
        is_active=True,
        is_paused=False,
        total_payments=0,
        successful_payments=0,
        failed_attempts=0,
        payment_method=wanted.method,
        notify_on_success=True,
        notify_on_failure=True,
        notify_before_payment=True,
        notify_days_before=3,
        created_at=now,
        updated_at=now,
        next_number=0,
        look_at=now,
    )


def _recurring(row: RecurringRow, group_name: str) -> Recurring:
    state = "ended" if not row.is_active else "paused" if row.is_paused else "active"
    return Recurring(
        id=row.id,
        group=DaoId(row.dao_id),
        group_name=group_name,
        amount=Money.from_decimal(row.amount),
        cadence=row.frequency,  # type: ignore[arg-type]
        interval=row.interval,
        method=row.payment_method,  # type: ignore[arg-type]
        next_at=row.next_payment_date,
        state=state,
        reason=(row.cancelled_reason if state == "ended" else row.paused_reason) or "",
        done=row.successful_payments,
        most=row.max_payments,
        end_at=row.end_date,
    )
