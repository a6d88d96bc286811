"""Fines for being late, as the rules that the charge was opened under have them; and taking back those that were unjust.

What is late is computed from the moments at which payments were completed, never from when we heard of them. So fines are
judged some hours later, not while a payment of hers is on its way, and anew when an earlier payment becomes known.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from core.daos.calendar import is_night
from core.daos.changes import suspensions_of
from core.daos.dues.charges import Charge, charge_of
from core.daos.dues.lateness import DAY, Fine, Outage, Terms, fines
from core.daos.dues.why import why_fine
from core.daos.dues_locks import hold_dues
from core.daos.dues_models import ChargeRow, LineRow, PaymentRow, WaiverRow
from core.daos.groups import find_group
from core.daos.people import Person, people_of
from core.daos.telling import tell_each
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import Money
from core.payments.outages import outages_since
from core.payments.underway import members_paying

# By then callbacks, confirmations and M-Pesa's own list have told of nearly everything.
JUDGED_AFTER = timedelta(hours=2)
# How long ago an outage may have ended and still be put on record for its sake.
OUTAGES_BACK = timedelta(days=60)
# No unit that began before an outage was put on record ends so much later.
MEANWHILE = timedelta(hours=1)
RETURN_JOB = "return-fine"
PAID_IN_TIME = "paid in time after all"
Paid = Mapping[UUID, Sequence[tuple[datetime, Money]]]


@dataclass(frozen=True)
class Case:
    """A charge with everything by which it is judged. `away`: while she was suspended and couldn't pay, as in an outage."""

    charge: Charge
    paid: Sequence[tuple[datetime, Money]]
    steps: Mapping[int, Charge]
    away: Sequence[Outage] = ()

    def just(self, outages: Sequence[Outage], until: datetime) -> list[Fine]:
        """Every fine that stands, up to a moment."""
        owed = self.charge.amount - self.charge.waived
        terms = Terms.kept(self.charge.terms)
        return fines(owed, self.paid, terms=terms, due_at=self.charge.due_at, outages=(*outages, *self.away), until=until)


async def judge_fines(uow: UnitOfWork, *, group: DaoId) -> int:
    """Charge what the rules say for being late in this group; returns how many fines are new. Safe to repeat.

    Not at night: she is told at once, and no fine is lost by being judged in the morning.
    """
    if is_night(uow.clock.now()):
        return 0
    until = uow.clock.now() - JUDGED_AFTER
    late = await _unjudged(uow, group, until)
    if not late:
        return 0
    people = {person.id: person for person in await people_of(uow, group=group)}
    members = {charge.member for charge in late} & people.keys()
    await hold_dues(uow, group=group, members=members)
    waiting = await members_paying(uow, members=members, group=group) | await _planned(uow, group)
    outages = [(one.began_at, one.ended_at) for one in await outages_since(uow, min(one.due_at for one in late) - DAY)]
    found: list[tuple[Charge, Fine]] = []
    over: list[UUID] = []
    for case in await cases_of(uow, [one for one in await _unjudged(uow, group, until) if one.member in members - waiting]):
        found += [(case.charge, fine) for fine in case.just(outages, until) if fine.step not in case.steps]
        if _is_over(case, until):
            over.append(case.charge.id)
    await _close(uow, over)
    return await _charge(uow, group, found, people)


async def judge_again(uow: UnitOfWork, *, charges: Collection[UUID], since: datetime) -> None:
    """A payment completed at `since` is known only now: waive what of later fines it makes unjust.

    What of that was paid already goes back to her credit in the group, by a job. The caller holds the member's dues.
    """
    rows = select(ChargeRow).where(ChargeRow.id.in_(charges), ChargeRow.sort == "contribution")
    rows = rows.execution_options(populate_existing=True)
    cases = await cases_of(uow, [charge_of(row) for row in await uow.session.scalars(rows)])
    outages = await _outages_of(uow, cases)
    for case in cases:
        for fine, unjust in _unjust(uow, case, outages):
            if fine.due_at < since:
                continue
            unpaid = min(unjust, fine.missing)
            if unpaid:
                await _waive_by_rule(uow, fine, unpaid)
            if unpaid < unjust:
                await uow.enqueue(RETURN_JOB, {"charge": str(fine.id)}, key=f"{RETURN_JOB} {fine.id}")


