"""Whom a member chose to vouch for her when she can't prove who she is: officials of her group, or others whom she trusts.

A contact counts once he has accepted and the waiting time is over (`waiting_time`), and one who counts is let go after it. She
is told of every change at all her addresses, because whoever could choose her contacts unnoticed could take her account.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from core.identity.addresses import tell_everywhere
from core.identity.events import record_security_event
from core.identity.members import locked
from core.identity.models import MemberRow
from core.identity.recovery_models import ContactStatus, RecoveryContact
from core.identity.waiting_time import announce, in_force_from
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import MemberId
from core.kernel.questions import Selected, given
from core.kernel.texts import text

# Two people at least must agree before anybody gets a new PIN; more than five are no longer people one can reach in a day.
LEAST_CONTACTS, MOST_CONTACTS = 2, 5
OPEN = ("asked", "accepted")
Moment = datetime | BindParameter[Any]


@dataclass
class BadContact(CoreError):
    """This person can't be her contact. `reason` is self, twice or many."""

    code = "bad-contact"
    kind = Kind.CONFLICT
    reason: str


@dataclass
class RequestOver(CoreError):
    """What this answers is no longer asked."""

    code = "request-over"
    kind = Kind.CONFLICT


@dataclass(frozen=True)
class Contact:
    """A contact of hers, as she sees him. `id` names the pair, not the person; he counts from `counts_from`."""

    id: UUID
    member: MemberId
    name: str
    status: ContactStatus
    counts_from: datetime


@dataclass(frozen=True)
class ContactRequest:
    """Somebody who asks to be vouched for one day."""

    id: UUID
    name: str


