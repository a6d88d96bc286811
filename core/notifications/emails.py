"""E-mail: written down with the decision to send, sent by the worker. Its body is sealed and forgotten once it is over."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from uuid import UUID

from core.kernel.db import UnitOfWork
from core.kernel.ids import MemberId
from core.notifications.attempts import CALL_AT_MOST, Claim, again, claim, conclude
from core.notifications.models import OPEN, EmailDelivery
from core.notifications.ports import Accepted, Outcome

DELIVER_EMAIL = "deliver-email"
PROVIDER = "smtp"
DOUBTS = 1

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class OutgoingEmail:
    """What the worker hands to the mail server."""

    to: str
    subject: str
    body: str = field(repr=False)


async def write_email(uow: UnitOfWork, *, to: str, subject: str, body: str, template: str, member: MemberId | None) -> UUID:
    """Write down an e-mail and have it sent."""
    row = EmailDelivery(
        id=uow.ids.new(),
        user_id=member,
        to_email=to,
        subject=subject,
        template=template,
        status="pending",
        attempts=0,
        doubts=0,
        provider=PROVIDER,
        created_at=uow.clock.now(),
    )
    row.sealed_body = uow.vault.seal(body.encode(), context=f"email {row.id}")
    uow.session.add(row)
    await uow.session.flush()
    await again(uow, DELIVER_EMAIL, row)
    return row.id


async def claim_email(uow: UnitOfWork, *, email: UUID) -> OutgoingEmail | None:
    """Take an e-mail to send it now. None when there's nothing to do (any more)."""
    row = await uow.session.get_one(EmailDelivery, email, with_for_update=True)
    found = claim(row, now=uow.clock.now(), doubts=DOUBTS)
    if found is Claim.ELSEWHERE:
        await again(uow, DELIVER_EMAIL, row, after=CALL_AT_MOST)
    if found is not Claim.OURS or row.sealed_body is None:
        _put_away(row)
        return None
    body = uow.vault.open(row.sealed_body, context=f"email {row.id}").decode()
    return OutgoingEmail(row.to_email, row.subject, body)


async def record_email(uow: UnitOfWork, *, email: UUID, outcome: Outcome) -> None:
    """Write down how the send ended, and have it tried again where that makes sense."""
    row = await uow.session.get_one(EmailDelivery, email, with_for_update=True)
    if row.status != "sending":
        return
    wait = conclude(row, outcome, now=uow.clock.now(), doubts=DOUBTS)
    if isinstance(outcome, Accepted):
        row.provider_message_id = outcome.message_id
    if wait is not None:
        await again(uow, DELIVER_EMAIL, row, after=wait)
    _put_away(row)


def _put_away(row: EmailDelivery) -> None:
    if row.status in OPEN:
        return
    row.sealed_body = None
    if row.status in ("failed", "unknown"):
        log.error("e-mail %s is %s: %s", row.id, row.status, row.error_message)
