"""Fines for being absent from a meeting, or late to it, where the rules have them: once its minutes are confirmed.

Who was there is what the meeting's own list says; whoever sent an apology pays nothing. They can be objected to and waived like
those that an official gives.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Date, and_, cast, func, select
from sqlalchemy.dialects.postgresql import insert

from core.daos.calendar import day_of
from core.daos.constitutions import rules_of, version_of
from core.daos.dues.charges import charge_of
from core.daos.dues.lateness import Terms
from core.daos.dues.why import why_fine
from core.daos.dues_models import ChargeRow
from core.daos.groups import find_group
from core.daos.meeting_models import MeetingRow
from core.daos.meetings import attendance_of
from core.daos.models import MembershipRow
from core.daos.people import people_of
from core.daos.rules import Rules
from core.daos.telling import tell_each
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import Money
from core.kernel.questions import Selected, given
from core.kernel.texts import text


async def fine_attendance(uow: UnitOfWork, *, meeting: UUID) -> int:
    """Fine whom the rules of its day fine, and tell each why; returns how many are new. Safe to repeat."""
    held = await uow.session.get_one(MeetingRow, meeting)
    group = DaoId(held.dao_id)
    rules = await rules_of(uow, group=group, at=held.starts_at)
    fined = await _fined(uow, meeting, rules)
    terms = Terms.of(rules, await version_of(uow, group=group, at=held.starts_at))
    rows = [_row(uow, held, member, terms, found) for member, found in fined.items()]
    if not rows:
        return 0
    new = insert(ChargeRow).values(rows).on_conflict_do_nothing(index_elements=["intent"]).returning(ChargeRow)
    written = [charge_of(row) for row in await uow.session.scalars(new)]
    people = {person.id: person for person in await people_of(uow, group=group)}
    name = (await find_group(uow, group=group)).name
    news = [(people[one.member], text("fine-given", why=why_fine(one, group=name))) for one in written if one.member in people]
    await tell_each(uow, news, template="fine")
    return len(written)


async def fined_by_rule(uow: UnitOfWork, *, meeting: UUID, members: list[MemberId]) -> set[MemberId]:
    """Which of these were fined for this meeting by the rules."""
    intents = {_intent(meeting, member): member for member in members}
    found = await uow.scalars(FINED, meeting=meeting) if intents else ()
    return {intents[intent] for intent in found if intent in intents}


# Every fine of that day, whatever it was for: those for the meeting are among them.
FINED = Selected(
    select(ChargeRow.intent)
    .join(MembershipRow, and_(MembershipRow.user_id == ChargeRow.user_id, MembershipRow.dao_id == ChargeRow.dao_id))
    .join(MeetingRow, MeetingRow.dao_id == ChargeRow.dao_id)
    .where(MeetingRow.id == given("meeting"), ChargeRow.sort == "fine", ChargeRow.intent.is_not(None))
    .where(ChargeRow.period == cast(func.timezone("Africa/Nairobi", MeetingRow.starts_at), Date))
)


async def _fined(uow: UnitOfWork, meeting: UUID, rules: Rules) -> Mapping[MemberId, tuple[str, Money]]:
    """Who for what, and how much."""
    if not rules.absence_fine and not rules.lateness_fine:
        return {}
    found = await attendance_of(uow, meeting=meeting)
    absent = dict.fromkeys(found.absent, ("absent", rules.absence_fine))
    late = dict.fromkeys(found.late, ("late", rules.lateness_fine))
    return {member: (cause, amount) for member, (cause, amount) in {**absent, **late}.items() if amount}


def _row(uow: UnitOfWork, held: MeetingRow, member: MemberId, terms: Terms, found: tuple[str, Money]) -> dict[str, Any]:
    (cause, amount), now = found, uow.clock.now()
    return {
        "id": uow.ids.new(),
        "dao_id": held.dao_id,
        "user_id": member,
        "sort": "fine",
        "period": day_of(held.starts_at),
        "due_at": now,
        "purpose": "treasury",
        "amount": amount.as_decimal(),
        "terms": terms.keep(),
        "why": {"given": cause, "rules": terms.rules},
        "intent": _intent(held.id, member),
        "created_at": now,
    }


def _intent(meeting: UUID, member: MemberId) -> UUID:
    return uuid5(meeting, f"attendance of {member}")