def needed_of(accepted: int) -> int:
    """How many of these contacts have to confirm: more than half, and never fewer than two."""
    return max(LEAST_CONTACTS, accepted // 2 + 1)


async def ask_contact(uow: UnitOfWork, *, member: MemberId, contact: MemberId) -> datetime:
    """Ask this person to vouch for her one day; he is told and may accept. From when he counts then. Raises BadContact."""
    row = await locked(uow, member)
    await settle_contacts(uow, row)
    others = await contacts_of(uow, member=member)
    if member == contact:
        raise BadContact("self")
    if any(other.member == contact for other in others):
        raise BadContact("twice")
    if len(others) >= MOST_CONTACTS:
        raise BadContact("many")
    now, at = uow.clock.now(), await in_force_from(uow, member=member)
    asked = RecoveryContact(id=uow.ids.new(), user_id=member, contact_id=contact, status="asked", created_at=now)
    asked.counts_from = at
    uow.session.add(asked)
    await _note(uow, member, "recovery_contact_asked", contact)
    await tell_everywhere(uow, member=contact, what=text("sms-contact-asked", name=row.name))
    await _tell_of_change(uow, member, "contact", at)
    return at


async def answer_request(uow: UnitOfWork, *, contact: MemberId, request: UUID, accepts: bool) -> str:
    """He accepts or declines; the name of the one who asked. Raises RequestOver."""
    found = select(RecoveryContact).where(RecoveryContact.id == request, RecoveryContact.contact_id == contact)
    row = (await uow.session.scalars(found.with_for_update())).one_or_none()
    if row is None or row.status != "asked":
        raise RequestOver
    row.status, row.answered_at = ("accepted" if accepts else "declined"), uow.clock.now()
    mine = await uow.session.get_one(MemberRow, contact)
    await _note(uow, MemberId(row.user_id), f"recovery_contact_{row.status}", contact)
    told = text("sms-contact-accepted" if accepts else "sms-contact-declined", name=mine.name)
    await tell_everywhere(uow, member=MemberId(row.user_id), what=told)
    return (await uow.session.get_one(MemberRow, row.user_id)).name


async def remove_contact(uow: UnitOfWork, *, member: MemberId, contact: MemberId) -> datetime:
    """Let him go, and from when that is: one who doesn't count yet at once.

    Then he can't vouch for her, nor for a recovery that is underway. Raises RequestOver.
    """
    await settle_contacts(uow, await locked(uow, member))
    mine = RecoveryContact.user_id == member, RecoveryContact.contact_id == contact
    found = select(RecoveryContact).where(*mine, RecoveryContact.status.in_(OPEN))
    row = (await uow.session.scalars(found.with_for_update())).one_or_none()
    if row is None:
        raise RequestOver
    now = uow.clock.now()
    counts = row.status == "accepted" and row.counts_from <= now
    at = row.leaves_at or (await in_force_from(uow, member=member) if counts else now)
    if row.leaves_at is None and at > now:
        row.leaves_at = at
        await _tell_of_change(uow, member, "contact-off", at)
    elif at <= now:
        await _let_go(uow, row, at)
    return at


async def settle_contacts(uow: UnitOfWork, row: MemberRow) -> None:
    """Let those go whose time is over. The member's row is ours."""
    left = RecoveryContact.user_id == row.id, RecoveryContact.status.in_(OPEN), RecoveryContact.leaves_at <= uow.clock.now()
    for contact in await uow.session.scalars(select(RecoveryContact).where(*left)):
        await _let_go(uow, contact, contact.leaves_at or uow.clock.now())


def counting(moment: InstrumentedAttribute[datetime] | Moment, now: Moment) -> ColumnElement[bool]:
    """Whether a contact counted at this moment, and still does."""
    came = RecoveryContact.answered_at <= moment, RecoveryContact.counts_from <= moment
    stays = or_(RecoveryContact.leaves_at.is_(None), RecoveryContact.leaves_at > now)
    return and_(RecoveryContact.status == "accepted", *came, stays)


async def contacts_who_count(uow: UnitOfWork, *, member: MemberId) -> list[Contact]:
    """Those who can vouch for her now."""
    found = await uow.rows(WHO_COUNT, member=member, now=uow.clock.now())
    return [_as_contact(row, name) for row, name in found]


async def contacts_of(uow: UnitOfWork, *, member: MemberId) -> list[Contact]:
    """Her contacts, asked or accepted, the first asked in front."""
    stays = or_(RecoveryContact.leaves_at.is_(None), RecoveryContact.leaves_at > uow.clock.now())
    return await _find(uow, RecoveryContact.user_id == member, RecoveryContact.status.in_(OPEN), stays)


async def _find(uow: UnitOfWork, *which: ColumnElement[bool]) -> list[Contact]:
    return [_as_contact(row, name) for row, name in await uow.session.execute(_CONTACTS.where(*which))]


_CONTACTS = (
    select(RecoveryContact, MemberRow.name)
    .join(MemberRow, MemberRow.id == RecoveryContact.contact_id)
    .order_by(RecoveryContact.created_at, RecoveryContact.id)
)
WHO_COUNT = Selected(_CONTACTS.where(RecoveryContact.user_id == given("member"), counting(given("now"), given("now"))))


def _as_contact(row: RecoveryContact, name: str) -> Contact:
    return Contact(row.id, MemberId(row.contact_id), name, row.status, row.counts_from)


async def requests_to(uow: UnitOfWork, *, contact: MemberId) -> list[ContactRequest]:
    """Who waits for this person's answer."""
    return [ContactRequest(*row) for row in await uow.rows(REQUESTS_TO, contact=contact)]


REQUESTS_TO = Selected(
    select(RecoveryContact.id, MemberRow.name)
    .join(MemberRow, MemberRow.id == RecoveryContact.user_id)
    .where(RecoveryContact.contact_id == given("contact"), RecoveryContact.status == "asked")
    .order_by(RecoveryContact.created_at)
)


async def _let_go(uow: UnitOfWork, row: RecoveryContact, at: datetime) -> None:
    row.status, row.ended_at = "removed", at
    await uow.session.flush()
    await _note(uow, MemberId(row.user_id), "recovery_contact_removed", MemberId(row.contact_id))
    await tell_everywhere(uow, member=MemberId(row.user_id), what=text("sms-contacts-changed"))


async def _tell_of_change(uow: UnitOfWork, member: MemberId, what: str, at: datetime) -> None:
    if at > uow.clock.now():
        await announce(uow, member=member, what=what, at=at)
    else:
        await tell_everywhere(uow, member=member, what=text("sms-contacts-changed"))


async def _note(uow: UnitOfWork, member: MemberId, event: str, contact: MemberId) -> None:
    details = {"contact": str(contact)}
    await record_security_event(uow, event_type=event, severity="medium", member=member, address="", details=details)
