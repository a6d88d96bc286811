"""SMS: written down with the decision to send, sent by the worker, followed by its delivery report."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Numeric, bindparam, insert, select
from sqlalchemy import text as sql

from core.kernel.db import UnitOfWork
from core.kernel.ids import MemberId
from core.kernel.phone import Phone
from core.notifications.attempts import CALL_AT_MOST, TOO_LATE, Claim, again, claim, conclude, without_codes
from core.notifications.models import OPEN, SmsDelivery
from core.notifications.ports import Accepted, Outcome

DELIVER_SMS = "deliver-sms"
PROVIDER = "africas_talking"
# A message that says the same twice does no harm; a code never is sent a second time.
DOUBTS = 1

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class OutgoingSms:
    """What the worker hands to the carrier."""

    to: Phone
    message: str = field(repr=False)


@dataclass(frozen=True)
class SmsReport:
    """A delivery report: the carrier's id of the message, its status word and, for some, a reason."""

    message_id: str
    status: str
    reason: str = ""
    network: str = ""


@dataclass(frozen=True)
class WantedSms:
    """News for one member."""

    to: Phone
    member: MemberId
    message: str = field(repr=False)


# What the carrier's status words mean; the others are news of a journey that goes on.
FINAL = {"Success": "delivered", "Failed": "failed", "Rejected": "failed", "Expired": "failed"}
ON_THE_WAY = ("Sent", "Submitted", "Buffered", "AbsentSubscriber")
REPORT_STATUSES = (*FINAL, *ON_THE_WAY)


async def write_sms(
    uow: UnitOfWork,
    *,
    to: Phone,
    message: str,
    template: str,
    member: MemberId | None,
    secret_message: str | None = None,
    send_before: datetime | None = None,
    not_before: datetime | None = None,
) -> UUID:
    """Write down an SMS and have it sent, `not_before` a moment if one is given.

    `secret_message` is sent instead of `message`, which then is only its shadow.
    """
    row = SmsDelivery(
        id=uow.ids.new(),
        user_id=member,
        to_phone=to,
        message=message,
        template=template,
        status="pending",
        attempts=0,
        doubts=0,
        only_once=secret_message is not None,
        send_before=send_before,
        created_at=uow.clock.now(),
    )
    if secret_message is not None:
        row.sealed_message = uow.vault.seal(secret_message.encode(), context=f"sms {row.id}")
    uow.session.add(row)
    await uow.session.flush()
    await again(uow, DELIVER_SMS, row, not_before=not_before)
    return row.id


async def write_many_sms(
    uow: UnitOfWork,
    wanted: Sequence[WantedSms],
    *,
    template: str,
    not_before: datetime | None = None,
    send_before: datetime | None = None,
) -> None:
    """Write down the news of many and have it sent in this order, `not_before` a moment if one is given."""
    now = uow.clock.now()
    shared = {"template": template, "status": "pending", "attempts": 0, "doubts": 0, "only_once": False}
    shared |= {"created_at": now, "send_before": send_before}
    rows = [
        {"id": uow.ids.new(), "user_id": one.member, "to_phone": one.to, "message": one.message, **shared} for one in wanted
    ]
    if rows:
        await uow.session.execute(insert(SmsDelivery), rows)
    wait = not_before - now if not_before else None
    await uow.enqueue_all(DELIVER_SMS, [{"id": str(row["id"])} for row in rows], after=wait)


async def claim_sms(uow: UnitOfWork, *, sms: UUID) -> OutgoingSms | None:
    """Take a message to send it now. None when there's nothing to do (any more)."""
    fresh = (await uow.session.execute(_CLAIM_FRESH, {"sms": sms, "now": uow.clock.now()})).one_or_none()
    if fresh is None:
        return await _claim_again(uow, sms)
    sealed = fresh.sealed_message
    return OutgoingSms(Phone(fresh.to_phone), _opened(uow, sms, sealed) if sealed is not None else fresh.message)


