"""Changes of contacts and e-mail that wait: seen, stopped from any phone or chat of hers, and put in force by the worker.

Stopping takes no PIN: it gives nobody anything, and she may be the one whose phone was taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from core.identity.addresses import tell_everywhere
from core.identity.email_models import EmailAddress
from core.identity.emails import settle_emails
from core.identity.events import record_security_event
from core.identity.members import locked
from core.identity.recovery_contacts import OPEN, settle_contacts
from core.identity.recovery_models import RecoveryContact
from core.identity.waiting_time import REMINDED, look_again, tell_of_change
from core.kernel.db import UnitOfWork, foreseeable
from core.kernel.ids import MemberId
from core.kernel.questions import Question
from core.kernel.texts import text


@dataclass(frozen=True)
class WaitingChange:
    """One change that isn't in force yet. `what` is contact, contact-off, email or email-off."""

    what: str
    at: datetime


@foreseeable
async def waiting_changes(uow: UnitOfWork, *, member: MemberId) -> list[WaitingChange]:
    """What waits, the next to be in force in front."""
    return [WaitingChange(row["what"], row["at"]) for row in await uow.ask(WAITING, member=member, now=uow.clock.now())]


# Of contacts and addresses; of one that is new the moment from which it counts, of one that goes the moment until which.
OF_HERS = """
    SELECT CASE WHEN c.counts_from > :now THEN 'contact' ELSE 'contact-off' END AS what,
      CASE WHEN c.counts_from > :now THEN c.counts_from ELSE c.leaves_at END AS at
    FROM recovery_contacts c WHERE c.user_id = {member} AND c.status IN ('asked', 'accepted')
      AND (c.counts_from > :now OR c.leaves_at > :now)
    UNION ALL
    SELECT CASE WHEN e.verified_at IS NULL THEN 'email' ELSE 'email-off' END,
      coalesce(CASE WHEN e.verified_at IS NULL THEN e.counts_from ELSE e.leaves_at END, :now)
    FROM email_addresses e WHERE e.user_id = {member} AND e.ended_at IS NULL
      AND (e.counts_from > :now OR e.leaves_at > :now)
"""
WAITING = Question(f"SELECT w.what, w.at FROM ({OF_HERS.format(member=':member')}) w ORDER BY w.at")


async def stop_changes(uow: UnitOfWork, *, member: MemberId, by: str) -> int:
    """Undo everything that waits; how much that was. All her addresses are told. `by` names the channel."""
    await locked(uow, member)
    now = uow.clock.now()
    contacts, emails = await _contacts(uow, member), await _emails(uow, member)
    for contact in contacts:
        if contact.counts_from > now:
            contact.status, contact.ended_at = "removed", now
        contact.leaves_at = None
    for email in emails:
        if email.verified_at is None:
            email.ended_at, email.ended_reason = now, "stopped"
        email.leaves_at = None
    await uow.session.flush()
    stopped = len(contacts) + len(emails)
    if stopped:
        await record_security_event(uow, event_type="changes_stopped", severity="high", member=member, address=by)
        await tell_everywhere(uow, member=member, what=text("changes-stopped"))
    return stopped


async def look_at_changes(uow: UnitOfWork, payload: dict[str, Any]) -> None:
    """Put in force what is due, and remind her of what will be within a day. Looking twice changes nothing."""
    member, at = MemberId(UUID(payload["member"])), datetime.fromisoformat(payload["at"])
    now = uow.clock.now()
    if at > now:
        await look_again(uow, member=member, at=at)
        return
    row = await locked(uow, member)
    if row.erased_at is not None:
        return
    await settle_contacts(uow, row)
    await settle_emails(uow, row)
    for change in await waiting_changes(uow, member=member):
        # This look was made for exactly this change: another one has looks of its own.
        if change.at - REMINDED == at:
            await tell_of_change(uow, member=member, what=change.what, at=change.at)
            return


async def _contacts(uow: UnitOfWork, member: MemberId) -> list[RecoveryContact]:
    now = uow.clock.now()
    mine = RecoveryContact.user_id == member, RecoveryContact.status.in_(OPEN)
    waits = or_(RecoveryContact.counts_from > now, RecoveryContact.leaves_at > now)
    return list(
        await uow.session.scalars(select(RecoveryContact).where(*mine, waits).execution_options(populate_existing=True))
    )


async def _emails(uow: UnitOfWork, member: MemberId) -> list[EmailAddress]:
    now = uow.clock.now()
    mine = EmailAddress.user_id == member, EmailAddress.ended_at.is_(None)
    waits = or_(EmailAddress.counts_from > now, EmailAddress.leaves_at > now)
    return list(await uow.session.scalars(select(EmailAddress).where(*mine, waits).execution_options(populate_existing=True)))