async def judge_outages(uow: UnitOfWork, *, group: DaoId) -> None:
    """An outage was put on record: waive what was fined although no time had passed. Safe to repeat.

    Whoever fines knows of every outage that is on record by then, so only older fines can be unjust for its sake.
    """
    since = uow.clock.now() - OUTAGES_BACK
    outages = await outages_since(uow, since)
    if not outages:
        return
    fined = (
        select(ChargeRow.user_id, ChargeRow.fines_for)
        .where(ChargeRow.dao_id == group, ChargeRow.fines_for.is_not(None), ChargeRow.due_at > outages[0].began_at)
        .where(ChargeRow.waived < ChargeRow.amount)
        .where(ChargeRow.created_at < max(one.recorded_at for one in outages) + MEANWHILE)
    )
    found = (await uow.session.execute(fined)).all()
    if not found:
        return
    await hold_dues(uow, group=group, members={MemberId(row.user_id) for row in found})
    await judge_again(uow, charges={row.fines_for for row in found}, since=outages[0].began_at)


async def unjust_part(uow: UnitOfWork, *, fine: UUID) -> tuple[Charge, Money]:
    """A fine, and how much of it doesn't stand by what is known now. Holds the member's dues."""
    row = await uow.session.get_one(ChargeRow, fine)
    await hold_dues(uow, group=DaoId(row.dao_id), members=[MemberId(row.user_id)])
    late = await uow.session.get_one(ChargeRow, row.fines_for, populate_existing=True)
    (case,) = await cases_of(uow, [charge_of(late)])
    for one, unjust in _unjust(uow, case, await _outages_of(uow, [case])):
        if one.id == fine:
            return one, unjust
    return charge_of(await uow.session.get_one(ChargeRow, fine, populate_existing=True)), Money(0)


def _unjust(uow: UnitOfWork, case: Case, outages: Sequence[Outage]) -> list[tuple[Charge, Money]]:
    """Each fine that is more than the rules say by now, and by how much."""
    # A fine moved by an outage is another moment's; only its number says which one it is.
    just = {fine.step: fine.amount for fine in case.just(outages, uow.clock.now())} if case.steps else {}
    found = [(fine, fine.amount - fine.waived - just.get(step, Money(0))) for step, fine in case.steps.items()]
    return [(fine, unjust) for fine, unjust in found if unjust.minor > 0]


async def _outages_of(uow: UnitOfWork, cases: Sequence[Case]) -> list[Outage]:
    """Every outage that may have kept any of these from being late; one that was over by then changes nothing."""
    fined = [case.charge.due_at for case in cases if case.steps]
    if not fined:
        return []
    return [(one.began_at, one.ended_at) for one in await outages_since(uow, min(fined) - DAY)]


async def _waive_by_rule(uow: UnitOfWork, fine: Charge, amount: Money) -> None:
    row = WaiverRow(id=uow.ids.new(), charge_id=fine.id, amount=amount.as_decimal(), reason=PAID_IN_TIME, waived_by=None)
    # Each waiver lowers what is unjust, so the amount waived so far names the next one.
    row.intent, row.created_at = uuid5(fine.id, f"in time after {fine.waived.minor}"), uow.clock.now()
    uow.session.add(row)
    await uow.session.flush()


async def _charge(
    uow: UnitOfWork, group: DaoId, found: Sequence[tuple[Charge, Fine]], people: Mapping[MemberId, Person]
) -> int:
    """Write these fines and tell each member why; how many weren't there."""
    rows = [_fine_row(uow, late, fine) for late, fine in found]
    if not rows:
        return 0
    new = insert(ChargeRow).values(rows).on_conflict_do_nothing(index_elements=["fines_for", "step"])
    written = {(row.fines_for, row.step): charge_of(row) for row in await uow.session.scalars(new.returning(ChargeRow))}
    name = (await find_group(uow, group=group)).name
    fines_in_order = [written[late.id, fine.step] for late, fine in found if (late.id, fine.step) in written]
    news = [(people[charge.member], why_fine(charge, group=name)) for charge in fines_in_order]
    await tell_each(uow, news, template="fine")
    return len(written)