async def _claim_again(uow: UnitOfWork, sms: UUID) -> OutgoingSms | None:
    """One that is being sent by somebody, may be by nobody any more, or is over."""
    row = await uow.session.get_one(SmsDelivery, sms, with_for_update=True)
    now = uow.clock.now()
    found = claim(row, now=now, doubts=_doubts(row))
    if found is Claim.ELSEWHERE:
        await again(uow, DELIVER_SMS, row, after=CALL_AT_MOST)
    if found is Claim.OURS and row.send_before is not None and row.send_before <= now:
        row.status, row.error_message = "failed", TOO_LATE
        found = Claim.OVER
    outgoing = OutgoingSms(Phone(row.to_phone), _whole_message(uow, row)) if found is Claim.OURS else None
    _put_away(row)
    return outgoing


async def record_sms(uow: UnitOfWork, *, sms: UUID, outcome: Outcome) -> None:
    """Write down how the send ended, and have it tried again where that makes sense."""
    if isinstance(outcome, Accepted) and await _is_sent(uow, sms, outcome):
        return
    row = await uow.session.get_one(SmsDelivery, sms, with_for_update=True)
    late = row.status != "sending"
    if late and not (isinstance(outcome, Accepted) and row.status in ("pending", "unknown")):
        return
    wait = conclude(row, outcome, now=uow.clock.now(), doubts=_doubts(row))
    row.provider = PROVIDER
    if isinstance(outcome, Accepted):
        row.provider_message_id, row.cost = outcome.message_id or None, outcome.cost
    if wait is not None:
        await again(uow, DELIVER_SMS, row, after=wait)
    _put_away(row)


async def _is_sent(uow: UnitOfWork, sms: UUID, outcome: Accepted) -> bool:
    """Mark as sent what we were sending, as nearly every send ends; False when it isn't being sent (any more)."""
    facts = {"message_id": outcome.message_id or None, "cost": outcome.cost, "provider": PROVIDER}
    sent = await uow.session.execute(_SENT, {"sms": sms, "now": uow.clock.now(), **facts})
    return sent.one_or_none() is not None


async def record_sms_report(uow: UnitOfWork, *, report: SmsReport) -> bool:
    """Write down what became of a message; False when no such message is known. A repetition changes nothing.

    Reports overtake each other: "delivered" is the last word, and no news of the journey comes after an end.
    """
    found = await uow.session.scalars(
        select(SmsDelivery)
        .where(SmsDelivery.provider == PROVIDER, SmsDelivery.provider_message_id == report.message_id)
        .with_for_update()
    )
    row = found.one_or_none()
    if row is None:
        return False
    status = FINAL.get(report.status)
    if row.status == "delivered" or (row.status == "failed" and status != "delivered"):
        return True
    reason = without_codes(report.reason) if report.reason else None
    row.facts = {**(row.facts or {}), "report": report.status, "network": report.network, "reason": reason}
    if status is not None:
        row.status = status
        row.delivered_at = uow.clock.now() if status == "delivered" else None
        row.error_message = (reason or report.status) if status == "failed" else None
    return True


def _doubts(row: SmsDelivery) -> int:
    return 0 if row.only_once else DOUBTS


def _whole_message(uow: UnitOfWork, row: SmsDelivery) -> str:
    return row.message if row.sealed_message is None else _opened(uow, row.id, row.sealed_message)


def _opened(uow: UnitOfWork, sms: UUID, sealed: str) -> str:
    return uow.vault.open(sealed, context=f"sms {sms}").decode()


def _put_away(row: SmsDelivery) -> None:
    """Forget the code of a message that is over, and say so when it's over without being sent."""
    if row.status in OPEN:
        return
    row.sealed_message = None
    if row.status in ("failed", "unknown"):
        log.error("SMS %s is %s: %s", row.id, row.status, row.error_message)


# Nearly every message is sent once and arrives: one statement each for that, without reading the row first. What these don't
# find is looked at closely by `claim` and `conclude`, which say the same.
_CLAIM_FRESH = sql("""
UPDATE sms_delivery_log SET status = 'sending', claimed_at = :now, attempts = attempts + 1
WHERE id = :sms AND status = 'pending' AND (send_before IS NULL OR send_before > :now)
RETURNING to_phone, message, sealed_message
""")
_SENT = sql("""
UPDATE sms_delivery_log SET status = 'sent', sent_at = :now, error_message = NULL, sealed_message = NULL,
  provider = :provider, provider_message_id = :message_id, cost = :cost
WHERE id = :sms AND status = 'sending'
RETURNING id
""").bindparams(bindparam("cost", type_=Numeric))
