"""Making standing payments: one unit of work does one thing for one of them, and the rows alone say what comes next.

The standing payment's row is held for as long as the unit lasts, and a try, its outcome and the counters are written with it;
so however many schedulers look, and wherever one dies, each due date is paid once. From her balance the money moves in that
very unit. By M-Pesa the prompt is asked for in it, and nothing is tried again while it has no end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core.daos.contributions import contribute
from core.daos.ending import is_ending
from core.daos.groups import NotAMember, find_group, suspended_groups
from core.daos.people import Person, participants_of
from core.daos.recurring.models import RecurringRow, RunRow
from core.daos.recurring.plans import due_at, end, is_over, pause
from core.daos.telling import tell, tell_member
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, IntentId, MemberId
from core.kernel.money import Money
from core.kernel.texts import Text, text
from core.ledger.service import InsufficientFunds
from core.payments.deposits import DepositUnderway, find_deposit, start_deposit
from core.payments.grossing import deposit_that_credits

# After the first try at the due time: so long after it, while the next due date isn't there yet. The third failure in a row
# stops it until she resumes it; both retries are within the days of grace that groups usually give.
RETRIES = (timedelta(hours=2), timedelta(days=1))
MOST_FAILURES = len(RETRIES) + 1
LOOK_AGAIN = timedelta(minutes=2)
DAY = timedelta(days=1)
TEMPLATE = "recurring_payment"


@dataclass(frozen=True)
class _Hand:
    """A standing payment, its run at hand, and whose it is; None when she isn't active in the group or it ends."""

    row: RecurringRow
    run: RunRow
    person: Person | None


async def due_recurring(uow: UnitOfWork, *, limit: int) -> list[UUID]:
    """Standing payments for which something is to be done by now, the longest waiting first."""
    due = select(RecurringRow.id).where(RecurringRow.look_at <= uow.clock.now()).order_by(RecurringRow.look_at).limit(limit)
    return list(await uow.session.scalars(due))


async def tend_recurring(uow: UnitOfWork, *, recurring: UUID) -> bool:
    """Do the next thing for one standing payment: notice, try, or hear how a prompt ended. False when nothing was due."""
    row = await uow.session.get(RecurringRow, recurring, with_for_update=True, populate_existing=True)
    if row is None or row.look_at is None or row.look_at > uow.clock.now():
        return False
    run = await _run_at_hand(uow, row)
    hand = _Hand(row, run, await _person(uow, row))
    if run.state == "prompted":
        await _hear(uow, hand)
    elif not row.is_active or row.is_paused:
        row.look_at = None
    elif uow.clock.now() < run.due_at:
        await _notice(uow, hand)
    elif uow.clock.now() >= run.next_try_at:
        await _try(uow, hand)
    else:
        row.look_at = run.next_try_at
    row.updated_at = uow.clock.now()
    await uow.session.flush()
    return True


def intent_of(run: UUID, attempt: int) -> IntentId:
    """The intent of a try, from 1: the same for whoever makes it."""
    return IntentId(uuid5(run, f"try {attempt}"))


