"""Whom a member chose to vouch for her when she can't prove who she is: officials of her group, or others whom she trusts.

A contact counts once he has accepted. She is told of every change at all her addresses, because whoever could choose her
contacts unnoticed could take her account.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from core.identity.addresses import tell_everywhere
from core.identity.events import record_security_event
from core.identity.members import locked
from core.identity.models import MemberRow
from core.identity.recovery_models import ContactStatus, RecoveryContact
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import MemberId
from core.kernel.texts import text

# Two people at least must agree before anybody gets a new PIN; more than five are no longer people one can reach in a day.
LEAST_CONTACTS, MOST_CONTACTS = 2, 5
OPEN = ("asked", "accepted")


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
    """A contact of hers, as she sees him. `id` names the pair, not the person."""

    id: UUID
    member: MemberId
    name: str
    status: ContactStatus


@dataclass(frozen=True)
class ContactRequest:
    """Somebody who asks to be vouched for one day."""

    id: UUID
    name: str


def needed_of(accepted: int) -> int:
    """How many of these contacts have to confirm: more than half, and never fewer than two."""
    return max(LEAST_CONTACTS, accepted // 2 + 1)


async def ask_contact(uow: UnitOfWork, *, member: MemberId, contact: MemberId) -> None:
    """Ask this person to vouch for her one day; he is told and may accept. Raises BadContact."""
    row = await locked(uow, member)
    others = await contacts_of(uow, member=member)
    if member == contact:
        raise BadContact("self")
    if any(other.member == contact for other in others):
        raise BadContact("twice")
    if len(others) >= MOST_CONTACTS:
        raise BadContact("many")
    uow.session.add(
        RecoveryContact(id=uow.ids.new(), user_id=member, contact_id=contact, status="asked", created_at=uow.clock.now())
    )
    await _note(uow, member, "recovery_contact_asked", contact)
    await tell_everywhere(uow, member=contact, what=text("sms-contact-asked", name=row.name))
    await tell_everywhere(uow, member=member, what=text("sms-contacts-changed"))


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


async def remove_contact(uow: UnitOfWork, *, member: MemberId, contact: MemberId) -> None:
    """From now on he can't vouch for her, nor for a recovery that is underway. Raises RequestOver."""
    await locked(uow, member)
    mine = RecoveryContact.user_id == member, RecoveryContact.contact_id == contact
    found = select(RecoveryContact).where(*mine, RecoveryContact.status.in_(OPEN))
    row = (await uow.session.scalars(found.with_for_update())).one_or_none()
    if row is None:
        raise RequestOver
    row.status, row.ended_at = "removed", uow.clock.now()
    await _note(uow, member, "recovery_contact_removed", contact)
    await tell_everywhere(uow, member=member, what=text("sms-contacts-changed"))


async def contacts_of(uow: UnitOfWork, *, member: MemberId) -> list[Contact]:
    """Her contacts, asked or accepted, the first asked in front."""
    pairs = (
        select(RecoveryContact.id, RecoveryContact.contact_id, MemberRow.name, RecoveryContact.status)
        .join(MemberRow, MemberRow.id == RecoveryContact.contact_id)
        .where(RecoveryContact.user_id == member, RecoveryContact.status.in_(OPEN))
        .order_by(RecoveryContact.created_at, RecoveryContact.id)
    )
    return [Contact(row[0], MemberId(row[1]), row[2], row[3]) for row in await uow.session.execute(pairs)]


async def requests_to(uow: UnitOfWork, *, contact: MemberId) -> list[ContactRequest]:
    """Who waits for this person's answer."""
    asked = (
        select(RecoveryContact.id, MemberRow.name)
        .join(MemberRow, MemberRow.id == RecoveryContact.user_id)
        .where(RecoveryContact.contact_id == contact, RecoveryContact.status == "asked")
        .order_by(RecoveryContact.created_at)
    )
    return [ContactRequest(*row) for row in await uow.session.execute(asked)]


async def _note(uow: UnitOfWork, member: MemberId, event: str, contact: MemberId) -> None:
    details = {"contact": str(contact)}
    await record_security_event(uow, event_type=event, severity="medium", member=member, address="", details=details)
