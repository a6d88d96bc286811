"""Fines that aren't for paying late: an official gives one, with its reason and within the group's cap; the member may object.

Absent and late are what the last meeting's attendance says; anything else an official has seen. Groups whose rules know no fine
give none. What comes of an objection is decided by people: another official waives the fine, or it stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core.daos.calendar import day_of
from core.daos.constitutions import rules_of
from core.daos.dues.attendance import fined_by_rule
from core.daos.dues.charges import Charge, charge_of
from core.daos.dues.lateness import Terms
from core.daos.dues.reasons import read_reason
from core.daos.dues.waivers import NotYourOwnCharge, UnknownCharge
from core.daos.dues.why import why_fine
from core.daos.dues_locks import hold_dues
from core.daos.dues_models import ChargeRow, ObjectionRow
from core.daos.groups import find_group
from core.daos.meetings import attendance_of, last_held
from core.daos.people import OFFICIALS, Person, participants_of, people_of, require_participant, require_role, short_name
from core.daos.rules import Rules
from core.daos.telling import SHORT_GROUP, tell, tell_group
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import DaoId, IntentId, MemberId
from core.kernel.money import Money
from core.kernel.questions import Selected, given
from core.kernel.texts import text
from core.ledger.service import KeyReused

Cause = Literal["absent", "late", "noise", "other"]
CAUSES: tuple[Cause, ...] = ("absent", "late", "noise", "other")
LONGEST = 30
# As much of a name as leaves the rest of an SMS readable.
SHORT_NAME = 18
SMALLEST = Money(100)
# Where the rules set no cap: the highest fine that they could set.
HIGHEST = Money(10_000_00)


@dataclass
class NoFinesHere(CoreError):
    """The group's rules know no fines."""

    code = "no-fines-here"
    kind = Kind.FORBIDDEN


@dataclass
class BadFine(CoreError):
    """A fine is from `low` to `high`, the cap of the group's rules."""

    code = "bad-fine"
    kind = Kind.INVALID

    low: Money
    high: Money


def gives_fines(rules: Rules) -> bool:
    """Whether the group has agreed to fines at all."""
    return bool(rules.fine or rules.fine_percent)


def most_fine(rules: Rules) -> Money:
    """The largest fine that an official may give."""
    return rules.fine_cap or HIGHEST


async def may_be_fined(uow: UnitOfWork, *, official: MemberId, group: DaoId, cause: Cause) -> list[Person]:
    """Whom an official may fine for this: by the attendance of the last meeting, or any other member. Never herself.

    Whom the rules have fined for that meeting already isn't among them.

    Raises NotAMember, NotYourRole.
    """
    await require_role(uow, member=official, group=group)
    people = [one for one in await participants_of(uow, group=group) if one.id != official]
    if cause not in ("absent", "late"):
        return people
    meeting = await last_held(uow, group=group)
    if meeting is None:
        return []
    found = await attendance_of(uow, meeting=meeting)
    named = set(found.absent if cause == "absent" else found.late)
    named -= await fined_by_rule(uow, meeting=meeting, members=list(named))
    return [one for one in people if one.id in named]


async def give_fine(
    uow: UnitOfWork,
    *,
    intent: IntentId,
    official: MemberId,
    group: DaoId,
    member: MemberId,
    amount: Money,
    cause: Cause = "other",
    reason: str = "",
) -> Charge:
    """Fine a member, once per intent, and tell her why and that she may object. reason: in words, for `other`.

    Raises NotAMember, NotYourRole, NoFinesHere, NotYourOwnCharge, BadFine, BadReason, KeyReused.
    """
    await require_role(uow, member=official, group=group)
    await require_participant(uow, member=member, group=group)
    rules = await rules_of(uow, group=group)
    if member == official:
        raise NotYourOwnCharge
    why = {"reason": read_reason(reason, longest=LONGEST)} if cause == "other" else {"given": cause}
    before = await uow.session.scalar(select(ChargeRow).where(ChargeRow.intent == intent))
    if before is not None:
        return _same(before, group, member, amount)
    if not gives_fines(rules):
        raise NoFinesHere
    if not SMALLEST <= amount <= most_fine(rules):
        raise BadFine(SMALLEST, most_fine(rules))
    row = {
        "id": uow.ids.new(),
        "dao_id": group,
        "user_id": member,
        "sort": "fine",
        "period": day_of(uow.clock.now()),
        "due_at": uow.clock.now(),
        "purpose": "treasury",
        "amount": amount.as_decimal(),
        "terms": Terms.of(rules, 0).keep(),
        "why": why,
        "opened_by": official,
        "intent": intent,
        "created_at": uow.clock.now(),
    }
    new = insert(ChargeRow).values(row).on_conflict_do_nothing(index_elements=["intent"]).returning(ChargeRow.id)
    written = await uow.session.scalar(new)
    fine = (await uow.session.scalars(select(ChargeRow).where(ChargeRow.intent == intent))).one()
    if written is not None:
        await _tell(uow, charge_of(fine))
    return _same(fine, group, member, amount)


async def may_object(uow: UnitOfWork, *, charge: Charge) -> bool:
    """Whether a member may still object to it: a fine that somebody gave her, to which she hasn't yet."""
    if charge.sort != "fine" or charge.fines_for is not None or charge.is_joining or not charge.amount - charge.waived:
        return False
    return charge.id not in await uow.scalars(OBJECTED_TO, group=charge.group, member=charge.member)


OBJECTED_TO = Selected(
    select(ObjectionRow.charge_id)
    .join(ChargeRow, ChargeRow.id == ObjectionRow.charge_id)
    .where(ObjectionRow.user_id == given("member"), ChargeRow.dao_id == given("group"))
)


async def object_to_fine(uow: UnitOfWork, *, member: MemberId, group: DaoId, charge: UUID) -> bool:
    """She objects to a fine that she was given; the officials are told, once. False when she had before.

    Raises UnknownCharge (not hers, not one that somebody gave).
    """
    await hold_dues(uow, group=group, members=[member])
    row = await uow.session.get(ChargeRow, charge, populate_existing=True)
    is_hers = row is not None and (row.dao_id, row.user_id, row.sort, row.fines_for) == (group, member, "fine", None)
    if row is None or not is_hers or charge_of(row).is_joining:
        raise UnknownCharge
    new = insert(ObjectionRow).values(charge_id=charge, user_id=member, created_at=uow.clock.now())
    written = await uow.session.scalar(new.on_conflict_do_nothing().returning(ObjectionRow.charge_id))
    if written is None:
        return False
    fine, name = charge_of(row), (await find_group(uow, group=group)).name
    people = {one.id: one.name for one in await people_of(uow, group=group)}
    who = short_name(people.get(member, ""))[:SHORT_NAME]
    about = {"in_group": name[:SHORT_GROUP], "by_short": who, "fine_amount": fine.amount, "because": fine.name}
    await tell_group(uow, group=group, what=text("fine-objected", **about), template="fine", roles=OFFICIALS, but=[member])
    return True


def _same(row: ChargeRow, group: DaoId, member: MemberId, amount: Money) -> Charge:
    if (row.dao_id, row.user_id, row.amount) != (group, member, amount.as_decimal()):
        raise KeyReused
    return charge_of(row)


async def _tell(uow: UnitOfWork, fine: Charge) -> None:
    group = await find_group(uow, group=fine.group)
    what = text("fine-given", why=why_fine(fine, group=group.name))
    for person in await people_of(uow, group=fine.group):
        if person.id == fine.member:
            await tell(uow, person, what, template="fine")