async def _run_at_hand(uow: UnitOfWork, row: RecurringRow) -> RunRow:
    wanted = (
        select(RunRow)
        .where(RunRow.recurring_id == row.id, RunRow.number == row.next_number)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    new = {
        "id": uow.ids.new(),
        "recurring_id": row.id,
        "number": row.next_number,
        "due_at": row.next_payment_date,
        "state": "waiting",
        "tries": 0,
        "next_try_at": row.next_payment_date,
        "created_at": uow.clock.now(),
    }
    found = await uow.session.scalar(wanted)
    if found is None:
        await uow.session.execute(insert(RunRow).values(new))
        found = (await uow.session.scalars(wanted)).one()
    return found


async def _person(uow: UnitOfWork, row: RecurringRow) -> Person | None:
    if await is_ending(uow, group=DaoId(row.dao_id)):
        return None
    people = await participants_of(uow, group=DaoId(row.dao_id))
    return next((person for person in people if person.id == row.user_id), None)


async def _is_suspended(uow: UnitOfWork, row: RecurringRow) -> bool:
    """Whether she may come back to it: she is suspended in a group that goes on."""
    if await is_ending(uow, group=DaoId(row.dao_id)):
        return False
    return any(one.id == row.dao_id for one in await suspended_groups(uow, member=MemberId(row.user_id)))


async def _notice(uow: UnitOfWork, hand: _Hand) -> None:
    """Tell her some days before, once; not where the next one comes that soon anyway."""
    row, run = hand.row, hand.run
    notice_at = run.due_at - row.notify_days_before * DAY
    pays_rarely = due_at(row, run.number + 1) - run.due_at > row.notify_days_before * DAY
    if not row.notify_before_payment or run.noticed_at is not None or not pays_rarely:
        row.look_at = run.due_at
    elif uow.clock.now() < notice_at:
        row.look_at = notice_at
    else:
        run.noticed_at, row.look_at = uow.clock.now(), run.due_at
        key = "recurring-notice-mpesa" if row.payment_method == "mpesa" else "recurring-notice-wallet"
        await _say(uow, hand, text(key, group=await _group(uow, row), due_sum=_amount(row), at=run.due_at))


async def _try(uow: UnitOfWork, hand: _Hand) -> None:
    row, run = hand.row, hand.run
    if hand.person is None:
        await _stop(uow, hand, reason="suspended" if await _is_suspended(uow, row) else "left")
        return
    paid = await _paid_after_all(uow, run)
    if paid is not None:
        await _paid(uow, hand, paid)
    elif row.payment_method == "mpesa":
        await _prompt(uow, hand, hand.person)
    else:
        await _pay(uow, hand, hand.person)


async def _pay(uow: UnitOfWork, hand: _Hand, person: Person) -> None:
    """Out of her balance, in this very unit."""
    row, run = hand.row, hand.run
    run.tries += 1
    intent = intent_of(run.id, run.tries)
    try:
        made = await contribute(
            uow, intent=intent, member=person.id, group=DaoId(row.dao_id), amount=_amount(row), origin="recurring"
        )
    except InsufficientFunds:
        await _failed(uow, hand, "short")
        return
    except NotAMember:
        await _stop(uow, hand, reason="left")
        return
    await _paid(uow, hand, intent)
    if row.notify_on_success:
        done = text("recurring-paid", reference=made.reference, amount=made.amount, group=made.group_name, balance=made.balance)
        await _say(uow, hand, done)


async def _prompt(uow: UnitOfWork, hand: _Hand, person: Person) -> None:
    """Ask her phone; the fee comes on top, so that the whole amount reaches the group."""
    row, run = hand.row, hand.run
    amount = await deposit_that_credits(uow, credited=_amount(row))
    try:
        async with uow.session.begin_nested():
            await start_deposit(
                uow,
                intent=intent_of(run.id, run.tries + 1),
                member=person.id,
                phone=person.phone,
                amount=amount,
                language=person.language,
                channel="ussd",
                group=DaoId(row.dao_id),
            )
    except DepositUnderway:
        # Her phone is being asked for something else: that isn't a failure, only a matter of minutes.
        row.look_at = uow.clock.now() + LOOK_AGAIN
        return
    run.tries, run.state = run.tries + 1, "prompted"
    row.look_at = uow.clock.now() + LOOK_AGAIN


async def _hear(uow: UnitOfWork, hand: _Hand) -> None:
    """How the prompt ended, if it has."""
    row, run = hand.row, hand.run
    deposit = await find_deposit(uow, intent=intent_of(run.id, run.tries))
    if deposit is None or deposit.status in ("pending", "processing"):
        row.look_at = uow.clock.now() + LOOK_AGAIN
        return
    run.state = "waiting"
    if deposit.status == "completed":
        # M-Pesa's own message tells her; it reaches the group as any deposit for it does.
        await _paid(uow, hand, deposit.intent)
    else:
        await _failed(uow, hand, "mpesa")


async def _paid_after_all(uow: UnitOfWork, run: RunRow) -> IntentId | None:
    """An earlier prompt that M-Pesa had called failed and was paid after all."""
    for attempt in range(1, run.tries + 1):
        deposit = await find_deposit(uow, intent=intent_of(run.id, attempt))
        if deposit is not None and deposit.status == "completed":
            return deposit.intent
    return None


async def _paid(uow: UnitOfWork, hand: _Hand, payment: UUID) -> None:
    row, run = hand.row, hand.run
    run.state, run.payment_id, run.ended_at = "paid", payment, uow.clock.now()
    row.total_payments, row.successful_payments, row.failed_attempts = row.total_payments + 1, row.successful_payments + 1, 0
    row.last_payment_id, row.last_payment_date = payment, run.due_at
    await _advance(uow, hand)


async def _failed(uow: UnitOfWork, hand: _Hand, reason: str) -> None:
    """Count it, and try again by the plan; with the third failure in a row it stops until she resumes it."""
    row, run = hand.row, hand.run
    now = uow.clock.now()
    row.total_payments, row.failed_attempts = row.total_payments + 1, row.failed_attempts + 1
    row.last_failure_date, row.last_failure_reason = now, reason
    if not row.is_active or row.is_paused:
        # She has stopped it while her phone was asked, so there is no other try to promise.
        row.look_at = None
        return
    if row.failed_attempts >= MOST_FAILURES:
        await _stop(uow, hand, reason="failures")
        return
    following, planned = due_at(row, run.number + 1), run.due_at + RETRIES[min(run.tries, len(RETRIES)) - 1]
    # A prompt that took hours to fail isn't followed by another one at once.
    again = max(planned, now + RETRIES[0]) if planned <= now else planned
    if again >= following:
        run.state, run.ended_at = "missed", now
        await _advance(uow, hand)
        again = row.next_payment_date
    else:
        run.next_try_at = row.look_at = again
    if row.notify_on_failure and row.is_active:
        what = text("recurring-failed", group=await _group(uow, row), due_sum=_amount(row), reason=reason, at=again)
        await _say(uow, hand, what)


async def _stop(uow: UnitOfWork, hand: _Hand, *, reason: str) -> None:
    """Stop with a word after three failures or while she is suspended; for good since she isn't in the group any more."""
    row, run = hand.row, hand.run
    run.state, run.ended_at, row.look_at = "missed", uow.clock.now(), None
    if reason == "left":
        end(uow, row, reason=reason)
        return
    row.next_number += 1
    row.next_payment_date = due_at(row, row.next_number)
    pause(uow, row, reason=reason)
    key = "recurring-suspended" if reason == "suspended" else "recurring-stopped"
    what = text(key, group=await _group(uow, row), due_sum=_amount(row))
    await tell_member(uow, MemberId(row.user_id), what, template=TEMPLATE)


async def _advance(uow: UnitOfWork, hand: _Hand) -> None:
    """On to the next due date, or the end."""
    row = hand.row
    row.next_number += 1
    row.next_payment_date = due_at(row, row.next_number)
    row.look_at = uow.clock.now()
    enough = row.max_payments is not None and row.successful_payments >= row.max_payments
    if row.is_active and (enough or is_over(row)):
        end(uow, row, reason="completed")
        row.look_at = None
        await _say(uow, hand, text("recurring-completed", group=await _group(uow, row), due_sum=_amount(row)))


async def _group(uow: UnitOfWork, row: RecurringRow) -> str:
    return (await find_group(uow, group=DaoId(row.dao_id))).name


async def _say(uow: UnitOfWork, hand: _Hand, what: Text) -> None:
    if hand.person is not None:
        await tell(uow, hand.person, what, template=TEMPLATE)


def _amount(row: RecurringRow) -> Money:
    return Money.from_decimal(row.amount)