def _fine_row(uow: UnitOfWork, late: Charge, fine: Fine) -> dict[str, Any]:
    terms = Terms.kept(late.terms)
    why = {
        "kind": late.why["kind"],
        "follows": late.why["follows"],
        "missing": fine.missing.minor,
        "number": fine.step + 1,
        "percent": terms.fine_percent,
        "every": terms.fine_every,
        "rules": terms.rules,
    }
    return {
        "id": uow.ids.new(),
        "dao_id": late.group,
        "user_id": late.member,
        "sort": "fine",
        "period": late.day,
        "due_at": fine.at,
        "purpose": "treasury",
        "amount": fine.amount.as_decimal(),
        "terms": late.terms,
        "why": why,
        "fines_for": late.id,
        "step": fine.step,
        "created_at": uow.clock.now(),
    }


def _is_over(case: Case, until: datetime) -> bool:
    """Nothing more can come of a charge that is paid or waived, once the last payment of it was judged too."""
    return not case.charge.missing and all(completed <= until for completed, _ in case.paid)


async def _close(uow: UnitOfWork, charges: Collection[UUID]) -> None:
    if charges:
        judged = update(ChargeRow).where(ChargeRow.id.in_(charges)).values(judged_at=uow.clock.now())
        await uow.session.execute(judged)


async def _unjudged(uow: UnitOfWork, group: DaoId, until: datetime) -> list[Charge]:
    rows = (
        select(ChargeRow)
        .where(ChargeRow.dao_id == group, ChargeRow.sort == "contribution", ChargeRow.judged_at.is_(None))
        .where(ChargeRow.due_at < until)
        .order_by(ChargeRow.due_at, ChargeRow.id)
        .execution_options(populate_existing=True)
    )
    return [charge_of(row) for row in await uow.session.scalars(rows)]


async def _planned(uow: UnitOfWork, group: DaoId) -> set[MemberId]:
    rows = select(PaymentRow.user_id).where(PaymentRow.dao_id == group, PaymentRow.state == "planned")
    return {MemberId(one) for one in await uow.session.scalars(rows)}


async def cases_of(uow: UnitOfWork, charges: Sequence[Charge]) -> list[Case]:
    """These charges with everything by which they are judged, in their order."""
    ids = [charge.id for charge in charges]
    lines = (
        select(LineRow.charge_id, PaymentRow.completed_at, LineRow.amount)
        .join(PaymentRow, PaymentRow.id == LineRow.payment_id)
        .where(LineRow.charge_id.in_(ids), PaymentRow.state != "void")
        .order_by(PaymentRow.completed_at)
    )
    paid: dict[UUID, list[tuple[datetime, Money]]] = {one: [] for one in ids}
    for charge, completed, amount in await uow.session.execute(lines):
        if charge is not None:
            paid[charge].append((completed, Money.from_decimal(amount)))
    fined = select(ChargeRow).where(ChargeRow.fines_for.in_(ids)).execution_options(populate_existing=True)
    steps: dict[UUID, dict[int, Charge]] = {one: {} for one in ids}
    for row in await uow.session.scalars(fined.order_by(ChargeRow.step)):
        assert row.fines_for is not None  # noqa: S101 - narrows for the type checker
        assert row.step is not None  # noqa: S101 - narrows for the type checker
        steps[row.fines_for][row.step] = charge_of(row)
    away = await _away(uow, charges)
    return [Case(one, paid[one.id], steps[one.id], away.get((one.group, one.member), ())) for one in charges]


async def _away(uow: UnitOfWork, charges: Sequence[Charge]) -> dict[tuple[DaoId, MemberId], Sequence[Outage]]:
    """When those whose charges these are were suspended in their groups."""
    members: dict[DaoId, set[MemberId]] = {}
    for charge in charges:
        members.setdefault(charge.group, set()).add(charge.member)
    return {
        (group, member): times
        for group, some in members.items()
        for member, times in (await suspensions_of(uow, group=group, members=some)).items()
    }
